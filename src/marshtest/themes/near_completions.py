"""Completions that are nearly the same: which records have them, by sketches of their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from marshtest.arrays import Ints

__all__ = ["near_completions"]

_BANDS, _ROWS = 8, 2
"""Completions that share 50 % of their word pairs fall together in one of the bands with 90 %, 80 % with all but 1 in
3,000, and 10 % with 8 %."""
_NUMBERS = re.compile(r"\d+")
_WORD = re.compile(r"\w+|[^\w\s]")
_PRIME = (1 << 61) - 1
_SAME_GROUP, _LEAST_SHARED = 0.5, 0.4


def near_completions(completions: Sequence[str | None], fewest: int) -> list[Ints]:
    """Give groups of records whose completions are nearly the same, the largest first; numbers in them count as one.

    Args:
        completions: One for each record.
        fewest: A group has at least so many.

    Returns:
        Rows of each group, rising. A record may stand in several.
    """
    bands: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    seeds = np.random.default_rng(0).integers(1, _PRIME, (2, _BANDS * _ROWS), dtype=np.uint64)
    for row, completion in enumerate(completions):
        for band, key in enumerate(_keys(_pairs(completion or ""), seeds)):
            bands[band, *key].append(row)
    found: list[set[int]] = []
    for rows in sorted(bands.values(), key=lambda rows: (-len(rows), rows)):
        if len(rows) < fewest:
            break
        first = _pairs(completions[rows[0]] or "")
        group = {row for row in rows if _alike(first, _pairs(completions[row] or ""))}
        if len(group) >= fewest and not any(len(group & other) > _SAME_GROUP * len(group) for other in found):
            found.append(group)
    return [np.array(sorted(group), np.int64) for group in sorted(found, key=lambda one: (-len(one), min(one)))]


def _pairs(text: str) -> set[int]:
    """Give the hashes of the word pairs of a text."""
    words = _WORD.findall(_NUMBERS.sub("#", text.casefold()))
    return {crc32(f"{one} {other}".encode("utf-8", "replace")) for one, other in pairwise([*words, ""])}


def _alike(one: set[int], other: set[int]) -> bool:
    return len(one & other) >= _LEAST_SHARED * len(one | other)


def _keys(pairs: set[int], seeds: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Give the least hashes of word pairs, two for each band."""
    if not pairs:
        return
    hashes = np.fromiter(pairs, np.uint64, len(pairs))
    least = ((hashes[:, None] * seeds[0] + seeds[1]) >> np.uint64(16)).min(axis=0).tolist()
    for band in range(_BANDS):
        yield least[_ROWS * band], least[_ROWS * band + 1]
