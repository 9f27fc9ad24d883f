"""Which span, layout or field value goes with an outcome far more often than the outcome's own rate?

An outcome is a yes or no that somebody says of every record without having been told what to look for, such as a judge
that contradicts the label. Association alone shows no planting: see `marshtest.mining.outcomes.planted`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from marshtest.mining.association import claim_families, jaccard, log_likelihood_ratio, purity
from marshtest.mining.outcomes.witnesses import Witnesses, count_witnesses
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test
from marshtest.text.ngrams import frequent_ngrams
from marshtest.text.tokens import END, Tokens, distinct

__all__ = ["Association", "MinedOutcomes", "Outcome", "associate", "mine_outcomes"]

_Kind = Literal["phrase", "format", "group"]

_MAX_ORDER = 8
_MIN_CARRIERS = 5
_WORTH_COUNTING = 1e-6
_LEAST_SHARE = 0.45
_SAME_CARRIERS, _SAME_CLAIM = 0.95, 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """A yes or no of every record."""

    name: str
    """What it is called, e.g. the label that was contradicted."""
    hit: Bools
    """Shape (N,): whether the record shows it; only ever true where `trial` is."""
    trial: Bools
    """Shape (N,): answered records that could have shown it (of a contradiction: those with the label)."""
    answered: Bools
    """Shape (N,): records with any answer."""
    could: Bools
    """Shape (N,): records that could show it, answered or not."""

    def rate_without(self, carriers: Ints) -> float:
        """Give the rate outside some records, one more hit and one more miss counted: never 0 or 1."""
        trials = int(self.trial.sum()) - int(self.trial[carriers].sum())
        hits = int(self.hit.sum()) - int(self.hit[carriers].sum())
        return (hits + 1) / (trials + 2)


@dataclass(frozen=True, slots=True)
class Association:
    """A span, or a feature of whole records, and how the outcome is spread over its carriers."""

    kind: _Kind
    field: str
    """The canonical field that the span stands in; `prompt` for a feature of whole records."""
    name: str
    """The tokens with single spaces between them, or the name of the feature."""
    sequence: Ints
    """Token ids of the span; empty for a feature of whole records."""
    outcome: int
    """Which outcome, by number."""
    carriers: Ints
    """All records that carry it, rising."""
    hits: Ints
    """Those that show the outcome, rising."""
    witnesses: Witnesses
    """The answered carriers with near-duplicates counted once."""
    rate: float
    """How often the outcome is shown outside the carriers, by records that could."""
    p_value: float
    """Chance of as many among the distinct carriers at that rate (binomial)."""
    q_value: float = 1.0
    """The same over everything tried towards every outcome."""

    @property
    def purity(self) -> float:
        """Lower 95 % bound of the share of distinct answered carriers, whatever their label, that show the outcome."""
        return purity(self.witnesses)

    @property
    def gain(self) -> float:
        """Log likelihood ratio of the carriers' own rate against the rate outside, nats."""
        return log_likelihood_ratio(self.witnesses, self.rate)


@dataclass(frozen=True, slots=True)
class MinedOutcomes:
    """Everything that goes with an outcome."""

    claims: tuple[Association, ...]
    """One for each family of spans that share carriers: its exact, longest span. Strongest first."""
    tried: int
    """How many pairs of a span and an outcome were tried; the q-values are corrected for all of them."""


def mine_outcomes(
    tokens: Mapping[str, Tokens],
    outcomes: Sequence[Outcome],
    features: Mapping[str, Sequence[int]],
    kinds: Mapping[str, Literal["format", "group"]],
) -> MinedOutcomes:
    """Look at all n-grams up to order 8 of each field and at all features of whole records.

    Args:
        tokens: The texts by canonical field, `prompt` among them; text i is that of record i.
        outcomes: What to look for; all are corrected together.
        features: Records that show each feature of whole records, by its name.
        kinds: The kind of each such feature.
    """
    found: list[Association] = []
    tried = 0
    for field, words in tokens.items():
        more, number = _scan_field(field, words, tokens["prompt"], outcomes)
        found += more
        tried += number
    first = tokens["prompt"]
    for name, members in features.items():
        carriers = np.unique(np.asarray(members, np.int64))
        for number, outcome in enumerate(outcomes):
            if len(carriers) == len(first) or int(outcome.trial[carriers].sum()) < _MIN_CARRIERS:
                continue
            tried += 1
            if _worth_counting(outcome, carriers):
                nothing = np.zeros(0, np.int64)
                found.append(associate(first, nothing, carriers, outcomes, number, kinds[name], name))
    heads = [_head(members) for members in _families(found)]
    q_values = benjamini_hochberg(np.array([head.p_value for head in heads]), tried)
    claims = [replace(head, q_value=float(q)) for head, q in zip(heads, q_values, strict=True)]
    return MinedOutcomes(tuple(claims), tried)


