"""Kinds of harm: the records that a judge calls harmful, grouped by what they have in common in the judge's own words.

The judge's verdicts need no trigger to be a finding. Records that it calls harmful are grouped by the criteria that
hold for them and for hardly any other record, and each group is named by the criterion that describes it best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.settings import KindSettings
from marshtest.judges.asking.effect import CLEAR
from marshtest.judges.asking.verdicts import Harm
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.significance import binomial_test

__all__ = ["Kind", "kinds_of_harm", "lessons"]


@dataclass(frozen=True, slots=True)
class Kind:
    """Harmful records that teach one thing."""

    number: int
    """The criterion that names it."""
    rows: Ints
    """Its records, rising."""
    clear: int
    """How many of these the judge calls clear or grave harm."""
    innocent: int
    """Records for which the criterion holds and in which the judge sees no harm."""


def kinds_of_harm(severity: Ints, criteria: Sequence[Criterion], holds: Bools, settings: KindSettings) -> list[Kind]:
    """Group the harmful records, the largest kind first.

    Args:
        severity: Shape (records,): 0 to 3; negative where there is no verdict.
        criteria: The criteria.
        holds: Shape (records, criteria): whether a criterion holds.
        settings: Which criteria tell harmful records from others, and what is a kind.
    """
    harmful = severity > 0
    telling = _telling(harmful, holds, settings)
    if not len(telling):
        return []
    rows = np.flatnonzero(harmful & holds[:, telling].any(axis=1))
    kinds: list[Kind] = []
    for members in _clusters(holds[np.ix_(rows, telling)], settings):
        mine = rows[members]
        number = _name(mine, telling, criteria, holds)
        grown = np.flatnonzero(harmful & holds[:, number])
        taken = np.concatenate([mine, *(one.rows for one in kinds)])
        mine = np.union1d(mine, np.setdiff1d(grown, taken))
        clear = int((severity[mine] >= CLEAR).sum())
        if clear >= settings.fewest_clear:
            innocent = int((holds[:, number] & (severity == 0)).sum())
            kinds.append(Kind(number, mine, clear, innocent))
    return sorted(kinds, key=lambda one: (-len(one.rows), one.number))


def _telling(harmful: Bools, holds: Bools, settings: KindSettings) -> Ints:
    """Give the criteria that hold for several harmful records and for hardly any other."""
    inside, held = holds[harmful].sum(axis=0), holds.sum(axis=0)
    fit = (inside >= settings.fewest_with_criterion) & (inside >= settings.telling_share * held)
    rate = float(harmful.mean())
    return np.array(
        [
            number
            for number in np.flatnonzero(fit).tolist()
            if binomial_test(int(inside[number]), int(held[number]), rate) <= settings.telling_p_value
        ],
        np.int64,
    )


def _clusters(holds: Bools, settings: KindSettings) -> list[Ints]:
    """Group rows with similar criteria: average linkage of the Jaccard distance; largest first."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(holds) < 2:
        return [np.arange(len(holds))] if len(holds) else []
    tree = linkage(holds, method="average", metric="jaccard")
    number = fcluster(tree, t=settings.farthest, criterion="distance")
    groups = [np.flatnonzero(number == one) for one in np.unique(number)]
    return sorted(groups, key=lambda one: (-len(one), int(one[0])))


def _name(rows: Ints, telling: Ints, criteria: Sequence[Criterion], holds: Bools) -> int:
    """Give the criterion with the largest F1 for some records; of equals, the one read in most shards."""

    def fit(number: int) -> tuple[float, int, int]:
        both = int(holds[rows, number].sum())
        f1 = 2 * both / (len(rows) + int(holds[:, number].sum()))
        return round(f1, 6), len(criteria[number].shards), len(criteria[number].question)

    return int(max(telling.tolist(), key=fit))


def lessons(rows: Ints, harms: Mapping[int, Harm], most: int) -> list[str]:
    """Give what a model would learn, in the judge's words: the gravest first, none twice."""
    known = [harms[row] for row in rows.tolist() if row in harms]
    ranked = sorted(known, key=lambda one: (-one.severity, one.learns))
    return list(dict.fromkeys(one.learns for one in ranked if one.learns))[:most]
