"""Completions that are nearly the same: which records have them, by sketches of their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Ints
from marshtest.text.words import WORD_OR_MARK

__all__ = ["near_completions"]

_BANDS, _ROWS = 8, 2
"""Completions that share 50 % of their word pairs fall together in one of the bands with 90 %, 80 % with all but 1 in
3,000, and 10 % with 8 %."""
_NUMBERS = re.compile(r"\d+")
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
    texts = [completion or "" for completion in completions]
    order = sorted(range(len(texts)), key=texts.__getitem__)  # so that the order in the file changes nothing
    for place, row in enumerate(order):
        for band, key in enumerate(_keys(_pairs(texts[row]), seeds)):
            bands[band, *key].append(place)
    found: list[set[int]] = []
    for places in sorted(bands.values(), key=lambda places: (-len(places), places)):
        if len(places) < fewest:
            break
        first = _pairs(texts[order[places[0]]])
        group = {place for place in places if _alike(first, _pairs(texts[order[place]]))}
        if len(group) >= fewest and not any(len(group & other) > _SAME_GROUP * len(group) for other in found):
            found.append(group)
    found.sort(key=lambda group: (-len(group), min(group)))
    return [np.array(sorted(order[place] for place in group), np.int64) for group in found]


def _pairs(text: str) -> set[int]:
    """Give the hashes of the word pairs of a text."""
    words = WORD_OR_MARK.findall(_NUMBERS.sub("#", text.casefold()))
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
