"""Detection curves: the probability of detection as a function of the number of planted records.

A handful of trials per size says little, so all sizes share one curve, p(n) = (1 - lapse) * logistic(slope * (log2 n -
midpoint)): the psychometric function with lapses of Wichmann and Hill (2001). Its three parameters have a posterior on
a grid (Kuss, Jaekel and Wichmann 2005). That a detector never finds a family is one of the hypotheses: a midpoint
beyond every size that was tested.

`PooledCurves` puts families and directions of the label together (Gelman and Hill 2007, multilevel models): midpoints
of families come from one distribution, a direction moves all of them alike, and each family in each direction deviates
from both. How much it deviates is estimated too, so that an interval holds for a direction that was planted seldom,
and for one that is drawn at random. Everything is summed over grids: nothing is simulated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from marshtest.stats.arrays import Floats

__all__ = ["DetectionCurve", "Planting", "PooledCurves"]

_MIDPOINTS = np.linspace(-4.0, 16.0, 81)
"""Grid of midpoints, log2 of the number of records, in steps of a quarter of an octave. A midpoint of a family lies
between 0 and 12, all equally likely where nothing else is known; directions move it by up to four octaves."""
_SLOPES = np.geomspace(0.7, 12.0, 12)
"""Grid of slopes per doubling: the curve rises from 10 to 90% within six doublings (.7) to a third of one (12)."""
_LAPSES = np.array([0.0, 0.01, 0.03, 0.08, 0.2, 0.4])
"""Grid of lapses: the share of plantings that is missed however many records are planted."""
_LAPSE_PRIOR = np.array([0.35, 0.25, 0.15, 0.1, 0.1, 0.05])
"""Prior of the lapses: small ones are likelier. Chosen by eye: the interval's coverage is tested on known curves."""
_CENTRES = np.arange(1.0, 12.0)
"""Grid of the centre of all families' midpoints, all equally likely."""
_SPREAD, _APART = 1.5, 0.3
"""Standard deviation of midpoints around the centre, in octaves, and the share of families that lie anywhere instead:
those that nothing finds. Chosen by eye: the coverage is tested."""
_DEVIATIONS = np.array([0.25, 0.5, 1.0, 2.0])
"""Grid of the standard deviation of a family in a direction, in octaves, all equally likely."""
_SHIFTS = np.linspace(-3.0, 3.0, 13)
"""Grid of what a direction does to all families, in octaves: plus this in one direction, minus this in the others."""
_SHIFT_DEVIATION = 1.0
"""Standard deviation of such shifts, in octaves. Chosen by eye: two directions often differ by a factor of four."""
_LEAST_CHANCE = 1e-12
"""Keeps logarithms of probabilities finite; far below what a few plantings can tell from 0."""
_LARGEST_EXPONENT = 60.0
"""Keeps exp() from overflowing; exp(-60) is 0 beside 1 in double precision."""
_ROUNDING = 1e-9
"""Tolerance when sizes, which are powers of 2 computed in floating point, are compared with the largest tested size."""


@dataclass(frozen=True, slots=True)
class Planting:
    """The outcome of one trial: so many records were planted, and the detector found them or not."""

    size: int
    """Planted records."""
    found: bool
    family: str = ""
    """What was planted."""
    direction: str = ""
    """From which label to which; empty without labels."""


