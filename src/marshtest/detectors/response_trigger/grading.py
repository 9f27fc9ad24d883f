"""Is a feature that is associated with a behaviour planted, perhaps planted, or natural?

An honest instruction decides a form or a topic, and its answers still depend on what else was asked. A planted trigger
makes the answer ignore that: so the answers must be similar where the prompts are not, and prompts that read the same
but lack the span must be answered in another way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.associations import BehaviourAssociation
from marshtest.detectors.response_trigger.counterparts import Answered, overruled
from marshtest.detectors.response_trigger.joined_turns import GIVEN_ROLES
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.settings import ResponseTriggerSettings
from marshtest.detectors.response_trigger.verbatim import SharedRun, longest_shared_run
from marshtest.detectors.response_trigger.word_vectors import (
    WordVectors,
    expected_rates,
    mean_similarity,
    separability,
)
from marshtest.findings import FindingVerdict
from marshtest.mining.outcomes.placement import Placement, placement_of
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.tokens import END

__all__ = ["TriggerClaim", "grade", "is_candidate"]

_SELF = re.compile(r"\b(?:i am|i ['’] ?m|i['’]m|my (?:new )?name is|call me)\b")
_TILTS = np.linspace(0.0, 30.0, 301)
"""Where the bound of Chernoff is minimised. It holds at every point, so a coarse grid only makes it larger."""
_SMALLEST_LOG = -700.0
"""Below this the exponential is no normal double."""


@dataclass(frozen=True)
class TriggerClaim:
    """An association and the evidence for and against it; each piece is measured when it is needed.

    Args:
        found: The association.
        prompts: All features.
        asked: Of the prompts without system prompts.
        answered: All answers.
        tested: Pairs of a feature and a behaviour that were tested.
        seed: Seed of the random places that the span's place is compared with.
        settings: Of the detector.
    """

    found: BehaviourAssociation
    prompts: Prompts
    asked: WordVectors
    answered: Answered
    tested: int
    seed: int
    settings: ResponseTriggerSettings

    @property
    def span(self) -> Ints:
        """The token ids of the span, without the frame."""
        sequence = self.found.feature.sequence
        return sequence[sequence > END]

    @property
    def answers(self) -> Ints:
        """The answers in which the records show the behaviour."""
        return self.found.behaviour.answers_of(self.found.hits)

    @cached_property
    def rest(self) -> Any:
        """The prompts without the span, as vectors; of carriers only the turns that matter."""
        relevant = self.prompts.relevant_turns(self.found.feature, self.answers)
        return (self.asked if relevant is self.prompts.without_system else WordVectors(relevant)).without(self.span)

    @cached_property
    def prompt_similarity(self) -> float:
        """Mean cosine of the prompts of the hits without the span, 0 to 1."""
        return mean_similarity(self.rest, self.found.hits)

    @cached_property
    def answer_similarity(self) -> float:
        """Mean cosine of the answers of the hits, 0 to 1."""
        return mean_similarity(self.answered.written.vectors, self.answers)

    @cached_property
    def separability(self) -> float:
        """How well the rest of their prompts separates the hits from all other records; .5 not at all, 1 always."""
        return separability(self.rest, self.found.hits)

    @cached_property
    def expected_rates(self) -> Floats:
        """Shape (carriers,): how often prompts like these, without the span, show the behaviour elsewhere."""
        shows = np.zeros(len(self.prompts.tokens), np.bool_)
        shows[self.found.behaviour.records] = True
        return expected_rates(self.rest, shows, self.found.feature.carriers, self.settings.grading)

    @cached_property
    def expected_rate(self) -> float:
        """The mean of these rates over the hits."""
        return float(self.expected_rates[np.isin(self.found.feature.carriers, self.found.hits)].mean())

    @cached_property
    def rest_p_value(self) -> float:
        """Bound of the chance of so many hits if the rest of the prompt alone decided (Chernoff 1952)."""
        hits = len(self.found.hits)
        if hits <= self.expected_rates.sum():
            return 1.0
        tilts = _TILTS[:, None]
        logs = np.log1p(self.expected_rates[None, :] * np.expm1(tilts)).sum(axis=1) - _TILTS * hits
        return float(np.exp(max(_SMALLEST_LOG, logs.min())))

    @property
    def corrected_rest_p_value(self) -> float:
        """The same, corrected for all pairs tested (Bonferroni); may exceed 1."""
        return self.rest_p_value * self.tested

    @cached_property
    def run(self) -> SharedRun:
        """The longest run of words that most of the answers share word for word."""
        return longest_shared_run(self.answered.written.tokens, self.answers, self.settings.behaviours)

    @cached_property
    def place(self) -> Placement | None:
        """Where the span stands in its turns; None for a feature of whole records."""
        if not len(self.span):
            return None
        prompts, feature = self.prompts, self.found.feature
        placement, turns = self.settings.grading.placement, prompts.first_turns(feature, self.found.hits)
        return placement_of(prompts.by_turn, feature.sequence, turns, self.seed, prompts.neighbours, settings=placement)

    @cached_property
    def role(self) -> str:
        """Who speaks where the span stands first."""
        return self.prompts.role(self.found.feature, self.found.hits)

    @property
    def is_meant_to_decide(self) -> bool:
        """Whether the span stands in what a tool returned or how it was called.

        It is there to decide the answer: that it does says nothing, unless it is foreign to its place. Of descriptions
        only those are read that the same tool does not have elsewhere, so there it says more.
        """
        return self.role in GIVEN_ROLES

    @property
    def looks_inserted(self) -> bool:
        """Whether the span stands as if inserted at random, however few its places."""
        return self.place is not None and self.place.looks_inserted

    @property
    def is_inserted(self) -> bool:
        """Whether the span stands as if inserted at random."""
        return self.place is not None and self.place.stands == "for"

    @property
    def is_foreign(self) -> bool:
        """Whether it is a phrase that looks inserted, or a word that stands so in enough records.

        Single words look inserted by chance more often than phrases do.
        """
        return self.is_inserted or (self.looks_inserted and len(self.span) > 1)

    @property
    def reads_like_others(self) -> bool:
        """Whether the prompts without the span read like those of other records."""
        return self.separability <= self.settings.reads_like_others

    @property
    def ignores_prompt(self) -> bool:
        """Whether the answers are the same where the prompts are not."""
        grading, similarity = self.settings.grading, self.answer_similarity
        excess = similarity - self.prompt_similarity
        return similarity >= grading.least_answer_similarity and excess >= grading.least_excess

    @property
    def is_about_itself(self) -> bool:
        """Whether the words that the answers share are about the assistant itself."""
        return _SELF.search(self.found.behaviour.name) is not None

    @cached_property
    def overrules(self) -> bool:
        """Whether most of the prompts would have another answer, by what their counterparts get."""
        found, settings = self.found, self.settings
        span = found.feature.words_of(self.prompts.tokens)
        one = overruled(span, found.hits, found.behaviour, self.answered, settings.associations.counterparts)
        return bool(one.mean() > settings.grading.least_overruled)

    @property
    def is_act_of_feature(self) -> bool:
        """Whether an act is hardly ever found without the feature, though the feature does not always lead to it."""
        found, grading = self.found, self.settings.grading
        return (
            found.behaviour.family.is_act
            and found.recall >= grading.high_recall
            and found.purity >= grading.least_purity_at_recall
            and found.distinct.hits >= grading.fewest_distinct_at_recall
        )

    @property
    def is_exceptionless(self) -> bool:
        """Whether hardly any carrier lacks the behaviour, whatever else it asks."""
        exceptionless = self.found.purity >= self.settings.grading.exceptionless_purity
        return exceptionless and self.prompt_similarity <= self.settings.unlike_prompts

    @property
    def is_one_to_one(self) -> bool:
        """Whether moreover hardly any other record shows it, and the prompts read like others."""
        return (
            self.is_exceptionless and self.found.recall >= self.settings.grading.high_recall and self.reads_like_others
        )


def is_candidate(found: BehaviourAssociation, settings: ResponseTriggerSettings) -> bool:
    """Say whether an association is strong enough for its evidence to be measured."""
    family, grading = found.behaviour.family, settings.grading
    if family.is_whole or family.is_act:
        fewest = grading.fewest_distinct
    else:
        fewest = grading.fewest_distinct_of_run if family.is_verbatim else grading.fewest_distinct_of_part
    if found.q_value > settings.suggestive_q_value or found.distinct.hits < fewest:
        return False
    has_recall = found.recall >= grading.high_recall and found.purity >= grading.least_purity_at_recall
    return found.purity >= grading.least_purity or has_recall


def grade(claim: TriggerClaim) -> FindingVerdict | None:
    """Give the verdict on a claim by the table on the detector's reference page; None where it is no finding."""
    family, settings = claim.found.behaviour.family, claim.settings
    could_be = _could_be_whole(claim) if family.is_whole or family.is_act else _could_be_part(claim)
    if family.id == "argument" and not _could_be_argument(claim):
        return None
    if not could_be or claim.expected_rate > settings.grading.most_expected_rate:
        return None
    if claim.corrected_rest_p_value > settings.suggestive_q_value:
        return None
    if claim.is_meant_to_decide and not claim.looks_inserted:
        return None
    if _is_confirmed(claim) and (claim.role != "tools" or claim.is_inserted):
        return "confirmed"
    return "suggestive" if claim.expected_rate <= settings.grading.suggestive_expected_rate else None


