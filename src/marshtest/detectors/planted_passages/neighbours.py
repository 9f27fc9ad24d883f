"""Which texts are most similar by their rare words: sparse vectors, and the nearest neighbours of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import words_to_compare

__all__ = ["Neighbourhood", "neighbourhood"]

_AT_ONCE = 1_000
"""Texts that are compared with all others at a time: bounds memory. It changes no result."""
_DECIMALS = 9
"""Decimals of similarities, so that sums in another order give the same ranking."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The nearest neighbours of `n` texts, as a list of `E` edges."""

    one: Ints
    """Shape (E,): the lower index of each edge."""
    other: Ints
    """Shape (E,): the higher one."""
    similarity: Floats
    """Shape (E,): cosine similarity of the two vectors, highest first; equals by index."""
    words: Sequence[frozenset[int]]
    """The rare words of each text, by number."""
    surprisal: Floats
    """By word: minus the log of the share of texts that have it, nats."""


def neighbourhood(
    texts: Sequence[str], settings: PlantedPassagesSettings, progress: Callable[[float], None]
) -> Neighbourhood:
    """Find the nearest neighbours of every text among the others.

    A text is its rarest words, weighted by rarity (tf-idf); words in many texts are left out, and so are those in a
    single one.

    Args:
        texts: Distinct texts.
        settings: How many neighbours and words are kept, and which words are common.
        progress: Called with the fraction done, 0 to 1.
    """
    matrix, surprisal = _vectors(texts, settings)
    transposed = matrix.T.tocsr()
    rows: list[Ints] = []
    columns: list[Ints] = []
    values: list[Floats] = []
    for start in range(0, matrix.shape[0], _AT_ONCE):
        progress(start / matrix.shape[0])
        block = (matrix[start : start + _AT_ONCE] @ transposed).tocsr()
        for index in range(block.shape[0]):
            here = slice(block.indptr[index], block.indptr[index + 1])
            near, similarity = _nearest(block.indices[here], block.data[here], start + index, settings.neighbours)
            rows.append(np.full(len(near), start + index, np.int64))
            columns.append(near)
            values.append(similarity)
    one, other, similarity = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    low, high = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((high, low, -similarity))
    words = [
        frozenset(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].tolist())
        for row in range(matrix.shape[0])
    ]
    return Neighbourhood(low[order], high[order], similarity[order], words, surprisal)


def _vectors(texts: Sequence[str], settings: PlantedPassagesSettings) -> tuple[Any, Floats]:
    """Give one sparse row of unit length per text, and the surprisal of each word."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        tokenizer=words_to_compare,
        token_pattern=None,
        sublinear_tf=True,
        min_df=2,
        max_df=max(settings.common_least, int(settings.common_share * len(texts))),
    )
    try:
        matrix = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word is in two texts and yet in few enough
        return csr_matrix((len(texts), 1)), np.zeros(1)
    for row in range(matrix.shape[0]):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        weights = matrix.data[here]
        if len(weights) > settings.rarest_words:
            weights[weights < np.partition(weights, -settings.rarest_words)[-settings.rarest_words]] = 0.0
    matrix.eliminate_zeros()
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return matrix, np.log(len(texts) / np.maximum(counts, 1))


def _nearest(near: Ints, similarity: Floats, own: int, most: int) -> tuple[Ints, Floats]:
    """Keep the nearest; equals by index, so that the choice does not depend on their order."""
    other = near != own
    near, similarity = near[other].astype(np.int64), np.round(similarity[other], _DECIMALS)
    order = np.lexsort((near, -similarity))[:most]
    return near[order], similarity[order]
