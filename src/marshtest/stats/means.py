"""How sure a mean is that was taken over a few repetitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

__all__ = ["mean_interval"]


def mean_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float, float]:
    """Give the mean and its two-sided interval by Student's t; endless when there is but one value.

    The values are taken as independent and about normal; equal values give an interval without width.
    """
    from scipy.special import stdtrit

    mean = fmean(values)
    if len(values) < 2:
        return mean, -math.inf, math.inf
    half = float(stdtrit(len(values) - 1, (1 + level) / 2)) * stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half
