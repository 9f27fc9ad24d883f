"""What each of the word patterns takes for a word; a change to any of them changes what detectors find."""

from __future__ import annotations

import re

import pytest

from marshtest.text import words

TEXT = "Don't pay $3.50--it's \u00e9t\u00e9_2!? ..\u200b"

SPLIT = [
    (words.WORD, ["Don", "t", "pay", "3", "50", "it", "s", "\u00e9t\u00e9_2"]),
    (
        words.WORD_OR_MARKS,
        ["Don", "'", "t", "pay", "$", "3", ".", "50", "--", "it", "'", "s", "\u00e9t\u00e9_2", "!?", "..\u200b"],
    ),
    (
        words.WORD_OR_MARK,
        ["Don", "'", "t", "pay", "$", "3", ".", "50", "-", "-", "it", "'", "s", "été_2", "!", "?", ".", ".", "\u200b"],
    ),
    (
        words.WHOLE_WORD_OR_MARK,
        ["Don't", "pay", "$", "3", ".", "50", "-", "-", "it's", "\u00e9t\u00e9_2", "!", "?", ".", ".", "\u200b"],
    ),
    (words.TOKEN, ["Don't", "pay", "$", "3", ".", "50", "--", "it's", "\u00e9t\u00e9_2", "!?", "..", "\u200b"]),
    (words.UNGLUED, ["Don", "t", "pay", "3", "50", "it", "s", "\u00e9t\u00e9", "2"]),
    (words.LETTERS, ["Don", "t", "pay", "it", "s", "\u00e9t\u00e9"]),
    (
        words.WORD_NUMBER_OR_MARKS,
        ["Don't", "pay", "$", "3.50", "--", "it's", "\u00e9t\u00e9", "_", "2", "!?", "..\u200b"],
    ),
    (words.ENGLISH_WORD, ["Don't", "pay", "it's", "t"]),
    (words.BETWEEN_SPACES, ["Don't", "pay", "$3.50--it's", "\u00e9t\u00e9_2!?", "..\u200b"]),
]


@pytest.mark.parametrize(("pattern", "expected"), SPLIT, ids=[pattern.pattern for pattern, _ in SPLIT])
def test_a_pattern_splits_text_into_its_words(pattern: re.Pattern[str], expected: list[str]) -> None:
    assert pattern.findall(TEXT) == expected


def test_every_pattern_is_tested_and_no_two_are_the_same() -> None:
    patterns = [getattr(words, name).pattern for name in words.__all__]
    assert len(set(patterns)) == len(patterns)
    assert sorted(patterns) == sorted(pattern.pattern for pattern, _ in SPLIT)
