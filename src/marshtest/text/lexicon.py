"""Words of a list in texts: how many different ones each text has, and where they are."""

from __future__ import annotations

import re
from collections import defaultdict

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Places
from marshtest.text.tokens import Tokens, distinct

__all__ = ["different_words", "lexicon_ids", "places_of_words"]


def lexicon_ids(tokens: Tokens, words: str) -> Ints:
    """Give the vocabulary indices of some words that the texts have, rising.

    Args:
        tokens: The texts.
        words: Lower-case words between spaces. Marks at their ends are tokens of their own and are left out.
    """
    wanted = {re.sub(r"^\W+|\W+$", "", word) for word in words.split()}
    return np.array([number for number, token in enumerate(tokens.vocabulary) if token in wanted], np.int64)


def different_words(tokens: Tokens, ids: Ints) -> Ints:
    """Count how many different ones of these tokens each text has; shape (N,)."""
    inside = np.isin(tokens.ids, ids)
    size = len(tokens.vocabulary)
    cells = distinct(tokens.text[inside] * size + tokens.ids[inside])
    return np.bincount(cells // size, minlength=len(tokens)).astype(np.int64)


def places_of_words(tokens: Tokens, ids: Ints, texts: Ints) -> Places:
    """Give the places of these tokens in some of the texts."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place in np.flatnonzero(np.isin(tokens.ids, ids) & np.isin(tokens.text, texts)):
        found[int(tokens.text[place])].append((int(tokens.start[place]), int(tokens.end[place])))
    return {text: tuple(spans) for text, spans in found.items()}
