"""Confidence intervals of a mean over a few repetitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, stdev

__all__ = ["mean_interval"]


def mean_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float, float]:
    """Give the mean and its two-sided confidence interval by Student's t (Student 1908).

    The interval assumes independent, roughly normal values. It is degenerate for a few repetitions that happen to be
    equal: its width is then 0.

    Args:
        values: One value per repetition, in any unit; at least one.
        level: Confidence level, 0 to 1.

    Returns:
        Mean, lower end and upper end, in the unit of the values; the ends are infinite for a single value.

    Raises:
        statistics.StatisticsError: There are no values.
    """
    from scipy.special import stdtrit

    mean = fmean(values)
    if len(values) < 2:
        return mean, -math.inf, math.inf
    half = float(stdtrit(len(values) - 1, (1 + level) / 2)) * stdev(values) / math.sqrt(len(values))
    return mean, mean - half, mean + half
