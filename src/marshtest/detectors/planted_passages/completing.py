"""From packs of one size to all packs of their maker: those that lost or gained a text on the way are told too."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from marshtest.detectors.planted_passages.neighbours import Neighbourhood
from marshtest.detectors.planted_passages.packs import Pack
from marshtest.stats.arrays import Floats

__all__ = ["packs_of_maker", "stragglers"]

_SMALLEST, _LARGEST = 0.5, 1.5
_LEAST_LIKENESS = 0.1


def packs_of_maker(packs: Sequence[Pack], size: int, proven: int, odds: Floats) -> list[Pack]:
    """Choose packs of about one size whose texts were made like those of the proven packs.

    A pack of another size, or one that stands less far apart, starts out as unlikely as such packs are frequent.

    Args:
        packs: All packs, those inside others too, widest gap first.
        size: The size that packs come in.
        proven: How many packs of this size were proven.
        odds: By text: log odds that it was made like the texts of those.
    """
    near = [pack for pack in packs if _SMALLEST * size < len(pack.members) < _LARGEST * size]
    frequency = Counter(len(pack.members) for pack in near)
    chosen: list[Pack] = []
    taken: set[int] = set()
    for pack in sorted(near, key=lambda one: (abs(len(one.members) - size), -one.gap, one.members)):
        weight = float(odds[list(pack.members)].sum())
        prior = math.log(max(proven, 1) / max(frequency[len(pack.members)], 1))
        if weight + prior > 0 and weight > 0 and taken.isdisjoint(pack.members):
            chosen.append(pack)
            taken.update(pack.members)
    return chosen


def stragglers(packs: Sequence[Pack], size: int, odds: Floats, near: Neighbourhood) -> list[int]:
    """Give texts beside a pack that lacks some, made like its texts: as many as it lacks, the most alike first."""
    pack_of = {member: place for place, pack in enumerate(packs) for member in pack.members}
    lacks = [max(0, size - len(pack.members)) for pack in packs]
    found: list[int] = []
    for one, other, likeness in zip(near.one.tolist(), near.other.tolist(), near.likeness.tolist(), strict=True):
        for text, beside in ((one, other), (other, one)):
            place = pack_of.get(beside)
            if place is None or text in pack_of or not lacks[place]:
                continue
            if likeness >= _LEAST_LIKENESS and odds[text] > 0:
                pack_of[text] = place
                lacks[place] -= 1
                found.append(text)
    return found
