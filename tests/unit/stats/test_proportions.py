"""The interval of a share is the exact one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from marshtest.stats.proportions import clopper_pearson, predicted_upper, wald_lower


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (0, 300), (3, 24), (24, 24), (7, 144), (1, 1)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_is_that_of_scipy(hits: int, trials: int, level: float) -> None:
    expected = binomtest(hits, trials).proportion_ci(level, "exact")
    assert clopper_pearson(hits, trials, level) == pytest.approx((expected.low, expected.high))


def test_nothing_tried_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="2 hits in 1"):
        clopper_pearson(2, 1)


@given(hits=st.integers(1, 500), others=st.integers(0, 500))
def test_the_purity_bound_is_below_the_share_and_rises_with_the_hits(hits: int, others: int) -> None:
    bound = wald_lower(hits, hits + others)
    assert bound < (hits + 0.5) / (hits + others + 1)
    assert bound < wald_lower(hits + 1, hits + 1 + others)


def test_six_pure_carriers_pass_the_bound_for_confirmed_and_six_of_eight_do_not() -> None:
    assert wald_lower(6, 6) >= 0.6
    assert wald_lower(6, 8) < 0.6


def test_a_prediction_covers_chance_in_the_known_and_in_the_further_trials() -> None:
    """It is near the quantile of a Poisson count where the rate is known well, and wider where it is not."""
    known, guessed = predicted_upper(10_000, 1_000_000, 500), predicted_upper(1, 100, 500)
    assert known == 10
    assert guessed > 2 * known
    assert predicted_upper(0, 1000, 1000) == 3
    random = np.random.default_rng(1)
    there, here = random.binomial(400, 0.02, 2000), random.binomial(600, 0.02, 2000)
    missed = sum(hit > predicted_upper(int(first), 400, 600) for first, hit in zip(there, here, strict=True))
    assert 0.005 < missed / 2000 < 0.04
