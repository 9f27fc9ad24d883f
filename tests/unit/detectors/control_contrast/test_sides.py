"""Prompts are matched exactly first, then without regard to capitals, punctuation and spaces."""

from __future__ import annotations

import pytest
from tests.unit.detectors.control_contrast.made_answers import dataset_of

from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.detectors.control_contrast.sides import pair_prompts, read_answers, read_sides, shared_prompts


def _pairs(here: list[str], there: list[str]) -> list[list[int]]:
    suspect = read_answers(dataset_of(["a"] * len(here), prompts=here))
    control = read_answers(dataset_of(["b"] * len(there), prompts=there, side="c"))
    return [[int(one), int(other)] for one, other in pair_prompts(suspect, control)]


def test_exact_matches_are_paired_before_near_ones() -> None:
    assert _pairs(["what is it?", "What is it"], ["What is it", "what is it?"]) == [[0, 1], [1, 0]]


def test_capitals_and_punctuation_do_not_separate_prompts() -> None:
    assert _pairs(["What is it?"], ["what  IS it"]) == [[0, 0]]


def test_an_answer_is_in_one_pair_at_most() -> None:
    assert _pairs(["same", "same", "same"], ["same", "same"]) == [[0, 0], [1, 1]]


def test_prompts_without_a_letter_are_not_paired() -> None:
    assert _pairs(["", "?!"], ["", "..."]) == []


def test_only_exact_prompts_count_as_shared() -> None:
    assert shared_prompts(dataset_of(["a", "b"], prompts=["x", "y"]), dataset_of(["c"], prompts=["x"])) == 1


@pytest.mark.parametrize(("shared", "paired"), [(29, False), (30, True)])
def test_thirty_shared_prompts_make_a_comparison_paired(shared: int, paired: bool) -> None:
    here = [f"prompt {number}" for number in range(80)]
    there = here[:shared] + [f"other {number}" for number in range(80 - shared)]
    sides = read_sides(
        dataset_of(["a"] * 80, prompts=here),
        dataset_of(["b"] * 80, prompts=there, side="c"),
        ControlContrastSettings(),
        seed=0,
    )
    assert sides.is_paired == paired
