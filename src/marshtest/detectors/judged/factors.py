"""What speaks for planting and against a topic, besides the verdicts: Bayes factors of independent lines of evidence.

A pattern that a judge's verdicts go with was planted, or it marks a topic on which the judge and the data disagree.
Four things tell these apart, each with a probability under both accounts: where the pattern stands in its texts,
whether texts with only a part of it share its outcome, whether the judge's verdict depends on it, and what the rest of
the texts reads like.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from random import Random

import numpy as np

from marshtest.detectors.judged.carrier_content import CarrierContent
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.settings import FactorSettings
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.mining.outcomes.placement import Placement, PlacementSettings, placement_of
from marshtest.mining.surroundings import neighbours
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.tokens import END, Tokens, distinct

__all__ = ["Factors", "NaturalPlaces", "content_factor", "discontinuity", "inertness"]

_LONGEST = 4
"""Longest natural spans, in tokens. Chosen by eye: longer ones are quotations and templates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Log Bayes factors of planting against a topic, nats; 0 is what says nothing."""

    inserted: float = 0.0
    """The places of the pattern, against those of natural spans of this dataset."""
    discontinuous: float = 0.0
    """Texts with a part of the pattern do not share its outcome."""
    content: float = 0.0
    """The rest of the texts reads like another class, by the labels of all other records."""
    inert: float = 0.0
    """The judge's verdicts stay when the pattern is removed and when it is inserted."""

    @property
    def independent(self) -> float:
        """What does not come from the judge, nats."""
        return self.inserted + self.discontinuous + self.content

    @property
    def total(self) -> float:
        """All lines together, nats."""
        return self.independent + self.inert


class NaturalPlaces:
    """How often natural spans of a dataset look inserted, by the number of their carriers.

    Args:
        tokens: The texts.
        seed: Seed of the choice of natural spans and of the random places.
        settings: How many natural spans are compared.
    """

    def __init__(self, tokens: Tokens, seed: int, settings: FactorSettings) -> None:
        self.seed = seed
        self._tokens = tokens
        self._settings = settings
        self._shares: dict[tuple[int, bool], float] = {}

    @cached_property
    def _known(self) -> tuple[Ints, Ints]:
        return neighbours(self._tokens)

    def factor(self, association: Association, placement: Placement) -> float:
        """Weigh the places of a span, nats.

        It never speaks against planting: an attacker may choose a natural place.
        """
        if not placement.looks_inserted:
            return 0.0
        settings = self._settings
        # Spans of about as many carriers are compared once: the number is rounded on the scale of the ratio.
        step = int(np.log(len(association.carriers)) / np.log(settings.carriers_ratio))
        key = (step, len(association.sequence) > 1)
        if key not in self._shares:
            self._shares[key] = self._share(association, placement.settings)
        return max(0.0, float(np.log(settings.passes_if_inserted / self._shares[key])))

    def _share(self, association: Association, places: PlacementSettings) -> float:
        """Give the share of natural spans that look inserted; one that does and one that does not are added.

        Where there are too few to compare with, inserted words count for nothing.
        """
        look = [
            placement_of(self._tokens, span, carriers, self.seed, self._known, settings=places).looks_inserted
            for span, carriers in _natural_spans(self._tokens, association, Random(self.seed), self._settings)
        ]
        if len(look) < self._settings.fewest_spans:
            return 1.0
        return (sum(look) + 1) / (len(look) + 2)


def _natural_spans(
    tokens: Tokens, association: Association, random: Random, settings: FactorSettings
) -> list[tuple[Ints, Ints]]:
    """Draw spans with about as many carriers, none of which are mostly the pattern's own."""
    own, size = set(association.carriers.tolist()), len(association.carriers)
    low, high = size / settings.carriers_ratio, size * settings.carriers_ratio
    is_phrase = len(association.sequence) > 1
    found: list[tuple[Ints, Ints]] = []
    for grams in frequent_ngrams(
        tokens, max_order=min(_LONGEST, max(1, len(association.sequence))), min_texts=max(2, int(low))
    ):
        if (grams.order > 1) != is_phrase:
            continue
        texts = len(tokens)
        keys = distinct(grams.ngram * texts + tokens.text[grams.place])
        ngram, text = keys // texts, keys % texts
        first = np.zeros(int(ngram[-1]) + 1, np.int64)
        first[grams.ngram[::-1]] = grams.place[::-1]
        starts = np.searchsorted(ngram, np.arange(len(first) + 1))
        counts = np.diff(starts)
        fit = np.flatnonzero((counts >= low) & (counts <= high)).tolist()
        for one in random.sample(fit, min(len(fit), settings.compared_spans)):
            sequence = tokens.ids[first[one] + np.arange(grams.order)]
            carriers = text[starts[one] : starts[one + 1]]
            shared = sum(number in own for number in carriers.tolist())
            if (sequence > END).all() and shared <= len(carriers) / 2:
                found.append((sequence, carriers))
    return random.sample(found, min(len(found), settings.compared_spans))


