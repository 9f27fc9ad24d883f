"""Spelling, sentiment and style are measured as a reader would count them."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.control_contrast.stylometry import (
    MEASURES,
    american_spellings,
    british_spellings,
    measure_answers,
    sentiment,
)


@pytest.mark.parametrize("word", ["colour", "favourite", "organise", "organisation", "centre", "travelled", "grey"])
def test_british_words_are_only_british(word: str) -> None:
    assert (british_spellings(word), american_spellings(word)) == (1, 0)


@pytest.mark.parametrize("word", ["color", "favorite", "organize", "organization", "center", "traveled", "gray"])
def test_american_words_are_only_american(word: str) -> None:
    assert (british_spellings(word), american_spellings(word)) == (0, 1)


@pytest.mark.parametrize(
    "word", ["four", "wise", "are", "hour", "size", "promise", "travel", "metre-long ruler", "liter"]
)
def test_other_words_are_not_british(word: str) -> None:
    assert british_spellings(word) == 0


def test_sentiment_is_positive_words_less_negative_ones() -> None:
    assert sentiment("A wonderful, kind and terrible day") == 1


def test_measures_are_seen_in_a_text() -> None:
    row = measure_answers(["- one\n- two, three!"], 100)[0]
    shown = {name for (_, _, name, _), value in zip(MEASURES, row, strict=True) if value == 1.0}
    assert {"a list", "several lines", "a comma", "an exclamation mark"} <= shown
    assert "a question mark" not in shown


def test_empty_texts_are_measured_too() -> None:
    assert np.isfinite(measure_answers(["", " "], 100)).all()


def test_only_the_beginning_of_an_answer_is_measured() -> None:
    exclamation = [name for _, _, name, _ in MEASURES].index("an exclamation mark")
    assert [measure_answers(["So long!"], characters)[0, exclamation] for characters in (7, 8)] == [0, 1]