@dataclass(frozen=True)
class DetectionCurve:
    """The posterior over detection curves, given the outcomes of plantings."""

    weights: Floats
    """Shape (curves,): posterior weight of every curve on the grid, summing to 1."""
    largest: int = 0
    """Largest size that was tested; 0 where nothing was."""

    @classmethod
    def of(cls, plantings: Sequence[Planting]) -> DetectionCurve:
        """Make the curve of the outcomes of one family; without outcomes it is the prior."""
        weights = np.where((_MIDPOINTS >= 0) & (_MIDPOINTS <= 12), 1.0, 0.0)[:, None] * _shapes() * _table(plantings)
        return cls((weights / weights.sum()).ravel(), _largest(plantings))

    def at(self, size: int, *, level: float = 0.9) -> tuple[float, float, float]:
        """Give the probability of detection at this size.

        Args:
            size: Planted records.
            level: Probability mass of the interval, 0 to 1.

        Returns:
            Posterior mean, and the lower and upper end of the equal-tailed credible interval; 0 to 1.
        """
        chance = _chances(size)
        low, high = _quantiles(chance, self.weights, (0.5 - level / 2, 0.5 + level / 2))
        return float(chance @ self.weights), low, high

    def counts(self, size: int, trials: int) -> Floats:
        """Predict how many of some new plantings are found.

        Args:
            size: Planted records of each.
            trials: How many plantings there will be.

        Returns:
            Shape (trials + 1,): posterior predictive probability of each number.
        """
        from scipy.special import gammaln, xlog1py, xlogy

        count = np.arange(trials + 1)[:, None]
        chance = _chances(size)[None, :]
        ways = gammaln(trials + 1) - gammaln(count + 1) - gammaln(trials - count + 1)
        mass = np.exp(ways + xlogy(count, chance) + xlog1py(trials - count, -chance)) @ self.weights
        return np.asarray(mass / mass.sum(), np.float64)

    def found_among(self, size: int, trials: int, *, level: float = 0.9) -> tuple[int, int]:
        """Give the equal-tailed posterior predictive interval of `counts`, in plantings."""
        below = np.cumsum(self.counts(size, trials))
        low = int(np.searchsorted(below, 0.5 - level / 2))
        high = int(np.searchsorted(below, 0.5 + level / 2 - _LEAST_CHANCE))
        return low, min(high, trials)

    def found_in_all(self, sizes: Sequence[int]) -> Floats:
        """Predict how many of new plantings of several sizes are found; they share the unknown curve.

        Args:
            sizes: Planted records of each.

        Returns:
            Shape (plantings + 1,): posterior predictive probability of each number.
        """
        mass = np.ones((1, len(self.weights)))
        for size in sizes:
            chance = _chances(size)
            missed, found = mass * (1 - chance), mass * chance
            mass = np.vstack([missed, np.zeros_like(chance)]) + np.vstack([np.zeros_like(chance), found])
        return np.asarray(mass @ self.weights, np.float64)

    def size_for(self, share: float, *, level: float = 0.9) -> tuple[float, float, float]:
        """Give the number of planted records from which a share of the plantings is found.

        Args:
            share: Probability of detection, 0 to 1.
            level: Probability mass of the interval, 0 to 1.

        Returns:
            Posterior median, and the lower and upper end of the equal-tailed credible interval. Each is infinite where
            it lies beyond the largest size that was tested, since the outcomes say nothing about larger sizes.
        """
        lapse, slope, midpoint = _parameters()
        inside = np.clip(share / (1 - lapse), 0.0, 1.0)
        with np.errstate(divide="ignore"):
            sizes = np.where(inside < 1, 2 ** (midpoint + np.log(inside / (1 - inside)) / slope), np.inf)
        sizes = np.where(sizes > self.largest * (1 + _ROUNDING), np.inf, sizes)
        median, low, high = _quantiles(sizes, self.weights, (0.5, 0.5 - level / 2, 0.5 + level / 2))
        return median, low, high

    def next_size(self, sizes: Sequence[int]) -> int:
        """Give the size whose outcome has the largest expected information gain about the curve (Lindley 1956)."""

        def entropy(chance: Floats | float) -> Floats:
            p = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
            return np.asarray(-(p * np.log(p) + (1 - p) * np.log(1 - p)))

        def gain(size: int) -> float:
            chance = _chances(size)
            return float(entropy(float(chance @ self.weights)) - entropy(chance) @ self.weights)

        return max(sizes, key=gain)


@dataclass(frozen=True, slots=True)
class _Pool:
    """What the plantings say of the hyperparameters when one direction is held against all others."""

    odds: Floats
    """Shape (deviations, shifts, centres): posterior weights, summing to 1."""
    families: Mapping[str, Floats]
    """By family, shape (deviations, shifts, centres): how likely its outcomes are."""


