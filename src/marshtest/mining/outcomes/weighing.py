"""The other ways in which a span could go with a judge's verdicts, each weighed against the evidence."""

from __future__ import annotations

from marshtest.findings import Explanation
from marshtest.mining.outcomes.claims import Claim
from marshtest.mining.outcomes.counterfactual import Counterfactual
from marshtest.mining.outcomes.planted import Content, Stands

__all__ = ["weigh"]

_TURNED: dict[Stands, Stands] = {"for": "against", "against": "for", "open": "open"}


def weigh(claim: Claim, shows: str) -> tuple[Explanation, ...]:
    """Give the other explanations of a claim, the most telling first.

    Args:
        claim: The claim.
        shows: What is said of a record that shows it, e.g. `the judge contradicts the label`.
    """
    found = claim.found
    explanations = [_second_asking(claim.counterfactual)]
    if claim.content is not None:
        explanations.append(_topic(claim.content))
    if claim.outcome_content is not None:
        explanations.append(_own_outcome(claim.outcome_content))
    explanations.append(
        Explanation(
            f"Chance: {shows} in {found.rate:.1%} of the other records; that "
            f"{found.witnesses.hits:,} of {found.witnesses.trials:,} distinct carriers do so by chance has probability "
            f"{found.p_value:.1e} (q {found.q_value:.1e} over everything tried).",
            "against" if found.q_value <= 1e-4 else "open",
        )
    )
    explanations.append(
        Explanation(
            f"Copies of one text: {found.witnesses.hits:,} of the {len(found.hits):,} records are no near-duplicates "
            "of one another with the span left out, and only those were counted.",
            "against" if found.witnesses.hits >= 0.5 * len(found.hits) else "open",
        )
    )
    if claim.place is not None:
        around, healing = claim.place.around, claim.place.healing
        explanations.append(
            Explanation(
                f"A phrase of ordinary sentences: {around.pairs:,} different pairs of neighbours in "
                f"{around.occurrences:,} records, where random places have at least {around.random_pairs:,.0f}; "
                f"{healing.rejoined:.0%} of the pairs are neighbours elsewhere too, at random places at least "
                f"{healing.random_rejoined:.0%}.",
                "against" if claim.place.stands == "for" else "open",
            )
        )
    explanations += [
        Explanation(f"A habit of the judge: in the control {source}, {shows} in {share} of its carriers too.", "for")
        for source, share in claim.habits
    ]
    return tuple(explanations)


def _second_asking(second: Counterfactual | None) -> Explanation:
    if second is None or (not second.gone.trials and not second.appeared.trials):
        return Explanation("The judge reacts to the span itself: it could not be asked without the span.", "open")
    obeyed = f", and {second.obeyed} of other classes are given the finding's label" if second.obeyed.trials else ""
    missing = f" {second.unanswered:,} changed texts got no answer." if second.unanswered else ""
    return Explanation(
        f"The judge reacts to the span itself: with it taken out, the verdict is gone in {second.gone}; with it put "
        f"into ordinary records, the verdict appears in {second.appeared}{obeyed}.{missing}",
        second.stands,
    )


def _topic(content: Content) -> Explanation:
    return Explanation(
        f"A topic that the judge reads otherwise than the labels do: by the labels of all other records, the carriers "
        f"without the span read {content.effect:.0%} as clearly like another class as genuine records of one do.",
        _TURNED[content.stands],
    )


def _own_outcome(content: Content) -> Explanation:
    stands: Stands = "for" if content.stands == "against" else "open"
    return Explanation(
        "A topic that calls for the verdict: without the span, the carriers' prompts read "
        f"{max(content.effect, 0.0):.0%} as clearly like prompts without the verdict as genuine ones do.",
        stands,
    )
