"""An association with its lines of evidence, and the verdict that they add up to.

A judge has a part in every association, so an association is confirmed only where something else says that the pattern
was planted: the labels of all other records, or its placement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from marshtest.detectors.judged.carrier_content import CarrierContent
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.settings import ControlHabitSettings, VerdictSettings
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.mining.outcomes.placement import Placement, PlacementSettings, placement_of
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import Proportion
from marshtest.stats.significance import binomial_test
from marshtest.text.ngrams import occurrences

__all__ = ["Assessment", "grade", "habit_in_control", "is_associated", "placement_in"]


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

    @property
    def looks_planted(self) -> bool:
        """Whether something besides the judge says so, and nothing says that the contents explain the outcome."""
        if self.content is not None and self.content.stands == "for":
            return True
        contents = [one for one in (self.content, self.outcome_content) if one is not None]
        inserted = self.placement is not None and self.placement.stands == "for"
        return inserted and all(one.stands != "against" for one in contents)


def is_associated(association: Association, settings: VerdictSettings) -> bool:
    """Say whether an association is strong enough to be a finding."""
    is_pure = association.purity >= settings.suggestive_outcome_share
    return association.q_value <= settings.suggestive_q_value and is_pure


def grade(assessment: Assessment, settings: VerdictSettings) -> Literal["confirmed", "suggestive"] | None:
    """Give the verdict, None for an association that is no finding; the detectors' reference pages have the table."""
    association = assessment.association
    if not is_associated(association, settings):
        return None
    is_strong = (
        association.q_value <= settings.confirmed_q_value
        and association.purity >= settings.confirmed_outcome_share
        and association.distinct.hits >= settings.confirmed_distinct_carriers
    )
    reacts = assessment.counterfactual is not None and assessment.counterfactual.stands == "for"
    is_confirmed = is_strong and assessment.looks_planted and not reacts and not assessment.habits
    return "confirmed" if is_confirmed else "suggestive"


def placement_in(
    texts: JudgedTexts, association: Association, seed: int, settings: PlacementSettings
) -> Placement | None:
    """Examine the placement of a span in the records with the outcome; None for a feature of whole records."""
    if association.kind != "phrase":
        return None
    tokens = texts.tokens[association.field]
    return placement_of(tokens, association.sequence, association.hits, seed, settings=settings)


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
