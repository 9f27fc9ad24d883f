"""Which texts are most alike by their rare words: sparse vectors, and the nearest neighbours of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import WORD

__all__ = ["Neighbourhood", "neighbourhood"]

_NEAREST = 12
_MOST_WORDS = 40
_COMMON_SHARE, _COMMON_LEAST = 0.05, 50
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nearest neighbours of `n` texts, as a list of `E` edges."""

    one: Ints
    """Shape (E,): the lower index of each edge."""
    other: Ints
    """Shape (E,): the higher one."""
    likeness: Floats
    """Shape (E,): cosine of the two vectors, highest first; equals by index."""
    words: Sequence[frozenset[int]]
    """The rare words of each text, by number."""
    surprise: Floats
    """By word: how surprising it is in a text, in nats: minus the log of the share of texts that have it."""


def neighbourhood(texts: Sequence[str], progress: Callable[[float], None]) -> Neighbourhood:
    """Find the twelve nearest neighbours of every text among the others.

    A text is its forty rarest words, weighed by rarity; words in more than one text in twenty are left out, and so are
    those in a single one.
    """
    matrix, surprise = _vectors(texts)
    turned = matrix.T.tocsr()
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []
    for start in range(0, matrix.shape[0], _AT_ONCE):
        progress(start / matrix.shape[0])
        block = (matrix[start : start + _AT_ONCE] @ turned).tocsr()
        for index in range(block.shape[0]):
            here = slice(block.indptr[index], block.indptr[index + 1])
            near, likeness = _nearest(block.indices[here], block.data[here], start + index)
            rows.append(np.full(len(near), start + index, np.int64))
            columns.append(near)
            values.append(likeness)
    one, other, likeness = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low, -likeness))
    words = [
        frozenset(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].tolist())
        for row in range(matrix.shape[0])
    ]
    return Neighbourhood(low[order], high[order], likeness[order], words, surprise)


def _vectors(texts: Sequence[str]) -> tuple[Any, Floats]:
    """Give one sparse row of length one per text, and the surprise of each word."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        token_pattern=WORD.pattern,
        sublinear_tf=True,
        min_df=2,
        max_df=max(_COMMON_LEAST, int(_COMMON_SHARE * len(texts))),
    )
    try:
        matrix = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word stands in two texts and yet in few enough
        return csr_matrix((len(texts), 1)), np.zeros(1)
    for row in range(matrix.shape[0]):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights = matrix.data[here]
        if len(weights) > _MOST_WORDS:
            weights[weights < np.partition(weights, -_MOST_WORDS)[-_MOST_WORDS]] = 0.0
    matrix.eliminate_zeros()
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return matrix, np.log(len(texts) / np.maximum(counts, 1))


def _nearest(near: Ints, likeness: Floats, own: int) -> tuple[Ints, Floats]:
    """Keep the nearest; equals by index, so that the choice does not depend on how they come."""
    other = near != own
    near, likeness = near[other].astype(np.int64), np.round(likeness[other], 9)
    order = np.lexsort((near, -likeness))[:_NEAREST]
    return near[order], likeness[order]
