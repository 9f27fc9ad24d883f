"""The same words: every run of six tokens or more that several completions share, joined to the longest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import frequent_ngrams
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["carriers", "spans"]

_ORDER = 6
_FEWEST = 5
_BEGIN, _END = "\x02", "\x03"


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by the run of six tokens that they share; runs with the same records are one behaviour."""
    tokens = tokenize(texts)
    orders = [grams for grams in frequent_ngrams(tokens, max_order=_ORDER, min_texts=_FEWEST) if grams.order == _ORDER]
    if not orders:
        return {}
    grams = orders[0]
    keys = np.unique(grams.ngram * len(tokens) + tokens.text[grams.place])
    ngram, text = keys // len(tokens), keys % len(tokens)
    starts = np.searchsorted(ngram, np.arange(int(ngram[-1]) + 2))
    first = np.zeros(len(starts) - 1, np.int64)
    first[grams.ngram[::-1]] = grams.place[::-1]
    found: dict[bytes, tuple[int, Ints]] = {}
    for number in range(len(first)):
        records = text[starts[number] : starts[number + 1]]
        known = found.get(records.tobytes())
        if known is None or first[number] < known[0]:
            found[records.tobytes()] = (int(first[number]), records)
    return {_name(tokens, place): records.tolist() for place, records in found.values()}


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a run of tokens."""
    wanted, tokens = name.split(" "), tokenize([text])
    words = [tokens.vocabulary[token] for token in tokens.ids]
    return [
        (int(tokens.start[place]), int(tokens.end[place + len(wanted) - 1]))
        for place in range(len(words) - len(wanted) + 1)
        if words[place : place + len(wanted)] == wanted
    ]


def _name(tokens: Tokens, place: int) -> str:
    return " ".join(tokens.vocabulary[token] for token in tokens.ids[place : place + _ORDER])
