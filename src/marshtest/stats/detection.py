"""How detection grows with the number of planted records: a curve with honest intervals. Numbers in, numbers out.

A handful of trials per size says little, so the sizes share one curve, p(n) = (1 - lapse) * logistic(slope * (log2 n -
midpoint)), and its three parameters have a posterior on a grid: the psychometric curve with lapses of Wichmann and Hill
(2001), read the Bayesian way (Kuss, Jaekel and Wichmann 2005). Whether a detector never sees a family at all is one of
the hypotheses (a midpoint beyond every size that was tried).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from marshtest.stats.arrays import Floats

__all__ = ["DetectionCurve", "Planting"]

_MIDPOINTS = np.linspace(0.0, 12.0, 73)
_SLOPES = np.geomspace(0.7, 12.0, 12)
_LAPSES = np.array([0.0, 0.01, 0.03, 0.08, 0.2, 0.4])
_LAPSE_PRIOR = np.array([0.35, 0.25, 0.15, 0.1, 0.1, 0.05])


@dataclass(frozen=True, slots=True)
class Planting:
    """One try: so many records were planted, and they were found or not."""

    size: int
    found: bool


@dataclass(frozen=True)
class DetectionCurve:
    """The posterior over detection curves, given the outcomes of plantings of one family."""

    plantings: tuple[Planting, ...]

    @classmethod
    def of(cls, plantings: Sequence[Planting]) -> DetectionCurve:
        """Make the curve of these outcomes; without any it is the prior."""
        return cls(tuple(plantings))

    @cached_property
    def _weights(self) -> Floats:
        """Shape (curves,): posterior weights, summing to 1."""
        logs = np.log(np.tile(_LAPSE_PRIOR, len(_MIDPOINTS) * len(_SLOPES)))
        for planting in self.plantings:
            chance = _chances(planting.size)
            logs = logs + np.log(np.clip(chance if planting.found else 1 - chance, 1e-12, 1.0))
        weights = np.exp(logs - logs.max())
        return np.asarray(weights / weights.sum(), np.float64)

    def at(self, size: int, *, level: float = 0.9) -> tuple[float, float, float]:
        """Give the mean probability of detection at this size, and its equal-tailed interval."""
        chance = _chances(size)
        low, high = _quantiles(chance, self._weights, (0.5 - level / 2, 0.5 + level / 2))
        return float(chance @ self._weights), low, high

    def found_among(self, size: int, trials: int, *, level: float = 0.9) -> tuple[int, int]:
        """Give the interval that holds the number found in so many new plantings (posterior predictive)."""
        from scipy.special import gammaln, xlog1py, xlogy

        count = np.arange(trials + 1)[:, None]
        chance = _chances(size)[None, :]
        ways = gammaln(trials + 1) - gammaln(count + 1) - gammaln(trials - count + 1)
        mass = np.exp(ways + xlogy(count, chance) + xlog1py(trials - count, -chance)) @ self._weights
        below = np.cumsum(mass)
        low = int(np.searchsorted(below, 0.5 - level / 2))
        high = int(np.searchsorted(below, 0.5 + level / 2 - 1e-12))
        return low, min(high, trials)

    def size_for(self, share: float, *, level: float = 0.9) -> tuple[float, float, float]:
        """Give the size from which so large a share is found: median and interval.

        Infinite where that is no size up to the largest that was tried: a curve says nothing of what lies beyond.
        """
        lapse, slope, midpoint = _parameters()
        inside = np.clip(share / (1 - lapse), 0.0, 1.0)
        with np.errstate(divide="ignore"):
            sizes = np.where(inside < 1, 2 ** (midpoint + np.log(inside / (1 - inside)) / slope), np.inf)
        largest = max((planting.size for planting in self.plantings), default=0)
        sizes = np.where(sizes > largest * (1 + 1e-9), np.inf, sizes)
        median, low, high = _quantiles(sizes, self._weights, (0.5, 0.5 - level / 2, 0.5 + level / 2))
        return median, low, high

    def next_size(self, sizes: Sequence[int]) -> int:
        """Give the size whose outcome says most about the curve (largest expected gain of information)."""

        def entropy(chance: Floats | float) -> Floats:
            p = np.clip(chance, 1e-12, 1 - 1e-12)
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
    exponent = np.clip(slope * (midpoint - np.log2(max(size, 1))), -60.0, 60.0)
    return np.asarray((1 - lapse) / (1 + np.exp(exponent)), np.float64)


def _quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> tuple[float, ...]:
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(below, np.asarray(levels)), len(values) - 1)
    return tuple(float(value) for value in values[order][places])
