"""Do the records of a claim come from one source? Groups, files, and stretches of time or of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.significance import fisher_exact

__all__ = ["Origin", "Provenance", "strongest_origin"]

_FEWEST = 4
_INSIDE = 0.8
_ALL_DIFFERENT = 0.5


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where every record comes from."""

    groups: Sequence[str | None] | NDArray[np.object_]
    paths: Sequence[str] | NDArray[np.object_]
    lines: Sequence[int] | Ints


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


def strongest_origin(claimed: set[int], comparable: Sequence[int] | Ints, origin: Provenance) -> Origin | None:
    """Find the source in which the records of a claim are most concentrated; None where too few can tell.

    Args:
        claimed: Rows of the claim.
        comparable: Rows that could have been of it, such as those with the same label; the claimed ones included.
        origin: Where all records come from.
    """
    if len(claimed) < _FEWEST or len(comparable) <= len(claimed):
        return None
    rows = np.asarray(comparable, np.int64)
    inside = np.isin(rows, np.array(sorted(claimed), np.int64))
    groups, paths = (np.asarray(column, object)[rows] for column in (origin.groups, origin.paths))
    times = _times(groups.tolist())
    sizes, hits = (_named([] if times is not None else groups[part], paths[part]) for part in (slice(None), inside))
    claims, total = int(inside.sum()), len(rows)
    found = [
        Origin(name, hits[name], claims, size, total, fisher_exact(hits[name], claims, size, total))
        for name, size in sorted(sizes.items())
        if size < total
    ]
    tried = len(found)
    if times is not None:
        order = np.lexsort((groups.astype(str), times))
        found.append(_stretch("the time from {} to {}", order, lambda place: str(groups[place]), inside))
        tried += 1
    if len(set(paths.tolist())) == 1:
        lines = np.asarray(origin.lines, np.int64)[rows]
        order = np.argsort(lines, kind="stable")
        found.append(_stretch("the lines {} to {}", order, lambda place: str(lines[place]), inside))
        tried += 1
    best = min(found, key=lambda one: (one.p_value, one.what), default=None)
    if best is None:
        return None
    return Origin(best.what, best.hits, best.claimed, best.size, best.total, min(1.0, best.p_value * tried))


def _named(groups: Sequence[str | None] | NDArray[np.object_], paths: NDArray[np.object_]) -> Counter[str]:
    """Count records by the groups and files that they come from."""
    counts: Counter[str] = Counter()
    for what, column in (("group", groups), ("file", paths)):
        counts.update({f"the {what} {name}": size for name, size in Counter(column).items() if name or what == "file"})
    return counts


def _stretch(name: str, order: Ints, shown: Callable[[int], str], inside: Bools) -> Origin:
    """Find the shortest stretch with four in five of the claimed records, and how surprising it is.

    Where it begins is free, so that its chance is corrected for every claimed record that it could begin with.

    Args:
        name: The stretch in words, with room for its ends.
        order: Places of the records, rising by what they are ordered by.
        shown: Gives what a record is ordered by.
        inside: Whether each record is claimed.
    """
    ranks = np.flatnonzero(inside[order]).tolist()
    need = max(2, int(_INSIDE * len(ranks) + 0.999))
    first = min(range(len(ranks) - need + 1), key=lambda start: ranks[start + need - 1] - ranks[start])
    low, high = ranks[first], ranks[first + need - 1]
    size = high - low + 1
    chance = fisher_exact(need, len(ranks), size, len(order)) * len(order) / max(1, size)
    what = name.format(shown(int(order[low])), shown(int(order[high])))
    return Origin(what, need, len(ranks), size, len(order), min(1.0, chance))


def _times(groups: Sequence[str | None]) -> Floats | None:
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
    return np.array(found)
