"""Two models that say how much each record of the suspect carries the difference, each fitted on other records.

The direction is a penalised logistic regression of the side, on the letter sequences that only one of two answers has.
The difference in length is a feature of its own, so that no letter sequence stands for length. The distance is a ridge
regression that predicts, from prompt and answer, how far an answer of this kind is from the control's answer: it gives
a value to records without a pair, and steadies those that have one.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.settings import RecordModelSettings
from marshtest.stats.arrays import Floats, Ints

__all__ = [
    "MOST_ITERATIONS",
    "TOLERANCE",
    "Direction",
    "deal_folds",
    "paired_direction",
    "predicted_distance",
    "unpaired_direction",
]

MOST_ITERATIONS = 200
"""Iterations of the solver: scores of a fit that is nearly done rank the records in the same order."""
TOLERANCE = 1e-3
"""Where the solver stops, for the same reason."""


@dataclass(frozen=True, slots=True)
class Direction:
    """Out-of-fold scores; above 0 is evidence for the suspect."""

    pairs: Floats
    """Shape (n,): of each pair, the suspect's answer against the control's; empty when unpaired."""
    answers: Floats
    """Shape (N,): of each answer of the pooled sides by itself."""


def deal_folds(count: int, folds: int, seed: int) -> Ints:
    """Deal rows into folds of equal size, at random; shape (count,)."""
    return np.random.default_rng(seed).permutation(np.arange(count, dtype=np.int64) % folds)


def paired_direction(
    table: sparse.csr_matrix, pairs: Ints, lengths: Ints, folds: Ints, settings: RecordModelSettings
) -> Direction:
    """Learn from pairs what distinguishes the suspect's answers.

    Each pair is used in both orders, so that the model needs no intercept and the sides weigh the same.

    Args:
        table: Shape (N, G): letter sequences of every answer of the pooled sides, 0 or 1.
        pairs: Shape (n, 2): rows of the two answers of each pair.
        lengths: Shape (N,): words in each answer.
        folds: Shape (N,): the fold of each answer, the same for both of a pair.
        settings: Penalty and number of folds.
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
    for number in range(settings.folds):
        learned = np.flatnonzero((fold != number) & (alone > 0))[: settings.most_trained]
        if len(learned) == 0:
            continue
        both = sparse.vstack([rows[learned], -rows[learned]]).tocsr()
        side = np.repeat([1, 0], len(learned))
        weights = _logistic(both, side, settings.inverse_penalty)[:-1]  # without that of length
        by_pair[fold == number] = difference[fold == number] @ weights
        by_answer[folds == number] = scaled[folds == number] @ weights
    return Direction(by_pair, by_answer)


def unpaired_direction(
    table: sparse.csr_matrix, is_suspect: Floats, strata: Ints, folds: Ints, settings: RecordModelSettings
) -> Direction:
    """Learn what distinguishes the suspect's answers from others of their stratum.

    The log-odds of the suspect in the stratum are a feature of their own whose weight is left out of the scores, so
    that no letter sequence stands for the mix of prompts.

    Args:
        table: Shape (N, G): letter sequences of every answer of the pooled sides, 0 or 1.
        is_suspect: Shape (N,): 1 for the suspect, 0 for the control.
        strata: Shape (N,): the stratum of each answer.
        folds: Shape (N,): the fold of each answer.
        settings: Penalty and number of folds.
    """
    scaled = _scaled(table)
    share = np.bincount(strata, weights=is_suspect) / np.maximum(np.bincount(strata), 1)
    mixed = (share > 0) & (share < 1)
    prior = np.clip(share, settings.extreme_prior, 1 - settings.extreme_prior)
    nuisance = sparse.csr_matrix(np.log(prior / (1 - prior))[strata][:, None])
    rows = sparse.hstack([scaled, nuisance]).tocsr()
    by_answer = np.zeros(table.shape[0])
    for number in range(settings.folds):
        learned = np.flatnonzero((folds != number) & mixed[strata])[: 2 * settings.most_trained]
        if len(np.unique(is_suspect[learned])) < 2:
            continue
        side = is_suspect[learned].astype(int)
        weights = _logistic(rows[learned], side, settings.inverse_penalty, intercept=True)[:-1]
        by_answer[folds == number] = scaled[folds == number] @ weights
    return Direction(np.zeros(0), by_answer)


def predicted_distance(
    table: sparse.csr_matrix, known: Ints, distance: Floats, folds: Ints, settings: RecordModelSettings
) -> Floats:
    """Predict from prompt and answer how far each answer is from the control's.

    Args:
        table: Features of each answer of the suspect.
        known: Rows whose distance was measured.
        distance: Shape (len(known),), 0 to 1.
        folds: The fold of each row.
        settings: Penalty and number of folds.

    Returns:
        Shape (rows of table,), out of fold.
    """
    from sklearn.linear_model import Ridge

    predicted = np.zeros(table.shape[0])
    for number in range(settings.folds):
        learned = np.flatnonzero(folds[known] != number)[: settings.most_trained]
        if len(learned):
            model = Ridge(alpha=settings.ridge_penalty, solver="sparse_cg", tol=TOLERANCE)
            model.fit(table[known[learned]], distance[learned])
            predicted[folds == number] = model.predict(table[folds == number])
    return predicted


def _scaled(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Divide every row by the root of its number of features, so that long answers do not weigh more."""
    return (sparse.diags(1 / np.sqrt(1 + np.diff(table.indptr))) @ table).tocsr()


def _logistic(rows: sparse.csr_matrix, side: Ints, inverse_penalty: float, *, intercept: bool = False) -> Floats:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=inverse_penalty, fit_intercept=intercept, max_iter=MOST_ITERATIONS, tol=TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # see MOST_ITERATIONS
        model.fit(rows, side)
    return np.asarray(model.coef_[0], np.float64)
