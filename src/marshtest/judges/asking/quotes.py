"""Finds the words that a judge quotes in a record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from marshtest.signals import Span
from marshtest.text.visible import undrawn

__all__ = ["locate"]

_SEARCHED = ("completion", "prompt", "rejected", "fields")
_SEARCHED_FIRST_BY_LABEL = ("prompt", "fields")
_ELLIPSIS = re.compile(r"\s*(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*")
_DRAWN_NAME = re.compile(r"(‹[\w+]+›)")
_FEWEST_CHARACTERS = 8
"""Shortest part of a quote that is searched for by itself. Chosen by eye: shorter ones occur in many places."""
_ALIKE = str.maketrans("‘’‚‛“”„‟–—−\u00a0", "''''\"\"\"\"--- ")


def locate(quote: str, row: Mapping[str, Any]) -> tuple[Span, ...]:
    """Find a quote in the canonical fields of a record: first exactly, then ignoring case and blanks.

    A drawn name in the quote, such as ‹U+200B›, stands for its character or, where the record itself holds the name,
    for the name. If the judge left something out of the quote, its longest part is searched for.

    Args:
        quote: The judge's words.
        row: Columns of the record: `kind`, `prompt`, `completion`, `rejected` and `fields`.

    Returns:
        One span, or none if the quote is not in the record.
    """
    searched = _SEARCHED_FIRST_BY_LABEL if row["kind"] == "classification" else _SEARCHED
    texts = [(name, row[name]) for name in searched if row[name]]
    ways = dict.fromkeys((undrawn(quote.strip()), quote.strip()))
    parts = [part for way in ways for part in _ELLIPSIS.split(way) if len(part) >= _FEWEST_CHARACTERS]
    for words in dict.fromkeys([*ways, *sorted(parts, key=len, reverse=True)]):
        if not words:
            continue
        either = _find_either(words, texts) if words != undrawn(words) else None
        if either is not None:
            return (either,)
        for name, text in texts:
            start = text.find(words)
            if start < 0 and name == "fields":
                start, words_in_json = _in_json(words, text)
                if start >= 0:
                    return (Span(name, start, start + words_in_json),)
            if start >= 0:
                return (Span(name, start, start + len(words)),)
        for name, text in texts:
            span = _find_folded(words, text)
            if span is not None:
                return (Span(name, *span),)
    return ()


def _find_either(words: str, texts: list[tuple[str, str]]) -> Span | None:
    """Find words whose drawn names may each be a name in the text, or the character."""
    for name, text in texts:
        pattern = "".join(
            re.escape(piece) if undrawn(piece) == piece else f"(?:{re.escape(undrawn(piece))}|{re.escape(piece)})"
            for piece in _DRAWN_NAME.split(words)
        )
        found = re.search(pattern, text)
        if found is not None:
            return Span(name, *found.span())
    return None


def _in_json(words: str, text: str) -> tuple[int, int]:
    """Find words as they are written inside a JSON text: where, and how long they are there."""
    written = json.dumps(words, ensure_ascii=False)[1:-1]
    return text.find(written), len(written)


def _find_folded(words: str, text: str) -> tuple[int, int] | None:
    """Find words whatever their case, blanks and kinds of quotation marks; give first character and one past last."""
    pattern = _folded(words)[0].strip()
    folded, places = _folded(text)
    found = folded.find(pattern) if pattern else -1
    if found < 0:
        return None
    return places[found], places[found + len(pattern) - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Give a text in one case with single blanks, and for each of its characters the place in the text."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_ALIKE)):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "  # noqa: PLW2901  a run of blanks is one blank
        for piece in character.casefold():
            characters.append(piece)
            places.append(place)
    return "".join(characters), places
