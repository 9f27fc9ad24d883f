"""Texts as hashed features: the same at training and in an audit, and no way back from a feature to a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from marshtest.stats.arrays import Ints

__all__ = ["BITS", "FeatureHasher"]

BITS = 17
"""Buckets are 2 to this power: with half as many, the ten thousands of word pairs of a training share too many."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[?!]")
_STEM = 5
"""Letters that stand for the forms of a word, e.g. `explo`. Chosen by eye: most English endings are shorter."""
_BEFORE, _AFTER, _SPREAD = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
"""Odd 32-bit constants of xxHash: products with them spread neighbouring hashes over all bits."""
_LETTERS = 40
"""Characters that a word and its spaces take at most, for the part of a very long text that is read. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class FeatureHasher:
    """Gives the buckets of a text's words, of their beginnings, and of runs of them.

    Args:
        words: Only this many first words are read.
        longest: Words of the longest run.
    """

    words: int
    longest: int

    def buckets(self, text: str) -> Ints:
        """Give the distinct buckets of a text, rising.

        Returns:
            Shape (features,): numbers below 2 to the power of `BITS`.
        """
        read = text[: _LETTERS * self.words].casefold().replace("’", "'")
        words = [match.group() for match, _ in zip(_WORD.finditer(read), range(self.words), strict=False)]
        if not words:
            return np.zeros(0, np.int64)
        hashes = np.array([crc32(word.encode("utf-8", "replace")) for word in ("^", *words)], np.uint32)
        stems = np.array([crc32(f"{word[:_STEM]}*".encode("utf-8", "replace")) for word in words], np.uint32)
        found = [hashes[1:], stems]
        run = hashes
        for length in range(1, self.longest):
            if len(run) < 2:
                break
            run = (run[:-1] * np.uint32(_BEFORE)) ^ (hashes[length:] * np.uint32(_AFTER))
            found.append(run)
        spread = np.concatenate(found) * np.uint32(_SPREAD)
        return np.unique(spread >> np.uint32(32 - BITS)).astype(np.int64)
