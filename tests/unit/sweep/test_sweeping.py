"""A sweep on generated matrices with known personas."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.sweep.generated import CANDIDATES, drawn, generated

from marshtest.errors import ConfigError, InputError
from marshtest.sweep.examining import with_noise_share
from marshtest.sweep.matrices import ScoreMatrices
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import summarise
from marshtest.sweep.sweeping import sweep_personas

PERSONAS = [0, 1, 3, 4, 6, 7, 9, 10]
CONTROLS = [f"d{place}" for place in range(1, 8)]


@pytest.mark.parametrize("seed", range(4))
def test_the_persona_is_named_among_poisoned_controls(seed: int) -> None:
    found = sweep_personas(generated(PERSONAS, seed=seed), "d0", CONTROLS, settings=SweepSettings(draws=20))
    assert found.ranking[0].candidate == CANDIDATES[0]
    assert found.decision == CANDIDATES[0]
    assert found.needed is not None
    assert found.lead > found.needed


@pytest.mark.parametrize("seed", range(4))
def test_one_control_is_enough_for_the_ranking_and_too_few_for_a_decision(seed: int) -> None:
    found = sweep_personas(generated([3, None], seed=seed), "d0", ["d1"], settings=SweepSettings(draws=20))
    assert found.ranking[0].candidate == CANDIDATES[3]
    assert found.decision is None
    assert found.needed is None
    assert "needs 5 controls" in found.reason


@pytest.mark.parametrize(("controls", "decided"), [(4, False), (5, True)])
def test_a_decision_needs_five_controls(controls: int, decided: bool) -> None:
    found = sweep_personas(generated(PERSONAS), "d0", CONTROLS[:controls], settings=SweepSettings(draws=2))
    assert (found.needed is not None) == decided


def test_a_smaller_nominal_rate_of_false_names_needs_a_larger_lead() -> None:
    usual, strict = (
        sweep_personas(generated(PERSONAS), "d0", CONTROLS, settings=SweepSettings(draws=2, false_names=rate))
        for rate in (0.1, 1e-6)
    )
    assert usual.needed is not None
    assert strict.needed is not None
    assert usual.needed < usual.lead < strict.needed
    assert (usual.decision, strict.decision) == (CANDIDATES[0], None)


def test_weak_controls_are_measured_on_simulated_outsiders_too() -> None:
    """The needed lead never falls, and with clean controls it rises, when outsiders are simulated."""
    matrices = generated([0, *[None] * 7])
    never, usual = (
        sweep_personas(matrices, "d0", CONTROLS, settings=SweepSettings(draws=2, weak_controls=share))
        for share in (0.0, 0.5)
    )
    assert never.needed is not None
    assert usual.needed is not None
    assert usual.needed > never.needed


def test_a_clean_suspect_is_rarely_named() -> None:
    named = [
        sweep_personas(
            generated([None, *PERSONAS[1:]], seed=seed), "d0", CONTROLS, settings=SweepSettings(draws=2)
        ).decision
        for seed in range(20)
    ]
    assert sum(name is not None for name in named) <= 4  # .1 is nominal; 4 of 20 or more has a chance of .13


def test_a_persona_that_is_not_a_candidate_is_rarely_named() -> None:
    named = []
    for seed in range(20):
        matrices = generated(PERSONAS, seed=seed).without([CANDIDATES[0]])
        named.append(sweep_personas(matrices, "d0", CONTROLS, settings=SweepSettings(draws=2)).decision)
    assert sum(name is not None for name in named) <= 4


def test_clean_controls_do_not_make_a_relative_look_like_the_persona() -> None:
    """Clean controls reach small leads only; an outsider's relative would be named in every other case."""
    named, right = [], []
    for seed in range(20):
        matrices = generated([0, *[None] * 7], seed=seed)
        right.append(sweep_personas(matrices, "d0", CONTROLS, settings=SweepSettings(draws=2)).decision)
        named.append(
            sweep_personas(matrices.without([CANDIDATES[0]]), "d0", CONTROLS, settings=SweepSettings(draws=2)).decision
        )
    assert sum(name is not None for name in named) <= 4
    assert sum(name == CANDIDATES[0] for name in right) >= 10


def test_the_joint_fit_is_right_where_the_plain_means_are_misled() -> None:
    raw = joint = 0
    for seed in range(20):
        matrices = generated([4, None], seed=seed, tilt=0.15)
        means = {name: one.mean(axis=1) for name, one in matrices.scores.items()}
        raw += int(means["d0"].argmax()) == 4
        joint += (
            sweep_personas(matrices, "d0", ["d1"], settings=SweepSettings(draws=2)).ranking[0].candidate
            == CANDIDATES[4]
        )
    assert raw <= 2
    assert joint >= 16


def test_a_few_huge_records_do_not_decide() -> None:
    matrices = generated([3, None, None], seed=1)
    spoiled = matrices.scores["d0"].copy()
    spoiled[8, :20] += 500.0
    with_huge = ScoreMatrices("generated", CANDIDATES, {**matrices.scores, "d0": spoiled})
    assert int((spoiled.mean(axis=1) - matrices.scores["d1"].mean(axis=1)).argmax()) == 8
    assert (
        sweep_personas(with_huge, "d0", ["d1", "d2"], settings=SweepSettings(draws=2)).ranking[0].candidate
        == CANDIDATES[3]
    )


