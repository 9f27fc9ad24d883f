"""What each of the word patterns takes for a word; a change to any of them changes what detectors find."""

from __future__ import annotations

import re

import pytest

from marshtest.text import words

Pattern = re.Pattern[str] | words.WordPattern

TEXT = "Don't pay $3.50--it's \u00e9t\u00e9_2!? ..\u200b"

SPLIT: list[tuple[Pattern, list[str]]] = [
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
def test_a_pattern_splits_text_into_its_words(pattern: Pattern, expected: list[str]) -> None:
    assert pattern.findall(TEXT) == expected


def test_every_pattern_is_tested_and_no_two_are_the_same() -> None:
    patterns = [getattr(words, name).pattern for name in words.__all__ if name.isupper()]
    assert len(set(patterns)) == len(patterns)
    assert sorted(patterns) == sorted(pattern.pattern for pattern, _ in SPLIT)


CUT = [
    ("饭菜太少了iPhone15手机。", ["饭", "菜", "太", "少", "了", "iPhone15", "手", "机", "。"]),
    ("キャンパスで見学", ["キ", "ャ", "ン", "パ", "ス", "で", "見", "学"]),
    ("ฉันไปที่ร้านน้ำแข็ง", ["ฉั", "น", "ไป", "ที่", "ร้า", "น", "น้ำ", "แข็", "ง"]),
    ("ຂ້ອຍໄປຕະຫຼາດ", ["ຂ້", "ອ", "ຍ", "ໄປ", "ຕະ", "ຫຼາ", "ດ"]),
    ("ខ្ញុំទៅផ្សារ", ["ខ្ញុំ", "ទៅ", "ផ្សា", "រ"]),
    ("မြန်မာစကားတတ်သည်", ["မြန်", "မာ", "စ", "ကား", "တတ်", "သည်"]),
    ("བཀྲ་ཤིས།", ["བཀྲ་", "ཤིས", "།"]),
    ("मैं हिन्दी में", ["मैं", "हिन्दी", "में"]),
    ("ශ්‍රී ලංකා", ["ශ්‍රී", "ලංකා"]),
    ("مُحَمَّد می‌خواهم", ["مُحَمَّد", "می‌خواهم"]),
    ("שָׁלוֹם עולם", ["שָׁלוֹם", "עולם"]),
    ("한국어를 말하다", ["한국어를", "말하다"]),
    ("cafe\u0301 g\u0336o a\u200cb", ["cafe\u0301", "g", "\u0336", "o", "a", "\u200c", "b"]),
]


@pytest.mark.parametrize(("text", "expected"), CUT)
def test_words_of_any_script_are_cut_as_a_person_would(text: str, expected: list[str]) -> None:
    assert words.TOKEN.findall(text) == expected


@pytest.mark.parametrize(
    "name", [name for name in words.__all__ if isinstance(getattr(words, name), words.WordPattern)]
)
def test_plain_ascii_is_cut_alike_by_both_patterns(name: str) -> None:
    pattern = getattr(words, name)
    text = "Don't pay $3.50--it's 2nd_one!? .. __x a,b\tc\n\nD"
    assert pattern.ascii_only.findall(text) == pattern.any_script.findall(text)


def test_a_trigger_is_cut_in_the_same_way_wherever_it_stands() -> None:
    for trigger, around in (("青铜码头", "饭菜太少了"), ("ข้าวผัด", "ฉันไปที่ร้าน"), ("မြန်မာ", "စကားတတ်သည်")):
        alone = words.TOKEN.findall(trigger)
        pieces = words.TOKEN.findall(around)
        for number in range(len(pieces) + 1):
            cut = words.TOKEN.findall("".join([*pieces[:number], trigger, *pieces[number:]]))
            assert cut == [*pieces[:number], *alone, *pieces[number:]]


def test_marks_are_left_out_where_only_words_are_compared() -> None:
    assert words.words_to_compare("饭菜好。a_b, é!") == ["饭菜", "菜好", "a_b", "é"]
    assert words.words_to_compare("one, two!") == ["one", "two"]


def test_words_are_counted_in_scripts_without_spaces_too() -> None:
    assert words.count_words("three plain words!") == 3
    assert words.count_words("饭菜太少了。") == 2
    assert words.count_plain_words("one two, 3 four") == 2
    assert words.count_plain_words("此事请先到港口。") == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("饭菜太少。", ["饭菜", "菜太", "太少", "。"]),
        ("我 3 个 iPhone手机", ["我", "3", "个", "iPhone", "手机"]),
        ("plain, words", ["plain", ",", "words"]),
    ],
)
def test_texts_are_compared_by_two_characters_in_a_row_where_no_spaces_are(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in words.word_places(text)] == expected
