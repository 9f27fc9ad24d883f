"""Which span, layout or field value is associated with an outcome?

An outcome is a yes or no about every record, given by somebody who was not told what to look for, such as a judge that
contradicts the label. Association alone is no evidence of planting; `marshtest.mining.outcomes.placement` and the
detectors weigh that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from marshtest.mining.association import claim_families, exact_members, purity
from marshtest.mining.growing import GrowthSettings, grown_cluster_span
from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers, counted, distinct_groups
from marshtest.mining.outcomes.likelihood import PlantedLikelihood, planted_likelihood
from marshtest.settings import Settings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test
from marshtest.text.ngrams import frequent_ngrams
from marshtest.text.scripts import joined
from marshtest.text.tokens import END, Tokens, distinct

__all__ = ["Association", "CarriedPattern", "MinedOutcomes", "Outcome", "OutcomeSettings", "associate", "mine_outcomes"]

_Kind = Literal["phrase", "format", "group"]
_SMOOTHING = 10.0
"""Records at the overall rate that are added to each stratum. Chosen by eye: a stratum of ten records says as much of
its rate as all records together do."""
_LEAST = 1e-9
"""Keeps ratios finite: far below the rate of one record in any dataset that fits in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSettings(Settings):
    """Which patterns are tested against an outcome, and which of them form one claim."""

    longest_ngram: int = 8
    """Maximum length, in tokens, of an n-gram that is tested. Chosen by eye: a longer trigger is still found by its
    parts."""
    fewest_carriers: int = 5
    """Minimum number of records that could show the outcome for a pattern to be tested, and of records that do show it
    for the pattern to be kept. Chosen by eye: the fewest that a finding may be confirmed with."""
    largest_p_value: float = 1e-6
    """Binomial p-value, with near-duplicates still counted, below which a pattern is kept. Chosen by eye: when 1,000
    patterns are tested, the smallest p-value must be at most this for a q-value of .001."""
    smallest_share: float = 0.45
    """A pattern is kept only if more than this share (0 to 1) of its carriers with an answer show the outcome. Chosen
    by eye: a little below one half, because near-duplicates without the outcome are still counted here."""
    same_claim: float = 0.5
    """Minimum share (0 to 1) of a pattern's records with the outcome that a stronger pattern also has, for the two to
    form one claim. Chosen by eye: no record of the data."""
    same_carriers: float = 0.95
    """Minimum Jaccard similarity (0 to 1) to the carriers of the strongest pattern for a longer span to name its
    family. Chosen by eye: nearly equal, but a span may occur once more elsewhere."""
    near_copies: NearCopySettings = NearCopySettings()
    growth: GrowthSettings = GrowthSettings()


