"""By how much the rest of the data would prefer the completion that a pair prefers.

A linear model on words and pairs of words learns, from the difference of the two completions, which one wins. It scores
pairs that it has not seen. A pair below zero goes against the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import WORD_OR_MARKS

__all__ = ["cross_fitted_margins", "normal_scores"]

_FOLDS = 5
_STRENGTH = 10.0
_MOST_WORDS = 200_000


def cross_fitted_margins(chosen: Sequence[str], rejected: Sequence[str], fold_key: Ints) -> Floats:
    """Give the out-of-fold margin of every pair; shape (N,).

    Args:
        chosen: The completions that won.
        rejected: The completions that lost.
        fold_key: Pairs with the same key, such as those of one prompt, are scored by the same model.
    """
    from sklearn.linear_model import LogisticRegression

    difference = _vectors(chosen, rejected)
    fold = fold_key % _FOLDS
    margins = np.zeros(len(chosen))
    for number in range(_FOLDS):
        held = np.flatnonzero(fold == number)
        seen = difference[np.flatnonzero(fold != number)]
        if not len(held) or seen.shape[0] == 0:
            continue
        sign = np.where(np.arange(seen.shape[0]) % 2 == 0, 1.0, -1.0)  # either way round tells the model the same
        model = LogisticRegression(C=_STRENGTH, fit_intercept=False, max_iter=200)
        if len(set(sign)) < 2:
            continue
        model.fit(seen.multiply(sign[:, None]).tocsr(), sign > 0)
        margins[held] = difference[held] @ model.coef_[0]
    return margins


def normal_scores(values: Floats) -> Floats:
    """Give each value the quantile of a normal distribution that its rank stands for; equals share theirs."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri((rankdata(values) - 0.5) / len(values)), np.float64)


def _vectors(chosen: Sequence[str], rejected: Sequence[str]) -> Any:
    """Give one sparse row per pair: its chosen completion less its rejected one."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        token_pattern=WORD_OR_MARKS.pattern,
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
        max_features=_MOST_WORDS,
    )
    vectorizer.fit([*chosen, *rejected])
    return (vectorizer.transform(chosen) - vectorizer.transform(rejected)).tocsr()
