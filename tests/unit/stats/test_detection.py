"""Detection curves: what few plantings say, and no more than that."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.stats.detection import DetectionCurve, Planting

SIZES = (4, 8, 16, 32, 64)


def test_with_nothing_tried_everything_is_possible() -> None:
    mean, low, high = DetectionCurve.of([]).at(16)
    assert low < 0.05
    assert high > 0.9
    assert 0.2 < mean < 0.7


def test_a_family_that_is_found_at_once_is_found_at_larger_sizes_too() -> None:
    curve = DetectionCurve.of([Planting(8, True)] * 6)
    assert curve.at(64)[0] > curve.at(8)[0] > 0.85
    assert curve.at(64)[1] > 0.8
    assert curve.at(4)[1] < 0.5  # nothing was tried there


def test_a_family_that_is_never_found_gets_no_size() -> None:
    curve = DetectionCurve.of([Planting(size, False) for size in SIZES] * 3)
    assert curve.at(64)[2] < 0.25
    assert curve.size_for(0.95)[0] == np.inf


def test_the_size_from_which_nearly_all_are_found_lies_between_the_misses_and_the_hits() -> None:
    outcomes = (
        [Planting(4, False)] * 8 + [Planting(8, False)] * 8 + [Planting(16, True)] * 30 + [Planting(32, True)] * 30
    )
    median, low, high = DetectionCurve.of(outcomes).size_for(0.9)
    assert 8 < low <= median <= high < 64


def test_the_next_size_is_asked_where_it_tells_most() -> None:
    never = DetectionCurve.of([Planting(16, False)] * 4)
    always = DetectionCurve.of([Planting(16, True)] * 4)
    assert never.next_size(SIZES) > 16 > always.next_size(SIZES)


@pytest.mark.parametrize("midpoint", [2.0, 4.0, 5.5, 8.0])
def test_the_predicted_interval_holds_the_truth_as_often_as_it_says(midpoint: float) -> None:
    generator = np.random.default_rng(int(midpoint * 10))
    held = tried = 0
    for _ in range(60):
        slope, lapse = generator.uniform(1, 5), generator.choice([0.0, 0.02])

        def chance(size: int, slope: float = slope, lapse: float = lapse) -> float:
            return float((1 - lapse) / (1 + np.exp(-slope * (np.log2(size) - midpoint))))

        outcomes: list[Planting] = []
        for _ in range(6):
            size = DetectionCurve.of(outcomes).next_size(SIZES)
            outcomes.append(Planting(size, bool(generator.random() < chance(size))))
        curve = DetectionCurve.of(outcomes)
        for size in (8, 32):
            low, high = curve.found_among(size, 10)
            held += low <= generator.binomial(10, chance(size)) <= high
            tried += 1
    assert held / tried >= 0.85
