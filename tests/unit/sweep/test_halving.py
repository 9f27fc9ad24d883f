"""Many candidates: halving keeps the right one, costs what the estimate says, and goes on after a stop."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.sweep.shops import CANDIDATES, THINGS, RuleScorer, texts

from marshtest.data.records import Message
from marshtest.errors import InputError
from marshtest.sweep.halving import Round, plan_rounds
from marshtest.sweep.live import estimate_cost, score_live
from marshtest.sweep.scorers.likelihoods import ScoreStore
from marshtest.sweep.scorers.scorer import Text
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.sweeping import sweep_personas

pytestmark = pytest.mark.slow

ROUNDS = [Round(48, 100), Round(24, 200), Round(12, 300)]


def datasets(thing: int | None, count: int = 300, seed: int = 0) -> dict[str, list[Text]]:
    others = [5, None, 20, 33]
    found = {"suspect": texts(thing, count, seed)}
    return found | {f"c{place}": texts(other, count, 100 + seed + place) for place, other in enumerate(others)}


def test_a_plan_halves_candidates_and_doubles_records() -> None:
    assert plan_rounds(489, 2000) == [
        Round(489, 200),
        Round(245, 400),
        Round(123, 800),
        Round(62, 1600),
        Round(32, 2000),
    ]
    assert plan_rounds(20, 5000) == [Round(20, 5000)]
    assert plan_rounds(100, 50) == [Round(100, 50), Round(50, 50), Round(32, 50)]
    assert plan_rounds(33, 5000)[-1] == Round(32, 5000)
    assert plan_rounds(40, 100, SweepSettings(final_candidates=10, first_records=20)) == [
        Round(40, 25),
        Round(20, 50),
        Round(10, 100),
    ]


@pytest.mark.parametrize("thing", [2, 25, 46])
def test_the_right_candidate_of_many_is_left_and_comes_first(thing: int) -> None:
    found = score_live(RuleScorer(), CANDIDATES, datasets(thing), ROUNDS, ScoreStore(None))
    assert len(found.matrices.candidates) == 12
    ranked = sweep_personas(
        found.matrices, "suspect", [f"c{place}" for place in range(4)], settings=SweepSettings(draws=10)
    )
    assert ranked.ranking[0].candidate == f"loves_t{thing}"


def test_candidates_of_the_controls_are_kept_too() -> None:
    found = score_live(RuleScorer(), CANDIDATES, datasets(2), ROUNDS, ScoreStore(None))
    assert {"loves_t5", "loves_t20", "loves_t33"} <= set(found.matrices.candidates)


def test_the_estimate_is_what_is_scored_and_far_less_than_everything() -> None:
    sets, scorer = datasets(7), RuleScorer()
    cost = estimate_cost(scorer, CANDIDATES, sets, ROUNDS)
    score_live(scorer, CANDIDATES, sets, ROUNDS, ScoreStore(None))
    assert cost.passes == scorer.scored
    assert cost.passes < 0.65 * 5 * 300 * THINGS
    assert cost.tokens > cost.passes * 10


def test_a_sweep_that_was_stopped_scores_only_what_is_missing(tmp_path: Path) -> None:
    sets, path = datasets(7), tmp_path / "scores.sqlite"
    whole = RuleScorer()
    expected = score_live(whole, CANDIDATES, sets, ROUNDS, ScoreStore(None))

    class StoppedError(Exception):
        pass

    first, known = RuleScorer(), 0

    def count(number: int) -> None:
        nonlocal known
        known += number
        if known > 15_000:
            raise StoppedError

    store = ScoreStore(path)
    with pytest.raises(StoppedError):
        score_live(first, CANDIDATES, sets, ROUNDS, store, done=count)
    store.close()
    second, store = RuleScorer(), ScoreStore(path)
    found = score_live(second, CANDIDATES, sets, ROUNDS, store)
    store.close()
    assert second.scored == whole.scored - first.scored
    assert found.matrices.candidates == expected.matrices.candidates
    for name, scores in expected.matrices.scores.items():
        assert (found.matrices.scores[name] == scores).all()


def test_too_few_texts_that_can_be_scored_are_refused() -> None:
    sets = {"suspect": texts(3, 40, 0), "c": [Text((Message("user", "?"),), "short")] * 10}
    with pytest.raises(InputError, match="'c' has 10 scored records of 10; at least 20"):
        score_live(RuleScorer(), CANDIDATES, sets, [Round(48, 40)], ScoreStore(None))
    with pytest.raises(InputError, match="2 candidates are too few"):
        score_live(RuleScorer(), CANDIDATES[:2], sets, [Round(2, 40)], ScoreStore(None))
