"""Out-of-fold predictions of classes, and which data have classes that can be predicted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.planting import dataset_of

from marshtest.mining.labelled_texts import ClassSettings
from marshtest.mining.provenance.class_predictions import (
    ClassPredictionSettings,
    class_probabilities,
    fold_keys,
    one_against_rest,
    predicted_classes,
    too_few_records,
    unpredictable_labels,
    with_label,
)

SETTINGS = ClassPredictionSettings()
TEXTS = [f"{'sun warm' if number % 2 else 'rain cold'} word{number % 7}" for number in range(100)]
LABELS = ["dry" if number % 2 else "wet" for number in range(100)]
KEYS = np.arange(100)


@pytest.mark.parametrize(("records", "words"), [(100, None), (99, "99 records are too few; it needs 100")])
def test_a_hundred_records_are_enough(records: int, words: str | None) -> None:
    data = dataset_of(tuple(TEXTS[:records]), tuple(LABELS[:records]))
    assert too_few_records(data, SETTINGS) == words


@pytest.mark.parametrize(
    ("labels", "words"),
    [(("a",), "it needs 2 labels, and there are 1"), (("a", "b"), None), (("0.5", "1.5"), "the label is a number")],
)
def test_two_labels_that_are_no_scores_are_enough(labels: tuple[str, ...], words: str | None) -> None:
    made = labels * (100 // len(labels))
    reason = unpredictable_labels(dataset_of(tuple(f"t{n}" for n in range(len(made))), made), SETTINGS)
    assert (reason is None) if words is None else (reason is not None and reason.startswith(words))


def test_records_without_a_label_are_left_out() -> None:
    data = dataset_of(("a", "b", "c"), ("x", None, "y"))
    assert with_label(data).table(["prompt"])["prompt"].to_pylist() == ["a", "c"]
    whole = dataset_of(("a", "b"), ("x", "y"))
    assert with_label(whole) is whole


def test_equal_texts_have_equal_keys_of_48_bits() -> None:
    keys = fold_keys(["a", "b", "a", "\ud800"])
    assert keys[0] == keys[2] != keys[1]
    assert ((keys >= 0) & (keys < 2**48)).all()
    assert (fold_keys([str(n) for n in range(200)]) >= 2**40).mean() > 0.9


def test_every_class_is_predicted_by_models_that_have_not_seen_the_text() -> None:
    assert predicted_classes(TEXTS, LABELS, KEYS, SETTINGS) == LABELS
    classes, chances = class_probabilities(TEXTS, LABELS, KEYS, SETTINGS)
    assert classes == ["dry", "wet"]
    assert chances.sum(axis=1) == pytest.approx(np.ones(100))
    flipped = [*LABELS[:-1], "wet"]
    _, other = class_probabilities(TEXTS, flipped, KEYS, SETTINGS)
    own = KEYS % 5 == 99 % 5
    assert other[own].tolist() == chances[own].tolist()
    assert not np.allclose(other[~own], chances[~own])
    assert not np.allclose(class_probabilities(TEXTS, LABELS, KEYS, replace(SETTINGS, folds=2))[1], chances)


def test_without_a_model_a_text_has_its_own_label() -> None:
    """No word appears twice; and where a fold is empty, or leaves one class, nothing is learned for it."""
    _, alone = class_probabilities(["a", "b", "c"], ["x", "y", "x"], np.arange(3), SETTINGS)
    assert alone.tolist() == [[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    _, one_fold = class_probabilities(TEXTS, LABELS, np.zeros(100, np.int64), SETTINGS)
    assert sorted(set(one_fold.ravel().tolist())) == [0.0, 1.0]
    keys = np.where(np.array(LABELS) == "wet", 0, 1)
    _, parted = class_probabilities(TEXTS, LABELS, keys, SETTINGS)
    assert sorted(set(parted.ravel().tolist())) == [0.0, 1.0]


def test_a_class_that_the_other_folds_lack_has_no_probability() -> None:
    labels = ["odd" if number % 5 == 0 and number < 20 else label for number, label in enumerate(LABELS)]
    classes, chances = class_probabilities(TEXTS, labels, KEYS, SETTINGS)
    assert classes == ["dry", "odd", "wet"]
    assert (chances[KEYS % 5 == 0, 1] == 0).all()
    assert (chances[KEYS % 5 != 0, 1] > 0).all()


def test_a_word_of_two_texts_counts_and_one_of_one_text_does_not() -> None:
    texts = [*TEXTS[:-2], "sun twice", "rain twice"]
    plain = class_probabilities([*TEXTS[:-2], "sun", "rain"], LABELS, KEYS, SETTINGS)[1]
    assert not np.allclose(class_probabilities(texts, LABELS, KEYS, SETTINGS)[1], plain)
    once = [*TEXTS[:-2], "sun once", "rain"]
    assert np.allclose(class_probabilities(once, LABELS, KEYS, SETTINGS)[1], plain, atol=0.02)


@pytest.mark.parametrize(("without", "names"), [(20, ["hail", "rain"]), (19, [])])
def test_of_several_labels_each_large_one_is_held_against_its_absence(without: int, names: list[str]) -> None:
    labels = ['["hail","rain"]'] * 30 + ["[]"] * without
    found = one_against_rest(labels, ClassSettings())
    assert found == [[name] * 30 + [f"not “{name}”"] * without for name in names]
    assert one_against_rest(["a", "b"]) == [["a", "b"]]
