"""Capital and small letters."""

from __future__ import annotations

import re
from typing import ClassVar

from marshtest.text.matching import SPACE, MatchingFamily

__all__ = ["CasingFamily"]


class CasingFamily(MatchingFamily):
    """Unusual capital letters, and texts without capital or small letters."""

    id = "casing"
    pattern = "format"
    title = "The casing"
    patterns: ClassVar = {
        "a word in capital letters": re.compile(r"\b[A-Z]{4,}\b"),
        "three words in a row in capital letters": re.compile(r"\b[A-Z]{2,}\b[^\w\n]+[A-Z]{2,}\b[^\w\n]+[A-Z]{2,}\b"),
        "capital letters inside a word": re.compile(r"\b[A-Za-z]*[a-z][A-Z]+[a-z]*\b"),
        "capital letters at the end of a word": re.compile(r"\b[a-z]+[A-Z]+\b"),
        "alternating capital and small letters": re.compile(r"(?:[a-z][A-Z]){3}|(?:[A-Z][a-z]){4}"),
        "a small letter at the start": re.compile(r"\A[^\w]*[a-z]"),
        "a small letter at the start of a sentence": re.compile(r"[.!?]\s+[a-z]"),
        "a small i": re.compile(r"(?<![\w'’.])i(?![\w.])"),
        "four words in a row with a capital letter": re.compile(r"(?:\b[A-Z][a-z]+\s+){3}[A-Z][a-z]+\b"),
        "every long word with a capital letter": re.compile(
            r"\A(?=(?:.*?\b[A-Z][a-z]{3}){3})(?!.*\b[a-z]{4}).*\Z", re.S
        ),
        "no capital letter": re.compile(r"\A(?=.*[a-z])[^A-Z]*\Z", re.S),
        "no small letter": re.compile(r"\A(?=.*[A-Z])[^a-z]*\Z", re.S),
    }
    hints: ClassVar = {
        "a word in capital letters": r"[A-Z]{4}",
        "three words in a row in capital letters": r"[A-Z]{2}[^A-Za-z0-9_\n]+[A-Z]{2}",
        "capital letters inside a word": r"[a-z][A-Z]",
        "capital letters at the end of a word": r"[a-z][A-Z]",
        "alternating capital and small letters": r"(?:[a-z][A-Z]){3}|(?:[A-Z][a-z]){4}",
        "a small letter at the start": r"\A[^A-Za-z0-9_]*[a-z]",
        "a small letter at the start of a sentence": rf"[.!?]{SPACE}+[a-z]",
        "a small i": r"(?:\A|[^A-Za-z0-9_'.])i(?:[^A-Za-z0-9_.]|\z)",
        "four words in a row with a capital letter": rf"(?:[A-Z][a-z]+{SPACE}+){{3}}[A-Z][a-z]",
        "every long word with a capital letter": r"(?s)(?:[A-Z][a-z]{3}.*){3}",
        "no capital letter": r"\A[^A-Z]*\z",
        "no small letter": r"\A[^a-z]*\z",
    }
    whole = frozenset({"every long word with a capital letter", "no capital letter", "no small letter"})
