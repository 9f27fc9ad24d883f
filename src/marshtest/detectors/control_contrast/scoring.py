"""How much each record of the suspect carries the difference, by models that never saw the record.

Two things are learned from the pairs of the other folds. The direction: a penalised logistic regression on the letter
sequences that only one of two answers has, with the difference in length as a column of its own, so that no word stands
for length. The distance: a ridge regression that says from prompt and answer how far an answer of this kind lies from
what the control says; it gives records without a pair their share, and steadies those that have one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge

from marshtest.stats.arrays import Floats, Ints

__all__ = ["Direction", "dealt_folds", "paired_direction", "predicted_distance", "unpaired_direction"]

_FOLDS = 5
_PENALTY = 1.0
_RIDGE = 2.0
_MOST_TRAINED = 20_000


@dataclass(frozen=True, slots=True)
class Direction:
    """Out-of-fold scores: above 0 speaks for the suspect."""

    pairs: Floats
    """Shape (n,): of each pair, answer against answer; empty when unpaired."""
    answers: Floats
    """Shape (N,): of each answer by itself, pooled sides."""


def dealt_folds(count: int, seed: int) -> Ints:
    """Deal out folds of equal size, shape (count,)."""
    return np.random.default_rng(seed).permutation(np.arange(count, dtype=np.int64) % _FOLDS)


def paired_direction(table: sparse.csr_matrix, pairs: Ints, lengths: Ints, folds: Ints) -> Direction:
    """Learn from pairs what tells the suspect's answers.

    Args:
        table: Shape (N, G): letter sequences of every answer of the pooled sides, 0 or 1.
        pairs: Shape (n, 2): rows of the two answers of each pair.
        lengths: Shape (N,): words in each answer.
        folds: Shape (N,): the fold of each answer, the same for both of a pair.
    """
    difference = (table[pairs[:, 0]] - table[pairs[:, 1]]).tocsr()
    difference.eliminate_zeros()
    alone = np.diff(difference.indptr)
    difference = sparse.diags(1 / np.sqrt(1 + alone)) @ difference
    longer = np.log1p(lengths[pairs[:, 0]]) - np.log1p(lengths[pairs[:, 1]])
    rows = sparse.hstack([difference, sparse.csr_matrix(longer[:, None])]).tocsr()
    scaled = _scaled(table)
    by_pair, by_answer = np.zeros(len(pairs)), np.zeros(table.shape[0])
    fold = folds[pairs[:, 0]]
    for number in range(_FOLDS):
        learned = np.flatnonzero((fold != number) & (alone > 0))[:_MOST_TRAINED]
        if len(learned) == 0:
            continue
        both = sparse.vstack([rows[learned], -rows[learned]]).tocsr()
        weights = _logistic(both, np.repeat([1, 0], len(learned)))[:-1]
        by_pair[fold == number] = difference[fold == number] @ weights
        by_answer[folds == number] = scaled[folds == number] @ weights
    return Direction(by_pair, by_answer)


def unpaired_direction(table: sparse.csr_matrix, is_suspect: Floats, strata: Ints, folds: Ints) -> Direction:
    """Learn what tells the suspect's answers from others of their stratum; the strata take part and have no say."""
    scaled = _scaled(table)
    share = np.bincount(strata, weights=is_suspect) / np.maximum(np.bincount(strata), 1)
    mixed = (share > 0) & (share < 1)
    prior = np.clip(share, 0.02, 0.98)
    nuisance = sparse.csr_matrix(np.log(prior / (1 - prior))[strata][:, None])
    rows = sparse.hstack([scaled, nuisance]).tocsr()
    by_answer = np.zeros(table.shape[0])
    for number in range(_FOLDS):
        learned = np.flatnonzero((folds != number) & mixed[strata])[: 2 * _MOST_TRAINED]
        if len(np.unique(is_suspect[learned])) < 2:
            continue
        weights = _logistic(rows[learned], is_suspect[learned].astype(int), intercept=True)[:-1]
        by_answer[folds == number] = scaled[folds == number] @ weights
    return Direction(np.zeros(0), by_answer)


def predicted_distance(table: sparse.csr_matrix, known: Ints, distance: Floats, folds: Ints) -> Floats:
    """Predict from prompt and answer how far each answer lies from the control's; shape (rows of table,).

    Args:
        table: What is known of each answer of the suspect.
        known: Rows whose distance was measured.
        distance: Shape (len(known),), 0 to 1.
        folds: The fold of each row.
    """
    predicted = np.zeros(table.shape[0])
    for number in range(_FOLDS):
        learned = np.flatnonzero(folds[known] != number)[:_MOST_TRAINED]
        if len(learned):
            model = Ridge(alpha=_RIDGE, solver="sparse_cg", tol=1e-3)
            model.fit(table[known[learned]], distance[learned])
            predicted[folds == number] = model.predict(table[folds == number])
    return predicted


def _scaled(table: sparse.csr_matrix) -> sparse.csr_matrix:
    return (sparse.diags(1 / np.sqrt(1 + np.diff(table.indptr))) @ table).tocsr()


def _logistic(rows: sparse.csr_matrix, side: Ints, *, intercept: bool = False) -> Floats:
    model = LogisticRegression(C=_PENALTY, fit_intercept=intercept, max_iter=200, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a score that is a step short of its optimum ranks as well
        model.fit(rows, side)
    return np.asarray(model.coef_[0], np.float64)
