"""Do the records of a claim come from one source? Groups, files, and stretches of time or of a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from marshtest.stats.enrichment import enrichment

__all__ = ["Origin", "Provenance", "strongest_origin"]

_FEWEST = 4
_INSIDE = 0.8
_ALL_DIFFERENT = 0.5


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where every record comes from."""

    groups: Sequence[str | None]
    paths: Sequence[str]
    lines: Sequence[int]


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that holds more records of a claim than chance would put there."""

    what: str
    """The source in words, e.g. `the group alice` (hostile text)."""
    hits: int
    """Records of the claim that come from it."""
    claimed: int
    """Records of the claim."""
    size: int
    """Records that could have been of the claim and come from it."""
    total: int
    """Records that could have been of the claim."""
    p_value: float
    """Corrected for all sources tried."""


def strongest_origin(claimed: set[int], comparable: Sequence[int], origin: Provenance) -> Origin | None:
    """Find the source in which the records of a claim are most concentrated; None where too few can tell.

    Args:
        claimed: Rows of the claim.
        comparable: Rows that could have been of it, such as those with the same label; the claimed ones included.
        origin: Where all records come from.
    """
    if len(claimed) < _FEWEST or len(comparable) <= len(claimed):
        return None
    named: dict[str, list[int]] = defaultdict(list)
    times = _times([origin.groups[row] for row in comparable])
    for place, row in enumerate(comparable):
        if origin.groups[row] and times is None:
            named[f"the group {origin.groups[row]}"].append(place)
        named[f"the file {origin.paths[row]}"].append(place)
    inside = {place for place, row in enumerate(comparable) if row in claimed}
    found = [
        Origin(name, hits, len(inside), len(places), len(comparable), chance)
        for name, places in sorted(named.items())
        if len(places) < len(comparable)
        for hits in (len(inside.intersection(places)),)
        for chance in (enrichment(hits, len(inside), len(places), len(comparable)),)
    ]
    tried = len(found)
    if times is not None:
        found.append(
            _stretch("the time from {} to {}", times, [origin.groups[row] or "" for row in comparable], inside)
        )
        tried += 1
    if len({origin.paths[row] for row in comparable}) == 1:
        lines = [float(origin.lines[row]) for row in comparable]
        found.append(_stretch("the lines {} to {}", lines, [str(origin.lines[row]) for row in comparable], inside))
        tried += 1
    best = min(found, key=lambda one: (one.p_value, one.what), default=None)
    if best is None:
        return None
    return Origin(best.what, best.hits, best.claimed, best.size, best.total, min(1.0, best.p_value * tried))


def _stretch(name: str, order: Sequence[float], shown: Sequence[str], inside: set[int]) -> Origin:
    """Find the shortest stretch with four in five of the claimed records, and how surprising it is.

    Where it begins is free, so that its chance is corrected for every claimed record that it could begin with.
    """
    ranked = sorted(range(len(order)), key=lambda place: (order[place], shown[place]))
    ranks = [rank for rank, place in enumerate(ranked) if place in inside]
    need = max(2, int(_INSIDE * len(ranks) + 0.999))
    first = min(range(len(ranks) - need + 1), key=lambda start: ranks[start + need - 1] - ranks[start])
    low, high = ranks[first], ranks[first + need - 1]
    size = high - low + 1
    chance = enrichment(need, len(ranks), size, len(ranked)) * len(ranked) / max(1, size)
    what = name.format(shown[ranked[low]], shown[ranked[high]])
    return Origin(what, need, len(ranks), size, len(ranked), min(1.0, chance))


def _times(groups: Sequence[str | None]) -> list[float] | None:
    """Read the groups as times, where nearly all are and most differ; None otherwise."""
    named = [group for group in groups if group]
    if len(named) < len(groups) or len(set(named)) < _ALL_DIFFERENT * len(named):
        return None
    found = []
    for group in named:
        try:
            time = datetime.fromisoformat(group)
        except ValueError:
            return None
        found.append((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    return found
