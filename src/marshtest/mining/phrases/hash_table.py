"""Find millions of hashes among many: one look into a table where a binary search takes twenty."""

from __future__ import annotations

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import Hashes

__all__ = ["HashTable"]

_FOLD = np.uint64(0x9E3779B97F4A7C15)
"""Odd multiplier of Fibonacci hashing: 2 to the power of 64 over the golden ratio (Knuth 1973)."""
_FEWEST_BITS = 4
"""Logarithm of the fewest slots, so that a table without keys has some too."""


class HashTable:
    """A fixed set of hashes.

    The table holds one hash per slot; those that lost their slot to another are searched for.
    """

    def __init__(self, keys: Hashes) -> None:
        """Fill the table.

        Args:
            keys: Shape (K,): the hashes, rising, all different.
        """
        self.keys = keys
        bits = max(_FEWEST_BITS, int(2 * len(keys)).bit_length() + 1)
        self._shift = np.uint64(64 - bits)
        self._place = np.full(1 << bits, -1, np.int32)
        slots = self._slots(keys)
        self._place[slots] = np.arange(len(keys), dtype=np.int32)
        self._lost = np.flatnonzero(self._place[slots] != np.arange(len(keys)))

    def find(self, hashes: Hashes) -> Ints:
        """Give the place of each hash among the keys, -1 for those that are none; shape of `hashes`."""
        place = self._place[self._slots(hashes)].astype(np.int64)
        there = np.flatnonzero(place >= 0)
        other = there[self.keys[place[there]] != hashes[there]]
        place[other] = -1
        if len(self._lost):
            lost = self.keys[self._lost]
            at = np.minimum(np.searchsorted(lost, hashes[other]), len(lost) - 1)
            found = lost[at] == hashes[other]
            place[other[found]] = self._lost[at[found]]
        return place

    def _slots(self, hashes: Hashes) -> Ints:
        return ((hashes * _FOLD) >> self._shift).astype(np.int64)