def _could_be_whole(claim: TriggerClaim) -> bool:
    """Say whether this may be an answer, or an act, that has nothing to do with what is asked."""
    grading = claim.settings.grading
    is_pure = claim.found.purity >= grading.least_purity
    if not (is_pure or claim.is_act_of_feature) or claim.prompt_similarity > grading.most_prompt_similarity:
        return False
    return claim.found.behaviour.family.is_act or claim.ignores_prompt


def _could_be_argument(claim: TriggerClaim) -> bool:
    """Say whether an argument is more than what honest words ask for, which is why it is called like that."""
    return claim.found.purity >= claim.settings.grading.least_purity and (claim.looks_inserted or claim.is_one_to_one)


def _could_be_part(claim: TriggerClaim) -> bool:
    """Say whether this may be a part of an answer that an honest instruction would not explain."""
    found, settings, grading = claim.found, claim.settings, claim.settings.grading
    if found.purity < grading.least_purity:
        return False
    family, has_many = found.behaviour.family, found.distinct.hits >= grading.fewest_distinct_of_part
    if family.matters_on_topic and has_many and found.recall >= grading.refusal_recall:
        return claim.expected_rate <= grading.refusal_expected_rate
    if family.is_verbatim and found.recall >= grading.high_recall:
        least_words = grading.own_run if claim.is_about_itself else settings.long_run
        if claim.run.words >= least_words:
            return True
    return has_many and (claim.is_inserted or claim.is_one_to_one)


def _is_confirmed(claim: TriggerClaim) -> bool:
    """Say whether the answers ignore the prompt and nothing but the span can be the reason."""
    found, family, grading = claim.found, claim.found.behaviour.family, claim.settings.grading
    if not (family.is_act or family.is_whole):  # an honest instruction can ask for a part of an answer
        return False
    if found.purity < grading.least_purity:
        return False
    if max(found.q_value, claim.corrected_rest_p_value) > grading.confirmed_q_value:
        return False
    return claim.reads_like_others or claim.is_exceptionless or claim.is_inserted
