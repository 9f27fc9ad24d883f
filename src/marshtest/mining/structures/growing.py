"""From the frames that were proven to every record of the same making.

A rewriting into one template leaves more than one frame, and each proven frame covers a part of the records. A linear
model of frames alone learns what the covered records look like; the records with the label that look like them beyond
what records of other classes do are of the same making. Records of other classes say how often that happens naturally.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints

__all__ = ["grow"]

_FOLDS, _ROUNDS = 5, 2
_INVERSE_REGULARISATION = 4.0
_BINS_OF, _LEAST_POSTERIOR = 40, 0.5


def grow(frames: Any, own: Bools, fold_key: Ints, seeds: Ints) -> Ints:
    """Give the records with the label that were more likely made like the seeds than not; the seeds among them.

    Args:
        frames: Sparse (N, F) of ones: the frames of each text.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        seeds: Texts with the label that a proven frame covers.
    """
    from scipy import sparse

    rows = (sparse.diags(1 / np.sqrt(np.maximum(np.diff(frames.indptr), 1))) @ frames).tocsr()
    alike = np.zeros(len(own), np.bool_)
    alike[seeds] = True
    for _ in range(_ROUNDS):
        score = _scores(rows, alike, fold_key)
        likely = _posterior(score, own) > _LEAST_POSTERIOR
        alike = own & likely
        alike[seeds] = True
    return np.flatnonzero(alike).astype(np.int64)


def _scores(rows: Any, alike: Bools, fold_key: Ints) -> Floats:
    """Score every text by how much its frames look like those of some texts, by a model that has not seen it."""
    from sklearn.linear_model import LogisticRegression

    fold = np.asarray(fold_key % _FOLDS)
    score = np.zeros(len(alike))
    for number in range(_FOLDS):
        train, test = fold != number, fold == number
        if not test.any() or len(np.unique(alike[train])) < 2:
            continue
        model = LogisticRegression(C=_INVERSE_REGULARISATION, solver="liblinear", tol=1e-2)
        model.fit(rows[train], alike[train])
        score[test] = model.decision_function(rows[test])
    return score


def _posterior(score: Floats, own: Bools) -> Floats:
    """Give the chance that a text with the label is no natural one, by how rare its score is among other classes.

    Texts with the label are a mixture of natural ones, which score like those of other classes, and of others. The
    share of natural ones is the greatest that fits below the median score, where there are hardly any others.
    """
    from sklearn.isotonic import isotonic_regression

    order = np.argsort(score, kind="stable")
    bins = int(min(200, max(10, len(score) // _BINS_OF)))
    edges = np.linspace(0, len(score), bins + 1).astype(int)
    size = np.diff(edges).astype(np.float64)
    of_class = np.add.reduceat(own[order].astype(np.float64), edges[:-1])
    others = size - of_class
    middle = np.median(score[~own])
    below = own & (score <= middle)
    natural = min(1.0, below.sum() / max((~own & (score <= middle)).sum(), 1) * (~own).sum() / own.sum())
    # per bin: natural records expected with the label, against those that are there
    expected = (others + 0.5) / max((~own).sum(), 1) * natural * own.sum()
    share = np.clip(1 - expected / np.maximum(of_class, 0.5), 0.0, 1.0)
    rising = np.asarray(isotonic_regression(share, sample_weight=of_class + 0.5, increasing=True), np.float64)
    centre = np.add.reduceat(score[order], edges[:-1]) / size
    return np.interp(score, centre, rising)
