"""Tokens cover the text and map back to its characters."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from marshtest.text.tokens import BEGIN, END, tokenize

TEXTS = st.lists(st.text(max_size=40), max_size=8)


def shown(text: str) -> list[str]:
    tokens = tokenize([text])
    return [text[a:b] for a, b in zip(tokens.start[1:-1].tolist(), tokens.end[1:-1].tolist(), strict=True)]


def test_words_and_runs_of_other_characters_are_tokens() -> None:
    assert shown("Don-t panic?! it’s -- ok...") == ["Don", "-", "t", "panic", "?!", "it’s", "--", "ok", "..."]


def test_apostrophes_inside_belong_to_the_word() -> None:
    assert shown("'don't' o'clock's") == ["'", "don't", "'", "o'clock's"]


def test_a_zero_width_character_is_a_token() -> None:
    assert shown("zero\u200bwidth") == ["zero", "\u200b", "width"]


def test_an_emoji_with_its_modifier_is_one_token() -> None:
    assert shown("a 🧪🏽 b") == ["a", "🧪🏽", "b"]


def test_letter_case_is_folded_and_places_are_kept() -> None:
    tokens = tokenize(["Blue BLUE blue"])
    assert len(set(tokens.ids[1:-1].tolist())) == 1
    assert shown("Blue BLUE blue") == ["Blue", "BLUE", "blue"]


def test_an_empty_text_has_only_its_frame() -> None:
    tokens = tokenize(["", " \n"])
    assert tokens.ids.tolist() == [BEGIN, END, BEGIN, END]
    assert tokens.offsets.tolist() == [0, 2, 4]


def test_no_texts_have_no_tokens() -> None:
    tokens = tokenize([])
    assert (len(tokens), len(tokens.ids)) == (0, 0)


def test_words_are_told_from_everything_else() -> None:
    tokens = tokenize(["word_1 _x ?! é 漢字 \u200b 🧪"])
    expected = {
        "word_1": True,
        "_x": True,
        "?!": False,
        "é": True,
        "漢": True,
        "字": True,
        "\u200b": False,
        "🧪": False,
    }
    actual = {token: bool(tokens.is_word[i]) for i, token in enumerate(tokens.vocabulary) if i > END}
    assert expected == actual


def test_the_frame_cannot_be_forged() -> None:
    tokens = tokenize(["\x02 \x03", "word"])
    assert [tokens.ids[0], tokens.ids[tokens.offsets[1] - 1]] == [BEGIN, END]
    assert not tokens.is_word[tokens.ids[1:3]].any()


@given(TEXTS)
def test_nothing_but_white_space_stands_between_tokens(texts: list[str]) -> None:
    tokens = tokenize(texts)
    for number, text in enumerate(texts):
        at = slice(tokens.offsets[number], tokens.offsets[number + 1])
        ends = [0, *tokens.end[at].tolist()]
        for end, start in zip(ends, [*tokens.start[at].tolist(), len(text)], strict=True):
            assert text[end:start].strip() == ""


@given(TEXTS)
def test_every_token_is_its_piece_of_the_text_in_lower_case(texts: list[str]) -> None:
    tokens = tokenize(texts)
    for i in np.flatnonzero(tokens.start < tokens.end):
        piece = texts[tokens.text[i]][tokens.start[i] : tokens.end[i]]
        # A control character that is the name of the frame keeps the frame's number; it is no word either way.
        assert piece.lower() == tokens.vocabulary[tokens.ids[i]]


@given(TEXTS)
def test_every_text_is_framed(texts: list[str]) -> None:
    tokens = tokenize(texts)
    assert tokens.ids[tokens.offsets[:-1]].tolist() == [BEGIN] * len(texts)
    assert tokens.ids[tokens.offsets[1:] - 1].tolist() == [END] * len(texts)
    assert np.repeat(np.arange(len(texts)), np.diff(tokens.offsets)).tolist() == tokens.text.tolist()