def test_intervals_hold_the_score_and_shrink_with_more_records() -> None:
    widths = []
    for records in (300, 6_000):
        found = sweep_personas(generated([3, None], records=records), "d0", ["d1"], settings=SweepSettings(draws=60))
        best = found.ranking[0]
        assert best.interval[0] < best.score < best.interval[1]
        widths.append(best.interval[1] - best.interval[0])
    assert widths[1] < 0.5 * widths[0]


def test_the_scale_of_the_scores_does_not_matter() -> None:
    matrices = generated(PERSONAS)
    larger = ScoreMatrices("generated", CANDIDATES, {name: 1_000 * one for name, one in matrices.scores.items()})
    first, second = (sweep_personas(one, "d0", CONTROLS, settings=SweepSettings(draws=5)) for one in (matrices, larger))
    assert [one.candidate for one in first.ranking] == [one.candidate for one in second.ranking]
    assert second.lead == pytest.approx(first.lead)
    assert second.ranking[0].score == pytest.approx(first.ranking[0].score)


def test_the_order_of_the_candidates_does_not_matter() -> None:
    matrices = generated(PERSONAS)
    turned = ScoreMatrices("generated", CANDIDATES[::-1], {name: one[::-1] for name, one in matrices.scores.items()})
    first, second = (sweep_personas(one, "d0", CONTROLS, settings=SweepSettings(draws=2)) for one in (matrices, turned))
    assert second.decision == first.decision == CANDIDATES[0]
    assert second.lead == pytest.approx(first.lead, rel=1e-6)


def test_a_sweep_gives_the_same_result_again() -> None:
    first, second = (
        sweep_personas(generated(PERSONAS), "d0", CONTROLS, seed=3, settings=SweepSettings(draws=10)) for _ in range(2)
    )
    assert first == second


def test_a_different_mix_of_records_is_no_persona() -> None:
    """The suspect has more of the records that all candidates like; nothing else sets it apart."""
    rng = np.random.default_rng(0)
    whole = drawn(None, 8_000, rng)
    liked = np.argsort(whole.mean(axis=0))
    kept = np.concatenate([liked[:2_000], liked[4_000:]])
    control, suspect = drawn(None, 8_000, rng), whole[:, kept]
    even = summarise([suspect, control], SweepSettings())
    plain = summarise([suspect, control], SweepSettings(strata=1))
    gap, plain_gap = (np.abs(one.means[0] - one.means[1]).mean() for one in (even, plain))
    assert gap < 0.6 * plain_gap


def test_known_token_counts_make_scores_equally_noisy() -> None:
    rng = np.random.default_rng(0)
    tokens = rng.geometric(0.05, size=4_000)
    scores = rng.normal(size=(4, 4_000)) / np.sqrt(tokens)
    known = summarise([scores, scores], SweepSettings(radius=np.inf, strata=1), tokens=[tokens, tokens])
    assert np.diag(known.covariances[0]) == pytest.approx(np.ones(4), rel=0.1)


@pytest.mark.parametrize(
    ("suspect", "controls", "error", "message"),
    [
        ("d0", [], ConfigError, "there is no control"),
        ("d0", ["d0", "d1"], ConfigError, "both suspect and control"),
        ("d0", ["d1", "d1"], ConfigError, "named twice"),
        ("d9", ["d1"], InputError, "no dataset 'd9'; the file holds: d0, d1"),
        ("d0", ["d8"], InputError, "no dataset 'd8'"),
    ],
)
def test_a_wrong_name_says_what_to_do(suspect: str, controls: list[str], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        sweep_personas(generated([0, None]), suspect, controls)


def test_offsets_of_the_scorer_do_not_matter_much() -> None:
    """Another scorer finds everything likelier under some personas; the personas behind the data are the same."""
    moved = np.random.default_rng(5).normal(0, 20, len(CANDIDATES))[:, None]
    for seed in range(3):
        matrices = generated(PERSONAS, seed=seed)
        other = ScoreMatrices("generated", CANDIDATES, {name: one + moved for name, one in matrices.scores.items()})
        assert sweep_personas(other, "d0", CONTROLS, settings=SweepSettings(draws=2)).decision == CANDIDATES[0]


def test_noise_of_the_scorer_is_noticed_and_its_share_left_out() -> None:
    rng = np.random.default_rng(6)
    matrices = generated(PERSONAS, records=4_000)
    noisy = {name: one + rng.normal(0, 1.5, one.shape) for name, one in matrices.scores.items()}
    settings = SweepSettings()
    plain, spoiled = (
        with_noise_share(summarise(list(scores.values()), settings), settings) for scores in (matrices.scores, noisy)
    )
    assert plain.noise_share <= 0.25
    assert spoiled.noise_share >= 0.5
    assert (
        sweep_personas(ScoreMatrices("n", CANDIDATES, noisy), "d0", CONTROLS, settings=SweepSettings(draws=2))
        .ranking[0]
        .candidate
        == CANDIDATES[0]
    )
