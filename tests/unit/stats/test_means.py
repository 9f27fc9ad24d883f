"""The interval of a mean over a few repetitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t

from marshtest.stats.means import mean_interval


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_it_is_that_of_student(level: float) -> None:
    values = [0.2, 0.5, 0.4, 0.9]
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    low, high = t.interval(level, len(values) - 1, loc=np.mean(values), scale=error)
    assert mean_interval(values, level) == pytest.approx((np.mean(values), low, high))


def test_two_values_are_enough_and_the_level_is_95_percent_by_default() -> None:
    mean, low, high = mean_interval([1.0, 3.0])
    assert (low, high) == pytest.approx(t.interval(0.95, 1, loc=mean, scale=1.0))


def test_one_value_leaves_everything_open() -> None:
    assert mean_interval([0.5]) == (0.5, -math.inf, math.inf)


def test_equal_values_have_an_interval_without_width() -> None:
    assert mean_interval([0.5, 0.5]) == (0.5, 0.5, 0.5)
