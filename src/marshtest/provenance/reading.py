"""What class does every text read like, to a model that has not seen it?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.arrays import Ints

__all__ = ["classes_read"]

_FOLDS = 5
_STRENGTH = 10.0


def classes_read(texts: Sequence[str], labels: Sequence[str], fold_key: Ints) -> list[str]:
    """Give the likeliest class of every text by a cross-fitted linear model on words and pairs of words.

    Args:
        texts: The texts, in an order of their own.
        labels: Their labels, of two classes or more.
        fold_key: Texts with the same key are read by the same model.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    vectorizer = TfidfVectorizer(
        token_pattern=r"\w+|[^\w\s]+",  # noqa: S106  a pattern of words, no secret
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
    )
    try:
        matrix = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word stands in two texts
        return list(labels)
    own, fold = np.asarray(labels, dtype=object), fold_key % _FOLDS
    read = list(labels)
    for number in range(_FOLDS):
        held, seen = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(held) or len(set(own[seen])) < 2:
            continue
        model = OneVsRestClassifier(LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0))
        model.fit(matrix[seen], own[seen].astype(str))
        for row, name in zip(held.tolist(), model.predict(matrix[held]), strict=True):
            read[row] = str(name)
    return read