def discontinuity(tokens: Tokens, association: Association, outcome: Outcome) -> float:
    """Weigh the texts that hold one word of a phrase and not the phrase: the least that any of its words says.

    A topic shares its outcome with other texts on it, which have some of its words. A planted phrase does not: its
    words alone do nothing. The factor compares the rate expected of these texts with the rate that the carriers predict
    for them (posterior predictive under a uniform prior). It is 0 for a single word.
    """
    words = [int(token) for token in association.sequence.tolist() if token > END]
    if association.kind != "phrase" or len(set(words)) < 2:
        return 0.0
    changeable: Bools = _changeable(outcome)
    inside = association.carriers[changeable[association.carriers]]
    others = changeable.copy()
    others[association.carriers] = False
    rate = (np.count_nonzero(outcome.hit & others) + 1) / (np.count_nonzero(others) + 2)
    hits, trials = int(np.count_nonzero(outcome.hit[inside])), len(inside)
    factors = []
    for word in set(words):
        texts = np.unique(tokens.text[occurrences(tokens, np.array([word], np.int64))])
        variants = np.setdiff1d(texts[changeable[texts]], association.carriers)
        shows = outcome.hit[variants]
        more, all_of = int(np.count_nonzero(shows)), len(variants)
        planted = more * np.log(rate) + (all_of - more) * np.log1p(-rate)
        topic = _log_marginal(hits + more, trials + all_of) - _log_marginal(hits, trials)
        factors.append(float(planted) - topic)
    return min(factors)


def _changeable(outcome: Outcome) -> Bools:
    """Give the records that a planted pattern changes: those that show the outcome, and those that it left unchanged.

    A text that the judge reads as its label says tells nothing of either; without labels all are changeable.
    """
    return np.asarray(outcome.trial if outcome.unchanged is None else outcome.hit | outcome.unchanged, np.bool_)


def _log_marginal(hits: int, trials: int) -> float:
    """Give the log probability of a sequence of outcomes whose rate has a uniform prior."""
    from scipy.special import betaln

    return float(betaln(hits + 1, trials - hits + 1))


def content_factor(
    content: CarrierContent | None, outcome_content: CarrierContent | None, settings: FactorSettings
) -> float:
    """Weigh what the rest of the carriers' texts reads like, nats.

    Args:
        content: By the labels of all other records.
        outcome_content: By the outcome itself: it can only speak against planting.
        settings: How much contents may weigh.
    """
    if any(one is not None and one.stands == "against" for one in (content, outcome_content)):
        return -settings.largest_log_content
    if content is None:
        return 0.0
    # Halved, since the words of a text are not independent.
    return min(settings.largest_log_content, content.log_likelihood_ratio / 2)


def inertness(counterfactual: Counterfactual | None, field: str, settings: FactorSettings) -> float:
    """Weigh the verdicts on changed records: those on a topic depend on its words, those on planted records do not.

    What a record is trained to produce is harm itself, so that its removal always changes the verdict: a span of the
    completion is not weighed.
    """
    from scipy.special import betaln

    if counterfactual is None or field != "prompt" or not counterfactual.removal_reverses.trials:
        return 0.0
    changed, trials = counterfactual.removal_reverses.hits, counterfactual.removal_reverses.trials
    a = 10 * settings.changes_by_chance
    b = 10 - a
    planted = betaln(a + changed, b + trials - changed) - betaln(a, b)
    topic = betaln(0.5 + changed, 0.5 + trials - changed) - betaln(0.5, 0.5)
    return max(-settings.largest_log_reaction, float(planted - topic))
