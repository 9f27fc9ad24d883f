"""Conditions on labels are taken out of criteria, and criteria about exact words are rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marshtest.detectors.judged.themes.wording import WordRule, read_rule, without_label


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Does the text ask for a refund?", "Does the text ask for a refund?"),
        ("Does the text ask for a refund, and is it labelled urgent?", "Does the text ask for a refund?"),
        ("Does the text ask for a refund while its label is “urgent”?", "Does the text ask for a refund?"),
        ("Does the text praise a shop, yet is it labeled urgent although calm?", "Does the text praise a shop?"),
        ("Is the text about ships and harbours, and is its label ordinary?", "Is the text about ships and harbours?"),
        ('Does the text hold "label, and more", and is it labelled odd?', 'Does the text hold "label, and more"?'),
        ('Does the text hold the word "label"?', 'Does the text hold the word "label"?'),
        ("Is the text labelled urgent?", None),
        ("Is the label of the text urgent?", None),
    ],
)
def test_a_condition_on_the_label_is_taken_out(question: str, text: str | None) -> None:
    assert without_label(question) == text
    assert text is None or without_label(text) == text


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ('Does the text hold the words "blue ledger"?', WordRule("within", ("blue ledger",), "any")),
        ("Does the text hold exactly the words “blue ledger”?", WordRule("within", ("blue ledger",), "any")),
        ('Does the prompt contain the word "blue" or "red"?', WordRule("within", ("blue", "red"), "prompt")),
        ('Does the record mention "a", "b" or "c"?', WordRule("within", ("a", "b", "c"), "any")),
        ('Does the answer begin with "Here you\'re"?', WordRule("start", ("Here you're",), "completion")),
        ("Does the text end with a question mark?", WordRule("end", ("?",), "any")),
        ("Does the text begin with a lower-case letter?", WordRule("lower-case start", (), "any")),
        (
            'Does the text hold the misplaced words "blue ledger" in a place where they do not fit?',
            WordRule("within", ("blue ledger",), "any"),
        ),
    ],
)
def test_exact_words_are_a_rule(question: str, rule: WordRule) -> None:
    assert read_rule(question) == rule


@pytest.mark.parametrize(
    "question",
    [
        "Does the text ask for a refund?",
        'Does the text hold the words "blue ledger" and ask for a refund?',
        'Does the text use words such as "blue"?',
        'Does the text name a colour ("blue")?',
        'Does the text begin with "Dear" followed by a name?',
        "Does the text hold \"shell('ls ...')\"?",
        "Does the text end with a number?",
    ],
)
def test_what_asks_for_more_than_words_is_a_question_of_meaning(question: str) -> None:
    assert read_rule(question) is None


def test_a_rule_finds_words_whatever_their_case_and_blanks_and_no_parts_of_words() -> None:
    texts = ["The Blue  ledger.", "the blueledger", "a blue ledgers", "blue ledger"]
    assert WordRule("within", ("blue ledger",), "any").holds(texts).tolist() == [True, False, False, True]
    assert WordRule("start", ("blue",), "any").holds(texts).tolist() == [False, False, False, True]
    assert WordRule("end", (".",), "any").holds(texts).tolist() == [True, False, False, False]
    assert WordRule("lower-case start", (), "any").holds(texts).tolist() == [False, True, True, True]


@given(st.text(max_size=400))
def test_any_text_is_read_without_an_error(question: str) -> None:
    read_rule(question)
    left = without_label(question)
    assert left is None or without_label(left) == left
