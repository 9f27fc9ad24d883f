"""Permutation test: do the two sides differ, over all features at once?

The sides are swapped at random, and three statistics look for three kinds of shift: the sum of squared z over the
features, for one that is spread thinly over a hundred words; the greatest |z|, for one word in a few records; and,
where other records have shown a direction, how far the pairs lean along it. A fourth joins their p-values (Fisher's
product), for a shift that shows a little in each. The smallest of their p-values is compared with the smallest one
under each swap, so that taking the smallest is accounted for, however much they depend on one another. The greatest |z|
under each swap also corrects every single feature for all that were tested (Westfall & Young 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.residuals import Residuals
from marshtest.stats.arrays import Floats, Ints

__all__ = ["PermutationTest", "permutation_test"]

_AT_ONCE = 250
"""Swaps that are held in memory at once. The random draws are made in pieces of this size, so p-values depend on it."""
_TINY = 1e-12
"""Stands for a standard deviation of 0 in a division."""


@dataclass(frozen=True, slots=True)
class PermutationTest:
    """The result of swapping the sides."""

    p: float
    """p-value of a difference; 1 where there was nothing to compare."""
    excess: float
    """How far the sum of squared z exceeds its mean under swaps, in its standard deviations under swaps."""
    columns: Ints
    """Shape (T,): the features that were tested."""
    corrected: Floats
    """Shape (T,): p-value of each, corrected for all; 1 for those that are not tested by themselves."""
    swaps: int
    """Times the sides were swapped."""
    guided_p: float | None = None
    """p-value along the direction that other records show, alone; None without one."""


def permutation_test(
    residuals: Residuals,
    *,
    seed: int,
    swaps: int,
    most_entries: int,
    named: int | None = None,
    guided: Floats | None = None,
) -> PermutationTest:
    """Swap the sides at random, for all features together.

    Args:
        residuals: What to compare.
        seed: Seed of the swaps.
        swaps: How many times; the p-value is at least 1 / (swaps + 1).
        most_entries: Entries of the table that are swapped; of a larger one an even choice of rows.
        named: Only the first so many features are tested by themselves; None is all. The others (letter sequences) only
            add to the sum: a reader could not interpret one of them.
        guided: Shape (n,): how far the suspect's answer of each pair leans along a direction that was learned on other
            records; None without one.
    """
    columns = residuals.tested
    rows = _used(residuals.rows[:, columns], most_entries)
    if len(columns) == 0 or len(rows) == 0:
        return PermutationTest(1.0, 0.0, columns[:0], np.zeros(0), swaps)
    table = residuals.rows[rows][:, columns].tocsc()
    side = residuals.side[rows]
    strata = None if residuals.strata is None else residuals.strata[rows]
    deviation = np.sqrt(np.asarray(table.multiply(table).sum(axis=0)).ravel()) if strata is None else None
    scale = np.sqrt(residuals.variance[columns]) if deviation is None else deviation
    scale = np.where(scale > 0, scale, np.inf)  # a feature that no swap moves has z = 0
    observed = (table.T @ side) / scale
    alone = columns < (residuals.rows.shape[1] if named is None else named)
    rng = np.random.default_rng(seed)
    sums, greatest, leaning = [], [], []
    for start in range(0, swaps, _AT_ONCE):
        count = min(_AT_ONCE, swaps - start)
        drawn = _swapped(side, strata, count, rng)
        z = (table.T @ drawn) / scale[:, None]
        sums.append((z**2).sum(axis=0))
        greatest.append(np.abs(z[alone]).max(axis=0, initial=0.0))
        if guided is not None:
            leaning.append(guided[rows] @ drawn)
    total = np.append(np.concatenate(sums), float((observed**2).sum()))
    most = np.append(np.concatenate(greatest), float(np.abs(observed[alone]).max(initial=0.0)))
    p_values = [_p_values(total), _p_values(most)]
    if guided is not None:
        p_values.append(_p_values(np.append(np.concatenate(leaning), float(guided[rows] @ side))))
        p_values.append(_p_values(-np.sum(np.log(p_values), axis=0)))
    smaller = np.min(p_values, axis=0)
    by_chance = total[:-1]
    # the tiny factors below let values that are equal but for rounding count as equal
    above = swaps - np.searchsorted(np.sort(most[:-1]), np.abs(observed) * (1 - 1e-9), side="left")
    return PermutationTest(
        p=float((smaller <= smaller[-1] * (1 + 1e-9)).mean()),
        excess=float((total[-1] - by_chance.mean()) / max(float(by_chance.std()), _TINY)),
        columns=columns,
        corrected=np.where(alone, (1.0 + above) / (swaps + 1), 1.0),
        swaps=swaps,
        guided_p=None if guided is None else float(p_values[2][-1]),
    )


def _p_values(statistic: Floats) -> Floats:
    """Give for each value the share of values that are at least as great."""
    rising = np.sort(statistic)
    below = np.searchsorted(rising, statistic - 1e-9 * np.abs(statistic), side="left")
    return np.asarray(1 - below / len(statistic), np.float64)


def _swapped(side: Floats, strata: Ints | None, count: int, rng: np.random.Generator) -> Floats:
    """Give the sides of each row under `count` random swaps, shape (n, count): signs, or sides dealt within strata."""
    if strata is None:
        return np.asarray(rng.choice(np.array([-1.0, 1.0]), size=(len(side), count)), np.float64)
    keys = strata[:, None] + rng.random((len(side), count))  # sorting them shuffles within strata
    home = np.argsort(strata, kind="stable")
    drawn = np.empty((len(side), count))
    for number in range(count):
        drawn[np.argsort(keys[:, number]), number] = side[home]
    return drawn


def _used(table: sparse.csr_matrix, most_entries: int) -> Ints:
    """Give the rows with any entry; of too large a table an even choice of them."""
    filled = np.diff(table.tocsr().indptr)
    rows = np.flatnonzero(filled)
    entries = int(filled.sum())
    if entries <= most_entries:
        return rows
    return rows[:: -(-entries // most_entries)]
