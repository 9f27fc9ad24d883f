"""Significance tests and q-values, against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, false_discovery_control, hypergeom

from marshtest.stats.significance import benjamini_hochberg, binomial_test, binomial_tests, fisher_exact


@pytest.mark.parametrize(
    ("hits", "drawn", "marked", "total"),
    [(1, 5, 5, 100), (8, 8, 4000, 5430), (3, 10, 30, 300), (32, 32, 40, 30_000), (5, 50, 50, 60), (2, 2, 2, 2)],
)
def test_fisher_exact_is_the_hypergeometric_tail(hits: int, drawn: int, marked: int, total: int) -> None:
    expected = hypergeom.sf(hits - 1, total, marked, drawn)
    assert fisher_exact(hits, drawn, marked, total) == pytest.approx(expected, rel=1e-7)


def test_certain_and_impossible_counts_of_fisher_exact() -> None:
    assert fisher_exact(0, 10, 10, 100) == 1.0
    assert fisher_exact(40, 50, 50, 60) == 1.0
    assert fisher_exact(41, 50, 50, 60) < 1.0
    assert fisher_exact(10, 10, 20, 100) > 0.0
    assert fisher_exact(11, 10, 20, 100) == 0.0
    assert fisher_exact(11, 20, 10, 100) == 0.0


def test_a_p_value_far_below_the_smallest_of_scipy_keeps_its_digits() -> None:
    """All 100 drawn are the 100 marked of 10,000: one way of choose(10000, 100)."""
    assert fisher_exact(100, 100, 100, 10_000) == pytest.approx(1 / math.comb(10_000, 100), rel=1e-6)
    assert 0.0 < binomial_test(300, 300, 0.1) == pytest.approx(1e-300, rel=1e-6)


@settings(deadline=None)
@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=60))
def test_q_values_equal_those_of_scipy_when_all_p_values_are_given(p_values: list[float]) -> None:
    expected = false_discovery_control(p_values)
    np.testing.assert_allclose(expected, benjamini_hochberg(np.array(p_values), len(p_values)), rtol=1e-12)


@settings(deadline=None)
@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=20), st.integers(0, 500))
def test_p_values_that_are_not_given_count_as_one(p_values: list[float], others: int) -> None:
    everything = [*p_values, *[1.0] * others]
    expected = false_discovery_control(everything)[: len(p_values)]
    np.testing.assert_allclose(expected, benjamini_hochberg(np.array(p_values), len(everything)), rtol=1e-12)


def test_no_p_values_give_no_q_values() -> None:
    assert len(benjamini_hochberg(np.zeros(0), 100)) == 0


@settings(deadline=None)
@given(hits=st.integers(0, 60), trials=st.integers(1, 60), rate=st.floats(0.001, 0.999))
def test_the_binomial_tail_equals_that_of_scipy(hits: int, trials: int, rate: float) -> None:
    hits = min(hits, trials)
    assert float(binom.sf(hits - 1, trials, rate)) == pytest.approx(
        binomial_test(hits, trials, rate), rel=1e-9, abs=1e-300
    )


def test_many_binomial_tails_are_those_of_one_at_a_time() -> None:
    hits, trials = np.array([0, 1, 7, 20]), np.array([5, 5, 20, 20])
    each = [binomial_test(int(hit), int(trial), 0.3) for hit, trial in zip(hits, trials, strict=True)]
    assert binomial_tests(hits, trials, 0.3).tolist() == each
    assert each[0] == 1.0
