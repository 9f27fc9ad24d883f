"""What the contents of carriers say together."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import reading

from marshtest.mining.carrier_evidence import likely_planted, weigh_evidence
from marshtest.stats.evidence import chance_of_sum

CURVE = reading().curve


def test_near_duplicates_count_once_with_their_mean_evidence() -> None:
    one = weigh_evidence(np.array([2.0, 1.0, 3.0]), np.array([0, 1, 2]), 0, CURVE)
    copied = weigh_evidence(np.array([2.0, 1.0, 3.0, 2.5, 3.5]), np.array([0, 1, 2, 2, 2]), 0, CURVE)
    assert (one.distinct, copied.distinct) == (3, 3)
    assert one.effect == copied.effect == pytest.approx(2.0 / CURVE.unit)
    assert one.p_value == copied.p_value


def test_carriers_with_another_label_make_the_p_value_larger_and_the_ratio_smaller() -> None:
    evidence, group = np.full(8, 3.0), np.arange(8)
    pure, mixed = (weigh_evidence(evidence, group, honest, CURVE) for honest in (0, 3))
    assert pure.p_value < mixed.p_value
    assert pure.log_likelihood_ratio > mixed.log_likelihood_ratio
    assert pure.fraction > mixed.fraction
    assert pure.effect == mixed.effect


def test_the_standard_error_falls_with_the_root_of_the_number_of_carriers() -> None:
    few, many = (weigh_evidence(np.full(count, 3.0), np.arange(count), 0, CURVE) for count in (4, 16))
    assert few.effect_error == pytest.approx(2 * many.effect_error)


@pytest.mark.parametrize(("evidence", "expected"), [(1.1, False), (1.11, True), (800.0, True)])
def test_a_carrier_is_likely_planted_where_evidence_outweighs_the_prior(evidence: float, *, expected: bool) -> None:
    # With one in four planted, the odds against are 3: log 3 is 1.0986.
    assert likely_planted(np.array([evidence - 0.0015]), 0.25).tolist() == [expected]


def test_evidence_that_just_balances_the_prior_is_natural() -> None:
    assert likely_planted(np.array([0.0, 1e-9]), 0.5).tolist() == [False, True]


@pytest.mark.parametrize(("fraction", "expected"), [(9.0e-14, False), (9.7e-14, True)])
def test_evidence_counts_up_to_thirty_nats(fraction: float, *, expected: bool) -> None:
    """The exponential of 30 is 1.07e13."""
    assert likely_planted(np.array([1000.0]), fraction).tolist() == [expected]


@pytest.mark.parametrize(("evidence", "honest"), [(0.1, 50), (-2.0, 0)])
def test_p_values_are_at_most_one_and_never_made_smaller_by_the_fit(evidence: float, honest: int) -> None:
    found = weigh_evidence(np.full(3, evidence), np.arange(3), honest, CURVE)
    chance = chance_of_sum(3 * evidence, 3, CURVE.spread)
    assert found.p_value == pytest.approx(min(1.0, chance * np.exp(max(0.0, 3 * evidence))))


def test_carriers_with_another_label_are_scaled_as_those_with_it_are() -> None:
    """Four carriers in two groups, and four honest ones: they count as two against two."""
    copied = weigh_evidence(np.array([3.0, 3.0, 2.0, 2.0]), np.array([0, 0, 1, 1]), 4, CURVE)
    alone = weigh_evidence(np.array([3.0, 2.0]), np.arange(2), 2, CURVE)
    assert copied.fraction == alone.fraction
    assert copied.log_likelihood_ratio == alone.log_likelihood_ratio
    assert copied.effect_error == pytest.approx(CURVE.deviation / np.sqrt(2) / CURVE.unit)


def test_evidence_beyond_the_range_of_a_double_is_no_certainty_of_chance() -> None:
    """Six thousand nats among some honest carriers: the chance is nil, although exp(709) is the largest double."""
    many = weigh_evidence(np.full(2000, 3.0), np.arange(2000), 600, CURVE)
    assert many.log_likelihood_ratio < 6000 - 709
    assert many.p_value == 0.0
    one = weigh_evidence(np.array([800.0]), np.array([0]), 0, CURVE)
    assert one.p_value < 1e-10
