"""How a candidate is weighed among those of its dataset, and how often a finding this strong is false."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest
from tests.toy_likelihoods import made_likelihood, stumps

from marshtest.calibration.likelihood import LEVEL, CalibratedLikelihood, DiscoveryRate, standing
from marshtest.stats.arrays import Floats, Ints

FLOOR = -5.0
EIGHT = np.array([9.0, 7.0, 6.0, 4.0, 3.0, 2.0, 1.0, 0.0])
"""Log odds of eight families of one candidate each."""


def distances(odds: list[float] | Floats, family: list[int] | Ints | None = None, floor: float = FLOOR) -> Floats:
    family = np.arange(len(odds)) if family is None else np.asarray(family)
    return standing(np.asarray(odds, np.float64), family, floor)


def one_by_one(odds: Floats, family: Ints, floor: float) -> Floats:
    """Say the same as `standing`, slowly."""
    found = []
    for mine, own in zip(odds, family, strict=True):
        others = [max(odds[family == other].max(), floor) for other in set(family.tolist()) - {own}]
        ranked = sorted(others, reverse=True) + [floor] * 6
        found.append([mine, mine - ranked[0], mine - ranked[5]])
    return np.array(found)


def test_the_strongest_stands_out_from_the_second_and_the_sixth_other() -> None:
    assert distances(EIGHT)[0].tolist() == [9.0, 9.0 - 7.0, 9.0 - 1.0]


def test_every_other_is_held_against_the_strongest() -> None:
    assert (distances(EIGHT)[1:, 1] == EIGHT[1:] - 9.0).all()


@pytest.mark.parametrize(("place", "sixth"), [(4, 1.0), (5, 1.0), (6, 2.0), (7, 2.0)])
def test_the_sixth_other_is_one_further_up_for_those_below_it(place: int, sixth: float) -> None:
    assert distances(EIGHT)[place, 2] == EIGHT[place] - sixth


@pytest.mark.parametrize(("families", "expected"), [(6, 9.0 - FLOOR), (7, 9.0 - 1.0)], ids=["five others", "six"])
def test_missing_families_have_the_floor(families: int, expected: float) -> None:
    assert distances(EIGHT[:families])[0, 2] == expected


def test_one_family_alone_stands_out_from_the_floor() -> None:
    assert distances([9.0]).tolist() == [[9.0, 14.0, 14.0]]


@pytest.mark.parametrize(("second", "expected"), [(-4.0, 13.0), (-5.0, 14.0), (-6.0, 14.0)])
def test_families_below_the_floor_count_as_the_floor(second: float, expected: float) -> None:
    assert distances([9.0, second])[0, 1] == expected


def test_members_of_a_family_do_not_compete() -> None:
    found = distances([9.0, 8.0, 3.0], [0, 0, 1])
    assert found[:, 1].tolist() == [9.0 - 3.0, 8.0 - 3.0, 3.0 - 9.0]


def test_two_equal_families_do_not_stand_out_from_one_another() -> None:
    assert distances([9.0, 9.0, 1.0])[:, 1].tolist() == [0.0, 0.0, -8.0]


def test_no_candidates_stand_nowhere() -> None:
    assert distances([]).shape == (0, 3)


@pytest.mark.parametrize("seed", range(20))
def test_the_distances_are_those_taken_one_by_one(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(1, 30))
    # Whole numbers, so that there are ties; every family has a candidate.
    family = np.unique(random.integers(0, 12, count), return_inverse=True)[1]
    odds = random.integers(-9, 9, count).astype(np.float64)
    assert distances(odds, family).tolist() == one_by_one(odds, family, FLOOR).tolist()


def test_a_score_adds_up_the_weighed_distances() -> None:
    weighed = made_likelihood(weights=np.array([1.0, 10.0, 100.0]), intercept=0.5, floor=FLOOR)
    scores = weighed.scores(np.array([9.0, 7.0]), np.array([0, 1]))
    assert scores.tolist() == [0.5 + 9 + 10 * 2 + 100 * 14, 0.5 + 7 - 10 * 2 + 100 * 12]


def test_features_are_taken_by_name_and_nan_counts_as_nothing() -> None:
    likelihood = made_likelihood(trees=stumps((0, 0.5, -2.0, 2.0), (1, 0.0, 10.0, 20.0)))
    columns = {"second": np.array([1.0, -1.0, np.nan]), "else": np.zeros(3), "first": np.array([1.0, np.nan, 1.0])}
    assert likelihood.log_odds(columns).tolist() == [22.0, 8.0, 12.0]


def test_a_missing_feature_is_an_error() -> None:
    with pytest.raises(KeyError, match="second"):
        made_likelihood().log_odds({"first": np.zeros(2)})


def test_no_candidates_have_no_log_odds() -> None:
    assert made_likelihood().log_odds({"first": np.zeros(0), "second": np.zeros(0)}).shape == (0,)


def samples(seed: int = 0) -> CalibratedLikelihood:
    random = np.random.default_rng(seed)
    planted = np.append(random.normal(3, 2, 80).round(1), [-np.inf] * 7)
    clean = np.append(random.normal(0, 1, 60).round(1), [-np.inf] * 3)
    return made_likelihood(clean=np.sort(clean), planted=np.sort(planted))


GRID = np.append(np.linspace(-4, 9, 131).round(1), [-np.inf, 99.0])


@cache
def upper(hits: int, trials: int) -> float:
    """Give the one-sided upper 95% bound as the upper end of the exact two-sided 90% interval."""
    return 1.0 if hits == trials else float(binomtest(hits, trials).proportion_ci(0.9, method="exact").high)


@pytest.mark.parametrize("seed", range(3))
def test_the_rate_is_the_least_of_any_limit_that_is_passed(seed: int) -> None:
    one = samples(seed)
    clean, planted = len(one.clean), len(one.planted)
    for score, found in zip(GRID.tolist(), one.rates(GRID), strict=True):
        estimates, bounds = [], []
        for limit in [-np.inf, *one.clean[(one.clean < score) & np.isfinite(one.clean)]]:
            alarms, hits = int((one.clean > limit).sum()), int((one.planted > limit).sum())
            share = max(hits, 1) / (planted + 1)
            estimates.append((alarms + 1) / (clean + 1) / ((alarms + 1) / (clean + 1) + share))
            most = upper(alarms, clean)
            bounds.append(most / (most + 1 - upper(planted - hits, planted)) if hits else 1.0)
        assert found.rate == pytest.approx(min(estimates))
        assert found.below == pytest.approx(min(bounds))
        alarms = int((one.clean >= score).sum())
        assert found.false_alarm == pytest.approx((alarms + 1) / (clean + 1))
        assert found.false_alarm_below == pytest.approx(upper(alarms, clean))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["rate", "below", "false_alarm", "false_alarm_below"])
def test_a_stronger_finding_is_never_more_often_false(seed: int, name: str) -> None:
    values = [getattr(one, name) for one in samples(seed).rates(np.sort(GRID))]
    assert values == sorted(values, reverse=True)
    assert 0 < values[-1] < values[0] <= 1


def test_a_bound_is_never_below_its_estimate() -> None:
    for one in samples().rates(GRID):
        assert one.below >= one.rate
        assert one.false_alarm_below >= one.false_alarm or one.false_alarm == 1


@pytest.mark.parametrize(
    ("score", "expected"), [(1.0, 2 / 100), (np.nextafter(1.0, 2), 1 / 100)], ids=["as strong", ""]
)
def test_a_clean_dataset_as_strong_is_an_alarm_and_one_more_is_counted(score: float, expected: float) -> None:
    one = made_likelihood(clean=np.append(np.zeros(98), 1.0))
    assert one.rates(np.array([score]))[0].false_alarm == pytest.approx(expected)


def test_the_order_of_scores_does_not_matter() -> None:
    one, scores = samples(), np.array([3.0, -1.0, 2.0])
    assert one.rates(scores) == [one.rates(scores[[number]])[0] for number in range(3)]
    assert one.rates(np.zeros(0)) == []


@pytest.mark.parametrize(
    ("rate", "below", "verdict"),
    [
        (0.0, LEVEL, "confirmed"),
        (LEVEL, np.nextafter(LEVEL, 1), "suggestive"),
        (np.nextafter(LEVEL, 1), np.nextafter(LEVEL, 1), None),
    ],
)
def test_the_verdict_is_that_of_the_rate_and_its_bound(rate: float, below: float, verdict: str | None) -> None:
    assert DiscoveryRate(0.01, 0.02, rate, below).verdict == verdict


@pytest.mark.parametrize(
    ("clean", "verdict"),
    [(18, None), (19, "suggestive"), (55, "suggestive"), (56, "confirmed")],
)
def test_few_clean_datasets_confirm_nothing(clean: int, verdict: str | None) -> None:
    # At a level of 5%, with 400 of 400 planted ones found.
    one = made_likelihood(clean=np.zeros(clean), planted=np.full(400, 2.0))
    assert one.rates(np.array([2.0]))[0].verdict == verdict


def test_nothing_that_was_planted_was_found_so_nothing_is() -> None:
    one = made_likelihood(clean=np.zeros(400), planted=np.full(400, -np.inf))
    (rate,) = one.rates(np.array([2.0]))
    assert rate.below == pytest.approx(1.0)
    assert rate.verdict is None


def test_without_clean_datasets_nothing_is_known() -> None:
    (rate,) = made_likelihood(clean=np.zeros(0)).rates(np.array([2.0]))
    assert (rate.false_alarm, rate.false_alarm_below, rate.verdict) == (1.0, 1.0, None)


def test_what_was_stored_is_what_was_learned() -> None:
    one = samples()
    again = CalibratedLikelihood.from_arrays(one.arrays())
    assert (again.kind, again.features, again.floor, again.intercept) == ("toy", ("first", "second"), -2.0, 0.0)
    for name, value in one.arrays().items():
        assert again.arrays()[name].tolist() == value.tolist()


def test_stored_parts_that_do_not_fit_are_refused() -> None:
    arrays = samples().arrays()
    with pytest.raises(ValueError, match="no name"):
        CalibratedLikelihood.from_arrays(arrays | {"features": arrays["features"][:0]})
    with pytest.raises(ValueError, match="weights"):
        CalibratedLikelihood.from_arrays(arrays | {"weights": arrays["weights"][:1]})
