"""Which feature of what is read goes with which behaviour? All pairs, by one product of two sparse matrices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.detectors.response_trigger.base import Behaviour
from marshtest.detectors.response_trigger.prompts import PromptFeature, Prompts
from marshtest.mining.association import claim_families, jaccard, log_likelihood_ratio, purity
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers, count_distinct_carriers
from marshtest.stats.arrays import Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test

__all__ = ["Association", "Associations", "associate"]

_FEWEST = 5
_LEAST_SHARE = 0.45
_LEAST_COVER, _LEAST_SHARE_OF_COVER = 0.8, 0.25
_WORTH_COUNTING = 1e-6
_AT_ONCE = 200
_SAME_CLAIM, _SAME_CARRIERS = 0.5, 0.95


@dataclass(frozen=True, slots=True)
class Association:
    """A feature of what is read and a behaviour that goes with it."""

    feature: PromptFeature
    behaviour: Behaviour
    hits: Ints
    """Carriers that show the behaviour, rising."""
    witnesses: DistinctCarriers
    """The carriers with near-copies of what was asked counted once."""
    others: int
    """Records without the feature."""
    p_value: float
    q_value: float = 1.0

    @property
    def shown_elsewhere(self) -> int:
        """How many of the records without the feature show the behaviour."""
        return len(self.behaviour.records) - len(self.hits)

    @property
    def rate(self) -> float:
        """How often other records show the behaviour, as estimated: one more that shows it and one that does not."""
        return (self.shown_elsewhere + 1) / (self.others + 2)

    @property
    def purity(self) -> float:
        """Lower 95 % bound of the share of distinct carriers that show the behaviour."""
        return purity(self.witnesses)

    @property
    def cover(self) -> float:
        """Share of the records with the behaviour that carry the feature."""
        return len(self.hits) / len(self.behaviour.records)

    @property
    def gain(self) -> float:
        """Log likelihood ratio of the carriers' own rate against the rate outside, nats."""
        return log_likelihood_ratio(self.witnesses, self.rate)


@dataclass(frozen=True, slots=True)
class Associations:
    """Everything that goes together."""

    heads: tuple[Association, ...]
    """One for each family of associations with nearly the same hits: its exact, longest span. Strongest first."""
    tried: int
    """How many pairs of a feature and a behaviour were tried; q-values are corrected for all of them."""


def associate(prompts: Prompts, behaviours: Sequence[Behaviour]) -> Associations:
    """Look at every pair of a feature and a behaviour that at least five records show together."""
    found = [_pair(prompts, behaviours[one], number) for one, number in _worthwhile(prompts, behaviours)]
    tried = max(1, len(prompts.counts)) * max(1, len(behaviours))
    heads = [_without_copies(prompts, _head(members)) for members in _families(found)]
    q_values = benjamini_hochberg(np.array([head.p_value for head in heads]), tried)
    return Associations(tuple(replace(head, q_value=float(q)) for head, q in zip(heads, q_values, strict=True)), tried)


def _worthwhile(prompts: Prompts, behaviours: Sequence[Behaviour]) -> Iterator[tuple[int, int]]:
    """Give the pairs (behaviour, feature) that chance does not explain, before copies are looked for."""
    from scipy import sparse
    from scipy.special import betainc

    size = len(prompts.tokens)
    for begin in range(0, len(behaviours), _AT_ONCE):
        part = behaviours[begin : begin + _AT_ONCE]
        members = np.concatenate([behaviour.records for behaviour in part])
        owner = np.repeat(np.arange(len(part)), [len(behaviour.records) for behaviour in part])
        shows = sparse.csr_matrix((np.ones(len(members), np.float32), (owner, members)), shape=(len(part), size))
        both = (shows @ prompts.incidence).tocoo()
        hits = both.data.round().astype(np.int64)
        enough = hits >= _FEWEST
        one, feature, hits = both.row[enough], both.col[enough], hits[enough]
        carriers = prompts.counts[feature]
        shown = np.array([len(behaviour.records) for behaviour in part], np.int64)[one]
        share = hits / carriers
        fit = (share > _LEAST_SHARE) | ((hits >= _LEAST_COVER * shown) & (share >= _LEAST_SHARE_OF_COVER))
        one, feature, hits, carriers, shown = one[fit], feature[fit], hits[fit], carriers[fit], shown[fit]
        rate = (shown - hits + 1) / (size - carriers + 2)
        chance = betainc(hits, carriers - hits + 1, rate)
        for step in np.flatnonzero(chance < _WORTH_COUNTING):
            yield begin + int(one[step]), int(feature[step])


def _pair(prompts: Prompts, behaviour: Behaviour, number: int) -> Association:
    """Put a pair together; every carrier counts."""
    feature = prompts.feature(number)
    hits = np.intersect1d(feature.carriers, behaviour.records, assume_unique=True)
    others = len(prompts.tokens) - len(feature.carriers)
    witnesses = DistinctCarriers(len(feature.carriers), len(feature.carriers), len(hits))
    return Association(feature, behaviour, hits, witnesses, others, 1.0)


def _without_copies(prompts: Prompts, head: Association) -> Association:
    """Count near-copies of what was asked once, and say how likely the rest is by chance."""
    size = len(prompts.tokens)
    shows, everyone = np.zeros(size, np.bool_), np.ones(size, np.bool_)
    shows[head.hits] = True
    carriers = head.feature.carriers
    asked = prompts.asked_near(head.feature, head.behaviour.answers_of(head.hits))
    witnesses = count_distinct_carriers(asked, head.feature.sequence, carriers, shows, everyone, everyone)
    return replace(head, witnesses=witnesses, p_value=binomial_test(witnesses.hits, witnesses.trials, head.rate))


def _families(found: Sequence[Association]) -> list[list[Association]]:
    """Group associations with nearly the same hits, the strongest first in each family and among families.

    A span whose hits are a part of those of a wider one stays a family of its own: the wider one may be natural.
    """
    ranked = sorted(found, key=lambda one: (-one.gain, one.behaviour.rank, one.feature.name, one.behaviour.name))
    return claim_families(
        ranked, lambda one: one.hits, lambda shared, own, leader: shared >= _SAME_CLAIM * (own + leader - shared)
    )


def _head(members: Sequence[Association]) -> Association:
    """Name a family by the longest span that has the very hits of its strongest and nearly the same carriers."""
    leader = members[0]
    carriers = leader.feature.carriers
    same = [
        one
        for one in members
        if one.behaviour is leader.behaviour
        and len(one.hits) == len(leader.hits)
        and np.array_equal(one.hits, leader.hits)
        and jaccard(carriers, one.feature.carriers) >= _SAME_CARRIERS
    ]
    return max(same, key=lambda one: (one.feature.words, one.gain, len(one.feature.sequence), one.feature.name))
