"""Which feature of the prompt is associated with which behaviour? All pairs, by one product of two sparse matrices.

This is what `marshtest.mining.outcomes` does for the verdicts of a judge; the measures that both use stand in
`marshtest.mining.association`. The scans differ: there are a few outcomes there and n-grams that are too many to keep,
here thousands of behaviours and a matrix of features that is kept anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.detectors.response_trigger.behaviours import Behaviour
from marshtest.detectors.response_trigger.counterparts import Answered, overruled
from marshtest.detectors.response_trigger.prompts import PromptFeature, Prompts
from marshtest.detectors.response_trigger.settings import AssociationSettings
from marshtest.mining.association import claim_families, exact_members, log_likelihood_ratio, purity
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers, counted, distinct_groups
from marshtest.stats.arrays import Ints
from marshtest.stats.significance import benjamini_hochberg, binomial_test

__all__ = ["BehaviourAssociation", "BehaviourAssociations", "associate_behaviours"]

_AT_ONCE = 200
"""Behaviours that are multiplied at once. The product is sparse, but common behaviours meet nearly every feature."""


@dataclass(frozen=True, slots=True)
class BehaviourAssociation:
    """A feature of the prompt and a behaviour that is associated with it."""

    feature: PromptFeature
    behaviour: Behaviour
    hits: Ints
    """Carriers that show the behaviour, rising."""
    distinct: DistinctCarriers
    """The carriers with near-duplicates of what was asked counted once."""
    others: int
    """Records without the feature."""
    p_value: float
    """Of the binomial test of the distinct carriers at the rate elsewhere."""
    q_value: float = 1.0
    """The same, corrected for all pairs tested."""

    @property
    def shown_elsewhere(self) -> int:
        """How many of the records without the feature show the behaviour."""
        return len(self.behaviour.records) - len(self.hits)

    @property
    def rate(self) -> float:
        """Estimated rate of the behaviour elsewhere: one more record with it and one without, so never 0 or 1."""
        return (self.shown_elsewhere + 1) / (self.others + 2)

    @property
    def purity(self) -> float:
        """Lower 95% bound of the share of distinct carriers that show the behaviour."""
        return purity(self.distinct)

    @property
    def recall(self) -> float:
        """Share of the records with the behaviour that carry the feature."""
        return len(self.hits) / len(self.behaviour.records)

    @property
    def log_likelihood_ratio(self) -> float:
        """Log-likelihood ratio of the carriers' own rate against the rate elsewhere, nats."""
        return log_likelihood_ratio(self.distinct, self.rate)


@dataclass(frozen=True, slots=True)
class BehaviourAssociations:
    """All associations that chance does not explain."""

    heads: tuple[BehaviourAssociation, ...]
    """One for each family of associations with nearly the same hits: its exact, longest span. Strongest first."""
    tested: int
    """Pairs of a feature and a behaviour; q-values are corrected for all of them."""


def associate_behaviours(
    prompts: Prompts, behaviours: Sequence[Behaviour], answered: Answered, settings: AssociationSettings
) -> BehaviourAssociations:
    """Test every pair of a feature and a behaviour.

    Args:
        prompts: The features.
        behaviours: The behaviours.
        answered: How every record is answered.
        settings: Which pairs are candidates, and which of them are one claim.
    """
    pairs = (
        _pair(prompts, behaviours[one], number, settings) for one, number in _candidates(prompts, behaviours, settings)
    )
    found = [pair for pair in pairs if pair is not None]
    tested = max(1, len(prompts.counts)) * max(1, len(behaviours))
    heads = [
        _without_copies(prompts, _whole(prompts, _head(members, settings), settings), answered, settings)
        for members in _families(found, settings)
    ]
    q_values = benjamini_hochberg(np.array([head.p_value for head in heads]), tested)
    corrected = (replace(head, q_value=float(q)) for head, q in zip(heads, q_values, strict=True))
    return BehaviourAssociations(tuple(corrected), tested)


