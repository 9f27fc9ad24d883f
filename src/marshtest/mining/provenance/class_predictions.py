"""Out-of-fold class predictions: what class each text reads like to a model that has not seen it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.data.labels import NO_LABEL, absence_of
from marshtest.mining.labelled_texts import ClassSettings, class_counts, classes_of, no_classes
from marshtest.settings import Settings
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.words import WORD_OR_MARKS

__all__ = [
    "ClassPredictionSettings",
    "class_probabilities",
    "fold_keys",
    "one_against_rest",
    "predicted_classes",
    "too_few_records",
    "unpredictable_labels",
    "with_label",
]

_KEY_BYTES = 6
"""Bytes of a fold key: 48 bits fit in an int64, and equal keys of different texts only put these in one fold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPredictionSettings(Settings):
    """The model that predicts classes, and the data that it can be fitted to."""

    fewest_records: int = 100
    """Minimum number of records; with fewer the detector does not run. Chosen by eye: fewer leave a model of words
    little to learn from."""
    fewest_classes: int = 2
    """Minimum number of classes. Derived: of one class there is nothing to predict."""
    classes: ClassSettings = ClassSettings()
    folds: int = 5
    """Number of folds in the cross-fitted model. Convention: five."""
    inverse_regularisation: float = 10.0
    """Inverse strength of the L2 penalty in the logistic regression. Chosen by eye: no record of the data."""


def unpredictable_labels(dataset: Dataset, settings: ClassPredictionSettings) -> str | None:
    """Give the reason why the labels are no classes that can be predicted, or None."""
    if len(dataset.labels) < settings.fewest_classes:
        return f"it needs {settings.fewest_classes} labels, and there are {len(dataset.labels)}"
    return no_classes(dataset.labels, settings.classes)


def with_label(dataset: Dataset) -> Dataset:
    """Give the records that have a label."""
    if dataset.table(["label"])["label"].null_count == 0:
        return dataset
    labels = dataset.table(["label"])["label"].to_pylist()
    return dataset.select([row for row, label in enumerate(labels) if label is not None])


def too_few_records(dataset: Dataset, settings: ClassPredictionSettings) -> str | None:
    """Give the reason why there are too few records to fit the model, or None."""
    if len(dataset) >= settings.fewest_records:
        return None
    return f"{len(dataset)} records are too few; it needs {settings.fewest_records}"


def fold_keys(texts: Sequence[str]) -> Ints:
    """Give each text a key that depends on nothing but the text, so that equal texts share a fold.

    The keys of `labelled_texts` have more bits; with those, texts would be in other folds.
    """
    digests = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).digest() for text in texts)
    return np.array([int.from_bytes(digest, "big") for digest in digests], np.int64)


def one_against_rest(labels: Sequence[str], settings: ClassSettings = ClassSettings()) -> list[list[str]]:
    """Give the classes to predict: the labels, or where records have several, each label against its absence.

    Args:
        labels: The label of every record.
        settings: How many records must have a label, and how many must lack it.

    Returns:
        One list of classes for each model to fit, each as long as the labels.
    """
    counts = class_counts(Counter(labels))
    if all(classes_of(label) == (label,) for label in set(labels)):
        return [list(labels)]
    large = [one for one in sorted(counts) if min(counts[one], len(labels) - counts[one]) >= settings.fewest_of_class]
    return [
        [one if one in classes_of(label) else absence_of(one) for label in labels] for one in large if one != NO_LABEL
    ]


def class_probabilities(
    texts: Sequence[str], labels: Sequence[str], fold_key: Ints, settings: ClassPredictionSettings
) -> tuple[list[str], Floats]:
    """Predict the class of every text by a cross-fitted logistic regression on words and word pairs.

    Args:
        texts: N texts, in an order that does not depend on the file.
        labels: Their labels, of two classes or more.
        fold_key: Shape (N,): texts with the same key are in the same fold.
        settings: Folds and penalty.

    Returns:
        The C classes, sorted, and the probability of each class for every text, shape (N, C). Where no model could be
        fitted, a text has probability 1 for its own label.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    classes = sorted(set(labels))
    own = np.array([classes.index(label) for label in labels], np.int64)
    probabilities = np.eye(len(classes))[own]
    vectorizer = TfidfVectorizer(
        tokenizer=WORD_OR_MARKS.findall, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True, min_df=2
    )
    try:
        matrix = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no word appears in two texts
        return classes, probabilities
    fold = fold_key % settings.folds
    for number in range(settings.folds):
        held, seen = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if not len(held) or len(set(own[seen].tolist())) < 2:
            continue
        model = OneVsRestClassifier(
            LogisticRegression(C=settings.inverse_regularisation, solver="liblinear", random_state=0)
        )
        model.fit(matrix[seen], own[seen])
        probabilities[held] = 0.0  # a class that the other folds lack has no probability
        probabilities[np.ix_(held, model.classes_)] = model.predict_proba(matrix[held])
    return classes, probabilities


def predicted_classes(
    texts: Sequence[str], labels: Sequence[str], fold_key: Ints, settings: ClassPredictionSettings
) -> list[str]:
    """Give the most probable class of every text; the arguments are those of `class_probabilities`."""
    classes, probabilities = class_probabilities(texts, labels, fold_key, settings)
    return [classes[index] for index in probabilities.argmax(axis=1).tolist()]
