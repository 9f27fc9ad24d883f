"""Detection curves: what few plantings say, and no more than that."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.stats.detection import DetectionCurve, Planting, PooledCurves

SIZES = (4, 8, 16, 32, 64)


def cells(outcomes: dict[tuple[str, str], list[tuple[int, bool]]]) -> PooledCurves:
    """Pool plantings that are given by family and direction."""
    return PooledCurves.of(
        [
            Planting(size, found, family, direction)
            for (family, direction), each in outcomes.items()
            for size, found in each
        ]
    )


FEW = DetectionCurve.of(
    [Planting(4, False), Planting(8, False), Planting(8, True), Planting(16, True), Planting(32, True)]
)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, (0.04212, 0.0, 0.23020)),
        (1, (0.04212, 0.0, 0.23020)),
        (4, (0.20801, 0.00009, 0.67100)),
        (8, (0.52600, 0.11369, 0.90713)),
        (64, (0.92170, 0.66368, 1.0)),
        (100_000, (0.94775, 0.79999, 1.0)),
    ],
)
def test_what_is_published_of_a_known_case_stays(size: int, expected: tuple[float, float, float]) -> None:
    """Reports print these figures; a change to the grids or priors is one to every report."""
    assert FEW.at(size) == pytest.approx(expected, abs=2e-5)


def test_sizes_and_counts_of_a_known_case_stay() -> None:
    assert FEW.size_for(0.5) == pytest.approx((8.0, 2.3784, 19.0273), rel=1e-4)
    assert FEW.size_for(0.9) == pytest.approx((19.9434, 7.92864, np.inf), rel=1e-4)
    assert FEW.size_for(0.5, level=0.5) == pytest.approx((8.0, 5.65685, 9.60175), rel=1e-4)
    assert (FEW.size_for(1.0), FEW.size_for(0.0)) == ((np.inf,) * 3, (0.0,) * 3)
    assert FEW.at(8, level=0.5)[1:] == pytest.approx((0.34598, 0.72783), abs=2e-5)
    assert FEW.counts(8, 3) == pytest.approx([0.19075, 0.27555, 0.29865, 0.23505], abs=2e-5)
    assert (FEW.found_among(8, 10), FEW.found_among(8, 10, level=0.5)) == ((1, 10), (3, 7))
    assert FEW.found_in_all([4, 16]) == pytest.approx([0.15374, 0.67669, 0.16957], abs=2e-5)
    assert FEW.largest == 32
    assert DetectionCurve.of([]).largest == 0
    assert DetectionCurve.of([]).at(16) == pytest.approx((0.31889, 0.0, 0.99771), abs=2e-5)


def test_a_size_is_known_up_to_the_largest_that_was_tested() -> None:
    """The median of a third is 4 records: it is given where 4 were tested and not where 3 were."""
    for largest, expected in ((4, 4.0), (3, np.inf)):
        curve = DetectionCurve(DetectionCurve.of([Planting(4, True), Planting(4, False)] * 12).weights, largest)
        assert curve.size_for(0.5)[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("family", "direction", "expected", "largest"),
    [
        ("f", "a", (0.90239, 0.60000, 1.0), 8),
        ("f", "b", (0.19411, 0.0, 0.79998), 32),
        ("f", None, (0.60977, 0.00007, 0.99), 32),
        ("g", "a", (0.80499, 0.11399, 1.0), 16),
        ("x", "b", (0.24797, 0.0, 0.98837), 0),
        ("x", None, (0.43448, 0.0, 0.99987), 0),
    ],
)
def test_what_is_published_of_a_known_pool_stays(
    family: str, direction: str | None, expected: tuple[float, float, float], largest: int
) -> None:
    pooled = cells(
        {
            ("f", "a"): [(8, True), (4, True)],
            ("f", "b"): [(16, False), (32, True)],
            ("g", "a"): [(16, True)],
            ("g", "b"): [(8, False), (64, True)],
            ("h", "a"): [(8, True)],
            ("h", "b"): [(8, False)],
        }
    )
    curve = pooled.curve(family, direction)
    assert curve.at(8) == pytest.approx(expected, abs=2e-5)
    assert curve.largest == largest


def test_with_one_direction_nothing_is_held_against_it() -> None:
    pooled = cells({("f", ""): [(8, True)], ("g", ""): [(4, False), (16, True)]})
    assert pooled.curve("f", "").at(8) == pytest.approx((0.81036, 0.26905, 1.0), abs=2e-5)
    assert pooled.curve("f").at(8) == pytest.approx((0.72068, 0.00603, 1.0), abs=2e-5)
    assert pooled.curve("g", "").at(8) == pytest.approx((0.50789, 0.00371, 0.98621), abs=2e-5)


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


def test_families_lend_one_another_strength_but_not_what_was_never_found() -> None:
    found = {(f"f{number}", ""): [(8, True), (16, True), (4, False)] for number in range(6)}
    pooled = cells(found | {("lost", ""): [(64, False)] * 4, ("new", ""): [(16, True)]})
    assert pooled.curve("new", "").at(16)[0] > DetectionCurve.of([Planting(16, True)]).at(16)[0]
    assert pooled.curve("lost", "").at(64)[0] < 0.25
    low, high = pooled.curve("never planted", "").at(32)[1:]
    assert low < 0.05 < 0.9 < high  # families differ, and one that was not planted may be like `lost`


def test_a_direction_moves_all_families_alike() -> None:
    outcomes = {(f"f{number}", "a"): [(8, True), (4, True)] for number in range(5)}
    outcomes |= {(f"f{number}", "b"): [(8, False), (16, False), (64, True)] for number in range(5)}
    pooled = cells(outcomes | {("new", "a"): [(8, True)]})
    assert pooled.curve("new", "a").at(8)[0] - pooled.curve("new", "b").at(8)[0] > 0.3


def test_a_random_direction_is_less_certain_than_one_that_was_planted() -> None:
    outcomes = {("f", f"{place}"): [(16, place % 2 == 0)] * 6 for place in range(6)}
    pooled = cells(outcomes)
    low, high = pooled.curve("f").at(16)[1:]
    assert high - low > pooled.curve("f", "0").at(16)[2] - pooled.curve("f", "0").at(16)[1]


def test_new_plantings_of_several_sizes_are_predicted_together() -> None:
    curve = DetectionCurve.of([Planting(16, True)] * 4 + [Planting(4, False)] * 4)
    together = curve.found_in_all([16, 16, 16])
    assert together == pytest.approx(curve.counts(16, 3))
    assert curve.found_in_all([4, 64]).sum() == pytest.approx(1.0)


def test_pooled_intervals_hold_for_directions_that_differ() -> None:
    generator = np.random.default_rng(5)
    held = tried = 0
    for _ in range(6):
        move, deviation = generator.normal(0, 1), generator.uniform(0.2, 1.5)
        truth: dict[tuple[str, str], tuple[float, float]] = {}
        plantings: list[Planting] = []
        for number in range(10):
            midpoint, slope = generator.normal(4.5, 1.5), generator.uniform(1, 4)
            for direction, sign in (("a", 1), ("b", -1)):
                place = midpoint + sign * move + generator.normal(0, deviation)
                truth[f"f{number}", direction] = (place, slope)
                for size in generator.choice(SIZES, 3):
                    chance = 1 / (1 + np.exp(-slope * (np.log2(size) - place)))
                    plantings.append(Planting(int(size), bool(generator.random() < chance), f"f{number}", direction))
        pooled = PooledCurves.of(plantings)
        for (family, direction), (place, slope) in truth.items():
            for size in (8, 32):
                low, high = pooled.curve(family, direction).at(size)[1:]
                held += low <= 1 / (1 + np.exp(-slope * (np.log2(size) - place))) <= high
                tried += 1
    assert 0.85 <= held / tried <= 0.99
