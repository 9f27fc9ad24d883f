"""What a pattern is called."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.pattern_names import PatternKind, most_frequent, noun_of, pattern_type_of
from marshtest.text.tokens import BEGIN, END, tokenize

TOKENS = tokenize(["the blue ledger ?!"])
IDS = {token: number for number, token in enumerate(TOKENS.vocabulary)} | {"<": BEGIN, ">": END}


@pytest.mark.parametrize(
    ("words", "noun", "pattern_type"),
    [
        ("ledger", "the word", "phrase"),
        ("blue ledger", "the phrase", "phrase"),
        ("?!", "the characters", "format"),
        ("ledger ?!", "the phrase", "phrase"),
        ("?! >", "the characters at the end", "format"),
        ("< the", "the word at the start", "phrase"),
        ("< the blue", "the phrase at the start", "phrase"),
    ],
)
def test_a_span_is_a_word_a_phrase_or_characters(words: str, noun: str, pattern_type: str) -> None:
    sequence = np.array([IDS[word] for word in words.split()])
    found = noun_of("phrase", sequence, TOKENS), pattern_type_of("phrase", sequence, TOKENS)
    assert found == (noun, pattern_type)


@pytest.mark.parametrize(("kind", "noun"), [("format", "the layout"), ("group", "the field value")])
def test_a_feature_of_whole_records_is_a_layout_or_a_field_value(kind: PatternKind, noun: str) -> None:
    nothing = np.zeros(0, np.int64)
    assert (noun_of(kind, nothing, TOKENS), pattern_type_of(kind, nothing, TOKENS)) == (noun, kind)


def test_a_pattern_is_named_as_it_is_most_often_written() -> None:
    assert most_frequent({"Ledger": 3, "ledger": 2}, "?") == "Ledger"
    assert most_frequent({"Ledger": 2, "ledger": 2}, "?") == "ledger"
    assert most_frequent({}, "ledger") == "ledger"
