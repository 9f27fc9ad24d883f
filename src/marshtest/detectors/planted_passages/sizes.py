"""Do packs come in one size? Numbers in, numbers out.

Where people write about the same thing by chance, pairs are more frequent than threes and threes than fours, and the
fall gets slower: a size is never more frequent than the mean of its two neighbours. Somebody who wants the first five
results to agree writes five texts for every question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marshtest.stats.significance import binomial_test

__all__ = ["OneSize", "favoured_size"]

_SMALLEST, _FEWEST = 3, 5


@dataclass(frozen=True, slots=True)
class OneSize:
    """A size that packs have more often than its neighbours."""

    size: int
    packs: int
    beside: float
    """The mean number of packs that are smaller by one and larger by one: what chance would give at most."""
    p_value: float
    """The chance of this many if all three sizes were equally frequent; not corrected."""


def favoured_size(counts: Mapping[int, int]) -> tuple[OneSize | None, int]:
    """Find the size that is least explained by a steady fall, and count the sizes that were tried.

    Args:
        counts: Packs by their size, from pairs on.
    """
    tried = [size for size in sorted(counts) if size >= _SMALLEST and counts[size] >= _FEWEST]
    found = []
    for size in tried:
        beside = counts.get(size - 1, 0) + counts.get(size + 1, 0)
        found.append(OneSize(size, counts[size], beside / 2, binomial_test(counts[size], counts[size] + beside, 1 / 3)))
    return min(found, key=lambda one: (one.p_value, one.size), default=None), len(tried)
