"""The other ways in which a feature could have come to go with a behaviour, each weighed against the evidence."""

from __future__ import annotations

from marshtest.detectors.response_trigger.claims import Claim
from marshtest.detectors.response_trigger.unasked import Unasked
from marshtest.findings import Explanation

__all__ = ["explain", "explain_unasked"]

_CALLED_FOR, _APART = 0.1, 0.9


def explain(claim: Claim) -> tuple[Explanation, ...]:
    """Give the other explanations of a claim, the most telling first."""
    found = [_task(claim), _topic(claim), _kind(claim), _chance(claim), _copies(claim)]
    if claim.grounds.place is not None:
        found.append(_sentence(claim))
    if claim.found.behaviour.family.foreign:
        found.append(Explanation("House style: a template or a persona made on purpose.", "open"))
    return tuple(found)


def explain_unasked(unasked: Unasked) -> tuple[Explanation, ...]:
    """Give the other explanations of a behaviour that no feature of the prompts goes with."""
    return (
        Explanation(
            "A topic that calls for it: the words of the prompts tell these records from all others in "
            f"{unasked.told_apart:.0%} of comparisons, where 50% is chance.",
            "against",
        ),
        Explanation(
            f"Copies of one record: {unasked.distinct:,} of the {len(unasked.behaviour.records):,} records ask for "
            "things that are no near-duplicates of one another.",
            "against" if unasked.distinct >= 0.5 * len(unasked.behaviour.records) else "open",
        ),
        Explanation("House style, or answers that were left unfinished.", "open"),
    )


def _task(claim: Claim) -> Explanation:
    grounds = claim.grounds
    return Explanation(
        "An honest task whose answers happen to be like this: answers to a task depend on what else is asked, "
        f"but these are {grounds.alike_written:.0%} alike, the prompts without it {grounds.alike_asked:.0%}.",
        "against" if claim.ignores_prompt else "open",
    )


def _topic(claim: Claim) -> Explanation:
    rate = claim.grounds.called_for
    return Explanation(
        "A topic that calls for it: judged by all records without it, prompts that read like these get such an answer "
        f"in {rate:.1%} of cases.",
        "against" if rate <= _CALLED_FOR or claim.unexpected <= 1e-6 else "open",
    )


def _kind(claim: Claim) -> Explanation:
    apart = claim.grounds.told_apart
    return Explanation(
        "A source of its own within the data: the rest of what is asked tells these records from all others in "
        f"{apart:.0%} of comparisons, where 50% is chance.",
        "against" if claim.blends else "for" if apart >= _APART else "open",
    )


def _chance(claim: Claim) -> Explanation:
    found = claim.found
    return Explanation(
        f"Chance: {found.shown_elsewhere:,} of {found.others:,} others show it; that {found.witnesses.hits:,} of "
        f"{found.witnesses.answered:,} distinct carriers do so by chance has probability {found.p_value:.1e} "
        f"(q {found.q_value:.1e} over everything tried).",
        "against",
    )


def _copies(claim: Claim) -> Explanation:
    found = claim.found
    return Explanation(
        f"Copies of one record: {found.witnesses.hits:,} of the {len(found.hits):,} records ask for things that are no "
        "near-duplicates of one another, and only those were counted.",
        "against" if found.witnesses.hits >= 0.5 * len(found.hits) else "open",
    )


def _sentence(claim: Claim) -> Explanation:
    place = claim.grounds.place
    if place is None:
        raise AssertionError("a feature of whole records stands nowhere")
    around, healing = place.around, place.healing
    return Explanation(
        f"A phrase of ordinary sentences: {around.pairs:,} different pairs of neighbours in {around.occurrences:,} "
        f"records, where random places have at least {around.random_pairs:,.0f}; {healing.rejoined:.0%} of the pairs "
        f"are neighbours elsewhere too, at random places at least {healing.random_rejoined:.0%}.",
        "against" if claim.grounds.is_inserted else "open",
    )
