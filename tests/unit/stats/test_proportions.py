"""Intervals and bounds of a share, against SciPy and against formulas written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binomtest, norm

from marshtest.stats.proportions import (
    Proportion,
    clopper_pearson,
    clopper_pearson_upper,
    predicted_upper,
    wald_lower,
)


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (0, 300), (3, 24), (24, 24), (7, 144), (1, 1)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_interval_is_that_of_scipy(hits: int, trials: int, level: float) -> None:
    expected = binomtest(hits, trials).proportion_ci(level, "exact")
    assert clopper_pearson(hits, trials, level) == pytest.approx((expected.low, expected.high))


def test_nothing_tried_says_nothing() -> None:
    assert clopper_pearson(0, 0) == (0.0, 1.0)
    assert clopper_pearson_upper(0, 0) == 1.0
    assert Proportion(0, 0).value is None
    assert Proportion(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(("hits", "trials"), [(2, 1), (-1, 3)])
def test_impossible_counts_are_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} hits in {trials}"):
        clopper_pearson(hits, trials)


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (1, 1), (0, 20), (3, 24), (23, 24), (24, 24)])
def test_the_interval_that_readers_see_is_that_of_wilson(hits: int, trials: int) -> None:
    expected = binomtest(hits, trials).proportion_ci(0.95, "wilson")
    assert Proportion(hits, trials).value == hits / trials
    assert Proportion(hits, trials).interval == pytest.approx((expected.low, expected.high), abs=1e-4)  # 1.96 for z


@pytest.mark.parametrize(("hits", "trials"), [(0, 1), (0, 300), (3, 24), (23, 24), (24, 24)])
def test_the_upper_bound_is_that_of_scipy(hits: int, trials: int) -> None:
    for level in (0.9, 0.95):
        expected = binomtest(hits, trials, alternative="less").proportion_ci(level, "exact").high
        assert clopper_pearson_upper(hits, trials, level) == pytest.approx(expected)
    assert clopper_pearson_upper(hits, trials) == pytest.approx(expected)
    two_sided = binomtest(hits, trials).proportion_ci(0.95, "exact")
    assert clopper_pearson(hits, trials) == pytest.approx((two_sided.low, two_sided.high))


@given(hits=st.integers(1, 500), others=st.integers(0, 500))
def test_the_purity_bound_is_below_the_share_and_rises_with_the_hits(hits: int, others: int) -> None:
    bound = wald_lower(hits, hits + others)
    assert bound < (hits + 0.5) / (hits + others + 1)
    assert bound < wald_lower(hits + 1, hits + 1 + others)


@pytest.mark.parametrize(("hits", "trials"), [(6, 6), (6, 8), (0, 4), (2.5, 7.5)])
def test_the_purity_bound_is_that_of_wald_with_half_a_hit_and_half_a_miss_added(hits: float, trials: float) -> None:
    share = (hits + 0.5) / (trials + 1)
    error = np.sqrt(share * (1 - share) / (trials + 1))
    assert wald_lower(hits, trials) == pytest.approx(share + norm.ppf(0.05) * error, abs=2e-4)


def test_six_pure_carriers_pass_the_bound_for_confirmed_and_six_of_eight_do_not() -> None:
    assert wald_lower(6, 6) >= 0.6
    assert wald_lower(6, 8) < 0.6


def test_a_prediction_covers_chance_in_the_known_and_in_the_further_trials() -> None:
    """It is near the quantile of a Poisson count where the rate is known well, and wider where it is not."""
    known, guessed = predicted_upper(10_000, 1_000_000, 500), predicted_upper(1, 100, 500)
    assert known == 10
    assert guessed > 2 * known
    assert predicted_upper(0, 1000, 1000) == 3
    for hits, trials, further in ((1, 100, 500), (3, 10, 20), (19, 20, 20)):
        upper = predicted_upper(hits, trials, further)
        prior = betabinom(further, hits + 0.5, trials - hits + 0.5)  # Jeffreys
        assert prior.cdf(upper - 1) < 0.975 <= prior.cdf(upper)
    random = np.random.default_rng(1)
    there, here = random.binomial(400, 0.02, 2000), random.binomial(600, 0.02, 2000)
    missed = sum(hit > predicted_upper(int(first), 400, 600) for first, hit in zip(there, here, strict=True))
    assert 0.005 < missed / 2000 < 0.04
