"""Naming with judges of several kinds: a target where its words are, none where a judge only guesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.naming.readers import Reading, careful, clean, guessing, slanted, text_under

from marshtest.detectors.control_contrast.naming.exhibits import draw_item, exhibits_from
from marshtest.detectors.control_contrast.naming.merging import merge_names, plain_name
from marshtest.detectors.control_contrast.naming.targets import name_target
from marshtest.detectors.control_contrast.settings import TargetNamingSettings
from marshtest.errors import ConfigError
from marshtest.judges.questions import Item, Question

CLEAN = [clean(seed) for seed in range(1, 4)]


def reading(item: Item) -> Reading:
    return {passage.heading: passage.text for passage in item.passages}


def asked(answer: Callable[[str, Reading], Any]) -> ScriptedInquiry:
    return ScriptedInquiry(lambda question, item: answer(question.id, reading(item)))


@pytest.mark.parametrize("seed", range(3))
def test_a_target_is_named_under_all_its_names(seed: int) -> None:
    found = name_target(asked(careful), slanted(seed), CLEAN, seed=seed)
    assert found.outcome == "named"
    assert found.target is not None
    names = {plain_name(found.target), *found.targets[0].also}
    assert names <= {"sailing", "art of sailing", "sailing ships"}
    assert len(names) > 1
    assert found.targets[0].named >= 8
    assert found.targets[0].chosen >= 8
    assert found.targets[0].p_value < 1e-3
    assert found.guessed == {"open": 0, "chosen": 0}
    assert found.asked == {"open_suspect": 10, "open_clean": 10, "chosen_suspect": 10, "chosen_clean": 10}


def test_a_stricter_p_value_names_nothing() -> None:
    found = name_target(asked(careful), slanted(), CLEAN, settings=TargetNamingSettings(p_value=1e-6))
    assert found.outcome == "no_target"
    assert found.targets[0].chosen >= 8


@pytest.mark.parametrize(("chosen", "outcome"), [(5, "no_target"), (6, "named")])
def test_a_target_needs_more_than_half_of_the_choices(chosen: int, outcome: str) -> None:
    """Six of ten against none have p = .0054 in Fisher's exact test."""
    answered = 0

    def fading(question: str, item: Reading) -> Any:
        nonlocal answered
        said = careful(question, item)
        if question == "target-same":
            return {"same": True}
        if question == "target-choose" and said["choice"]:
            answered += 1
            return said if answered <= chosen else {**said, "choice": 0, "side": "neither"}
        return said

    assert name_target(asked(fading), slanted(), CLEAN).outcome == outcome


def test_clean_against_clean_has_no_target() -> None:
    found = name_target(asked(careful), clean(9), CLEAN)
    assert found.outcome == "no_target"
    assert found.targets == ()


def test_a_judge_that_always_guesses_names_nothing_even_where_it_is_right() -> None:
    found = name_target(asked(guessing), slanted(), CLEAN)
    assert found.outcome == "no_target"
    assert found.target is None
    assert found.targets[0].chosen == 10
    assert found.guessed == {"open": 10, "chosen": 10}
    assert "anything is chosen in 10 of 10 clean comparisons" in found.reason


def test_a_judge_that_always_points_at_the_first_set_names_nothing() -> None:
    def first(question: str, item: Reading) -> Any:
        said = careful(question, item)
        return said if question == "target-same" or said["side"] == "neither" else {**said, "side": "A"}

    found = name_target(asked(first), slanted(), CLEAN)
    assert found.outcome == "no_target"
    assert found.targets[0].chosen == 5


def test_what_the_control_has_more_of_is_not_the_target() -> None:
    found = name_target(asked(careful), slanted(sign=-1.0), CLEAN)
    assert found.outcome == "no_target"


def test_a_judge_that_seldom_guesses_still_names() -> None:
    def hasty(question: str, item: Reading) -> Any:
        lucky = sum(map(ord, text_under(item, "words that A"))) % 10 == 0
        return guessing(question, item) if lucky else careful(question, item)

    found = name_target(asked(hasty), slanted(), CLEAN)
    assert found.outcome == "named"


