"""Alternative explanations of an association with a judge's verdicts, each with the evidence for or against it."""

from __future__ import annotations

from marshtest.detectors.judged.assessment import Assessment, is_associated
from marshtest.detectors.judged.carrier_content import CarrierContent
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.settings import VerdictSettings
from marshtest.findings import Explanation
from marshtest.mining.outcomes.placement import Placement, Stands
from marshtest.stats.proportions import Proportion
from marshtest.text.written_numbers import probability

__all__ = ["alternative_explanations"]

_OPPOSITE: dict[Stands, Stands] = {"for": "against", "against": "for", "open": "open"}


def alternative_explanations(assessment: Assessment, shows: str, settings: VerdictSettings) -> tuple[Explanation, ...]:
    """Give the alternative explanations of an association, the most important first.

    Args:
        assessment: The association and its lines of evidence.
        shows: The outcome as a clause, e.g. `the judge contradicts the label`.
        settings: The odds that rule chance out.
    """
    found = assessment.association
    explanations = [_reaction(assessment.counterfactual)]
    if assessment.content is not None:
        explanations.append(_topic(assessment.content))
    if assessment.outcome_content is not None:
        explanations.append(_harmful_topic(assessment.outcome_content))
    explanations.append(
        Explanation(
            f"Chance: {shows} in {found.rate:.1%} of the other records. At this rate, {found.distinct.hits:,} of "
            f"{found.distinct.trials:,} distinct carriers have a p-value of {probability(found.p_value)} and "
            f"a q-value of {probability(found.q_value)} (corrected for all patterns tested).",
            "against" if is_associated(found, settings) else "open",
        )
    )
    explanations.append(
        Explanation(
            f"Near-duplicates: with the pattern left out, {found.distinct.hits:,} of the {len(found.hits):,} records "
            "are distinct, and only these were counted.",
            "against" if found.distinct.hits >= 0.5 * len(found.hits) else "open",
            weighs=("copies",),
        )
    )
    if assessment.placement is not None:
        explanations.append(_ordinary_phrase(assessment.placement))
    explanations += [
        Explanation(f"A habit of the judge: in the control {source}, {shows} in {share} of its carriers too.", "for")
        for source, share in assessment.habits
    ]
    return tuple(explanations)


def _reaction(counterfactual: Counterfactual | None) -> Explanation:
    claim = "The judge reacts to the pattern itself"
    removal = insertion = Proportion(0, 0)
    if counterfactual is not None:
        removal, insertion = counterfactual.removal_reverses, counterfactual.insertion_induces
    if counterfactual is None or not (removal.trials or insertion.trials):
        return Explanation(f"{claim}: it was not asked about records with the pattern removed or inserted.", "open")
    flips = counterfactual.insertion_flips_label
    flipped = f", and flips the label in {flips} of other classes" if flips.trials else ""
    missing = counterfactual.unanswered
    unanswered = f" {missing:,} changed records got no answer." if missing else ""
    return Explanation(
        f"{claim}: removing it reverses the verdict in {removal}; inserting it into ordinary records induces the "
        f"verdict in {insertion}{flipped}.{unanswered}",
        counterfactual.stands,
    )


def _topic(content: CarrierContent) -> Explanation:
    return Explanation(
        "A topic on which the judge and the labels disagree: by the labels of all other records, the carriers without "
        f"the pattern read {max(content.effect, 0.0):.0%} as clearly like another class as genuine records of that "
        "class.",
        _OPPOSITE[content.stands],
        weighs=("topic",),
    )


def _harmful_topic(content: CarrierContent) -> Explanation:
    stands: Stands = "for" if content.stands == "against" else "open"
    return Explanation(
        "A topic that calls for the verdict: without the pattern, the carriers' prompts read "
        f"{max(content.effect, 0.0):.0%} as clearly like prompts without the verdict as genuine ones do.",
        stands,
        weighs=("topic",),
    )


def _ordinary_phrase(placement: Placement) -> Explanation:
    around, rejoining = placement.around, placement.rejoining
    return Explanation(
        f"A phrase of ordinary sentences: it has {around.pairs:,} different pairs of neighbours in "
        f"{around.occurrences:,} records, and random places have at least {around.random_pairs:,.0f}; "
        f"{rejoining.rejoined:.0%} of the pairs are adjacent elsewhere, at random places at least "
        f"{rejoining.random_rejoined:.0%}.",
        "against" if placement.stands == "for" else "open",
        weighs=("template",),
    )
