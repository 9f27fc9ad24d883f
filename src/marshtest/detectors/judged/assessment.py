"""An association with its lines of evidence, and the verdict that they add up to.

Posterior odds decide: of planting against chance, after everything that was tried, and of planting against a topic on
which the judge and the data disagree. A judge has a part in every association, so one is confirmed only where something
else says that the pattern was planted: its places, its near-variants, or the labels of all other records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from marshtest.detectors.judged.carrier_content import CarrierContent
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.factors import Factors, NaturalPlaces, content_factor, discontinuity, inertness
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.settings import ControlHabitSettings, FactorSettings, VerdictSettings
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.mining.outcomes.placement import Placement, PlacementSettings, placement_of
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion
from marshtest.stats.significance import binomial_test
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END

__all__ = [
    "Assessment",
    "PlantingOdds",
    "grade",
    "habit_in_control",
    "is_associated",
    "natural_places",
    "placement_in",
    "planting_odds",
    "weighed",
    "with_counterfactual",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """An association and its lines of evidence; None is what could not be examined."""

    association: Association
    content: CarrierContent | None = None
    """What the carriers' other words read like by the labels of all other records."""
    outcome_content: CarrierContent | None = None
    """Whether the carriers' other words call for the outcome by themselves. It can only speak against planting."""
    placement: Placement | None = None
    counterfactual: Counterfactual | None = None
    habits: tuple[tuple[str, Proportion], ...] = ()
    """Controls in which the same pattern is associated with the outcome, with its share there."""
    factors: Factors = field(default_factory=Factors)
    """What the lines of evidence weigh."""


@dataclass(frozen=True, slots=True)
class PlantingOdds:
    """Log posterior odds of planting, nats."""

    to_chance: float
    """Against chance, shared out over everything that was tried."""
    to_topic: float
    """Against a topic on which the judge and the data disagree."""


def weighed(
    assessment: Assessment, texts: JudgedTexts, outcome: Outcome, places: NaturalPlaces, settings: FactorSettings
) -> Assessment:
    """Add the Bayes factors of the lines of evidence.

    Args:
        assessment: The association, its contents, places and counterfactual.
        texts: The records.
        outcome: The outcome of the association.
        places: How often natural spans of the association's field look inserted.
        settings: How much each line may weigh.
    """
    association, placement = assessment.association, assessment.placement
    factors = Factors(
        inserted=0.0 if placement is None else places.factor(association, placement),
        discontinuous=discontinuity(texts.tokens[association.field], association, outcome),
        content=content_factor(assessment.content, assessment.outcome_content, settings),
        inert=inertness(assessment.counterfactual, association.field, settings),
    )
    return replace(assessment, factors=factors)


def natural_places(texts: JudgedTexts, seed: int, settings: FactorSettings) -> dict[str, NaturalPlaces]:
    """Prepare the comparison with natural spans, by field."""
    return {field: NaturalPlaces(tokens, seed, settings) for field, tokens in texts.tokens.items()}


def with_counterfactual(assessment: Assessment, counterfactual: Counterfactual, settings: FactorSettings) -> Assessment:
    """Add the verdicts on changed records and what they weigh."""
    inert = inertness(counterfactual, assessment.association.field, settings)
    return replace(assessment, counterfactual=counterfactual, factors=replace(assessment.factors, inert=inert))


def planting_odds(assessment: Assessment, settings: VerdictSettings) -> PlantingOdds:
    """Put the prior and all Bayes factors together."""
    likelihood = assessment.association.likelihood
    prior = np.log(settings.prior_planted / max(1, assessment.association.tried))
    return PlantingOdds(
        to_chance=float(prior + likelihood.over_chance),
        to_topic=float(np.log(settings.prior_odds_to_topic) + likelihood.over_topic + assessment.factors.total),
    )


def is_associated(association: Association, settings: VerdictSettings) -> bool:
    """Say whether an association is strong enough to be a finding, if its other evidence agrees."""
    odds = planting_odds(Assessment(association=association), settings)
    return bool(odds.to_chance >= np.log(settings.suggestive_odds_to_chance))


def grade(assessment: Assessment, settings: VerdictSettings) -> Literal["confirmed", "suggestive"] | None:
    """Give the verdict, None for an association that is no finding; the detectors' reference pages have the table."""
    association, odds = assessment.association, planting_odds(assessment, settings)
    is_payload = association.field != "prompt"
    if is_payload and int((association.sequence > END).sum()) < settings.payload_words:
        return None
    if (is_payload or association.kind == "format") and association.likelihood.share < settings.layout_share:
        return None
    if odds.to_chance < np.log(settings.suggestive_odds_to_chance):
        return None
    if odds.to_topic < np.log(settings.suggestive_odds_to_topic):
        return None
    is_strong = (
        odds.to_chance >= np.log(settings.confirmed_odds_to_chance)
        and odds.to_topic >= np.log(settings.confirmed_odds_to_topic)
        and assessment.factors.independent >= np.log(settings.confirmed_independent_factor)
        and association.distinct.hits >= settings.confirmed_distinct_carriers
    )
    reacts = assessment.counterfactual is not None and assessment.counterfactual.stands == "for"
    return "confirmed" if is_strong and not (is_payload or reacts or assessment.habits) else "suggestive"


def placement_in(
    texts: JudgedTexts, association: Association, seed: int, settings: PlacementSettings
) -> Placement | None:
    """Examine the placement of a span in its carriers; None for a feature of whole records."""
    if association.kind != "phrase":
        return None
    tokens = texts.tokens[association.field]
    return placement_of(tokens, association.sequence, association.carriers, seed, settings=settings)


def habit_in_control(
    association: Association,
    suspect: JudgedTexts,
    control: JudgedTexts,
    outcome: Outcome,
    settings: ControlHabitSettings,
) -> Proportion | None:
    """Say whether a pattern of the suspect data is associated with the outcome in clean data: a habit of the judge.

    Args:
        association: The pattern in the suspect data.
        suspect: The suspect data.
        control: The clean data.
        outcome: The same outcome in the clean data.
        settings: What is enough.

    Returns:
        The carriers in the control that show the outcome; None if they are too few or within chance.
    """
    carriers = _carriers(association, suspect, control)
    trials = carriers[outcome.trial[carriers]]
    hits = int(outcome.hit[trials].sum())
    if hits < settings.fewest_carriers or hits < settings.least_share * len(trials):
        return None
    if binomial_test(hits, len(trials), outcome.rate_without(carriers)) > settings.largest_p_value:
        return None
    return Proportion(hits, len(trials))


def _carriers(association: Association, suspect: JudgedTexts, control: JudgedTexts) -> Ints:
    """Give the records of the control that carry a span or show a feature of the suspect data."""
    nothing = np.zeros(0, np.int64)
    if association.kind != "phrase":
        return np.unique(np.array(control.features[0].get(association.name, ()), np.int64))
    if association.field not in control.tokens:
        return nothing
    own = control.tokens[association.field]
    index = {token: number for number, token in enumerate(own.vocabulary)}
    words = [suspect.tokens[association.field].vocabulary[token] for token in association.sequence]
    if any(word not in index for word in words):
        return nothing
    return np.unique(own.text[occurrences(own, np.array([index[word] for word in words]))])
