"""Do the two sides differ? The answer of swapping them at random, over all features at once.

Two statistics look for two kinds of shift: the sum of squared z over the features, for one that is spread thinly over
a hundred words, and the greatest |z|, for one word in a few records. The smaller p-value of the two is compared with
what it is when the sides are swapped, so that looking twice costs no honesty. The greatest |z| of each swap also
corrects every single feature for all that were tried (Westfall & Young 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.residuals import Residuals
from marshtest.stats.arrays import Floats, Ints

__all__ = ["SwapTest", "swap_test"]

_AT_ONCE = 250
_MOST_ENTRIES = 2_000_000
"""Entries of the table that are swapped; from more, whole rows are drawn."""
_LEAST_VARIANCE = 0.25
"""A feature below this can have no |z| that swapping could tell from chance."""


@dataclass(frozen=True, slots=True)
class SwapTest:
    """What came of swapping the sides."""

    p: float
    """That the sides differ no more than by chance; 1 where there was nothing to compare."""
    excess: float
    """How far the sum lies beyond what swapped sides give, in standard deviations of those."""
    columns: Ints
    """Shape (T,): the features that were tested."""
    corrected: Floats
    """Shape (T,): p-value of each, corrected for all; 1 where it cannot tell the sides apart alone."""
    swaps: int


def swap_test(residuals: Residuals, *, seed: int, swaps: int, single: int | None = None) -> SwapTest:
    """Swap the sides at random, all features together.

    Args:
        residuals: What to compare.
        seed: Seed of the swaps.
        swaps: How many times; the p-value is at least 1 / (swaps + 1).
        single: Only so many features, the first, can tell the sides apart alone; all if None. The others only add up.
    """
    columns = residuals.tested
    columns = columns[residuals.carriers[columns] * _LEAST_VARIANCE >= 0.75]
    rows = _used(residuals.rows[:, columns])
    if len(columns) == 0 or len(rows) == 0:
        return SwapTest(1.0, 0.0, columns[:0], np.zeros(0), swaps)
    table = residuals.rows[rows][:, columns].tocsc()
    side = residuals.side[rows]
    strata = None if residuals.strata is None else residuals.strata[rows]
    deviation = np.sqrt(np.asarray(table.multiply(table).sum(axis=0)).ravel()) if strata is None else None
    scale = np.sqrt(residuals.variance[columns]) if deviation is None else deviation
    scale = np.where(scale > 0, scale, np.inf)
    observed = (table.T @ side) / scale
    alone = columns < (residuals.rows.shape[1] if single is None else single)
    rng = np.random.default_rng(seed)
    sums, greatest = [], []
    for start in range(0, swaps, _AT_ONCE):
        count = min(_AT_ONCE, swaps - start)
        drawn = _swapped(side, strata, count, rng)
        z = (table.T @ drawn) / scale[:, None]
        sums.append((z**2).sum(axis=0))
        greatest.append(np.abs(z[alone]).max(axis=0, initial=0.0))
    total = np.append(np.concatenate(sums), float((observed**2).sum()))
    most = np.append(np.concatenate(greatest), float(np.abs(observed[alone]).max(initial=0.0)))
    smaller = np.minimum(_chances(total), _chances(most))
    by_chance = total[:-1]
    above = swaps - np.searchsorted(np.sort(most[:-1]), np.abs(observed) * (1 - 1e-9), side="left")
    return SwapTest(
        p=float((smaller <= smaller[-1] * (1 + 1e-9)).mean()),
        excess=float((total[-1] - by_chance.mean()) / max(float(by_chance.std()), 1e-12)),
        columns=columns,
        corrected=np.where(alone, (1.0 + above) / (swaps + 1), 1.0),
        swaps=swaps,
    )


def _chances(statistic: Floats) -> Floats:
    """Give for each value the share of values that are at least as great."""
    rising = np.sort(statistic)
    below = np.searchsorted(rising, statistic - 1e-9 * np.abs(statistic), side="left")
    return np.asarray(1 - below / len(statistic), np.float64)


def _swapped(side: Floats, strata: Ints | None, count: int, rng: np.random.Generator) -> Floats:
    """Give the sides of each row in `count` random swaps, shape (n, count)."""
    if strata is None:
        return np.asarray(rng.choice(np.array([-1.0, 1.0]), size=(len(side), count)), np.float64)
    keys = strata[:, None] + rng.random((len(side), count))
    home = np.argsort(strata, kind="stable")
    drawn = np.empty((len(side), count))
    for number in range(count):
        drawn[np.argsort(keys[:, number]), number] = side[home]
    return drawn


def _used(table: sparse.csr_matrix) -> Ints:
    """Give the rows that have anything to say; from too much text, an even choice of them."""
    filled = np.diff(table.tocsr().indptr)
    rows = np.flatnonzero(filled)
    entries = int(filled.sum())
    if entries <= _MOST_ENTRIES:
        return rows
    return rows[:: -(-entries // _MOST_ENTRIES)]
