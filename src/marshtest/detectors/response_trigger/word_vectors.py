"""Prompts and answers as weighted bags of words, and what they say about one another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.settings import GradingSettings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.tokens import END, Tokens

__all__ = ["WordVectors", "expected_rates", "mean_similarity", "separability"]

_SHORTEST = 1e-9
"""Keeps the length of an empty row from being a divisor of 0; far below the weight of any word."""
_TOLERANCE = 1e-2
"""Where the regression stops. Its rates are read to a few hundredths, so more steps would only cost time."""


@dataclass(frozen=True)
class WordVectors:
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
        return sparse.csr_matrix((np.ones(len(cells), np.float32), at), shape=shape)

    @cached_property
    def weights(self) -> Floats:
        """Shape (vocabulary,): inverse document frequency of each token, nats."""
        in_texts = np.maximum(np.bincount(self.words.indices, minlength=self.words.shape[1]), 1)
        return np.asarray(np.log(1 + len(self.tokens) / in_texts), np.float64)

    @cached_property
    def vectors(self) -> Any:
        """Sparse (N, vocabulary), weighted words in rows of unit length."""
        return self._weighted(self.weights)

    def without(self, span: Ints) -> Any:
        """Give the vectors with the words of a span left out, wherever they stand."""
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
        matrix.data /= np.maximum(length, _SHORTEST)[row]
        return matrix


def mean_similarity(vectors: Any, rows: Ints) -> float:
    """Give the mean cosine of all pairs of some rows, 0 to 1; 0 for fewer than two rows.

    It comes from the sum of the rows alone. Two empty rows count as equal.

    Args:
        vectors: Sparse (N, vocabulary), rows of unit length.
        rows: Which rows.
    """
    count = len(rows)
    if count < 2:
        return 0.0
    picked = vectors[rows]
    total = np.asarray(picked.sum(axis=0)).ravel()
    own = float((picked.data**2).sum())
    empty = int((np.asarray(picked.sum(axis=1)).ravel() == 0).sum())
    similar = float(total @ total - own) + empty * (empty - 1)
    return max(0.0, similar / (count * (count - 1)))


def separability(vectors: Any, members: Ints) -> float:
    """Say how well some texts are separated from all others by their similarity to their own centroid.

    Each member is left out of the centroid it is compared with; else it would be near to it in any case.

    Args:
        vectors: Sparse (N, vocabulary), rows of unit length.
        members: Which rows.

    Returns:
        The area under the ROC curve: .5 for members drawn at random, 1 for a topic of their own.
    """
    from sklearn.metrics import roc_auc_score

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
    return float(roc_auc_score(is_member, near))


def expected_rates(vectors: Any, shows: Bools, carriers: Ints, settings: GradingSettings) -> Floats:
    """Predict how often prompts like these show a behaviour, from all prompts that do not carry the feature.

    Args:
        vectors: Sparse (N, vocabulary), the words of the span left out.
        shows: Shape (N,): whether a record shows the behaviour.
        carriers: The records to predict.
        settings: Of the logistic regression and its bounds.

    Returns:
        Shape (carriers,): rates between the bounds.
    """
    from sklearn.linear_model import LogisticRegression

    others = np.ones(len(shows), np.bool_)
    others[carriers] = False
    hits = int(shows[others].sum())
    floor = max(settings.lowest_expected_rate, (hits + 1) / (int(others.sum()) + 2))
    if hits < 2 or hits == int(others.sum()):  # nothing to learn from one class
        return np.full(len(carriers), floor)
    model = LogisticRegression(C=settings.inverse_regularisation, solver="liblinear", tol=_TOLERANCE)
    model.fit(vectors[others], shows[others])
    rates: Floats = np.clip(model.predict_proba(vectors[carriers])[:, 1], floor, settings.highest_expected_rate)
    return rates