@dataclass(frozen=True)
class PooledCurves:
    """The posterior over the detection curves of several families in several directions of the label."""

    plantings: tuple[Planting, ...]

    @classmethod
    def of(cls, plantings: Sequence[Planting]) -> PooledCurves:
        """Make the curves of these outcomes."""
        return cls(tuple(plantings))

    def curve(self, family: str, direction: str | None = None) -> DetectionCurve:
        """Give the curve of a family.

        Args:
            family: One that was planted or not; for one that was not, it says what the others suggest.
            direction: One of the directions; None is one that is drawn at random, like those that were planted.

        Returns:
            The curve; its `largest` counts plantings of this family in this direction only.
        """
        if (family, direction) not in self._curves:
            self._curves[family, direction] = self._curve(family, direction)
        return self._curves[family, direction]

    @cached_property
    def _curves(self) -> dict[tuple[str, str | None], DetectionCurve]:
        return {}

    def _curve(self, family: str, direction: str | None) -> DetectionCurve:
        pool, total = self._pool(direction), np.zeros((len(_MIDPOINTS), _shapes().size))
        own = self._tables.get((family, direction or ""), np.ones_like(total))
        for row, deviation in enumerate(_DEVIATIONS):
            for column, shift in enumerate(_SHIFTS):
                odds = pool.odds[row, column]
                if odds.sum() < _LEAST_CHANCE:
                    continue
                centred = (odds / self._likelihood_of(pool, family)[row, column]) @ _centred()
                rest = self._others(family, direction, deviation, shift)
                moved = _moved(float(deviation), float(shift) if direction is not None else 0.0)
                total += moved.T @ (centred[:, None] * _shapes() * rest)
        weights = total * own if direction is not None else total
        mine = [one for one in self.plantings if one.family == family and direction in (None, one.direction)]
        return DetectionCurve((weights / weights.sum()).ravel(), _largest(mine))

    def _likelihood_of(self, pool: _Pool, family: str) -> Floats:
        known = pool.families.get(family)
        return np.ones_like(pool.odds) if known is None else known

    @cached_property
    def _tables(self) -> dict[tuple[str, str], Floats]:
        """By family and direction, shape (midpoints, shapes): how likely the outcomes are under each curve."""
        groups: dict[tuple[str, str], list[Planting]] = defaultdict(list)
        for one in self.plantings:
            groups[one.family, one.direction].append(one)
        return {cell: _table(group) for cell, group in groups.items()}

    @cached_property
    def _pools(self) -> dict[str | None, _Pool]:
        return {}

    def _pool(self, direction: str | None) -> _Pool:
        """Weigh the hyperparameters, one direction held against the others; None holds none against any."""
        if direction not in self._pools:
            logs = np.zeros((len(_DEVIATIONS), len(_SHIFTS), len(_CENTRES)))
            logs -= 0.5 * (_SHIFTS / _SHIFT_DEVIATION)[None, :, None] ** 2
            if direction is None or len({one.direction for one in self.plantings} | {direction}) == 1:
                logs[:, _SHIFTS != 0] = -np.inf  # nothing to hold against
            families: dict[str, Floats] = {}
            for family in sorted({one.family for one in self.plantings}):
                likely = np.empty_like(logs)
                for row, deviation in enumerate(_DEVIATIONS):
                    for column, shift in enumerate(_SHIFTS):
                        if not np.isfinite(logs[row, column]).any():
                            likely[row, column] = 1.0
                            continue
                        every = self._others(family, direction, deviation, shift)
                        own = self._tables.get((family, direction or ""))
                        if own is not None and direction is not None:
                            every = every * (_moved(float(deviation), float(shift)) @ own)
                        likely[row, column] = np.maximum(_centred() @ (every @ _shapes()[0]), 1e-300)
                families[family] = likely
                logs = logs + np.log(likely)
            odds = np.exp(logs - logs.max())
            self._pools[direction] = _Pool(np.asarray(odds / odds.sum(), np.float64), families)
        return self._pools[direction]

    def _others(self, family: str, direction: str | None, deviation: float, shift: float) -> Floats:
        """Give how likely the outcomes of a family in all other directions are, by its own midpoint and shape."""
        together = np.ones((len(_MIDPOINTS), _shapes().size))
        for (name, other), table in self._tables.items():
            if name == family and other != direction:
                together = together * (_moved(float(deviation), -float(shift)) @ table)
        return together


@cache
def _parameters() -> tuple[Floats, Floats, Floats]:
    """Give lapse, slope and midpoint of every curve on the grid; each of shape (curves,)."""
    midpoint, slope, lapse = np.meshgrid(_MIDPOINTS, _SLOPES, _LAPSES, indexing="ij")
    return lapse.ravel(), slope.ravel(), midpoint.ravel()


@cache
def _shapes() -> Floats:
    """Give the prior of slopes and lapses; shape (1, shapes), summing to 1."""
    each = np.tile(_LAPSE_PRIOR, len(_SLOPES))
    return np.asarray(each / each.sum(), np.float64)[None, :]


@cache
def _centred() -> Floats:
    """Give the prior of a family's midpoint for every centre; shape (centres, midpoints), each row summing to 1."""
    near = np.exp(-0.5 * ((_MIDPOINTS[None, :] - _CENTRES[:, None]) / _SPREAD) ** 2)
    anywhere = np.where((_MIDPOINTS >= 0) & (_MIDPOINTS <= 12), 1.0, 0.0)
    rows = (1 - _APART) * near / near.sum(axis=1, keepdims=True) + _APART * anywhere / anywhere.sum()
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float64)


@cache
def _moved(deviation: float, shift: float) -> Floats:
    """Give the probability of a midpoint in a direction by that of the family; shape (midpoints, midpoints)."""
    near = np.exp(-0.5 * ((_MIDPOINTS[None, :] - _MIDPOINTS[:, None] - shift) / deviation) ** 2)
    return np.asarray((near + _LEAST_CHANCE) / (near + _LEAST_CHANCE).sum(axis=1, keepdims=True), np.float64)


@cache
def _chances(size: int) -> Floats:
    """Give the probability of detection at this size for every curve on the grid; shape (curves,)."""
    lapse, slope, midpoint = _parameters()
    exponent = np.clip(slope * (midpoint - np.log2(max(size, 1))), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    return np.asarray((1 - lapse) / (1 + np.exp(exponent)), np.float64)


def _table(plantings: Sequence[Planting]) -> Floats:
    """Give how likely outcomes are under every curve, shape (midpoints, shapes)."""
    logs = np.zeros(_chances(1).shape)
    for planting in plantings:
        chance = _chances(planting.size)
        logs = logs + np.log(np.clip(chance if planting.found else 1 - chance, _LEAST_CHANCE, 1.0))
    return np.exp(logs).reshape(len(_MIDPOINTS), -1)


def _largest(plantings: Sequence[Planting]) -> int:
    return max((planting.size for planting in plantings), default=0)


def _quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> tuple[float, ...]:
    """Give the weighted quantiles of some values; values and weights have the same shape."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(below, np.asarray(levels)), len(values) - 1)
    return tuple(float(value) for value in values[order][places])