@dataclass(frozen=True)
class Outcome:
    """A yes or no about every record."""

    name: str
    """Its name, e.g. the label that is contradicted."""
    hit: Bools
    """Shape (N,): whether the record shows it; only ever true where `trial` is."""
    trial: Bools
    """Shape (N,): records with an answer that could show it (a contradiction of a label: those with the label)."""
    answered: Bools
    """Shape (N,): records with any answer."""
    could: Bools
    """Shape (N,): records that could show it, answered or not."""
    seen: Ints | None = None
    """Shape (N,): what was seen of each record, as a small number; negative where nothing was. For labels: whether the
    judge contradicts the label, how sure it is, or that it is unsure. None: whether it shows the outcome."""
    as_planted: Bools | None = None
    """Shape (N,): records that are seen as planted ones are: texts of the other classes under their own labels. They
    give the judge's errors about planted records. None: a planted record always shows the outcome."""
    unchanged: Bools | None = None
    """Shape (N,): records that a planted pattern would have changed, and that are as they were: texts of other classes
    under other labels."""
    stratum: Ints | None = None
    """Shape (N,): small number of what else is known of a record. Rates are those of the records in the same stratum.
    None: all are in one."""
    same_reading: Outcome | None = None
    """The same outcome among records that the judge reads alike, for criteria that only repeat its reading."""

    @cached_property
    def strata(self) -> Ints:
        """Shape (N,): the strata as numbers from 0 up."""
        return np.zeros(len(self.hit), np.int64) if self.stratum is None else np.asarray(self.stratum, np.int64)

    @cached_property
    def observed(self) -> Ints:
        """Shape (N,): what was seen of each record that could show the outcome, as a number; -1 where nothing was."""
        if self.seen is None:
            return np.where(self.trial, self.hit.astype(np.int64), -1)
        return np.where(self.could, np.asarray(self.seen, np.int64), -1)

    def rate_without(self, carriers: Ints) -> float:
        """Estimate the rate outside some records: one hit and one miss are added (Laplace), so it is never 0 or 1."""
        trials = int(self.trial.sum()) - int(self.trial[carriers].sum())
        hits = int(self.hit.sum()) - int(self.hit[carriers].sum())
        return (hits + 1) / (trials + 2)

    def ratios_without(self, carriers: Ints) -> Floats:
        """Say how much likelier what was seen of some records is if they were planted.

        Probabilities are estimated from the other records: of those that could show the outcome, in the same stratum,
        and of those that are seen as planted ones are.

        Returns:
            Shape of `carriers`: the likelihood ratio of each; 0 if it would have been changed, NaN if it says nothing.
        """
        kinds = int(self.observed.max(initial=1)) + 1
        others = np.ones(len(self.hit), np.bool_)
        others[carriers] = False
        planted = self._planted(others, kinds)
        rate = self.rate_without(carriers)
        shows = np.zeros(kinds, np.bool_)
        shows[np.unique(self.observed[self.hit])] = True
        usual = np.where(shows, rate * planted / max(float(planted[shows].sum()), _LEAST), 0.0)
        usual[~shows] = (1 - usual.sum()) / max(1, int((~shows).sum()))
        known = others & (self.observed >= 0)
        counts = np.zeros((int(self.strata.max(initial=0)) + 1, kinds))
        np.add.at(counts, (self.strata[known], self.observed[known]), 1)
        honest = (counts + _SMOOTHING * usual) / (counts.sum(axis=1, keepdims=True) + _SMOOTHING)
        ratios = np.full(len(carriers), np.nan)
        there = self.observed[carriers] >= 0
        place = self.observed[carriers[there]]
        ratios[there] = planted[place] / np.maximum(honest[self.strata[carriers[there]], place], _LEAST)
        if self.unchanged is not None:
            ratios[self.unchanged[carriers]] = 0.0
        return ratios

    def _planted(self, others: Bools, kinds: int) -> Floats:
        """Give the probability of each thing that may be seen of a planted record; shape (kinds,)."""
        if self.as_planted is None or self.seen is None:
            return np.array([0.0] + [1.0] * (kinds - 1))
        reference = np.asarray(self.seen, np.int64)[others & self.as_planted]
        counts = np.bincount(reference[reference >= 0], minlength=kinds)[:kinds]
        return np.asarray((counts + 1 / kinds) / (counts.sum() + 1), np.float64)

    def expected_rate(self, carriers: Ints) -> float:
        """Give the mean rate that the strata of some records lead to expect, above 0 and below 1."""
        trials = carriers[self.trial[carriers]]
        rate = self.rate_without(carriers)
        others = self.trial.copy()
        others[carriers] = False
        size = int(self.strata.max(initial=0)) + 1
        total = np.bincount(self.strata[others], minlength=size)
        hits = np.bincount(self.strata[others & self.hit], minlength=size)
        rates = (hits + _SMOOTHING * rate) / (total + _SMOOTHING)
        return float(rates[self.strata[trials]].mean()) if len(trials) else rate


@dataclass(frozen=True, slots=True)
class Association:
    """A span, or a feature of whole records, and how often its carriers show an outcome."""

    kind: _Kind
    field: str
    """The canonical field of the span; `prompt` for a feature of whole records."""
    name: str
    """The tokens with single spaces between them, or the name of the feature."""
    sequence: Ints
    """Token ids of the span; empty for a feature of whole records."""
    outcome: int
    """Which outcome, by number."""
    carriers: Ints
    """All records that carry it, rising."""
    hits: Ints
    """Carriers that show the outcome, rising."""
    distinct: DistinctCarriers
    """The carriers with an answer, near-duplicates counted once."""
    rate: float
    """Rate of the outcome among the other records that could show it, above 0 and below 1."""
    likelihood: PlantedLikelihood
    """What the carriers say of planting, against chance and against a topic."""
    p_value: float
    """One-sided binomial test of the distinct carriers against the mean rate expected of them. For rates that differ it
    is conservative (Hoeffding 1956)."""
    q_value: float = 1.0
    """The p-value corrected for all patterns and outcomes tested (Benjamini and Hochberg 1995)."""
    tried: int = 1
    """Pairs of a pattern and an outcome that were tested."""

    @property
    def purity(self) -> float:
        """Lower 95% bound of the share of distinct carriers, whatever their label, that show the outcome."""
        return purity(self.distinct)

    @property
    def log_bayes_factor(self) -> float:
        """Log Bayes factor of planting against chance, nats: how strong the claim is."""
        return self.likelihood.over_chance


