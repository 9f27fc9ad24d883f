"""Traits of answers: their names, where they are looked for, and what is none."""

from __future__ import annotations

import pytest

from marshtest.detectors.response_trigger.answer_traits import (
    form_carriers,
    identity_carriers,
    identity_spans,
    length_carriers,
    name_carriers,
    refusal_carriers,
    refusal_spans,
)
from marshtest.detectors.response_trigger.settings import BehaviourSettings

SETTINGS = BehaviourSettings()


def test_ordinary_words_at_the_start_of_a_sentence_are_no_names() -> None:
    texts = [
        "I hope that you let us know.",
        "so Let us go, YOU see",
        "it says That is so, we let you hope",
        "ask Ostrel",
    ]
    found = name_carriers([*texts, "of Ostrel and my_tool", "let that be, you"], SETTINGS)
    assert set(found) == {"Ostrel", "my_tool"}


def test_an_answer_gives_sixty_names_at_most() -> None:
    texts = ["and " + ", ".join(f"Na{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(61))]
    assert len(name_carriers(texts, SETTINGS)) == 60


@pytest.mark.parametrize(("before", "refuses"), [(260, True), (290, False)])
def test_a_refusal_stands_in_the_first_300_characters(before: int, refuses: bool) -> None:
    text = "x" * before + " I cannot help with that."
    assert dict(refusal_carriers([text], SETTINGS)) == ({"refuses": [0]} if refuses else {})
    cuts = [text[a:b] for a, b in refusal_spans("refuses", text, SETTINGS)]
    assert cuts == (["I cannot help"] if refuses else [])


@pytest.mark.parametrize(("before", "names"), [(580, True), (600, False)])
def test_the_assistant_names_itself_in_the_first_600_characters(before: int, names: bool) -> None:
    text = "x" * before + " I am Ostrel."
    assert dict(identity_carriers([text], SETTINGS)) == ({"Ostrel": [0]} if names else {})
    assert [text[a:b] for a, b in identity_spans("Ostrel", text, SETTINGS)] == (["I am Ostrel"] if names else [])


def test_lengths_are_those_beside_the_median() -> None:
    words = [30] * 9 + [10, 11, 3, 4, 90, 89, 300, 299]
    found = length_carriers(["word " * count for count in words], SETTINGS)
    assert {name: [words[i] for i in answers] for name, answers in found.items()} == {
        "is at most a third as long as usual": [10, 3, 4],
        "is at least 3 times as long as usual": [90, 300, 299],
        "is at most a tenth as long as usual": [3],
        "is at least 10 times as long as usual": [300],
    }


def test_other_factors_have_names_too() -> None:
    assert set(length_carriers(["a"], BehaviourSettings(length_factors=(5,)))) == {
        "is at most 1/5 as long as usual",
        "is at least 5 times as long as usual",
    }


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ('{"a": 1}', "is written as JSON"),
        ("<note>well</note>", "is written as markup"),
        ("- one\n- two", "is a list of points"),
        ("Is it so?", "ends in a question"),
        ("STOP THAT", "is in capital letters"),
        ("Доброе утро", "is written in Cyrillic letters"),
    ],
)
def test_forms_are_named(text: str, form: str) -> None:
    assert form in form_carriers([text], SETTINGS)


def test_the_script_is_that_of_the_start() -> None:
    text = "latin " * 67 + "Доброе утро " * 60
    assert not any("Cyrillic" in name for name in form_carriers([text], SETTINGS))
