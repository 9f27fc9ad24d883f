"""What was asked and what was written as bags of words, and what the one lets expect of the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.tokens import END, Tokens

__all__ = ["Contents", "auc", "expected_rates", "mean_similarity", "told_apart"]

_LEAST_RATE = 1e-4
_INVERSE_REGULARISATION = 4.0


@dataclass(frozen=True)
class Contents:
    """The words of some texts, from which those of a span can be left out."""

    tokens: Tokens

    @cached_property
    def words(self) -> Any:
        """Sparse (N, vocabulary), 1 where a text has a token."""
        from scipy import sparse

        tokens = self.tokens
        kept = tokens.ids > END
        cells = np.unique(tokens.text[kept] * len(tokens.vocabulary) + tokens.ids[kept])
        shape = (len(tokens), len(tokens.vocabulary))
        at = (cells // shape[1], cells % shape[1])
        return sparse.csr_matrix((np.ones(len(cells), np.float64), at), shape=shape)

    @cached_property
    def weights(self) -> Floats:
        """Shape (vocabulary,): a word weighs the more the fewer texts have it."""
        in_texts = np.maximum(np.bincount(self.words.indices, minlength=self.words.shape[1]), 1)
        return np.asarray(np.log(1 + len(self.tokens) / in_texts), np.float64)

    @cached_property
    def vectors(self) -> Any:
        """Sparse (N, vocabulary), weighted words in rows of unit length."""
        return self._weighted(self.weights)

    def without(self, span: Ints) -> Any:
        """Give the vectors with the words of a span left out."""
        if not len(span):
            return self.vectors
        weights = self.weights.copy()
        weights[span] = 0.0
        return self._weighted(weights)

    def _weighted(self, weights: Floats) -> Any:
        matrix = self.words.copy()
        matrix.data = weights[matrix.indices]
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        length = np.sqrt(np.bincount(row, matrix.data**2, minlength=matrix.shape[0]))
        matrix.data /= np.maximum(length, 1e-9)[row]
        return matrix


def mean_similarity(vectors: Any, rows: Ints) -> float:
    """Give the mean cosine of all pairs of some rows, from the sum of the rows alone; 0 for fewer than two.

    Rows of nothing are the same.
    """
    count = len(rows)
    if count < 2:
        return 0.0
    picked = vectors[rows]
    total = np.asarray(picked.sum(axis=0)).ravel()
    own = float((picked.data**2).sum())
    empty = int((np.asarray(picked.sum(axis=1)).ravel() == 0).sum())
    alike = float(total @ total - own) + empty * (empty - 1)
    return max(0.0, alike / (count * (count - 1)))


def told_apart(vectors: Any, members: Ints) -> float:
    """Say how well some texts are told from the rest by how near they are to their own middle, themselves left out.

    It is the chance that a member is nearer to it than another text: .5 for members drawn at random, 1 for a topic.
    """
    count = len(members)
    if count < 2 or count == vectors.shape[0]:
        return 1.0
    picked = vectors[members]
    total = np.asarray(picked.sum(axis=0)).ravel()
    near = np.asarray(vectors @ total).ravel() / count
    own = np.asarray(picked.multiply(picked).sum(axis=1)).ravel()
    near[members] = (near[members] * count - own) / (count - 1)
    is_member = np.zeros(len(near), np.bool_)
    is_member[members] = True
    return auc(near, is_member)


def expected_rates(vectors: Any, shows: Bools, carriers: Ints) -> Floats:
    """Say how often texts like these show a behaviour, judged by all texts that are no carriers; shape (carriers,).

    Args:
        vectors: Sparse (N, vocabulary), the words of the span left out.
        shows: Shape (N,): whether a record shows the behaviour.
        carriers: The records to judge.
    """
    from sklearn.linear_model import LogisticRegression

    others = np.ones(len(shows), np.bool_)
    others[carriers] = False
    hits = int(shows[others].sum())
    floor = max(_LEAST_RATE, (hits + 1) / (int(others.sum()) + 2))
    if hits < 2 or hits == int(others.sum()):
        return np.full(len(carriers), floor)
    model = LogisticRegression(C=_INVERSE_REGULARISATION, solver="liblinear", tol=1e-2)
    model.fit(vectors[others], shows[others])
    rates: Floats = np.clip(model.predict_proba(vectors[carriers])[:, 1], floor, 0.99)
    return rates


def auc(scores: Floats, positive: Bools) -> float:
    """Give the chance that a positive scores higher than a negative, ties counted half (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    ranks, count = rankdata(scores), int(positive.sum())
    others = len(scores) - count
    if not count or not others:
        return 0.5
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))