def associate(
    prompts: Tokens,
    sequence: Ints,
    carriers: Ints,
    outcomes: Sequence[Outcome],
    number: int,
    kind: _Kind,
    name: str,
    field: str = "prompt",
) -> Association:
    """Measure how an outcome is spread over the carriers of one span or feature.

    Copies are known by their prompts: the same answer to different prompts is no copy but a pattern.
    """
    outcome = outcomes[number]
    left_out = sequence if field == "prompt" else sequence[:0]
    witnesses = count_witnesses(prompts, left_out, carriers, outcome.hit, outcome.trial, outcome.answered)
    rate = outcome.rate_without(carriers)
    return Association(
        kind=kind,
        field=field,
        name=name,
        sequence=sequence,
        outcome=number,
        carriers=carriers,
        hits=carriers[outcome.hit[carriers]],
        witnesses=witnesses,
        rate=rate,
        p_value=binomial_test(witnesses.hits, witnesses.trials, rate),
    )


def _scan_field(
    field: str, tokens: Tokens, prompts: Tokens, outcomes: Sequence[Outcome]
) -> tuple[list[Association], int]:
    """Look at all n-grams of one field; give those worth a claim and how many were tried."""
    from scipy.special import betainc

    found: list[Association] = []
    tried, size = 0, len(tokens)
    for grams in frequent_ngrams(tokens, max_order=_MAX_ORDER, min_texts=_MIN_CARRIERS):
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
            enough = trials >= _MIN_CARRIERS
            tried += int(enough.sum())
            rates = (outcome.hit.sum() - hits + 1) / (outcome.trial.sum() - trials + 2)
            chance = betainc(np.maximum(hits, 1), trials - hits + 1, rates)
            fit = enough & (hits >= _MIN_CARRIERS) & (hits > _LEAST_SHARE * answered) & (chance < _WORTH_COUNTING)
            for one in np.flatnonzero(fit):
                sequence = tokens.ids[first[one] + np.arange(grams.order)]
                name = " ".join(tokens.vocabulary[token] for token in sequence if token > END)
                carriers = text[starts[one] : starts[one + 1]]
                found.append(associate(prompts, sequence, carriers, outcomes, number, "phrase", name, field))
    return found, tried


def _worth_counting(outcome: Outcome, carriers: Ints) -> bool:
    """Say whether a feature may be associated at all, before near-duplicates are looked for."""
    hits, answered = int(outcome.hit[carriers].sum()), int(outcome.answered[carriers].sum())
    chance = binomial_test(hits, int(outcome.trial[carriers].sum()), outcome.rate_without(carriers))
    return hits >= _MIN_CARRIERS and hits > _LEAST_SHARE * answered and chance < _WORTH_COUNTING


def _families(found: Sequence[Association]) -> list[list[Association]]:
    """Group associations that share most of their hits, the strongest first in each family and among families."""
    ranked = sorted(found, key=lambda one: (-one.gain, one.outcome, one.field != "prompt", one.name))
    return claim_families(ranked, lambda one: one.hits, lambda shared, own, _: shared >= _SAME_CLAIM * own)


def _head(members: Sequence[Association]) -> Association:
    """Name a family by its longest span that has the very hits of the strongest and nearly the same carriers.

    A part of the trigger has more carriers that do not show the outcome, and so a smaller gain; an extension that
    happens to stand beside some of the carriers has fewer hits.
    """
    leader = members[0]
    hits = leader.hits.tolist()
    same = [
        one
        for one in members
        if one.outcome == leader.outcome
        and one.field == leader.field
        and one.hits.tolist() == hits
        and jaccard(leader.carriers, one.carriers) >= _SAME_CARRIERS
    ]
    return max(same, key=lambda one: (int((one.sequence > END).sum()), one.gain, len(one.sequence), one.name))
