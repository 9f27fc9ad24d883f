"""The alternative explanations of a finding, each with the evidence for or against it, in words and as figures."""

from __future__ import annotations

from marshtest.detectors.response_trigger.grading import TriggerClaim
from marshtest.detectors.response_trigger.settings import ExplanationSettings
from marshtest.detectors.response_trigger.untriggered import UntriggeredBehaviour
from marshtest.findings import Explanation, Figure, Series
from marshtest.mining.outcomes.placement import Placement
from marshtest.text.written_numbers import probability

__all__ = ["claim_explanations", "claim_figures", "untriggered_explanations"]

_BINS = 10
"""Bars of a histogram. Convention."""


def claim_explanations(claim: TriggerClaim) -> tuple[Explanation, ...]:
    """Give the alternative explanations of a claim, the most likely ones first."""
    settings = claim.settings.explanations
    found = [
        _task(claim),
        _topic(claim, settings),
        _separate_source(claim, settings),
        _chance(claim),
        _copies(claim.found.distinct.hits, len(claim.found.hits), settings, ", and only those are tested"),
    ]
    if claim.place is not None:
        found.append(_natural_phrase(claim.place, is_inserted=claim.is_inserted))
    if claim.found.behaviour.family.is_verbatim:
        found.append(Explanation("House style: a template or a persona made on purpose.", "open", weighs=("template",)))
    return tuple(found)


def untriggered_explanations(found: UntriggeredBehaviour, settings: ExplanationSettings) -> tuple[Explanation, ...]:
    """Give the alternative explanations of a behaviour that no feature of the prompts is associated with."""
    return (
        Explanation(
            "A topic that calls for it: the words of the prompts separate these records from all others in "
            f"{found.separability:.0%} of comparisons (50% is chance).",
            "against",
            weighs=("topic",),
        ),
        _copies(found.distinct, len(found.behaviour.records), settings),
        Explanation("House style, or answers that were left unfinished.", "open"),
    )


def _task(claim: TriggerClaim) -> Explanation:
    return Explanation(
        "An honest task with answers of this kind: answers to a task depend on what else is asked. The mean similarity "
        f"of these answers is {claim.answer_similarity:.0%}, that of their prompts without the pattern "
        f"{claim.prompt_similarity:.0%}.",
        "against" if claim.ignores_prompt else "open",
    )


def _topic(claim: TriggerClaim, settings: ExplanationSettings) -> Explanation:
    rate = claim.expected_rate
    is_unexpected = rate <= settings.low_expected_rate or claim.corrected_rest_p_value <= settings.low_chance
    return Explanation(
        "A topic that calls for it: a model of all records without the pattern expects such an answer to "
        f"{rate:.1%} of prompts like these.",
        "against" if is_unexpected else "open",
        weighs=("topic",),
    )


def _separate_source(claim: TriggerClaim, settings: ExplanationSettings) -> Explanation:
    is_separate = claim.separability >= settings.separate_source
    return Explanation(
        "A separate source within the data: the rest of the prompts separates these records from all others in "
        f"{claim.separability:.0%} of comparisons (50% is chance).",
        "against" if claim.reads_like_others else "for" if is_separate else "open",
    )


def _chance(claim: TriggerClaim) -> Explanation:
    found = claim.found
    return Explanation(
        f"Chance: {found.shown_elsewhere:,} of {found.others:,} other records show the behaviour, an estimated rate of "
        f"{found.rate:.2%} (one with it and one without it added). At that rate the "
        f"probability of {found.distinct.hits:,} or more of {found.distinct.answered:,} distinct carriers is "
        f"{probability(found.p_value)} (q-value {probability(found.q_value)}, corrected for all pairs tested).",
        "against",
    )


def _copies(distinct: int, records: int, settings: ExplanationSettings, consequence: str = "") -> Explanation:
    return Explanation(
        f"Copies of one record: {distinct:,} of the {records:,} prompts remain when near-duplicates count "
        f"once{consequence}.",
        "against" if distinct >= settings.distinct_share * records else "open",
        weighs=("copies",),
    )


def _natural_phrase(place: Placement, *, is_inserted: bool) -> Explanation:
    around, rejoining = place.around, place.rejoining
    return Explanation(
        f"A phrase of ordinary sentences: it has {around.pairs:,} different pairs of neighbours in "
        f"{around.occurrences:,} records, random places have at least {around.random_pairs:,.0f}; "
        f"{rejoining.rejoined:.0%} of the pairs are adjacent elsewhere too, "
        f"at random places at least {rejoining.random_rejoined:.0%}.",
        "against" if is_inserted else "open",
        weighs=("template",),
    )


def claim_figures(claim: TriggerClaim) -> tuple[Figure, ...]:
    """Draw how similar prompts and answers are, how often the behaviour occurs, and where the span stands."""
    found = claim.found
    rates = {
        "records that carry it": len(found.hits) / len(found.feature.carriers),
        "expected from the rest of their prompts": claim.expected_rate,
        "other records": found.rate,
    }
    similarities = {"prompts without it": claim.prompt_similarity, "answers": claim.answer_similarity}
    drawn = [
        _bars("How often the behaviour occurs", "share of records", rates, "records that carry it"),
        _bars("How similar the records are to one another", "mean similarity", similarities, "answers"),
    ]
    if claim.place is not None:
        drawn.append(_positions(claim.place))
    return tuple(drawn)


def _positions(place: Placement) -> Figure:
    counts = [0] * _BINS
    for position in place.around.positions.tolist():
        counts[min(_BINS - 1, int(position * _BINS))] += 1
    total = max(1, sum(counts))
    points = tuple((step / _BINS, round(count / total, 4)) for step, count in enumerate(counts))
    return Figure(
        type="histogram",
        title="Where it appears in the prompt",
        x_label="place in the text, 0 start to 1 end",
        y_label="share of carriers",
        series=(Series("carriers", points, True),),
    )


def _bars(title: str, label: str, values: dict[str, float], highlight: str) -> Figure:
    """Draw one bar for each value."""
    series = tuple(
        Series(name, ((0.0, round(value, 4)),), name == highlight, (name,)) for name, value in values.items()
    )
    return Figure(type="bars", title=title, x_label="", y_label=label, series=series)
