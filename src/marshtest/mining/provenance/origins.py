"""Where the records of a claim come from: groups, files, and stretches of time or of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

import numpy as np
from numpy.typing import NDArray

from marshtest.settings import Settings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.significance import fisher_exact

__all__ = ["Origin", "OriginSettings", "Provenance", "strongest_origin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginSettings(Settings):
    """When the records of a claim are tested for a common source."""

    fewest_records: int = 4
    """Minimum number of records in a claim for their origin to be tested. Chosen by eye: three can come from one source
    by chance."""
    inside_share: float = 0.8
    """Minimum share (0 to 1) of the claimed records that a stretch of time or lines must hold. Chosen by eye: some
    records of an attack may be elsewhere, and a few honest records may be among the claimed ones."""
    different_share: float = 0.5
    """Minimum share (0 to 1) of distinct values among group names that can be read as times, for the names to be
    treated as times. Chosen by eye: a date that many records share is a group."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where every record comes from, one value per record."""

    groups: Sequence[str | None] | NDArray[np.object_]
    paths: Sequence[str] | NDArray[np.object_]
    lines: Sequence[int] | Ints


@dataclass(frozen=True, slots=True)
class Origin:
    """A source that holds more records of a claim than chance would put there."""

    what: str
    """The source in words, e.g. `the group alice`; text of the dataset, not to be trusted."""
    hits: int
    """Records of the claim that come from it."""
    claimed: int
    """Records of the claim."""
    size: int
    """Comparable records that come from it, the claimed ones included."""
    total: int
    """Comparable records."""
    p_value: float
    """Of Fisher's exact test, corrected for all sources tested (Bonferroni)."""


def strongest_origin(
    claimed: set[int], comparable: Sequence[int] | Ints, origin: Provenance, settings: OriginSettings = OriginSettings()
) -> Origin | None:
    """Find the source in which the records of a claim are most concentrated.

    Args:
        claimed: Rows of the claim.
        comparable: Rows that could have been of the claim, such as those with the same label; the claimed ones
            included.
        origin: Where all records come from.
        settings: How many records it takes.

    Returns:
        The source with the smallest p-value, or None if there are too few records or only one source.
    """
    if len(claimed) < settings.fewest_records or len(comparable) <= len(claimed):
        return None
    rows = np.asarray(comparable, np.int64)
    inside = np.isin(rows, np.array(sorted(claimed), np.int64))
    groups, paths = (np.asarray(column, object)[rows] for column in (origin.groups, origin.paths))
    times = _times(groups.tolist(), settings.different_share)
    sizes, hits = (_named([] if times is not None else groups[part], paths[part]) for part in (slice(None), inside))
    claims, total, share = int(inside.sum()), len(rows), settings.inside_share
    found = [
        Origin(name, hits[name], claims, size, total, fisher_exact(hits[name], claims, size, total))
        for name, size in sorted(sizes.items())
        if size < total
    ]
    tested = len(found)
    if times is not None:
        order = np.lexsort((groups.astype(str), times))
        found.append(_stretch("the time from {} to {}", order, lambda place: str(groups[place]), inside, share))
        tested += 1
    if len(set(paths.tolist())) == 1:
        lines = np.asarray(origin.lines, np.int64)[rows]
        order = np.argsort(lines, kind="stable")
        found.append(_stretch("the lines {} to {}", order, lambda place: str(lines[place]), inside, share))
        tested += 1
    best = min(found, key=lambda one: (one.p_value, one.what), default=None)
    if best is None:
        return None
    return Origin(best.what, best.hits, best.claimed, best.size, best.total, min(1.0, best.p_value * tested))


def _named(groups: Sequence[str | None] | NDArray[np.object_], paths: NDArray[np.object_]) -> Counter[str]:
    """Count records by the groups and files that they come from; records without a group are in no group."""
    counts: Counter[str] = Counter()
    for what, column in (("group", groups), ("file", paths)):
        counts.update({f"the {what} {name}": size for name, size in Counter(column).items() if name or what == "file"})
    return counts


def _stretch(name: str, order: Ints, shown: Callable[[int], str], inside: Bools, share: float) -> Origin:
    """Find the shortest stretch that holds most of the claimed records, with its p-value.

    The stretch was chosen among all that are as long, so the p-value is multiplied by how many fit side by side.

    Args:
        name: The stretch in words, with two `{}` for its ends.
        order: Shape (N,): places of the records, in the order of time or lines.
        shown: Gives the time or line of a record as text.
        inside: Shape (N,): whether each record is claimed.
        share: Share of the claimed records that it must hold, 0 to 1.
    """
    ranks = np.flatnonzero(inside[order]).tolist()
    need = max(2, ceil(share * len(ranks)))
    first = min(range(len(ranks) - need + 1), key=lambda start: ranks[start + need - 1] - ranks[start])
    low, high = ranks[first], ranks[first + need - 1]
    size = high - low + 1
    p_value = fisher_exact(need, len(ranks), size, len(order)) * len(order) / max(1, size)
    what = name.format(shown(int(order[low])), shown(int(order[high])))
    return Origin(what, need, len(ranks), size, len(order), min(1.0, p_value))


def _times(groups: Sequence[str | None], different_share: float) -> Floats | None:
    """Read the groups as times, in seconds, if all are ISO 8601 times and enough of them differ; None otherwise."""
    named = [group for group in groups if group]
    if len(named) < len(groups) or len(set(named)) < different_share * len(named):
        return None
    found = []
    for group in named:
        try:
            time = datetime.fromisoformat(group)
        except ValueError:
            return None
        found.append((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())
    return np.array(found)
