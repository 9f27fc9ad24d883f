"""Carriers of a span counted as witnesses: near-copies of one text are one witness, whatever they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.mining.near_copies import near_duplicates
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens

__all__ = ["Witnesses", "count_witnesses"]


@dataclass(frozen=True, slots=True)
class Witnesses:
    """Distinct answered carriers."""

    answered: int
    """All of them."""
    trials: int
    """Those of which a record could have shown the outcome."""
    hits: int
    """Those of which at least half of such records showed it."""


def count_witnesses(
    tokens: Tokens, sequence: Ints, carriers: Ints, hit: Bools, trial: Bools, answered: Bools
) -> Witnesses:
    """Count the answered carriers; what they share besides the span makes them copies, not the span itself.

    Args:
        tokens: The texts that the span stands in.
        sequence: Token ids of the span; empty for a feature of whole records.
        carriers: The carriers.
        hit: Shape (N,): whether a record shows the outcome.
        trial: Shape (N,): whether it could have.
        answered: Shape (N,): whether there is an answer about it.
    """
    texts = carriers[answered[carriers]]
    if len(texts) == 0:
        return Witnesses(0, 0, 0)
    group = near_duplicates(_rest(tokens, sequence, texts), np.arange(len(texts)))
    could = np.bincount(group, trial[texts])
    did = np.bincount(group, hit[texts])
    return Witnesses(int(group.max()) + 1, int((could > 0).sum()), int(((could > 0) & (did >= 0.5 * could)).sum()))


def _rest(tokens: Tokens, sequence: Ints, texts: Ints) -> object:
    """Give rows of unit length: the words and word pairs of each text without the span."""
    from scipy import sparse

    low, high = tokens.offsets[texts], tokens.offsets[texts + 1]
    length = high - low
    row = np.repeat(np.arange(len(texts)), length)
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length) + np.repeat(low, length)
    real = tokens.ids[place] > END
    if len(sequence):
        covered = (occurrences(tokens, sequence)[:, None] + np.arange(len(sequence))).ravel()
        real &= ~np.isin(place, covered)
    ids = tokens.ids[place]
    pair = real[:-1] & real[1:]
    size = len(tokens.vocabulary)
    empty = np.flatnonzero(np.bincount(row[real], minlength=len(texts)) == 0)  # nothing but the span: all are one text
    feature = np.concatenate([ids[real], size + ids[:-1][pair] * size + ids[1:][pair], np.full(len(empty), -1)])
    where = np.concatenate([row[real], row[:-1][pair], empty])
    _, column = np.unique(feature, return_inverse=True)
    cells = np.unique(where * (int(column.max()) + 1 if len(column) else 1) + column)
    columns = int(column.max()) + 1 if len(column) else 1
    matrix = sparse.csr_matrix((np.ones(len(cells)), (cells // columns, cells % columns)), shape=(len(texts), columns))
    return sparse.diags(1 / np.sqrt(np.maximum(np.diff(matrix.indptr), 1))).dot(matrix).tocsr()
