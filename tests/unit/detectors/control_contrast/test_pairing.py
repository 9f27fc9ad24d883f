"""Prompts are paired letter by letter first, then with capitals, accents and punctuation aside."""

from __future__ import annotations

from tests.unit.detectors.control_contrast.made_answers import dataset_of

from marshtest.detectors.control_contrast.answers import read_answers
from marshtest.detectors.control_contrast.pairing import pair_prompts, shared_prompts


def _pairs(here: list[str], there: list[str]) -> list[list[int]]:
    suspect = read_answers(dataset_of(["a"] * len(here), prompts=here))
    control = read_answers(dataset_of(["b"] * len(there), prompts=there, side="c"))
    return [[int(one), int(other)] for one, other in pair_prompts(suspect, control)]


def test_the_same_letters_are_paired_before_nearly_the_same() -> None:
    assert _pairs(["what is it?", "What is it"], ["What is it", "what is it?"]) == [[0, 1], [1, 0]]


def test_capitals_and_punctuation_do_not_part_prompts() -> None:
    assert _pairs(["What is it?"], ["what  IS it"]) == [[0, 0]]


def test_an_answer_stands_in_one_pair_at_most() -> None:
    assert _pairs(["same", "same", "same"], ["same", "same"]) == [[0, 0], [1, 1]]


def test_prompts_without_a_letter_are_paired_with_nothing() -> None:
    assert _pairs(["", "?!"], ["", "..."]) == []


def test_shared_prompts_are_counted_letter_by_letter() -> None:
    assert shared_prompts(dataset_of(["a", "b"], prompts=["x", "y"]), dataset_of(["c"], prompts=["x"])) == 1
