"""Detection curves: the probability of detection as a function of the number of planted records.

A handful of trials per size says little, so all sizes share one curve, p(n) = (1 - lapse) * logistic(slope * (log2 n -
midpoint)): the psychometric function with lapses of Wichmann and Hill (2001). Its three parameters have a posterior on
a grid (Kuss, Jaekel and Wichmann 2005). That a detector never finds a family is one of the hypotheses: a midpoint
beyond every size that was tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marshtest.stats.arrays import Floats

__all__ = ["DetectionCurve", "Planting"]

_MIDPOINTS = np.linspace(0.0, 12.0, 73)
"""Grid of midpoints, log2 of the number of records: 1 to 4,096 in steps of a sixth of an octave, all equally likely."""
_SLOPES = np.geomspace(0.7, 12.0, 12)
"""Grid of slopes per doubling: the curve rises from 10 to 90% within six doublings (.7) to a third of one (12)."""
_LAPSES = np.array([0.0, 0.01, 0.03, 0.08, 0.2, 0.4])
"""Grid of lapses: the share of plantings that is missed however many records are planted."""
_LAPSE_PRIOR = np.array([0.35, 0.25, 0.15, 0.1, 0.1, 0.05])
"""Prior of the lapses: small ones are likelier. Chosen by eye: the interval's coverage is tested on known curves."""
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


@dataclass(frozen=True)
class DetectionCurve:
    """The posterior over detection curves, given the outcomes of plantings of one family."""

    plantings: tuple[Planting, ...]

    @classmethod
    def of(cls, plantings: Sequence[Planting]) -> DetectionCurve:
        """Make the curve of these outcomes; without outcomes it is the prior."""
        return cls(tuple(plantings))

    @cached_property
    def _weights(self) -> Floats:
        """Shape (curves,): posterior weights, summing to 1."""
        logs = np.log(np.tile(_LAPSE_PRIOR, len(_MIDPOINTS) * len(_SLOPES)))
        for planting in self.plantings:
            chance = _chances(planting.size)
            logs = logs + np.log(np.clip(chance if planting.found else 1 - chance, _LEAST_CHANCE, 1.0))
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum(), np.float64)

    def at(self, size: int, *, level: float = 0.9) -> tuple[float, float, float]:
        """Give the probability of detection at this size.

        Args:
            size: Planted records.
            level: Probability mass of the interval, 0 to 1.

        Returns:
            Posterior mean, and the lower and upper end of the equal-tailed credible interval; 0 to 1.
        """
        chance = _chances(size)
        low, high = _quantiles(chance, self._weights, (0.5 - level / 2, 0.5 + level / 2))
        return float(chance @ self._weights), low, high

    def found_among(self, size: int, trials: int, *, level: float = 0.9) -> tuple[int, int]:
        """Predict how many of some new plantings are found.

        Args:
            size: Planted records of each.
            trials: How many plantings there will be.
            level: Probability mass of the interval, 0 to 1.

        Returns:
            Lower and upper end of the equal-tailed posterior predictive interval, in plantings.
        """
        from scipy.special import gammaln, xlog1py, xlogy

        count = np.arange(trials + 1)[:, None]
        chance = _chances(size)[None, :]
        ways = gammaln(trials + 1) - gammaln(count + 1) - gammaln(trials - count + 1)
        mass = np.exp(ways + xlogy(count, chance) + xlog1py(trials - count, -chance)) @ self._weights
        below = np.cumsum(mass)
        low = int(np.searchsorted(below, 0.5 - level / 2))
        high = int(np.searchsorted(below, 0.5 + level / 2 - _LEAST_CHANCE))
        return low, min(high, trials)

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
        largest = max((planting.size for planting in self.plantings), default=0)
        sizes = np.where(sizes > largest * (1 + _ROUNDING), np.inf, sizes)
        median, low, high = _quantiles(sizes, self._weights, (0.5, 0.5 - level / 2, 0.5 + level / 2))
        return median, low, high

    def next_size(self, sizes: Sequence[int]) -> int:
        """Give the size whose outcome has the largest expected information gain about the curve (Lindley 1956)."""

        def entropy(chance: Floats | float) -> Floats:
            p = np.clip(chance, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
            return np.asarray(-(p * np.log(p) + (1 - p) * np.log(1 - p)))

        def gain(size: int) -> float:
            chance = _chances(size)
            return float(entropy(float(chance @ self._weights)) - entropy(chance) @ self._weights)

        return max(sizes, key=gain)


def _parameters() -> tuple[Floats, Floats, Floats]:
    """Give lapse, slope and midpoint of every curve on the grid; each of shape (curves,)."""
    midpoint, slope, lapse = np.meshgrid(_MIDPOINTS, _SLOPES, _LAPSES, indexing="ij")
    return lapse.ravel(), slope.ravel(), midpoint.ravel()


def _chances(size: int) -> Floats:
    """Give the probability of detection at this size for every curve on the grid; shape (curves,)."""
    lapse, slope, midpoint = _parameters()
    exponent = np.clip(slope * (midpoint - np.log2(max(size, 1))), -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
    return np.asarray((1 - lapse) / (1 + np.exp(exponent)), np.float64)


def _quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> tuple[float, ...]:
    """Give the weighted quantiles of some values; values and weights have the same shape."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(below, np.asarray(levels)), len(values) - 1)
    return tuple(float(value) for value in values[order][places])
