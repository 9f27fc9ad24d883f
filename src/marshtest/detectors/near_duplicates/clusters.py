"""Which texts are nearly the same? Sketches propose pairs (MinHash with bands), the words themselves decide."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from marshtest.config import LARGE
from marshtest.stats.arrays import Ints
from marshtest.text.minhash import minhash

__all__ = ["near_duplicates", "words_of"]

_HASHES, _BAND = 60, 4
_MORE_HASHES, _LONGER_BAND = 128, 8
"""For very many texts, of which too many pairs share four hashes by chance: of the pairs with three words in four in
common it proposes four in five, of those with nine in ten all but one in 10,000."""
_PIECE = 20_000
_MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
_ALIKE = 0.75
_SHORTEST = 5
_WORD = re.compile(r"\w+|[^\w\s]+")
_WHOLE = 20_000


def words_of(text: str) -> frozenset[str]:
    """Give the words and signs of the first 20,000 characters of a text, in lower case."""
    return frozenset(_WORD.findall(text[:_WHOLE].lower()))


def near_duplicates(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Group texts of which each has three words in four in common with another one of its group (Jaccard).

    Texts of fewer than five different words are too short to tell and stand alone.

    Returns:
        Groups of two texts or more as rising indices, by their first.
    """
    hashes, band = (_HASHES, _BAND) if len(texts) <= LARGE else (_MORE_HASHES, _LONGER_BAND)
    sizes, bands = _bands(texts, hashes, band)
    long_enough = np.flatnonzero(sizes >= _SHORTEST)
    words: dict[int, frozenset[str]] = {}
    parent = array("q", range(len(texts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def is_alike(one: int, other: int) -> bool:
        if min(sizes[one], sizes[other]) < _ALIKE * max(sizes[one], sizes[other]):
            return False
        if len(words) > _PIECE:
            words.clear()
        for index in (one, other):
            if index not in words:
                words[index] = words_of(texts[index])
        here, there = words[one], words[other]
        return len(here & there) >= _ALIKE * len(here | there)

    for keys in bands:
        for bucket in _buckets(keys):
            heads: list[int] = []
            for index in long_enough[bucket].tolist():
                for head in heads:
                    if root(head) == root(index):
                        break
                    if is_alike(head, index):
                        parent[max(root(head), root(index))] = min(root(head), root(index))
                        break
                else:
                    heads.append(index)
    roots = np.fromiter(map(root, long_enough.tolist()), np.int64, len(long_enough))
    several = np.bincount(roots, minlength=1)[roots] > 1
    groups: dict[int, list[int]] = defaultdict(list)
    for index, first in zip(long_enough[several].tolist(), roots[several].tolist(), strict=True):
        groups[first].append(index)
    return [tuple(sorted(group)) for group in groups.values()]


def _bands(texts: Sequence[str], hashes: int, band: int) -> tuple[Ints, NDArray[np.uint64]]:
    """Give the number of words of each text, and one key for each band of the sketch of each that is long enough.

    Equal bands have equal keys. It is done a piece at a time, so that neither words nor sketches of all texts are held.
    """
    sizes, filled = array("q"), 0
    keys = np.empty((hashes // band, len(texts)), np.uint64)
    for start in range(0, len(texts), _PIECE):
        words = [words_of(text) for text in texts[start : start + _PIECE]]
        here = [index for index, found in enumerate(words) if len(found) >= _SHORTEST]
        if here:
            sketches = minhash([words[index] for index in here], hashes).astype(np.uint64).reshape(len(here), -1, band)
            mixed = sketches[:, :, 0]
            for number in range(1, band):
                mixed = (mixed * _MIX) ^ (mixed >> _SHIFT) ^ sketches[:, :, number]
            keys[:, filled : filled + len(here)] = mixed.T
            filled += len(here)
        sizes.extend(map(len, words))
    return np.array(sizes, np.int64), keys[:, :filled]


def _buckets(keys: NDArray[np.uint64]) -> Iterator[Ints]:
    """Give the places with equal keys, rising, where there are several; by their first."""
    order = np.argsort(keys, kind="stable")
    rising = keys[order]
    starts = np.flatnonzero(np.append(True, rising[1:] != rising[:-1])[: len(rising)])
    sizes = np.diff(np.append(starts, len(order)))
    several, ends = starts[sizes > 1], (starts + sizes)[sizes > 1]
    for number in np.argsort(order[several]):
        yield order[several[number] : ends[number]]
