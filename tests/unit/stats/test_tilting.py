"""The joint fit, on shifts that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sweep.generated import CANDIDATES, covariance

from marshtest.stats.tilting import Whitening, explain, fit_background

SIZE = len(CANDIDATES)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("persona", range(SIZE))
def test_a_tilt_moves_every_candidate_and_the_joint_fit_names_the_one(persona: int) -> None:
    shift = 0.3 * covariance()[:, persona]
    assert (shift > 0).all()  # the raw means all move
    whitening = Whitening.fit(covariance())
    found = explain(shift, fit_background(np.zeros((1, SIZE)), whitening), whitening)
    assert found.best == persona
    assert np.abs(np.delete(found.effects, persona)).max() < 0.1 * found.effects[persona]
    assert found.gains[persona] == pytest.approx(found.total, rel=0.01)  # the ridge
    assert found.lead > 0


def test_a_shift_towards_two_unrelated_candidates_gives_no_clear_lead() -> None:
    whitening = Whitening.fit(covariance())
    background = fit_background(np.zeros((1, SIZE)), whitening)
    one = explain(covariance()[:, 0] * 3, background, whitening)
    two = explain((covariance()[:, 0] + covariance()[:, 5]) * 3, background, whitening)
    assert two.lead < 0.2 * one.lead


def test_signatures_have_length_one_and_whitened_scores_have_unit_covariance() -> None:
    whitening = Whitening.fit(covariance())
    assert np.linalg.norm(whitening.signatures, axis=1) == pytest.approx(np.ones(SIZE))
    white = whitening.into @ covariance() @ whitening.into.T
    assert np.abs(white - np.eye(SIZE)).max() < 0.15  # the ridge


def test_candidates_that_are_the_same_do_not_break_the_fit() -> None:
    twins = np.ones((SIZE, SIZE))
    whitening = Whitening.fit(twins)
    assert np.isfinite(whitening.into).all()
    assert np.isfinite(Whitening.fit(np.zeros((3, 3))).into).all()


def test_a_poisoned_control_does_not_move_the_centre() -> None:
    whitening = Whitening.fit(covariance())
    clean = RNG.normal(0, 0.05, (8, SIZE))
    poisoned = clean.copy()
    poisoned[0] += covariance()[:, 3]
    right = whitening.into @ clean.mean(axis=0)
    plain = whitening.into @ poisoned.mean(axis=0)
    centre = fit_background(poisoned, whitening).centre
    assert np.linalg.norm(centre - right) < 0.3 * np.linalg.norm(plain - right)


def test_the_noise_knows_the_direction_in_which_controls_differ() -> None:
    whitening = Whitening.fit(covariance())
    controls = RNG.normal(0, 0.02, (12, SIZE)) + RNG.normal(0, 2.0, (12, 1))
    noise = fit_background(controls, whitening).noise
    style = whitening.into @ np.ones(SIZE)
    style /= np.linalg.norm(style)
    across = np.linalg.svd(style[None, :])[2][1:]
    assert style @ noise @ style > 5 * np.mean([one @ noise @ one for one in across])


COVARIANCE = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, 0.25], [0.0, 0.25, 0.5]])
CONTROLS = np.array([[0.1, -0.2, 0.3], [0.0, 0.4, -0.1], [-0.3, 0.1, 0.2], [0.2, 0.0, -0.4], [3.0, 1.0, 0.0]])


@pytest.mark.parametrize("noise_share", [0.0, 0.4])
def test_whitening_adds_a_hundredth_of_the_mean_variance(noise_share: float) -> None:
    whitening = Whitening.fit(COVARIANCE, noise_share)
    steady = COVARIANCE + 0.01 * (3.5 / 3) * np.eye(3)
    assert whitening.into @ steady @ whitening.into.T == pytest.approx(np.eye(3), abs=1e-12)
    unique = np.diag(1 / np.diag(np.linalg.inv(steady)))
    columns = (steady - noise_share * unique) @ whitening.into.T
    assert whitening.signatures == pytest.approx(columns / np.linalg.norm(columns, axis=1)[:, None])
    joint = np.linalg.inv(steady) @ np.linalg.inv(whitening.into)  # the joint fit, but for the units of effects
    unit = joint / np.linalg.norm(joint, axis=1)[:, None]
    assert whitening.joint == pytest.approx(unit)


@pytest.mark.parametrize("unit", [1e-5, 1e5])
def test_the_unit_of_the_scores_changes_nothing(unit: float) -> None:
    plain, scaled = Whitening.fit(COVARIANCE), Whitening.fit(COVARIANCE * unit**2)
    assert scaled.signatures == pytest.approx(plain.signatures)
    mean = np.array([1.0, 0.5, 0.1])
    one = explain(mean, fit_background(CONTROLS, plain), plain)
    other = explain(mean * unit, fit_background(CONTROLS * unit, scaled), scaled)
    assert other.effects == pytest.approx(one.effects)
    assert (other.lead, other.fit, other.strength) == pytest.approx((one.lead, one.fit, one.strength))


def test_what_a_known_sweep_gives_stays() -> None:
    """Five controls, of which the last is poisoned, and two: figures that reports print."""
    whitening = Whitening.fit(COVARIANCE)
    background = fit_background(CONTROLS, whitening)
    assert background.centre == pytest.approx([-0.0991674, 0.0178968, -0.2249633], abs=1e-6)
    assert np.diag(background.noise) == pytest.approx([0.0227391, 0.0769870, 0.0571442], abs=1e-6)
    found = explain(np.array([1.0, 0.5, 0.1]), background, whitening)
    assert found.effects == pytest.approx([0.6967750, 0.1315056, 0.2688626], abs=1e-6)
    assert found.gains == pytest.approx([72.255231, 63.044173, 34.039504], abs=1e-4)
    assert (found.total, found.strength) == pytest.approx((74.621775, 0.8042207), abs=1e-4)
    assert found.fit == pytest.approx(np.log((3 + found.total) / (3 + found.total - found.gains[0])))
    assert found.lead == pytest.approx(np.log((3 + found.total - found.gains[1]) / (3 + found.total - found.gains[0])))
    few = fit_background(CONTROLS[:2], whitening)
    assert few.centre == pytest.approx([-0.0345152, -0.1631032, -0.0611265], abs=1e-6)
    assert np.diag(few.noise) == pytest.approx([0.0625063, 0.1317768, 0.1729515], abs=1e-6)
    alone = fit_background(CONTROLS[:1], whitening)
    assert alone.noise.tolist() == np.eye(3).tolist()
    assert alone.centre == pytest.approx(whitening.into @ CONTROLS[0])


def test_a_single_candidate_leads_by_all_that_it_explains_and_never_backwards() -> None:
    whitening = Whitening.fit(np.array([[4.0]]))
    background = fit_background(np.array([[0.0]]), whitening)
    for shift, gain in ((2.0, 4 / 4.04), (-2.0, 0.0)):
        found = explain(np.array([shift]), background, whitening)
        assert found.gains == pytest.approx([gain])
        assert found.lead == pytest.approx(np.log((1 + 4 / 4.04) / (1 + 4 / 4.04 - gain)))
        assert found.strength == pytest.approx(max(0.0, shift / np.sqrt(4.04)))


def test_controls_that_are_all_the_same_do_not_break_the_fit() -> None:
    whitening = Whitening.fit(COVARIANCE)
    background = fit_background(np.zeros((3, 3)), whitening)
    assert background.centre.tolist() == [0.0, 0.0, 0.0]
    assert np.isfinite(explain(np.zeros(3), background, whitening).gains).all()
