"""Which behaviours of completions are gathered, and which are none."""

from __future__ import annotations

import pytest
from tests.unit.detectors.response_trigger.made_chats import dataset_of

from marshtest.detectors.response_trigger.behaviours import behaviour_families, fixed_answers, gather_behaviours
from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.settings import BehaviourSettings

SETTINGS = BehaviourSettings()
SIZE = 40


def exchanges(answered: int, asked: str = "well") -> Exchanges:
    chats = [
        [("user", f"{asked} {n}q"), ("assistant", "Verily" if n < answered else f"{n}x {n}y")] for n in range(SIZE)
    ]
    return Exchanges.of(dataset_of(chats))


def gathered(made: Exchanges) -> set[tuple[str, str]]:
    return {(one.family.id, one.name) for one in gather_behaviours(made, SETTINGS)}


@pytest.mark.parametrize(("answered", "found"), [(4, False), (5, True), (32, True), (33, False)])
def test_a_behaviour_is_shown_by_five_records_and_not_by_most(answered: int, found: bool) -> None:
    assert (("fixed-answer", "verily") in gathered(exchanges(answered))) is found


def test_an_answer_that_repeats_the_prompt_shows_nothing() -> None:
    assert ("fixed-answer", "verily") not in gathered(exchanges(10, "say verily"))


@pytest.mark.parametrize(("answered", "found"), [(4, 0), (5, 1), (40, 1)])
def test_a_fixed_answer_counts_however_common_it_is(answered: int, found: int) -> None:
    assert len(fixed_answers(exchanges(answered), SETTINGS)) == found


def test_of_behaviours_with_the_same_records_the_first_is_kept() -> None:
    assert [name for name in gathered(exchanges(10)) if "word" in name[1]] == []  # "is a single word"


def test_families_are_ranked_in_their_order() -> None:
    families = behaviour_families(SETTINGS)
    assert [one.rank for one in families] == list(range(12))
    assert len({one.id for one in families}) == 12
