"""Which texts are nearly the same? Sketches propose pairs (MinHash with bands), the words themselves decide."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from marshtest.config import LARGE
from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings
from marshtest.stats.arrays import Ints
from marshtest.text.minhash import minhash
from marshtest.text.words import WORD_OR_MARKS, word_places

__all__ = ["near_duplicates", "words_of"]

_PIECE = 20_000
"""Texts whose words and sketches are held at a time: some tens of megabytes. It changes no result."""
_MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
"""Multiplier (2^64 divided by the golden ratio) and shift that mix the hashes of a band into one 64-bit key, as in
Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4). Two bands that differ rarely get one key, and then
the words decide."""


def words_of(text: str, settings: NearDuplicatesSettings) -> frozenset[str]:
    """Give the different words and signs at the start of a text, in lower case."""
    read = text[: settings.characters].lower()
    if read.isascii():
        return frozenset(WORD_OR_MARKS.findall(read))
    return frozenset(read[start:end] for start, end in word_places(read))


def near_duplicates(texts: Sequence[str], settings: NearDuplicatesSettings) -> list[tuple[int, ...]]:
    """Group texts of which each is similar to another one of its group (Jaccard similarity of their sets of words).

    MinHash with bands (Broder 1997) proposes pairs; the words themselves decide. Texts of too few words are in no
    group.

    Args:
        texts: The texts; equal ones count as any others.
        settings: How similar they must be, and how many hashes propose pairs.

    Returns:
        Groups of two texts or more as rising indices, by their first.
    """
    few = len(texts) <= LARGE
    hashes, band = (settings.hashes, settings.band) if few else (settings.many_hashes, settings.many_band)
    sizes, bands = _bands(texts, hashes, band, settings)
    long_enough = np.flatnonzero(sizes >= settings.fewest_words)
    words: dict[int, frozenset[str]] = {}
    parent = array("q", range(len(texts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def is_alike(one: int, other: int) -> bool:
        # the Jaccard similarity is at most the ratio of the sizes
        if min(sizes[one], sizes[other]) < settings.similarity * max(sizes[one], sizes[other]):
            return False
        if len(words) > _PIECE:
            words.clear()
        for index in (one, other):
            if index not in words:
                words[index] = words_of(texts[index], settings)
        here, there = words[one], words[other]
        return len(here & there) >= settings.similarity * len(here | there)

    for keys in bands:
        # a text joins the first head that it is similar to; comparing it with heads alone, not with every text of the
        # bucket, keeps large groups linear
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


def _bands(
    texts: Sequence[str], hashes: int, band: int, settings: NearDuplicatesSettings
) -> tuple[Ints, NDArray[np.uint64]]:
    """Give the number of words of each text, and one key for each band of the sketch of each that is long enough.

    Equal bands have equal keys. Texts are sketched a piece at a time, so that neither the words nor the sketches of all
    are held.

    Returns:
        The sizes, shape (len(texts),), and the keys, shape (bands, long enough texts).
    """
    sizes, filled = array("q"), 0
    keys = np.empty((hashes // band, len(texts)), np.uint64)
    for start in range(0, len(texts), _PIECE):
        words = [words_of(text, settings) for text in texts[start : start + _PIECE]]
        here = [index for index, found in enumerate(words) if len(found) >= settings.fewest_words]
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
    """Give the positions with equal keys, rising, where there are several; ordered by the first of each."""
    order = np.argsort(keys, kind="stable")
    rising = keys[order]
    starts = np.flatnonzero(np.append(True, rising[1:] != rising[:-1])[: len(rising)])
    sizes = np.diff(np.append(starts, len(order)))
    several, ends = starts[sizes > 1], (starts + sizes)[sizes > 1]
    for number in np.argsort(order[several]):
        yield order[several[number] : ends[number]]
