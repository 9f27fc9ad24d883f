"""Groups of records with near-duplicate completions, found by sketches of their word pairs.

The detector `near-duplicates` and the miners count near-duplicates, and need the same answer for every pair of texts.
Here groups are only suggested for reading together, so they may be found more cheaply and more loosely: completions are
compared with one of their group and not with each other, numbers in them count as equal (one template with many order
numbers is one group), and a record may be in several groups.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from marshtest.detectors.judged.themes.settings import ShardSettings
from marshtest.stats.arrays import Ints
from marshtest.text.words import WORD_OR_MARK

__all__ = ["near_completions"]

_BANDS, _ROWS = 8, 2
"""Bands and rows of the minhash sketch. Derived: completions with a Jaccard similarity of .5 share a band with a
probability of 1 - (1 - .5 ** 2) ** 8 = .90, with .8 of .9997, and with .1 of .08."""
_NUMBERS = re.compile(r"\d+")
_LARGEST_SEED = (1 << 61) - 1
"""Convention: a large prime below 2 ** 64 as the upper end of the hash seeds."""


def near_completions(completions: Sequence[str | None], settings: ShardSettings = ShardSettings()) -> list[Ints]:
    """Give groups of records with near-duplicate completions, the largest first.

    Args:
        completions: One for each record.
        settings: How similar they must be, and how large a group.

    Returns:
        Rows of each group, rising.
    """
    fewest = settings.fewest_together
    bands: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    seeds = np.random.default_rng(0).integers(1, _LARGEST_SEED, (2, _BANDS * _ROWS), dtype=np.uint64)
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
        group = {place for place in places if _alike(first, _pairs(texts[order[place]]), settings.duplicate_similarity)}
        if len(group) >= fewest and not any(len(group & other) > settings.same_group * len(group) for other in found):
            found.append(group)
    found.sort(key=lambda group: (-len(group), min(group)))
    return [np.array(sorted(order[place] for place in group), np.int64) for group in found]


def _pairs(text: str) -> set[int]:
    """Give the hashes of the word pairs of a text."""
    words = WORD_OR_MARK.findall(_NUMBERS.sub("#", text.casefold()))
    return {crc32(f"{one} {other}".encode("utf-8", "replace")) for one, other in pairwise([*words, ""])}


def _alike(one: set[int], other: set[int], least: float) -> bool:
    """Compare Jaccard similarities without dividing: two completions without words are alike."""
    return len(one & other) >= least * len(one | other)


def _keys(pairs: set[int], seeds: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    """Give the key of each band: the least hashes of the word pairs."""
    if not pairs:
        return
    hashes = np.fromiter(pairs, np.uint64, len(pairs))
    least = ((hashes[:, None] * seeds[0] + seeds[1]) >> np.uint64(16)).min(axis=0).tolist()
    for band in range(_BANDS):
        yield least[_ROWS * band], least[_ROWS * band + 1]
