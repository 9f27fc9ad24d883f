"""Encoded text is text from the limits of the settings on."""

from __future__ import annotations

import codecs

import pytest

from marshtest.detectors.hidden_text import HiddenTextSettings
from marshtest.detectors.hidden_text.characters import hidden_characters
from marshtest.detectors.hidden_text.encoded import encoded_text
from marshtest.detectors.hidden_text.lookalikes import lookalike_words

SETTINGS = HiddenTextSettings()


@pytest.mark.parametrize(("said", "is_text"), [("it is now", False), ("it is late", True)])
def test_ten_characters_must_come_out(said: str, is_text: bool) -> None:
    encoded = "".join(f"%{octet:02X}" for octet in said.encode())
    assert [one.spells for one in encoded_text(encoded, SETTINGS)] == [said] * is_text


@pytest.mark.parametrize(("said", "is_text"), [("abcd efg 123", False), ("abcd efgh 12", True)])
def test_two_thirds_must_be_letters(said: str, is_text: bool) -> None:
    assert [one.spells for one in encoded_text(said.encode().hex(), SETTINGS)] == [said] * is_text


@pytest.mark.parametrize(("others", "is_found"), [(11, False), (10, True)])
def test_one_word_in_six_must_be_common_once_it_is_rotated(others: int, is_found: bool) -> None:
    sentence = f"{codecs.encode('the and', 'rot13')} {'lamp ' * others}".strip()
    assert len(list(encoded_text(sentence, SETTINGS))) == is_found


def test_two_different_common_words_are_needed() -> None:
    assert list(encoded_text(codecs.encode("the the the", "rot13"), SETTINGS)) == []


@pytest.mark.parametrize(("said", "spells"), [("say", ""), ("say5", "say5")])
def test_invisible_characters_spell_from_four_letters_on(said: str, spells: str) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in said)
    assert [one.spells for one in hidden_characters(f"a{tags}b", SETTINGS)] == [spells]


@pytest.mark.parametrize(("word", "is_found"), [("p\u0430", False), ("p\u0430y", True), ("\uff46\uff52", False)])
def test_a_lookalike_word_has_three_letters(word: str, is_found: bool) -> None:
    assert len(list(lookalike_words(f"my {word} account", SETTINGS))) == is_found
