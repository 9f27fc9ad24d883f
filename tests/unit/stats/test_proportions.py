"""The interval of a share is the exact one."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from marshtest.stats.proportions import clopper_pearson


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (0, 300), (3, 24), (24, 24), (7, 144), (1, 1)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_is_that_of_scipy(hits: int, trials: int, level: float) -> None:
    expected = binomtest(hits, trials).proportion_ci(level, "exact")
    assert clopper_pearson(hits, trials, level) == pytest.approx((expected.low, expected.high))


def test_nothing_tried_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="2 hits in 1"):
        clopper_pearson(2, 1)