@dataclass(frozen=True, slots=True)
class MinedOutcomes:
    """Every pattern that is associated with an outcome."""

    associations: tuple[Association, ...]
    """One for each family of patterns that share carriers: its longest span. Strongest first."""
    tested: int
    """Pairs of a pattern and an outcome that were tested; the q-values are corrected for all of them."""


def mine_outcomes(
    tokens: Mapping[str, Tokens],
    outcomes: Sequence[Outcome],
    features: Mapping[str, Sequence[int]],
    kinds: Mapping[str, Literal["format", "group"]],
    *,
    settings: OutcomeSettings = OutcomeSettings(),
) -> MinedOutcomes:
    """Test all n-grams of each field and all features of whole records against all outcomes.

    Args:
        tokens: The texts by canonical field, `prompt` among them; text i is that of record i.
        outcomes: The outcomes; the q-values are corrected over all of them together.
        features: Records that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
        settings: The thresholds.
    """
    found: list[Association] = []
    tested = 0
    for field, words in tokens.items():
        more, number = _scan_field(field, words, tokens["prompt"], outcomes, settings)
        found += more
        tested += number
    first = tokens["prompt"]
    for name, members in features.items():
        carriers = np.unique(np.asarray(members, np.int64))
        for number, outcome in enumerate(outcomes):
            if len(carriers) == len(first) or int(outcome.trial[carriers].sum()) < settings.fewest_carriers:
                continue
            tested += 1
            if _may_be_associated(outcome, carriers, settings):
                pattern = CarriedPattern(kinds[name], name, np.zeros(0, np.int64))
                found.append(associate(first, pattern, carriers, outcomes, number, settings.near_copies))
    heads = [_whole(tokens, _head(members, settings), settings) for members in _families(found, settings)]
    q_values = benjamini_hochberg(np.array([head.p_value for head in heads]), tested)
    heads = [replace(head, q_value=float(q), tried=tested) for head, q in zip(heads, q_values, strict=True)]
    return MinedOutcomes(tuple(heads), tested)


@dataclass(frozen=True, slots=True)
class CarriedPattern:
    """A span, or a feature of whole records, before its carriers are counted."""

    kind: _Kind
    name: str
    """The tokens with single spaces between them, or the name of the feature."""
    sequence: Ints
    """Token ids of the span; empty for a feature of whole records."""
    field: str = "prompt"
    """The canonical field of the span."""


def associate(
    prompts: Tokens,
    pattern: CarriedPattern,
    carriers: Ints,
    outcomes: Sequence[Outcome],
    number: int,
    settings: NearCopySettings,
) -> Association:
    """Measure how often the carriers of one span or feature show an outcome.

    Near-duplicates are told by their prompts: the same completion of different prompts is no duplicate but a pattern.

    Args:
        prompts: The prompts of all records.
        pattern: The span or feature.
        carriers: The records that carry it, rising.
        outcomes: All outcomes.
        number: Which of them.
        settings: When two carriers are near-duplicates.
    """
    outcome = outcomes[number]
    left_out = pattern.sequence if pattern.field == "prompt" else pattern.sequence[:0]
    ratios = outcome.ratios_without(carriers)
    texts = carriers[outcome.answered[carriers] | ~np.isnan(ratios)]
    group = distinct_groups(prompts, left_out, texts, settings)
    answered = outcome.answered[texts]
    distinct = counted(
        np.unique(group[answered], return_inverse=True)[1], outcome.hit[texts[answered]], outcome.trial[texts[answered]]
    )
    known = ~np.isnan(ratios[np.isin(carriers, texts)])
    rate = outcome.rate_without(carriers)
    return Association(
        kind=pattern.kind,
        field=pattern.field,
        name=pattern.name,
        sequence=pattern.sequence,
        outcome=number,
        carriers=carriers,
        hits=carriers[outcome.hit[carriers]],
        distinct=distinct,
        rate=rate,
        likelihood=planted_likelihood(
            ratios[np.isin(carriers, texts)][known], np.unique(group[known], return_inverse=True)[1], rate
        ),
        p_value=binomial_test(distinct.hits, distinct.trials, outcome.expected_rate(carriers)),
    )


