"""Growth: from proven frames to all records that were built in the same way.

Rewriting into one template leaves several frames, and each proven frame covers a part of the records. A linear model on
frames alone learns what the covered records look like. Records with the label that look like them more often than
records of other classes do are added; the other classes show how often that happens naturally.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from marshtest.mining.structures.settings import FrameGrowthSettings
from marshtest.stats.arrays import Bools, Floats, Ints

__all__ = ["grow"]

_TOLERANCE = 1e-2
"""Stopping tolerance of the solver: the order of the scores is settled long before they are exact."""


def grow(frames: Any, own: Bools, fold_key: Ints, seeds: Ints, settings: FrameGrowthSettings, folds: int) -> Ints:
    """Find the records with the label that are more likely built like the seeds than natural.

    Args:
        frames: Sparse (N, F) of ones: the frames of each text.
        own: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): equal for equal texts.
        seeds: Texts with the label that a proven frame covers.
        settings: How the model is fitted, and how likely a record must be.
        folds: Number of folds.

    Returns:
        Texts, rising; the seeds are among them.
    """
    from scipy import sparse

    rows = (sparse.diags(1 / np.sqrt(np.maximum(np.diff(frames.indptr), 1))) @ frames).tocsr()
    alike = np.zeros(len(own), np.bool_)
    alike[seeds] = True
    for _ in range(settings.rounds):
        score = _scores(rows, alike, fold_key, settings.inverse_regularisation, folds)
        likely = _posterior(score, own, settings) > settings.least_posterior
        alike = own & likely
        alike[seeds] = True
    return np.flatnonzero(alike).astype(np.int64)


def _scores(rows: Any, alike: Bools, fold_key: Ints, inverse_regularisation: float, folds: int) -> Floats:
    """Score every text by how much its frames look like those of some texts, out of fold."""
    from sklearn.linear_model import LogisticRegression

    fold = np.asarray(fold_key % folds)
    score = np.zeros(len(alike))
    for number in range(folds):
        train, test = fold != number, fold == number
        if not test.any() or len(np.unique(alike[train])) < 2:
            continue
        model = LogisticRegression(C=inverse_regularisation, solver="liblinear", tol=_TOLERANCE)
        model.fit(rows[train], alike[train])
        score[test] = model.decision_function(rows[test])
    return score


def _posterior(score: Floats, own: Bools, settings: FrameGrowthSettings) -> Floats:
    """Give the probability that a text with the label is not natural, by how rare its score is among other classes.

    Texts with the label are a mixture: natural ones, whose scores are distributed as those of other classes, and
    planted ones. The share of natural ones is the largest that fits below the median score, where hardly any planted
    ones are, as the null proportion of p-values is estimated (Storey 2002).

    Returns:
        Shape of `score`, 0 to 1, rising with the score (isotonic).
    """
    from sklearn.isotonic import isotonic_regression

    order = np.argsort(score, kind="stable")
    bins = int(min(settings.most_bins, max(settings.fewest_bins, len(score) // settings.texts_per_bin)))
    edges = np.linspace(0, len(score), bins + 1).astype(int)
    size = np.diff(edges).astype(np.float64)
    of_class = np.add.reduceat(own[order].astype(np.float64), edges[:-1])
    others = size - of_class
    middle = np.median(score[~own])
    below = own & (score <= middle)
    natural = min(1.0, below.sum() / max((~own & (score <= middle)).sum(), 1) * (~own).sum() / own.sum())
    # In each bin: natural records with the label that are expected, against all that are there.
    expected = (others + 0.5) / max((~own).sum(), 1) * natural * own.sum()
    share = np.clip(1 - expected / np.maximum(of_class, 0.5), 0.0, 1.0)
    rising = np.asarray(isotonic_regression(share, sample_weight=of_class + 0.5, increasing=True), np.float64)
    centre = np.add.reduceat(score[order], edges[:-1]) / size
    return np.interp(score, centre, rising)
