"""MinHash: short sketches of sets of words, alike in as many places as the sets are.

Two sets whose intersection is the share J of their union (Jaccard) have each number of their sketches in common with
probability J. Cut into bands, sketches propose pairs of near-duplicates without comparing every text with every other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

__all__ = ["minhash"]

_SEED = 1
"""Seed of the word hashes and of the permutations. Any number would do; another one proposes other pairs."""
_LARGEST = 2**31 - 1
"""The coefficients of a permutation are below this, so that a 32-bit hash times one plus another fits in 64 bits."""
_WORD_BITS, _PRIME_BITS = 32, 61
"""A permutation maps a 32-bit hash h to the last 32 bits of (a·h + b) mod 2⁶¹ − 1 (Carter and Wegman 1979)."""
_STEP, _MIX = 0x2D358DCCAA6C78A5, 0x8BB84B93962EACC9
"""Constants of WyRand, the generator from which the coefficients come (Wang Yi 2019)."""


def minhash(texts: Sequence[Collection[str]], hashes: int) -> NDArray[np.uint32]:
    """Sketch every text by the least hash of its words under each of several permutations.

    Memory grows with the number of different words times `hashes`, so sketch very many texts a part at a time.

    Args:
        texts: The words of each text, at least one; their order and how often they stand there change nothing.
        hashes: Numbers per sketch.

    Returns:
        Shape (len(texts), hashes).
    """
    from sklearn.utils import murmurhash3_32  # takes a second to import

    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__  # a word that is asked for first gets the next number
    words = np.fromiter(map(numbers.__getitem__, chain.from_iterable(texts)), np.int64, int(lengths.sum()))
    starts = np.cumsum(lengths) - lengths
    own = np.array([murmurhash3_32(word, _SEED, positive=True) for word in numbers], np.uint64)
    sketches = np.empty((hashes, len(texts)), np.uint32)
    for row, (factor, summand) in zip(sketches, _permutations(hashes), strict=True):
        product = own * np.uint64(factor) + np.uint64(summand)
        permuted = (product + (product >> np.uint64(_PRIME_BITS))).astype(np.uint32)  # keeps the last 32 bits
        row[:] = np.minimum.reduceat(permuted.take(words), starts)
    return sketches.T


@cache
def _permutations(count: int) -> tuple[tuple[int, int], ...]:
    """Draw the coefficients (a, b) of the permutations, 0 < a."""
    state = _SEED

    def draw(below: int) -> int:
        nonlocal state
        state = (state + _STEP) % 2**64
        product = state * (state ^ _MIX)
        return (product % 2**64 ^ product >> 64) * below >> 64

    factors = [1 + draw(_LARGEST - 1) for _ in range(count)]
    return tuple((factor, draw(_LARGEST)) for factor in factors)