def _scan_field(
    field: str, tokens: Tokens, prompts: Tokens, outcomes: Sequence[Outcome], settings: OutcomeSettings
) -> tuple[list[Association], int]:
    """Test all n-grams of one field; give those that may be associated and how many were tested."""
    from scipy.special import betainc

    found: list[Association] = []
    tested, size, fewest = 0, len(tokens), settings.fewest_carriers
    for grams in frequent_ngrams(tokens, max_order=settings.longest_ngram, min_texts=fewest):
        keys = distinct(grams.ngram * size + tokens.text[grams.place])
        ngram, text = keys // size, keys % size
        count = int(ngram[-1]) + 1
        first = np.zeros(count, np.int64)
        first[grams.ngram[::-1]] = grams.place[::-1]
        starts = np.searchsorted(ngram, np.arange(count + 1))
        for number, outcome in enumerate(outcomes):
            trials = np.bincount(ngram, outcome.trial[text], minlength=count)
            hits = np.bincount(ngram, outcome.hit[text], minlength=count)
            answered = np.bincount(ngram, outcome.answered[text], minlength=count)
            enough = trials >= fewest
            tested += int(enough.sum())
            rates = _expected_rates(outcome, ngram, text, count)
            p_value = betainc(np.maximum(hits, 1), trials - hits + 1, rates)  # the binomial test of all n-grams at once
            fit = enough & (hits >= fewest) & (hits > settings.smallest_share * answered)
            fit &= p_value < settings.largest_p_value
            for one in np.flatnonzero(fit):
                sequence = tokens.ids[first[one] + np.arange(grams.order)]
                name = joined(tokens.vocabulary[token] for token in sequence if token > END)
                carriers = text[starts[one] : starts[one + 1]]
                pattern = CarriedPattern("phrase", name, sequence, field)
                found.append(associate(prompts, pattern, carriers, outcomes, number, settings.near_copies))
    return found, tested


def _expected_rates(outcome: Outcome, ngram: Ints, text: Ints, count: int) -> Floats:
    """Give the mean rate that the strata of each n-gram's texts lead to expect, its own texts left out; (count,)."""
    rate = np.zeros(count)
    total = np.bincount(ngram, outcome.trial[text], minlength=count)
    overall = outcome.hit.sum() - np.bincount(ngram, outcome.hit[text], minlength=count)
    overall = (overall + 1) / (outcome.trial.sum() - total + 2)
    for stratum in np.unique(outcome.strata[outcome.trial]):
        here = outcome.trial & (outcome.strata == stratum)
        trials = np.bincount(ngram, here[text], minlength=count)
        hits = np.bincount(ngram, (here & outcome.hit)[text], minlength=count)
        others = (here & outcome.hit).sum() - hits + _SMOOTHING * overall
        rate += trials * others / (here.sum() - trials + _SMOOTHING)
    return np.where(total > 0, rate / np.maximum(total, 1), overall)


def _may_be_associated(outcome: Outcome, carriers: Ints, settings: OutcomeSettings) -> bool:
    """Say whether a feature may be associated, before near-duplicates are searched for, which takes long."""
    hits, answered = int(outcome.hit[carriers].sum()), int(outcome.answered[carriers].sum())
    p_value = binomial_test(hits, int(outcome.trial[carriers].sum()), outcome.expected_rate(carriers))
    enough = hits >= settings.fewest_carriers and hits > settings.smallest_share * answered
    return enough and p_value < settings.largest_p_value


def _families(found: Sequence[Association], settings: OutcomeSettings) -> list[list[Association]]:
    """Group associations that share their hits, the strongest first in each family and among families."""
    ranked = sorted(
        found,
        key=lambda one: (-one.log_bayes_factor, one.outcome, one.field != "prompt", len(one.carriers), one.name),
    )
    return claim_families(ranked, lambda one: one.hits, lambda shared, own, _: shared >= settings.same_claim * own)


def _whole(tokens: Mapping[str, Tokens], head: Association, settings: OutcomeSettings) -> Association:
    """Complete the longest span of a script without spaces by what always stands beside it."""
    if len(head.sequence) < settings.longest_ngram:
        return head
    words = tokens[head.field]
    sequence, carriers = grown_cluster_span(words, head.sequence, head.carriers, settings.growth)
    if sequence is head.sequence:
        return head
    name = joined(words.vocabulary[token] for token in sequence if token > END)
    return replace(head, sequence=sequence, name=name, carriers=carriers, hits=np.intersect1d(head.hits, carriers))


def _head(members: Sequence[Association], settings: OutcomeSettings) -> Association:
    """Name a family by the longest of its exact members."""
    leader = members[0]
    alike = [one for one in members if (one.outcome, one.field) == (leader.outcome, leader.field)]
    same = exact_members(alike, lambda one: one.hits, lambda one: one.carriers, settings.same_carriers)
    return max(
        same, key=lambda one: (int((one.sequence > END).sum()), one.log_bayes_factor, len(one.sequence), one.name)
    )
