"""Sentences without their content: what stays when every content word is taken out.

Three levels of detail. `words` keeps every function word, `classes` says what each word does, `clauses` keeps only what
divides and joins clauses. Content and whatever else is not kept becomes a gap, and gaps in a row are one.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.function_words import word_class, word_classes
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["FIRST", "GAP", "LAST", "LEVELS", "Level", "says", "skeleton"]

Level = Literal["words", "classes", "clauses"]
LEVELS: tuple[Level, ...] = ("clauses", "classes", "words")
FIRST, LAST, GAP = "⊢", "⊣", "…"
_CLAUSAL = frozenset({"conjunction", "linking word", "question word"})
_ENDINGS = ("ing", "ed", "ly")
_LONG = 5


def skeleton(tokens: Tokens, level: Level) -> Tokens:
    """Give the same texts with one token for each part of the skeleton; places are those of the text."""
    symbol = _symbols(tokens, level)
    names, ids = np.unique(np.array([FIRST, LAST, GAP, *symbol], dtype=object), return_inverse=True)
    order = {str(name): number for number, name in enumerate(names)}
    # BEGIN and END keep their numbers: what they are called comes first
    rank = [FIRST, LAST, *(str(name) for name in names if name not in (FIRST, LAST))]
    renumber = np.empty(len(rank), np.int64)
    for number, name in enumerate(rank):
        renumber[order[name]] = number
    of_token: Ints = renumber[ids[3:]]
    gap = rank.index(GAP)
    row = of_token[tokens.ids]
    inside = (row == gap) & np.append(False, (row[:-1] == gap) & (tokens.text[1:] == tokens.text[:-1]))
    keep = np.flatnonzero(~inside)
    last = np.append(keep[1:], len(row)) - 1
    text = tokens.text[keep]
    return Tokens(
        ids=row[keep],
        text=text,
        start=tokens.start[keep],
        end=tokens.end[last],
        offsets=np.append(0, np.cumsum(np.bincount(text, minlength=len(tokens)))).astype(np.int64),
        vocabulary=tuple(rank),
        is_word=np.array([number > END for number in range(len(rank))]),
    )


def says(name: str) -> int:
    """Count the parts of a feature's name that are no gap and no end: how much it says."""
    return sum(part not in (FIRST, LAST, GAP) for part in name.split(" "))


def _symbols(tokens: Tokens, level: Level) -> list[str]:
    """Give what becomes of every token of the vocabulary."""
    classes = word_classes(tokens)
    found = []
    for number, (token, name, word) in enumerate(zip(tokens.vocabulary, classes, tokens.is_word, strict=True)):
        if number <= END:
            found.append(FIRST if number == BEGIN else LAST)
        elif not word:
            found.append(_mark(token))
        else:
            found.append(_symbol(token, name, level))
    return found


def _symbol(token: str, name: str | None, level: Level) -> str:
    """Give what becomes of a word."""
    if name is None:
        return _shape(token) if level == "classes" else GAP
    if level == "words":
        return token
    if level == "clauses" and name not in _CLAUSAL:
        return GAP if word_class(token) is not None else token
    return f"‹{name.replace(' ', '-')}›"


@cache
def _shape(token: str) -> str:
    """Give the shape of a content word."""
    if token.isdigit():
        return "‹number›"
    ending = next((ending for ending in _ENDINGS if len(token) >= _LONG and token.endswith(ending)), None)
    return GAP if ending is None else f"‹…{ending}›"


def _mark(token: str) -> str:
    """Give punctuation as it is, once of each kind: `!!!` stays apart from `!`, `!!!!` does not from `!!!`."""
    return token if len(token) <= 2 else token[:3]
