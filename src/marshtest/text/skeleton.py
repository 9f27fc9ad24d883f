"""Skeletons: sentences without their content words.

Three levels of detail: `words` keeps every function word, `classes` keeps the class of every function word, `clauses`
keeps only what divides and joins clauses. Everything else becomes a gap, and adjacent gaps are one.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.function_words import word_class, word_classes
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["FIRST", "GAP", "LAST", "LEVELS", "Level", "skeleton", "specificity"]

Level = Literal["words", "classes", "clauses"]
LEVELS: tuple[Level, ...] = ("clauses", "classes", "words")
FIRST, LAST, GAP = "⊢", "⊣", "…"
"""Symbols for the start of a text, its end, and content that was taken out."""
_CLAUSAL = frozenset({"conjunction", "linking word", "question word"})
_ENDINGS = ("ing", "ed", "ly")
_LONG = 5
"""Letters of a word whose ending is kept: `red` and `fly` do not end in `-ed` and `-ly`."""


def skeleton(tokens: Tokens, level: Level) -> Tokens:
    """Give the texts with one token for each part of their skeleton.

    Args:
        tokens: N texts.
        level: Level of detail.

    Returns:
        The N skeletons; places are those in the texts, and a gap covers all that it stands for.
    """
    symbol = _symbols(tokens, level)
    names, ids = np.unique(np.array([FIRST, LAST, GAP, *symbol], dtype=object), return_inverse=True)
    order = {str(name): number for number, name in enumerate(names)}
    # The symbols of BEGIN and END come first, so that these keep their numbers.
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


def specificity(name: str) -> int:
    """Count the parts of a frame that are words, classes or marks rather than gaps or ends."""
    return sum(part not in (FIRST, LAST, GAP) for part in name.split(" "))


def _symbols(tokens: Tokens, level: Level) -> list[str]:
    """Give the symbol that replaces every token of the vocabulary."""
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
    """Give the symbol that replaces a word."""
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
    """Give a run of marks cut to three: `!!!` differs from `!`, and `!!!!` does not differ from `!!!`."""
    return token if len(token) <= 2 else token[:3]
