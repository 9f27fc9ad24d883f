"""Hostile text becomes visible, and spans stay at the right characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.render_reports import HOSTILE

from marshtest.text.visible import parts, visible

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
