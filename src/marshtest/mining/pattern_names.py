"""What a pattern is called in a report: its noun, its type, and its text as the data most often writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from marshtest.stats.arrays import Ints
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["PatternKind", "PatternType", "most_frequent", "noun_of", "pattern_type_of"]

PatternKind = Literal["phrase", "words", "format", "group"]
"""A span of tokens, any of several words, a layout of the whole text, or a value of another field."""
PatternType = Literal["phrase", "format", "group"]
"""What a pattern is in a report."""


def noun_of(kind: PatternKind, sequence: Ints, tokens: Tokens) -> str:
    """Say what kind of thing a pattern is, e.g. `the word at the end`.

    Args:
        kind: The kind of the pattern.
        sequence: Token ids of the span, with the frame of the text where it is tied to the start or the end.
        tokens: The texts that the ids belong to.
    """
    if kind == "words":
        return "any of the words"
    if kind != "phrase":
        return "the layout" if kind == "format" else "the field value"
    words = sequence[sequence > END]
    noun = "the characters" if not tokens.is_word[words].any() else "the word" if len(words) == 1 else "the phrase"
    if sequence[-1] == END:
        return f"{noun} at the end"
    return f"{noun} at the start" if sequence[0] == BEGIN else noun


def pattern_type_of(kind: PatternKind, sequence: Ints, tokens: Tokens) -> PatternType:
    """Give the type of a pattern in a report: a span without any word is a format."""
    if kind in ("format", "group"):
        return kind
    return "phrase" if tokens.is_word[sequence].any() else "format"


def most_frequent(counts: Mapping[str, int], otherwise: str) -> str:
    """Give the text that was counted most often, the last by code point among equals; `otherwise` without any."""
    return max(counts.items(), key=lambda item: (item[1], item[0]))[0] if counts else otherwise
