"""Hostile text becomes visible, and spans stay at the right characters."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.render_reports import HOSTILE

from marshtest.judges.fencing import shown
from marshtest.text.visible import drawn_lines, escaped_json, parts, undrawn, visible

ANY_TEXT = st.text(alphabet=st.characters(), max_size=40)  # surrogates included


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, as it is", "plain text, as it is"),
        ("a\x1b[31mb", "a‹ESC›[31mb"),
        ("\x00\x07\x7f\x9b", "‹NUL›‹BEL›‹U+007F›‹U+009B›"),
        ("\u202eabc\u202c", "‹U+202E›abc‹U+202C›"),
        ("a\u200bb\ufeffc\u00add\u2060", "a‹U+200B›b‹U+FEFF›c‹U+00AD›d‹U+2060›"),
        ("a\u00a0b", "a‹U+00A0›b"),
        ("\ud800", "‹U+D800›"),
        ("line\nend\ttab\r", "line↵end⇥tab‹CR›"),
        ("\U000e0041\ufe0f\u3164", "‹U+E0041›‹U+FE0F›‹U+3164›"),
        ("Grüße, 你好, 🙂", "Grüße, 你好, 🙂"),
    ],
)
def test_unseen_characters_are_drawn(text: str, shown: str) -> None:
    """Every unseen or steering character gets a picture; the rest stays."""
    assert visible(text) == shown


@given(ANY_TEXT)
def test_nothing_unseen_is_left(text: str) -> None:
    """No control, format, surrogate or separator character comes through."""
    shown = visible(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}]
    assert visible(shown) == shown


@given(ANY_TEXT, st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=4))
def test_parts_hold_all_text_and_mark_exactly_the_spans(text: str, spans: list[tuple[int, int]]) -> None:
    """Cutting loses nothing, and the marked parts are the characters of the spans."""
    cut = parts(text, spans)
    assert "".join(part.text for part in cut) == visible(text)
    inside = [c for i, c in enumerate(text) if any(start <= i < end for start, end in spans)]
    assert "".join(part.text for part in cut if part.marked) == visible("".join(inside))


def test_a_span_after_long_pictures_stays_in_place() -> None:
    """A span counts characters of the data, not of their pictures."""
    text = "\u202e\u202e\u202etrigger\x00 tail"
    assert [part.text for part in parts(text, [(3, 10)]) if part.marked] == ["trigger"]


def test_hostile_text_is_harmless() -> None:
    """The text used all over these tests has nothing unseen left."""
    assert visible(HOSTILE).isprintable()


@pytest.mark.parametrize(
    "hidden",
    [
        "".join(chr(0xFE00 + ord(letter) % 16) for letter in "obey"),
        "".join(chr(0xE0100 + ord(letter)) for letter in "obey"),
        "".join(chr(0xE0000 + ord(letter)) for letter in "obey"),
        "\u3164\u115f\uffa0\u2800\u034f\u17b4\u180f",
        "\ue000\U000f0041\U00100042",
        "\u2028\u2029\u2062\u061c\U0001d159\ufffc\u0378",
        "\x1b[8mobey\x1b[0m".translate({ord(letter): None for letter in "obey"}),
    ],
)
def test_terminal_page_and_judge_see_the_same(hidden: str) -> None:
    """An instruction in characters that nobody sees is drawn for the judge as it is for the reader."""
    text = f"a good answer{hidden}, as asked"
    assert visible(text) == shown(text)
    assert "".join(part.text for part in parts(text)) == shown(text)
    assert not [one for one in hidden if one in shown(text) and not one.isprintable()]
    assert shown(text).isprintable()
    assert undrawn(shown(text)) == text


def test_a_judge_sees_lines_and_tabs_as_they_are() -> None:
    assert shown("a\n\tb\r\u3164") == "a\n\tb‹CR›‹U+3164›"


def test_a_tower_of_marks_does_not_cover_the_lines_above() -> None:
    tower = "a" + "\u0301" * 500
    assert visible(tower) == "a" + "\u0301" * 8 + "‹U+0301›" * 492
    for written in ("é\u0323", "བསྒྲུབས", "שָׁלוֹם", "ก็ไม่ได้", "สวัสดี"):
        assert visible(written) == written


@given(ANY_TEXT)
def test_escaped_json_says_the_same_and_steers_nothing(text: str) -> None:
    whole = text.encode("utf-8", "replace").decode()
    written = json.dumps({whole: [whole]}, ensure_ascii=False, indent=1)
    assert json.loads(escaped_json(written)) == {whole: [whole]}
    assert visible(escaped_json(written).replace("\n", "")) == escaped_json(written).replace("\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "##vso[task.complete result=Succeeded;]",
        "  a ##teamcity[buildStatus status='SUCCESS']",
        "##[endgroup]",
        "::stop-commands::x",
        "a line\n   ::add-mask::POISON",
        "::error file=a.py,line=1::all is well",
    ],
)
def test_commands_to_a_build_server_are_broken_up(text: str) -> None:
    """Azure Pipelines, TeamCity and GitHub Actions obey what a program prints."""
    drawn = drawn_lines(text)
    assert not re.search(r"##[a-z]*\[|^\s*::[a-z-]+.*::", drawn, re.MULTILINE)
    escaped = escaped_json(json.dumps({"a": text}))
    assert drawn_lines(escaped) == escaped
    assert json.loads(escaped) == {"a": text}


@pytest.mark.parametrize("text", ["## A title", "#1 and ##2", "std::vector<int>::at", "a :: b", "::1", "a[0]##"])
def test_other_signs_are_printed_as_they_are(text: str) -> None:
    assert drawn_lines(text) == text
