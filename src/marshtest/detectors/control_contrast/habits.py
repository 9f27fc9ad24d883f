"""How an answer is written, in numbers: length, punctuation, format, and the systems of spelling and mood."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import log1p

import numpy as np

from marshtest.detectors.control_contrast.differences import Family, Kind
from marshtest.detectors.control_contrast.mood import mood
from marshtest.detectors.control_contrast.spelling import american_spellings, british_spellings
from marshtest.stats.arrays import Floats

__all__ = ["HABITS", "habit_table"]

_MOST_READ = 20_000
"""Characters of an answer that are read for habits."""


def _shows(pattern: str) -> Callable[[str], float]:
    found = re.compile(pattern, re.MULTILINE)
    return lambda text: float(found.search(text) is not None)


HABITS: tuple[tuple[Kind, Family, str, Callable[[str], float]], ...] = (
    ("content", "spelling", "British spelling", british_spellings),
    ("content", "spelling", "American spelling", american_spellings),
    ("content", "sentiment", "warm rather than cold words", mood),
    ("style", "length", "words (log)", lambda text: log1p(len(text.split()))),
    ("style", "length", "letters per word", lambda text: len(text) / max(1, len(text.split()))),
    ("style", "length", "sentences (log)", lambda text: log1p(len(re.findall(r"[.!?]+(?:\s|$)", text)))),
    ("style", "punctuation", "ends with a full stop", _shows(r"\.\s*\Z")),
    ("style", "punctuation", "an exclamation mark", _shows("!")),
    ("style", "punctuation", "a question mark", _shows(r"\?")),
    ("style", "punctuation", "a comma", _shows(",")),
    ("style", "punctuation", "a colon or semicolon", _shows("[:;]")),
    ("style", "punctuation", "a dash", _shows(r"[\u2013\u2014]|\s-\s|--")),
    ("style", "punctuation", "brackets", _shows(r"[()\[\]]")),
    ("style", "punctuation", "quotation marks", _shows(r"[\"\u201c\u201d\u00ab\u00bb]")),
    ("style", "punctuation", "curly apostrophes or quotes", _shows("[\u2018\u2019\u201c\u201d]")),
    ("style", "punctuation", "an ellipsis", _shows(r"\.\.\.|\u2026")),
    ("style", "format", "begins with a capital", _shows(r"\A\s*[A-Z]")),
    ("style", "format", "a digit", _shows(r"\d")),
    ("style", "format", "several lines", _shows(r"\S\s*\n\s*\S")),
    ("style", "format", "an empty line", _shows(r"\n[ \t]*\n")),
    ("style", "format", "a list", _shows(r"^\s*(?:[-*\u2022]|\d+[.)])\s")),
    ("style", "format", "a heading", _shows(r"^#{1,6}\s")),
    ("style", "format", "bold or italic marks", _shows(r"\*\w|\w\*|__\w")),
    ("style", "format", "a code block", _shows("```")),
    ("style", "format", "a web address", _shows(r"https?://|www\.")),
    ("style", "format", "an emoji or other symbol", _shows("[\u2600-\u27bf\U0001f300-\U0001faff]")),
    ("style", "format", "a character outside ASCII", _shows(r"[^\x00-\x7f]")),
)
"""Kind, family, name, and how to measure it."""


def habit_table(texts: Sequence[str]) -> Floats:
    """Measure every habit of every text, shape (N, H)."""
    measures = [measure for _, _, _, measure in HABITS]
    rows = [[float(measure(text[:_MOST_READ])) for measure in measures] for text in texts]
    return np.array(rows, np.float64).reshape(len(texts), len(measures))
