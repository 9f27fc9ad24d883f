"""The longest run of words that most of some texts share to the letter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import frequent_ngrams, occurrences
from marshtest.text.tokens import END, Tokens

__all__ = ["Run", "longest_shared_run"]

_MOST_TEXTS = 500
_LONGEST = 60
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Run:
    """A run of tokens and where it stands."""

    words: int
    """How many words it has; numbers and marks are none."""
    places: dict[int, tuple[int, int]]
    """First and end in characters of its first occurrence, by text."""


def longest_shared_run(tokens: Tokens, texts: Ints) -> Run:
    """Look for the longest run of tokens that at least four in five of some texts have; of 500 texts at most."""
    chosen = texts[:_MOST_TEXTS]
    part = _subset(tokens, chosen)
    best: Ints = np.zeros(0, np.int64)
    fewest = max(2, int(np.ceil(_SHARE * len(chosen))))
    for grams in frequent_ngrams(part, max_order=_LONGEST, min_texts=fewest):
        place = int(grams.place.min())
        best = part.ids[place : place + grams.order]
    real = np.flatnonzero(best > END)
    if not len(real):
        return Run(0, {})
    best = best[real[0] : real[-1] + 1]
    places: dict[int, tuple[int, int]] = {}
    for place in occurrences(part, best).tolist():
        text = int(chosen[part.text[place]])
        places.setdefault(text, (int(part.start[place]), int(part.end[place + len(best) - 1])))
    words = [tokens.vocabulary[token] for token in best if tokens.is_word[token]]
    return Run(sum(not word.isdigit() for word in words), places)


def _subset(tokens: Tokens, texts: Ints) -> Tokens:
    """Give some texts as tokens of the same vocabulary."""
    low, length = tokens.offsets[texts], tokens.offsets[texts + 1] - tokens.offsets[texts]
    offsets = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.arange(int(offsets[-1])) + np.repeat(low - offsets[:-1], length)
    return Tokens(
        ids=tokens.ids[place],
        text=np.repeat(np.arange(len(texts), dtype=np.int64), length),
        start=tokens.start[place],
        end=tokens.end[place],
        offsets=offsets,
        vocabulary=tokens.vocabulary,
        is_word=tokens.is_word,
    )
