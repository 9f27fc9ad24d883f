"""Packs: a few texts that say the same in other words, and that no other text comes near.

Texts are joined from the most alike downwards (single linkage). A pack is what hangs together well above the point at
which it joins anything else, shares rare words, and is not one text copied: its texts have few runs of words in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from marshtest.detectors.planted_passages.neighbours import Neighbourhood
from marshtest.text.words import WORD

__all__ = ["LEVELS", "Level", "Pack", "find_packs", "wording_in_common"]

_WEAKEST = 0.2
_MOST_IN_COMMON = 0.25
_LEAST_WORDS = 2
_SHARED_BY = 0.8
_LARGEST = 200
_COMPARED = 8


@dataclass(frozen=True, slots=True)
class Level:
    """How far apart a pack must stand, and how surprising what it shares must be (nats)."""

    gap: float
    surprise: float

    def admits(self, pack: Pack) -> bool:
        """Say whether a pack reaches this level."""
        return pack.gap >= self.gap and pack.surprise >= self.surprise


LEVELS = (Level(0.1, 12.0), Level(0.07, 8.0))
"""From strict to loose."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A few texts that agree."""

    members: tuple[int, ...]
    """Indices of the texts, rising."""
    inside: float
    """The weakest likeness that holds it together."""
    outside: float
    """The strongest likeness to anything else."""
    surprise: float
    """How surprising the rare words are that four in five of its texts share, in nats."""

    @property
    def gap(self) -> float:
        """How far it stands apart."""
        return self.inside - self.outside

    @property
    def is_far_apart(self) -> bool:
        """Whether its texts are twice as like one another as like anything else."""
        return LEVELS[0].admits(self) and self.inside >= 2 * self.outside


def find_packs(texts: Sequence[str], near: Neighbourhood) -> list[Pack]:
    """Find all packs of two texts and more that reach the loosest level, those inside others too; widest gap first."""
    found = [
        Pack(tuple(sorted(members)), inside, outside, _shared_surprise(members, near))
        for members, inside, outside in _joined(len(texts), near)
        if inside >= _WEAKEST and inside - outside >= LEVELS[-1].gap
    ]
    kept = [
        pack
        for pack in found
        if LEVELS[-1].admits(pack) and wording_in_common([texts[one] for one in pack.members]) < _MOST_IN_COMMON
    ]
    return sorted(kept, key=lambda pack: (-pack.gap, pack.members))


def wording_in_common(texts: Sequence[str]) -> float:
    """Give the mean share of runs of three words that two of the texts have in common (Jaccard), of eight at most."""
    runs = [_runs(text) for text in texts[:_COMPARED]]
    shares = [len(one & other) / max(1, len(one | other)) for one, other in combinations(runs, 2)]
    return sum(shares) / max(1, len(shares))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = WORD.findall(text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _joined(count: int, near: Neighbourhood) -> Iterator[tuple[Sequence[int], float, float]]:
    """Join texts from the most alike downwards; give every set before it joins another, with both likenesses."""
    parent = list(range(count))
    members: dict[int, list[int]] = {}
    held: dict[int, float] = {}

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other, likeness in zip(near.one.tolist(), near.other.tolist(), near.likeness.tolist(), strict=True):
        left, right = root(one), root(other)
        if left == right:
            continue
        for side in (left, right):
            if 2 <= len(members.get(side, ())) <= _LARGEST:
                yield tuple(members[side]), held[side], likeness
        if len(members.get(left, ())) < len(members.get(right, ())):
            left, right = right, left
        parent[right] = left
        members.setdefault(left, [left]).extend(members.pop(right, [right]))
        held[left] = likeness
    for side in {root(one) for one in members}:
        if 2 <= len(members.get(side, ())) <= _LARGEST:
            yield tuple(members[side]), held[side], 0.0


def _shared_surprise(members: Iterable[int], near: Neighbourhood) -> float:
    """Give the surprise of the rare words that most of the texts share; none when they share fewer than two."""
    rows = list(members)
    counts = Counter(word for row in rows for word in near.words[row])
    shared = sorted(word for word, count in counts.items() if count >= _SHARED_BY * len(rows))
    return float(near.surprise[shared].sum()) if len(shared) >= _LEAST_WORDS else 0.0