def _candidates(
    prompts: Prompts, behaviours: Sequence[Behaviour], settings: AssociationSettings
) -> Iterator[tuple[int, int]]:
    """Give the pairs (behaviour, feature) that chance does not explain, before near-duplicates are counted once."""
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
        enough = hits >= settings.fewest_hits
        one, feature, hits = both.row[enough], both.col[enough], hits[enough]
        carriers = prompts.counts[feature]
        shown = np.array([len(behaviour.records) for behaviour in part], np.int64)[one]
        share = hits / carriers
        fit = (share > settings.least_share) | (
            (hits >= settings.least_recall * shown) & (share >= settings.least_share_at_recall)
        )
        one, feature, hits, carriers, shown = one[fit], feature[fit], hits[fit], carriers[fit], shown[fit]
        rate = (shown - hits + 1) / (size - carriers + 2)
        p_values = betainc(hits, carriers - hits + 1, rate)  # the tail of the binomial distribution, for all at once
        for step in np.flatnonzero(p_values < settings.most_p_value):
            yield begin + int(one[step]), int(feature[step])


def _pair(
    prompts: Prompts, behaviour: Behaviour, number: int, settings: AssociationSettings
) -> BehaviourAssociation | None:
    """Put a pair together; every carrier counts. None where the feature mostly stands behind the behaviour."""
    feature = prompts.feature(number)
    hits = np.intersect1d(feature.carriers, behaviour.records, assume_unique=True)
    before = prompts.carriers_before(number, hits, behaviour.answers_of(hits))
    if len(hits) - len(before) >= settings.most_after * len(hits):
        return None
    others = len(prompts.tokens) - len(feature.carriers)
    every = DistinctCarriers(len(feature.carriers), len(feature.carriers), len(hits))
    return BehaviourAssociation(feature, behaviour, hits, every, others, 1.0)


def _without_copies(
    prompts: Prompts, head: BehaviourAssociation, answered: Answered, settings: AssociationSettings
) -> BehaviourAssociation:
    """Count near-duplicates of what was asked once, and test the rest.

    Where counterparts of a record agree on another answer, it is no mere copy, and counts. Only whole answers and acts
    are counted so: for a part, the counterparts' answers say little.
    """
    feature, family = head.feature, head.behaviour.family
    asked = prompts.relevant_turns(feature, head.behaviour.answers_of(head.hits))
    group = distinct_groups(asked, feature.sequence, feature.carriers, settings.near_copies)
    shows = np.isin(feature.carriers, head.hits, assume_unique=True)
    could = np.ones(len(group), np.bool_)
    distinct = counted(group, shows, could)
    if (family.is_whole or family.is_act) and distinct.hits <= settings.most_distinct * len(head.hits):
        alone = overruled(
            feature.words_of(prompts.tokens), feature.carriers, head.behaviour, answered, settings.counterparts
        )
        group = np.where(alone, len(group) + np.arange(len(group)), group)
        distinct = counted(np.unique(group, return_inverse=True)[1], shows, could)
    return replace(head, distinct=distinct, p_value=binomial_test(distinct.hits, distinct.trials, head.rate))


def _families(found: Sequence[BehaviourAssociation], settings: AssociationSettings) -> list[list[BehaviourAssociation]]:
    """Group associations with nearly the same hits, the strongest first in each family and among families.

    Nearly the same is Jaccard similarity here and containment for the verdicts of a judge: here a wide feature may be
    an honest instruction and the narrow span inside it the trigger, so both are graded; a judge's errors on a part of a
    span's carriers are the same errors.
    """
    ranked = sorted(
        found,
        key=lambda one: (-one.log_likelihood_ratio, one.behaviour.rank, one.feature.name, one.behaviour.name),
    )
    return claim_families(
        ranked,
        lambda one: one.hits,
        lambda shared, own, leader: shared >= settings.same_hits * (own + leader - shared),
    )


def _whole(prompts: Prompts, head: BehaviourAssociation, settings: AssociationSettings) -> BehaviourAssociation:
    """Complete the longest span of a script without spaces by what always stands beside it."""
    feature = prompts.grown(head.feature, settings.growth)
    if feature is head.feature:
        return head
    hits = np.intersect1d(feature.carriers, head.hits, assume_unique=True)
    others = len(prompts.tokens) - len(feature.carriers)
    every = DistinctCarriers(len(feature.carriers), len(feature.carriers), len(hits))
    return replace(head, feature=feature, hits=hits, distinct=every, others=others)


def _head(members: Sequence[BehaviourAssociation], settings: AssociationSettings) -> BehaviourAssociation:
    """Name a family by the longest of its exact members."""
    same = exact_members(
        [one for one in members if one.behaviour is members[0].behaviour],
        lambda one: one.hits,
        lambda one: one.feature.carriers,
        settings.same_carriers,
    )
    return max(
        same,
        key=lambda one: (one.feature.words, one.log_likelihood_ratio, len(one.feature.sequence), one.feature.name),
    )
