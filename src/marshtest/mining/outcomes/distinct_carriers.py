"""Distinct carriers of a pattern: near-duplicates count once, whatever their outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.mining.near_copies import NearCopySettings, near_duplicates
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import END, Tokens

__all__ = ["DistinctCarriers", "counted", "distinct_groups", "rest_rows"]


@dataclass(frozen=True, slots=True)
class DistinctCarriers:
    """Counts of the carriers for which the outcome is known, near-duplicates counted once."""

    answered: int
    """Groups of near-duplicates among the carriers with an answer."""
    trials: int
    """Groups in which at least one record could show the outcome."""
    hits: int
    """Groups in which at least half of the records that could show the outcome do."""


def distinct_groups(
    tokens: Tokens, sequence: Ints, texts: Ints, settings: NearCopySettings = NearCopySettings()
) -> Ints:
    """Number some texts so that near-duplicates share a number, 0 up.

    The span is left out of the comparison: a long span would make its carriers near-duplicates of one another.

    Args:
        tokens: The texts that are compared.
        sequence: Token ids of the span; empty for a feature of whole records.
        texts: Indices of the texts.
        settings: When two texts are near-duplicates.

    Returns:
        Shape of `texts`.
    """
    if len(texts) == 0:
        return np.zeros(0, np.int64)
    return near_duplicates(rest_rows(tokens, sequence, texts), np.arange(len(texts)), settings)


def counted(group: Ints, hit: Bools, trial: Bools) -> DistinctCarriers:
    """Count groups of near-duplicates.

    Args:
        group: Shape (n,): near-duplicates share a number, 0 up.
        hit: Shape (n,): whether a record shows the outcome.
        trial: Shape (n,): whether it could have shown it.
    """
    if len(group) == 0:
        return DistinctCarriers(0, 0, 0)
    could, did = np.bincount(group, trial), np.bincount(group, hit)
    return DistinctCarriers(
        int(group.max()) + 1, int((could > 0).sum()), int(((could > 0) & (did >= 0.5 * could)).sum())
    )


def rest_rows(tokens: Tokens, sequence: Ints, texts: Ints) -> Any:
    """Give what near-duplicates are told by: sparse (n, F), rows of unit length, words and word pairs without a span.

    Args:
        tokens: The texts.
        sequence: Token ids of the span; empty for a feature of whole records.
        texts: Indices of the n texts.
    """
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
