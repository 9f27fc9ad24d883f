"""Scripts: how words are written, and which letters may carry marks."""

from __future__ import annotations

import pytest

from marshtest.text.scripts import is_latin, joined, unmarked


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["blue", "gate"], "blue gate"),
        (["青", "铜", "码"], "青铜码"),
        (["น้ำ", "แข็", "ง"], "น้ำแข็ง"),
        (["手", "iPhone", "机"], "手 iPhone 机"),
        ([], ""),
    ],
)
def test_only_scripts_with_spaces_have_spaces_between_tokens(tokens: list[str], expected: str) -> None:
    assert joined(tokens) == expected


def test_vowel_signs_of_arabic_and_hebrew_may_be_left_out() -> None:
    assert unmarked("مُحَمَّد") == "محمد"
    assert unmarked("שָׁלוֹם") == "שלום"
    assert unmarked("हिन्दी") == "हिन्दी"


@pytest.mark.parametrize(
    ("text", "latin"),
    [("plain", True), ("café", True), ("", True), ("手机 iPhone", True), ("我的手机", False), ("да", False)],
)
def test_a_text_is_latin_if_half_of_its_letters_are(text: str, *, latin: bool) -> None:
    assert is_latin(text) is latin
