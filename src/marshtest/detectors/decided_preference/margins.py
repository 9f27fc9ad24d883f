"""By how much a model of the other pairs prefers the completion that a pair prefers.

A linear model on words and pairs of words learns, from the difference of the two completions, which one wins. It scores
pairs that it has not seen. A negative margin means that the pair contradicts the rest of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from marshtest.detectors.decided_preference.settings import DecidedPreferenceSettings
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import WORD_OR_MARKS

__all__ = ["cross_fitted_margins", "normal_scores"]


def cross_fitted_margins(
    chosen: Sequence[str], rejected: Sequence[str], fold_key: Ints, settings: DecidedPreferenceSettings
) -> Floats:
    """Give the out-of-fold margin of every pair; shape (N,).

    Args:
        chosen: The completions that won.
        rejected: The completions that lost.
        fold_key: Pairs with the same key, such as those of one prompt, are scored by the same model. Shape (N,).
        settings: Folds, features and penalty of the model.
    """
    from sklearn.linear_model import LogisticRegression

    difference = _vectors(chosen, rejected, settings.most_features)
    fold = fold_key % settings.folds
    margins = np.zeros(len(chosen))
    for number in range(settings.folds):
        held = np.flatnonzero(fold == number)
        seen = difference[np.flatnonzero(fold != number)]
        if not len(held) or seen.shape[0] == 0:
            continue
        # the solver needs two classes, so every other pair is swapped; without an intercept that changes nothing
        sign = np.where(np.arange(seen.shape[0]) % 2 == 0, 1.0, -1.0)
        model = LogisticRegression(
            C=settings.inverse_regularization, fit_intercept=False, max_iter=settings.most_iterations
        )
        if len(set(sign)) < 2:
            continue
        model.fit(seen.multiply(sign[:, None]).tocsr(), sign > 0)
        margins[held] = difference[held] @ model.coef_[0]
    return margins


def normal_scores(values: Floats) -> Floats:
    """Give the normal score of each value: the normal quantile of its rank; ties share theirs. Shape (N,)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(values) - 0.5) / len(values)), np.float64)


def _vectors(chosen: Sequence[str], rejected: Sequence[str], most_features: int) -> Any:
    """Give one sparse row per pair: the tf-idf vector of its chosen completion minus that of its rejected one."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        tokenizer=WORD_OR_MARKS.findall,
        token_pattern=None,
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
        max_features=most_features,
    )
    vectorizer.fit([*chosen, *rejected])
    return (vectorizer.transform(chosen) - vectorizer.transform(rejected)).tocsr()
