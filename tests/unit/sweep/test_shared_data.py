"""The bar, on real matrices, where they lie beside the repository."""

from __future__ import annotations

import pytest
from benchmarks.persona_sweep import Case, centred_mean, decisions, pooled, single, top
from tests.paths import SHARED_DATA

pytestmark = pytest.mark.slow

DATA = SHARED_DATA / "persona-sweep-scores"


@pytest.fixture(params=["unfiltered", "filtered"])
def case(request: pytest.FixtureRequest) -> Case:
    path = DATA / f"gemma_{request.param}.npz"
    if not path.exists():
        pytest.skip(f"{path} is not there; the score matrices are not part of the repository")
    return Case.read(path)


def test_every_dataset_is_led_by_its_own_persona(case: Case) -> None:
    assert top(case, pooled(case.summaries())) == (17, [])


def test_one_control_is_enough_more_often_than_with_a_centred_mean(case: Case) -> None:
    share = single(case, pooled(case.summaries()))
    assert share > single(case, centred_mean(case, centred=True))


def test_the_decision_names_the_true_persona_and_seldom_a_wrong_one(case: Case) -> None:
    silent, false = decisions(case, case.summaries(), case.cut(), lambda suspect: case.places[case.places != suspect])
    assert len(silent) <= 3
    assert len(false) <= 2
