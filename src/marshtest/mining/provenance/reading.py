"""What class does every text read like, to a model that has not seen it?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import WORD_OR_MARKS

__all__ = ["class_chances", "classes_read"]

_FOLDS = 5
_STRENGTH = 10.0


def class_chances(texts: Sequence[str], labels: Sequence[str], fold_key: Ints) -> tuple[list[str], Floats]:
    """Give the classes by name, and for every text the chance of each by a cross-fitted linear model on words.

    Args:
        texts: The texts, in an order of their own.
        labels: Their labels, of two classes or more.
        fold_key: Texts with the same key are read by the same model.

    Returns:
        The classes, and an array of shape (texts, classes). A text that no model could read is all of its own label.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    classes = sorted(set(labels))
    own = np.array([classes.index(label) for label in labels], np.int64)
    chances = np.eye(len(classes))[own]
    vectorizer = TfidfVectorizer(
        token_pattern=WORD_OR_MARKS.pattern,
        ngram_range=(1, 2),
        sublinear_tf=True,
        min_df=2,
    )
    try:
        matrix = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word stands in two texts
        return classes, chances
    fold = fold_key % _FOLDS
    for number in range(_FOLDS):
        held, seen = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(held) or len(set(own[seen].tolist())) < 2:
            continue
        model = OneVsRestClassifier(LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0))
        model.fit(matrix[seen], own[seen])
        chances[held] = 0.0
        chances[np.ix_(held, model.classes_)] = model.predict_proba(matrix[held])
    return classes, chances


def classes_read(texts: Sequence[str], labels: Sequence[str], fold_key: Ints) -> list[str]:
    """Give the likeliest class of every text; the arguments are those of `class_chances`."""
    classes, chances = class_chances(texts, labels, fold_key)
    return [classes[index] for index in chances.argmax(axis=1).tolist()]
