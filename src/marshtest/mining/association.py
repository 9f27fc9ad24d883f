"""How a yes-or-no outcome is spread over the carriers of a pattern, and which patterns are one claim.

Two detectors ask this of different outcomes: what a judge says of a record, and what a completion does. The measures
are the same; only the rule for which patterns are one claim differs, and the caller says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import wald_lower

__all__ = ["claim_families", "exact_members", "jaccard", "log_likelihood_ratio", "purity"]

_LEAST = 1e-9
"""Keeps logarithms of rates of 0 and 1 finite; far below the rate of one record in any dataset that fits in memory."""

_T = TypeVar("_T")


def purity(distinct: DistinctCarriers) -> float:
    """Give the lower 95% bound of the share of distinct answered carriers that show the outcome."""
    return wald_lower(distinct.hits, distinct.answered)


def log_likelihood_ratio(distinct: DistinctCarriers, rate: float) -> float:
    """Give the log-likelihood ratio of the carriers' own rate against the rate elsewhere, nats (Dunning 1993).

    Args:
        distinct: The distinct carriers.
        rate: Share of the other records that show the outcome, above 0 and below 1.
    """
    hits, answered = distinct.hits, distinct.answered
    share = min(max(hits / max(answered, 1), _LEAST), 1 - _LEAST)
    missed = (answered - hits) * np.log((1 - share) / max(1 - rate, _LEAST))
    return float(hits * np.log(share / rate) + missed)


def claim_families(
    ranked: Sequence[_T], hits_of: Callable[[_T], Ints], is_same: Callable[[int, int, int], bool]
) -> list[list[_T]]:
    """Group patterns that claim the same records; the strongest leads each family, and families keep its order.

    Args:
        ranked: Strongest first.
        hits_of: Gives the records that a pattern claims.
        is_same: Whether a pattern is one claim with a leader: given how many records they share, how many the pattern
            has, and how many the leader has.
    """
    grouped: list[tuple[set[int], list[_T]]] = []
    for one in ranked:
        hits = set(hits_of(one).tolist())
        for leader, members in grouped:
            if is_same(len(hits & leader), len(hits), len(leader)):
                members.append(one)
                break
        else:
            grouped.append((hits, [one]))
    return [members for _, members in grouped]


def exact_members(
    members: Sequence[_T], hits_of: Callable[[_T], Ints], carriers_of: Callable[[_T], Ints], same_carriers: float
) -> list[_T]:
    """Give the members of a family that have the very hits of the first, its leader, and nearly the same carriers.

    The longest of them names the family. A part of a trigger has more carriers that do not show the outcome, and so a
    smaller log-likelihood ratio; an extension that happens to stand beside some of the carriers has fewer hits.

    Args:
        members: Strongest first.
        hits_of: Gives the carriers that show the outcome, rising.
        carriers_of: Gives all carriers.
        same_carriers: Least Jaccard similarity with the carriers of the leader, 0 to 1.
    """
    hits, carriers = hits_of(members[0]), carriers_of(members[0])
    return [
        one
        for one in members
        if np.array_equal(hits_of(one), hits) and jaccard(carriers, carriers_of(one)) >= same_carriers
    ]


def jaccard(one: Ints, other: Ints) -> float:
    """Give the Jaccard similarity of two sets of records without repeats, 0 to 1."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / (len(one) + len(other) - both)
