"""Which texts are nearly the same? Sketches propose pairs (MinHash with bands), the words themselves decide."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from marshtest import engine
from marshtest.arrays import Ints

__all__ = ["near_duplicates", "words_of"]

_HASHES, _BAND = 60, 4
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
    words = [words_of(text) for text in texts]
    long_enough = [index for index, found in enumerate(words) if len(found) >= _SHORTEST]
    if not long_enough:
        return []
    sketches = _sketches([" ".join(sorted(words[index])) for index in long_enough])
    parent = list(range(len(texts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for start in range(0, _HASHES, _BAND):
        bands: dict[bytes, list[int]] = defaultdict(list)
        for index, sketch in zip(long_enough, sketches, strict=True):
            bands[sketch[start : start + _BAND].tobytes()].append(index)
        for bucket in bands.values():
            heads: list[int] = []
            for index in bucket:
                for head in heads:
                    if root(head) == root(index):
                        break
                    if _is_alike(words[head], words[index]):
                        parent[max(root(head), root(index))] = min(root(head), root(index))
                        break
                else:
                    heads.append(index)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in long_enough:
        groups[root(index)].append(index)
    return [tuple(sorted(group)) for group in groups.values() if len(group) > 1]


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _ALIKE * len(one | other)


def _sketches(texts: Sequence[str]) -> Ints:
    flat = engine.minhashes(texts, hashes=_HASHES, words=1).flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.int64).reshape(len(texts), _HASHES)
