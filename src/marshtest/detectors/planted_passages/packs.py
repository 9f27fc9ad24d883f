"""Packs: a few texts that say the same in other words and are unlike all others. Do packs come in one size?

Texts are joined from the most similar downwards (single linkage). A pack hangs together well above the point at which
it joins anything else, shares rare words, and is not one text copied: its texts have few word triples in common.

Where people write about the same thing by chance, pairs are more frequent than threes and threes than fours, and the
fall gets slower: a size is never more frequent than the mean of its two neighbours. Somebody who wants the first five
results to agree writes five texts for every question.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from marshtest.detectors.planted_passages.neighbours import Neighbourhood
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.stats.significance import binomial_test
from marshtest.text.words import WORD

__all__ = [
    "FavouredSize",
    "Level",
    "Pack",
    "disjoint",
    "favoured_size",
    "find_packs",
    "levels",
    "packs_of_size",
    "wording_in_common",
]


@dataclass(frozen=True, slots=True)
class Level:
    """How far apart a pack must be, and how surprising what it shares must be (nats)."""

    gap: float
    surprisal: float

    def admits(self, pack: Pack) -> bool:
        """Say whether a pack reaches this level."""
        return pack.gap >= self.gap and pack.surprisal >= self.surprisal


def levels(settings: PlantedPassagesSettings) -> tuple[Level, Level]:
    """Give the levels, the strict one first."""
    return (
        Level(settings.strict_gap, settings.strict_surprisal),
        Level(settings.loose_gap, settings.loose_surprisal),
    )


@dataclass(frozen=True, slots=True)
class Pack:
    """A few texts that agree."""

    members: tuple[int, ...]
    """Indices of the texts, rising."""
    inside: float
    """The weakest similarity that holds it together."""
    outside: float
    """The strongest similarity to anything else."""
    surprisal: float
    """Surprisal of the rare words that most of its texts share, nats."""

    @property
    def gap(self) -> float:
        """How far it is apart from anything else."""
        return self.inside - self.outside


def find_packs(texts: Sequence[str], near: Neighbourhood, settings: PlantedPassagesSettings) -> list[Pack]:
    """Find all packs of two texts and more that reach the loose level, those inside others too; widest gap first."""
    loose = levels(settings)[-1]
    found = [
        Pack(tuple(sorted(members)), inside, outside, _shared_surprisal(members, near, settings))
        for members, inside, outside in _joined(len(texts), near, settings.largest_pack)
        if inside >= settings.weakest_similarity and inside - outside >= loose.gap
    ]
    kept = [
        pack
        for pack in found
        if loose.admits(pack)
        and wording_in_common([texts[one] for one in pack.members], settings.texts_compared) < settings.pack_copies_from
    ]
    return sorted(kept, key=lambda pack: (-pack.gap, pack.members))


def wording_in_common(texts: Sequence[str], most: int) -> float:
    """Give the mean Jaccard similarity of the word triples of two texts, over the first `most` texts; 0 to 1."""
    triples = [_triples(text) for text in texts[:most]]
    shares = [len(one & other) / max(1, len(one | other)) for one, other in combinations(triples, 2)]
    return sum(shares) / max(1, len(shares))


def _triples(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _joined(count: int, near: Neighbourhood, largest: int) -> Iterator[tuple[Sequence[int], float, float]]:
    """Join texts from the most similar downwards (single linkage).

    Yields:
        Every set of 2 to `largest` texts before it joins another, with the similarity that holds it together and that
        at which it joins.
    """
    # disjoint sets as in near_duplicates/clusters.py, here with their members, which need not fit very many texts
    parent = list(range(count))
    members: dict[int, list[int]] = {}
    held: dict[int, float] = {}

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other, similarity in zip(near.one.tolist(), near.other.tolist(), near.similarity.tolist(), strict=True):
        left, right = root(one), root(other)
        if left == right:
            continue
        for side in (left, right):
            if 2 <= len(members.get(side, ())) <= largest:
                yield tuple(members[side]), held[side], similarity
        if len(members.get(left, ())) < len(members.get(right, ())):
            left, right = right, left
        parent[right] = left
        members.setdefault(left, [left]).extend(members.pop(right, [right]))
        held[left] = similarity
    for side in {root(one) for one in members}:
        if 2 <= len(members.get(side, ())) <= largest:
            yield tuple(members[side]), held[side], 0.0


def _shared_surprisal(members: Iterable[int], near: Neighbourhood, settings: PlantedPassagesSettings) -> float:
    """Give the surprisal of the rare words that most of the texts share; none when they share too few."""
    rows = list(members)
    counts = Counter(word for row in rows for word in near.words[row])
    shared = sorted(word for word, count in counts.items() if count >= settings.pack_word_share * len(rows))
    return float(near.surprisal[shared].sum()) if len(shared) >= settings.fewest_shared_words else 0.0


@dataclass(frozen=True, slots=True)
class FavouredSize:
    """A size that packs have more often than its neighbours."""

    size: int
    packs: int
    expected: float
    """The mean number of packs that are smaller by one and larger by one: what chance gives at most."""
    p_value: float
    """The probability of this many if all three sizes were equally frequent; not corrected."""


def favoured_size(counts: Mapping[int, int], settings: PlantedPassagesSettings) -> tuple[FavouredSize | None, int]:
    """Find the size that is least explained by a steady fall (binomial test against its two neighbours).

    Args:
        counts: Packs by their size, from pairs on.
        settings: Which sizes are tested.

    Returns:
        The size with the smallest p-value, and how many sizes were tested.
    """
    tested = [
        size for size in sorted(counts) if size >= settings.smallest_size and counts[size] >= settings.fewest_packs
    ]
    found = []
    for size in tested:
        beside = counts.get(size - 1, 0) + counts.get(size + 1, 0)
        # under a fall that gets slower, a size holds at most a third of the packs of itself and its neighbours
        chance = binomial_test(counts[size], counts[size] + beside, 1 / 3)
        found.append(FavouredSize(size, counts[size], beside / 2, chance))
    return min(found, key=lambda one: (one.p_value, one.size), default=None), len(tested)


def disjoint(packs: Iterable[Pack]) -> list[Pack]:
    """Keep packs that do not overlap with one before them."""
    kept: list[Pack] = []
    taken: set[int] = set()
    for pack in packs:
        if taken.isdisjoint(pack.members):
            taken.update(pack.members)
            kept.append(pack)
    return kept


def packs_of_size(packs: Sequence[Pack], size: int, settings: PlantedPassagesSettings) -> list[Pack]:
    """Take all packs of this size at the loosest level at which few of them are there by chance.

    How many are there by chance is estimated from the packs that are smaller or larger by one and do not overlap with
    any of this size: their geometric mean, as where each size is rarer than the one before by the same factor.

    Args:
        packs: All packs, those inside others too, widest gap first.
        size: The size that packs come in.
        settings: The levels, and which share may be there by chance.
    """
    chosen: list[Pack] = []
    for level in levels(settings):
        admitted = [pack for pack in packs if level.admits(pack)]
        found = [pack for pack in admitted if len(pack.members) == size]
        taken = {one for pack in found for one in pack.members}
        others = Counter(
            len(pack.members) for pack in disjoint(pack for pack in admitted if taken.isdisjoint(pack.members))
        )
        # half a pack is added to each, so that a size without packs does not make the mean 0
        by_chance = math.sqrt((others[size - 1] + 0.5) * (others[size + 1] + 0.5))
        if not chosen or by_chance <= settings.chance_share * len(found):
            chosen = found
    return chosen
