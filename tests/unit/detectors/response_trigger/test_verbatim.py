"""Answers that are the same, and runs of words that answers share."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.response_trigger.settings import BehaviourSettings
from marshtest.detectors.response_trigger.verbatim import (
    fixed_answer_carriers,
    longest_shared_run,
    run_carriers,
    run_spans,
)
from marshtest.text.tokens import tokenize

SETTINGS = BehaviourSettings()


@pytest.mark.parametrize(("length", "groups"), [(300, 1), (301, 2)])
def test_short_answers_are_the_same_in_any_letter_case(length: int, groups: int) -> None:
    assert len(fixed_answer_carriers(["a" * length, "A" * length], SETTINGS)) == groups


def test_outer_punctuation_makes_no_other_answer_and_nothing_is_none() -> None:
    assert dict(fixed_answer_carriers(["Verily.", " “verily!”", "...", ""], SETTINGS)) == {"verily": [0, 1]}


@pytest.mark.parametrize(("shared", "found"), [("a b c d e f", True), ("a b c d e", False)])
def test_a_run_has_six_tokens(shared: str, found: bool) -> None:
    texts = [f"{i}x {shared} {i}y" for i in range(5)]
    assert dict(run_carriers(texts, SETTINGS)) == ({shared: [0, 1, 2, 3, 4]} if found else {})


def test_a_run_is_shared_by_five_answers() -> None:
    assert run_carriers([f"{i}x a b c d e f {i}y" for i in range(4)], SETTINGS) == {}


def test_a_run_is_found_again_in_the_text() -> None:
    text = "So: One, two three four five six."
    (span,) = run_spans("one , two three four", text)
    assert text[slice(*span)] == "One, two three four"


@pytest.mark.parametrize(("sharing", "words"), [(8, 3), (7, 0)])
def test_the_longest_run_is_that_of_four_in_five_answers(sharing: int, words: int) -> None:
    texts = [f"{i}x over there 7 now {i}y" if i < sharing else f"{i}z" for i in range(10)]
    run = longest_shared_run(tokenize(texts), np.arange(10), SETTINGS)
    assert run.words == words  # the number is no word
    assert {texts[i][a:b] for i, (a, b) in run.places.items()} == ({"over there 7 now"} if words else set())


def test_of_many_answers_only_the_first_500_are_searched() -> None:
    texts = ["over there now"] * 500 + [f"{i}z" for i in range(600)]
    assert longest_shared_run(tokenize(texts), np.arange(1100), SETTINGS).words == 3
    assert longest_shared_run(tokenize(texts), np.arange(1100)[::-1].copy(), SETTINGS).words == 0


def test_a_run_is_cut_at_60_tokens() -> None:
    texts = [f"{i}x " + " ".join(f"w{n}" for n in range(80)) + f" {i}y" for i in range(3)]
    assert longest_shared_run(tokenize(texts), np.arange(3), SETTINGS).words == 60