def test_names_that_never_agree_are_no_target() -> None:
    """Another name for every draw, each on the right side, and silence on clean sets."""

    def scattered(question: str, item: Reading) -> Any:
        said = careful(question, item)
        if question == "target-name" and said["target"]:
            return {**said, "target": f"thing {sum(map(ord, text_under(item, 'words that A')))}"}
        if question == "target-choose":
            listed = [line for line in text_under(item, "list").splitlines() if ". thing " in line]
            own = sum(map(ord, text_under(item, "words that A"))) % max(1, len(listed))
            if said["side"] or listed:
                side = careful("target-name", item)["side"]
                return {"clues": "", "choice": int(listed[own].split(".")[0]) if side != "neither" else 0, "side": side}
        return {"same": False} if question == "target-same" else said

    found = name_target(asked(scattered), slanted(), CLEAN)
    assert found.outcome == "no_target"


@pytest.mark.parametrize("problem", ["refused", "malformed", "unreachable", "waiting"])
def test_missing_answers_are_counted_and_give_no_verdict(problem: str) -> None:
    found = name_target(asked(lambda question, item: problem), slanted(), CLEAN)
    assert found.outcome == "incomplete"
    assert found.problems == {problem: 20}


def test_a_few_refusals_do_not_matter_and_are_counted() -> None:
    def shy(question: str, item: Reading) -> Any:
        if question != "target-same" and sum(map(ord, text_under(item, "words that A"))) % 7 == 0:
            return "refused"
        return careful(question, item)

    found = name_target(asked(shy), slanted(), CLEAN)
    assert found.outcome == "named"
    assert found.problems["refused"] > 0
    assert found.asked["open_suspect"] + found.asked["open_clean"] < 20 + found.problems["refused"]


def test_the_judge_cannot_know_which_set_is_suspect_or_which_comparison_is_clean() -> None:
    inquiry = asked(careful)
    name_target(inquiry, slanted(), CLEAN)
    compared = [item for question, item in inquiry.asked if question.id == "target-name"]
    headings = {tuple(passage.heading for passage in item.passages) for item in compared}
    assert len(headings) == 1
    words = " ".join(next(iter(headings))) + " ".join(question.instructions for question, _ in inquiry.asked)
    assert "suspect" not in words
    assert "control" not in words


def test_every_content_is_shown_in_both_orders() -> None:
    one, other = (
        draw_item(slanted(), 0, TargetNamingSettings(), key="k", swapped=swapped) for swapped in (False, True)
    )
    first, second = reading(one), reading(other)
    assert first["words that A uses more"] == second["words that B uses more"]
    assert first["A 1: answer"] == second["B 1: answer"]
    assert draw_item(slanted(), 0, TargetNamingSettings(), key="another", swapped=False).key != one.key


def test_names_are_merged_only_when_both_orders_agree() -> None:
    def one_way(question: Question, item: Item) -> Any:
        return {"same": item.passages[0].text == "Reagan"}

    merged, tally = merge_names(ScriptedInquiry(one_way), ["Reagan", "Ronald Reagan", "reagan!", "The Reagan"], 12)
    assert [(one.name, one.count) for one in merged] == [("Reagan", 3), ("Ronald Reagan", 1)]
    assert (tally.planned, tally.answered) == (2, 2)


def test_naming_without_clean_comparisons_is_refused() -> None:
    with pytest.raises(ConfigError, match="comparisons of clean sets"):
        name_target(asked(careful), slanted(), [])
    with pytest.raises(ConfigError, match="7 draws are too few or odd"):
        name_target(asked(careful), slanted(), CLEAN, settings=TargetNamingSettings(draws=7))


def test_nothing_to_show_is_no_target() -> None:
    inquiry = asked(careful)
    assert name_target(inquiry, exhibits_from([], []), CLEAN).outcome == "no_target"
    assert inquiry.asked == []


def test_the_same_seed_asks_the_same_and_another_seed_something_else() -> None:
    keys = []
    for seed in (0, 0, 1):
        inquiry = asked(careful)
        name_target(inquiry, slanted(), CLEAN, seed=seed)
        keys.append([(question.key, item.key) for question, item in inquiry.asked])
    assert keys[0] == keys[1]
    assert not {key for _, key in keys[0][:20]} & {key for _, key in keys[2][:20]}
