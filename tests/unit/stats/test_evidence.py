"""Evidence, against brute force, exact enumeration and known densities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marshtest.stats.arrays import Bools, Floats
from marshtest.stats.evidence import EvidenceCurve, chance_of_sum, planted_fraction

BINS, LOW, STEP = 361, -8.0, 0.05
VALUES = np.array([-2.0, 0.5, 3.0])
UNDER_OTHER = np.array([0.02, 0.28, 0.70])


def tilted() -> tuple[Floats, Floats]:
    """Give a distribution of evidence under the other class, and the one under the own class: f_other * exp(-e)."""
    own = UNDER_OTHER * np.exp(-VALUES)
    # The own class must be a distribution too: put what is missing on the lowest value, where evidence is ln(f1 / f0).
    other = UNDER_OTHER.copy()
    rest = own[1:].sum()
    low = float(np.log(other[0] / (1 - rest)))
    spread = np.zeros(BINS)
    values = np.array([round(low / STEP) * STEP, *VALUES[1:]])
    for value, mass in zip(values, other, strict=True):
        spread[round((value - LOW) / STEP)] = mass
    return values, spread


def enumerated(total: float, count: int, values: Floats) -> float:
    """Add up the chance of every sequence of `count` texts of the own class whose evidence reaches the total."""
    own = UNDER_OTHER * np.exp(-values)
    places = itertools.product(range(len(values)), repeat=count)
    return float(sum(np.prod(own[list(place)]) for place in places if values[list(place)].sum() >= total - 1e-9))


@pytest.mark.parametrize("count", [1, 2, 5, 8])
@pytest.mark.parametrize("share", [-0.2, 0.1, 0.4, 0.8, 1.0])
def test_the_chance_of_a_sum_equals_exact_enumeration(count: int, share: float) -> None:
    values, spread = tilted()
    total = round(share * 3.0 * count / STEP) * STEP
    assert min(1.0, enumerated(total, count, values)) == pytest.approx(chance_of_sum(total, count, spread), rel=1e-6)


def test_the_chance_of_a_sum_is_what_simulation_gives() -> None:
    values, spread = tilted()
    own = UNDER_OTHER * np.exp(-values)
    drawn = np.random.default_rng(0).choice(values, p=own / own.sum(), size=(200_000, 6)).sum(axis=1)
    expected = float((drawn >= 2.0 - 1e-9).mean())
    assert expected == pytest.approx(chance_of_sum(2.0, 6, spread), rel=0.05)


@settings(deadline=None)
@given(
    total=st.floats(0.0, 300.0),
    count=st.integers(1, 120),
    mass=st.dictionaries(st.integers(0, BINS - 1), st.floats(0.01, 1.0), min_size=1, max_size=6),
)
def test_the_chance_of_a_sum_never_exceeds_its_exponential_bound(
    total: float, count: int, mass: dict[int, float]
) -> None:
    spread = np.zeros(BINS)
    for place, weight in mass.items():
        spread[place] = weight / sum(mass.values())
    chance = chance_of_sum(total, count, spread)
    assert 0.0 <= chance <= np.exp(-total) * (1 + 1e-6)


def test_a_tiny_chance_keeps_its_digits() -> None:
    values, spread = tilted()
    own = UNDER_OTHER * np.exp(-values)
    expected = float(own[2] ** 40)  # all forty texts at the highest evidence
    assert expected < 1e-50
    assert expected == pytest.approx(chance_of_sum(120.0, 40, spread), rel=1e-6)


def test_beyond_eighty_texts_the_bound_is_used() -> None:
    _, spread = tilted()
    assert float(np.exp(-30.0)) == chance_of_sum(30.0, 81, spread)
    assert chance_of_sum(-5.0, 81, spread) == 1.0
    assert chance_of_sum(30.0, 80, spread) < 0.9 * float(np.exp(-30.0))


def test_a_sum_below_all_that_is_possible_is_certain_and_one_above_is_bounded() -> None:
    spread = np.zeros(BINS)
    spread[[round((-1.0 - LOW) / STEP), -1]] = [0.5, 0.5]  # -1 or 10 nats
    certain = 0.5 * np.exp(1.0) + 0.5 * np.exp(-10.0)
    assert chance_of_sum(-1.0, 1, spread) == pytest.approx(min(1.0, certain))
    assert chance_of_sum(10.0, 1, spread) == pytest.approx(0.5 * np.exp(-10.0))
    assert chance_of_sum(10.04, 1, spread) == pytest.approx(np.exp(-10.04))
    assert chance_of_sum(20.0, 2, spread) == pytest.approx(0.25 * np.exp(-20.0))
    assert chance_of_sum(20.04, 2, spread) == pytest.approx(np.exp(-20.04))


@pytest.mark.parametrize("count", [5, 20])
def test_texts_of_the_own_class_seldom_get_a_small_p_value(count: int) -> None:
    values, spread = tilted()
    own = UNDER_OTHER * np.exp(-values)
    sums = np.random.default_rng(1).choice(values, p=own / own.sum(), size=(20_000, count)).sum(axis=1)
    chances = {total: chance_of_sum(float(total), count, spread) for total in np.unique(sums.round(6))}
    p_values = np.array([chances[total] for total in sums.round(6)])
    for level in (0.001, 0.01, 0.05, 0.2):
        error = 4 * np.sqrt(level * (1 - level) / len(p_values))
        assert (p_values <= level).mean() <= level * 1.06 + error  # 1.06: the grid of .05 nats


@settings(deadline=None)
@given(fraction=st.sampled_from([0.0, 0.3, 0.6, 0.9]), seed=st.integers(0, 20))
def test_the_planted_fraction_of_a_mixture_is_recovered(fraction: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    planted = generator.random(4000) < fraction
    # Evidence of two unit normals two apart: the log density ratio 2x.
    content = generator.normal(np.where(planted, 1.0, -1.0))
    found, gain = planted_fraction(2 * content, 0.0)
    assert fraction == pytest.approx(found, abs=0.06)
    assert gain >= 0.0


def test_honest_carriers_lower_the_planted_fraction() -> None:
    evidence = np.full(10, 3.0)
    fractions = [planted_fraction(evidence, honest)[0] for honest in (0, 2, 5, 10, 40)]
    assert fractions == sorted(fractions, reverse=True)
    assert fractions[0] > 0.99
    assert fractions[3] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("honest", [0, 1, 3, 30])
def test_the_planted_fraction_has_the_greatest_likelihood(honest: int) -> None:
    evidence = np.array([3.0, 2.0, -1.0, 4.0, 0.5])

    def likelihood(share: float) -> float:
        return float(np.log(1 - share + share * np.exp(evidence)).sum() + honest * np.log(1 - share))

    found, gain = planted_fraction(evidence, honest)
    assert gain == pytest.approx(likelihood(found))
    assert gain >= max(likelihood(share) for share in np.linspace(0, 0.98, 50)) - 1e-12


def test_pure_evidence_stops_just_short_of_one() -> None:
    """At 1, one carrier with another label would be impossible."""
    assert planted_fraction(np.full(5, 9.0), 0)[0] == 0.999
    assert planted_fraction(np.array([9.0] * 80), 1)[0] == pytest.approx(0.99)


def test_evidence_counts_up_to_thirty_nats() -> None:
    for value in (29.5, 30.0, 31.0, 1000.0):
        share, gain = planted_fraction(np.array([value]), 0)
        assert gain == pytest.approx(min(value, 30.0) + np.log(share), abs=1e-6)


def test_evidence_for_the_own_class_means_nothing_is_planted() -> None:
    assert planted_fraction(np.full(10, -2.0), 0.0) == (0.0, 0.0)


def test_one_text_beyond_all_bounds_cannot_carry_the_rest() -> None:
    few, _ = planted_fraction(np.array([1000.0, *np.full(19, -2.0)]), 0.0)
    assert few < 0.15


def drawn(seed: int, size: int = 4000) -> tuple[Floats, Bools]:
    """Draw scores from two unit normals two apart; log f_other / f_own is -2 * score."""
    generator = np.random.default_rng(seed)
    own = generator.random(size) < 0.5
    return generator.normal(np.where(own, 1.0, -1.0)), own


@settings(deadline=None)  # the first call imports scikit-learn
@given(seed=st.integers(0, 50), size=st.integers(30, 600))
def test_the_evidence_never_rises_with_the_score(seed: int, size: int) -> None:
    score, own = drawn(seed, size)
    curve = EvidenceCurve.fit(score, own)
    assert (np.diff(curve.evidence) <= 1e-12).all()
    assert (np.diff(curve(np.linspace(-6, 6, 400))) <= 1e-12).all()


def test_the_evidence_is_the_log_density_ratio() -> None:
    curve = EvidenceCurve.fit(*drawn(0, 20_000))
    score = np.linspace(-1.5, 1.5, 13)
    np.testing.assert_allclose(-2 * score, curve(score), atol=0.6)


def test_the_evidence_does_not_depend_on_how_common_the_class_is() -> None:
    score, own = drawn(0, 20_000)
    rare = ~own | (np.arange(len(own)) % 10 == 0)
    both = EvidenceCurve.fit(score, own), EvidenceCurve.fit(score[rare], own[rare])
    points = np.linspace(-1, 1, 9)
    # Log odds would be apart by ln 10 = 2.3 everywhere. The rare class is noisy: compare the mean over the points.
    assert both[0](points).mean() == pytest.approx(both[1](points).mean(), abs=0.4)


def test_the_spread_is_the_distribution_of_genuine_texts_of_other_classes() -> None:
    score, own = drawn(3)
    curve = EvidenceCurve.fit(score, own)
    genuine = curve(score[~own])
    assert curve.spread.sum() == pytest.approx(1.0)
    assert curve.mean == pytest.approx(genuine.mean())
    assert curve.deviation == pytest.approx(genuine.std())
    assert (curve.spread * (LOW + STEP * np.arange(BINS))).sum() == pytest.approx(curve.mean, abs=STEP)


def test_in_the_far_tail_the_chance_is_no_smaller_than_the_own_class_gives() -> None:
    score, own = drawn(4, 20_000)
    curve = EvidenceCurve.fit(score, own)
    evidence = curve(score[own])
    for count, share in ((1, 1.0), (2, 0.7), (3, 0.5)):
        sums = np.random.default_rng(2).choice(evidence, size=(400_000, count)).sum(axis=1)
        total = share * curve.mean * count
        assert (sums >= total).mean() <= 1.15 * chance_of_sum(total, count, curve.spread)


@pytest.mark.parametrize(("texts", "bins"), [(30, 10), (500, 10), (599, 11), (650, 13), (20_000, 200)])
def test_bins_hold_fifty_texts_and_there_are_ten_to_two_hundred(texts: int, bins: int) -> None:
    curve = EvidenceCurve.fit(np.arange(texts, dtype=float), np.arange(texts) % 2 == 0)
    assert len(curve.score) == len(curve.evidence) == bins
    assert curve.score[0] == pytest.approx((texts // bins - 1) / 2, abs=0.5)


def test_the_evidence_of_two_bins_is_that_of_their_counts_with_the_prior_added() -> None:
    """Ten bins of ten texts: the lower five hold nine of the others each, the upper five one."""
    score = np.repeat(np.arange(10.0), 10)
    other = np.arange(100) % 10 < np.where(score < 5, 9, 1)
    curve = EvidenceCurve.fit(score, ~other)
    expected = np.log((9 + 0.5) / (1 + 0.5))
    assert curve(np.array([0.0, 4.0, 5.0, 9.0])) == pytest.approx([expected, expected, -expected, -expected])
    assert curve.mean == pytest.approx(0.8 * expected)
    assert curve.unit == curve.mean


def test_the_prior_that_is_added_is_that_of_each_class() -> None:
    """Ten bins of ten texts, of which the first has one of the rare class in two, the others none."""
    rare = np.zeros(100, bool)
    rare[:5] = True
    curve = EvidenceCurve.fit(np.repeat(np.arange(10.0), 10), ~rare)
    prior = 0.05
    first = np.log((5 + prior) / (5 + prior * 10)) - np.log((5 + 1 - prior) / (95 + (1 - prior) * 10))
    assert curve(np.zeros(1))[0] == pytest.approx(first)


def test_the_unit_of_effects_is_never_below_a_twentieth() -> None:
    own = np.arange(1000) % 2 == 0
    assert EvidenceCurve.fit(np.zeros(1000), own).unit == 0.05


def test_scores_that_tell_nothing_give_no_evidence() -> None:
    own = np.arange(1000) % 2 == 0
    curve = EvidenceCurve.fit(np.zeros(1000), own)
    assert curve(np.zeros(1))[0] == pytest.approx(0.0, abs=0.2)
