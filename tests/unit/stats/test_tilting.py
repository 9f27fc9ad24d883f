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
