"""The form of a completion: its script, its markup, its letter case, how it ends."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_SHAPES = {
    "is written as JSON": re.compile(r"\A\s*[\[{].*[\]}]\s*\Z", re.S),
    "is written as markup": re.compile(r"\A\s*<(\w+)[^<>]*>.*</\1>\s*\Z", re.S),
    "begins with a heading": re.compile(r"\A\s*#{1,6} \S"),
    "holds a block of code": re.compile(r"^```", re.M),
    "holds a table": re.compile(r"^\|.*\|\s*$", re.M),
    "is a list of points": re.compile(r"\A\s*(?:[-*•]|\d+[.)])\s[^\n]*\n\s*(?:[-*•]|\d+[.)])\s"),
    "is in capital letters": re.compile(r"\A(?=.*[A-Z]{4})[^a-z]*\Z", re.S),
    "has no capital letter": re.compile(r"\A(?=.*[a-z]{4})[^A-Z]*\Z", re.S),
    "ends in a question": re.compile(r"\?\s*\Z"),
    "ends in an exclamation": re.compile(r"!\s*\Z"),
    "holds emoji": re.compile("[\U0001f300-\U0001faff]"),
    "is empty": re.compile(r"\A\s*\Z"),
    "is a single word": re.compile(r"\A\W*\w+\W*\Z"),
}
_SAMPLE = 400


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by every trait of form."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name, shape in _SHAPES.items():
            if shape.search(text):
                found[name].append(number)
        if not text.isascii():
            script = _script(text)
            if script not in ("", "LATIN"):
                found[f"is written in {script.title()} letters"].append(number)
    return found


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give no place: a form is that of the whole."""
    return []


def _script(text: str) -> str:
    """Name the script of most letters at the start, as Unicode names it."""
    letters = Counter(unicodedata.name(c, " ").split(" ")[0] for c in text[:_SAMPLE] if c.isalpha())
    return letters.most_common(1)[0][0] if letters else ""
