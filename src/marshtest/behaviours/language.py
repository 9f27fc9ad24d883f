"""The language of a completion, by its most frequent small words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from marshtest.features.languages import SMALL_WORDS

__all__ = ["carriers", "spans"]

_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 3
_START = 2_000
_LANGUAGES = {name: frozenset(words.split()) for name, words in SMALL_WORDS.items()}


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by the language of their answer: three different small words of it, more than of any other."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        words = set(_WORD.findall(text[:_START].casefold()))
        counts = sorted(((len(words & small), name) for name, small in _LANGUAGES.items()), reverse=True)
        if counts[0][0] >= _LEAST and counts[0][0] > counts[1][0]:
            found[counts[0][1]].append(number)
    return found


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give no place: a language is that of the whole."""
    return []
