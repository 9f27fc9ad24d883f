"""What was asked and what was written as vectors, and what the one lets expect of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.arrays import Bools, Floats, Ints
from marshtest.features.tokens import END, Tokens

__all__ = ["auc", "expected_rates", "mean_similarity", "reads_like_others", "word_vectors", "words_of"]

_FOLDS = 5
_LEAST_RATE = 1e-4
_MOST_SAMPLED = 4000
_INVERSE_REGULARISATION = 4.0


def words_of(tokens: Tokens, masked: Ints | None = None) -> Any:
    """Give a sparse matrix (N, vocabulary) with 1 where a text has a token that is not masked."""
    from scipy import sparse

    kept = tokens.ids > END
    if masked is not None and len(masked):
        kept &= ~np.isin(tokens.ids, masked)
    cells = np.unique(tokens.text[kept] * len(tokens.vocabulary) + tokens.ids[kept])
    shape = (len(tokens), len(tokens.vocabulary))
    at = (cells // shape[1], cells % shape[1])
    return sparse.csr_matrix((np.ones(len(cells), np.float64), at), shape=shape)


def word_vectors(tokens: Tokens, masked: Ints | None = None) -> Any:
    """Give rows of unit length in which a word weighs the more the fewer texts have it."""
    words = words_of(tokens, masked)
    in_texts = np.maximum(np.bincount(words.indices, minlength=words.shape[1]), 1)
    return _unit(words.multiply(np.log(1 + len(tokens) / in_texts)[None, :]).tocsr())


def mean_similarity(vectors: Any, rows: Ints) -> float:
    """Give the mean cosine of all pairs of some rows, from the sum of the rows alone; 0 for fewer than two."""
    count = len(rows)
    if count < 2:
        return 0.0
    picked = vectors[rows]
    total = np.asarray(picked.sum(axis=0)).ravel()
    own = float(picked.multiply(picked).sum())
    return max(0.0, float((total @ total - own) / (count * (count - 1))))


def expected_rates(words: Any, shows: Bools, carriers: Ints) -> Floats:
    """Say how often texts like these show a behaviour, judged by all texts that are no carriers; shape (carriers,).

    Args:
        words: Sparse (N, vocabulary), the words of the span left out.
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
    rows = _unit(words)
    model = LogisticRegression(C=_INVERSE_REGULARISATION, solver="liblinear", tol=1e-2)
    model.fit(rows[others], shows[others])
    return np.clip(model.predict_proba(rows[carriers])[:, 1], floor, 0.99)


def reads_like_others(words: Any, members: Ints, seed: int) -> float:
    """Say how well a model tells some texts from the rest by their words: .5 not at all, 1 always (cross-fitted AUC).

    Args:
        words: Sparse (N, vocabulary), the words of the span left out.
        members: The texts.
        seed: Seed for the sample of the rest and the folds.
    """
    from sklearn.linear_model import LogisticRegression

    generator = np.random.default_rng(seed)
    rest = np.setdiff1d(np.arange(words.shape[0]), members)
    if len(rest) < _FOLDS or len(members) < _FOLDS:
        return 1.0
    rest = generator.permutation(rest)[: max(_MOST_SAMPLED, len(members))]
    chosen = np.concatenate([members, rest])
    is_member = np.arange(len(chosen)) < len(members)
    fold = np.concatenate([generator.permutation(len(part)) % _FOLDS for part in (members, rest)])
    rows, scores = _unit(words[chosen]), np.zeros(len(chosen))
    for number in range(_FOLDS):
        train = fold != number
        model = LogisticRegression(C=1.0, solver="liblinear", tol=1e-2, class_weight="balanced")
        model.fit(rows[train], is_member[train])
        scores[~train] = model.decision_function(rows[~train])
    return auc(scores, is_member)


def auc(scores: Floats, positive: Bools) -> float:
    """Give the chance that a positive scores higher than a negative, ties counted half (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    ranks, count = rankdata(scores), int(positive.sum())
    others = len(scores) - count
    if not count or not others:
        return 0.5
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * others))


def _unit(matrix: Any) -> Any:
    from scipy import sparse

    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(length, 1e-9)) @ matrix).tocsr()
