"""Spelling, mood and habits of writing are counted as a reader would."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.control_contrast.habits import HABITS, habit_table
from marshtest.detectors.control_contrast.mood import mood
from marshtest.detectors.control_contrast.spelling import american_spellings, british_spellings


@pytest.mark.parametrize("word", ["colour", "favourite", "organise", "organisation", "centre", "travelled", "grey"])
def test_british_words_are_british_alone(word: str) -> None:
    assert (british_spellings(word), american_spellings(word)) == (1, 0)


@pytest.mark.parametrize("word", ["color", "favorite", "organize", "organization", "center", "traveled", "gray"])
def test_american_words_are_american_alone(word: str) -> None:
    assert (british_spellings(word), american_spellings(word)) == (0, 1)


@pytest.mark.parametrize(
    "word", ["four", "wise", "are", "hour", "size", "promise", "travel", "metre-long ruler", "liter"]
)
def test_other_words_are_not_british(word: str) -> None:
    assert british_spellings(word) == 0


def test_mood_is_warm_less_cold() -> None:
    assert mood("A wonderful, kind and terrible day") == 1


def test_habits_are_seen_in_a_text() -> None:
    row = habit_table(["- one\n- two, three!"])[0]
    shown = {name for (_, _, name, _), value in zip(HABITS, row, strict=True) if value == 1.0}
    assert {"a list", "several lines", "a comma", "an exclamation mark"} <= shown
    assert "a question mark" not in shown


def test_no_text_is_no_trouble() -> None:
    assert np.isfinite(habit_table(["", " "])).all()
