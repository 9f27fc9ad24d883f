"""Which labelled data can be mined, and in which order it is read."""

from __future__ import annotations

import pytest
from tests.planting import dataset_of

from marshtest.mining.labelled_texts import ClassSettings, labelled_texts, unfit


def labels(**counts: int) -> tuple[str, ...]:
    return tuple(label for label, count in counts.items() for _ in range(count))


def reason(made: tuple[str, ...], settings: ClassSettings | None = None) -> str | None:
    texts = tuple(f"text {number}" for number in range(len(made)))
    return unfit(dataset_of(texts, made), settings or ClassSettings())


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (labels(a=80, b=20), None),
        (labels(a=79, b=20), "99 records are too few; it needs 100"),
        (labels(a=81, b=19), "fewer than two classes have 20 records"),
        (labels(**{f"c{number}": 20 for number in range(50)}), None),
        (labels(**{f"c{number}": 20 for number in range(51)}), "51 different labels are no classes; it takes up to 50"),
    ],
    ids=["just enough", "too few records", "too few of a class", "50 classes", "51 classes"],
)
def test_data_on_either_side_of_each_threshold(made: tuple[str, ...], words: str | None) -> None:
    assert reason(made) == words


@pytest.mark.parametrize(
    "settings",
    [ClassSettings(fewest_records=101), ClassSettings(fewest_of_class=21), ClassSettings(most_classes=1)],
    ids=["records", "of a class", "classes"],
)
def test_what_is_refused_follows_the_settings(settings: ClassSettings) -> None:
    assert reason(labels(a=80, b=20), settings) is not None


def test_classes_are_large_enough_and_leave_enough_others() -> None:
    made = labels(a=100, b=20, c=19)
    texts, failures = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(139)), made), "label-trigger")
    assert (texts.classes, failures) == (["a", "b"], ())
    (alone, _) = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(119)), labels(a=100, c=19)), "label-trigger")
    assert alone.classes == []


def test_fewer_records_of_a_class_suffice_where_the_settings_say_so() -> None:
    dataset = dataset_of(tuple(f"t{n}" for n in range(139)), labels(a=100, b=20, c=19))
    texts, _ = labelled_texts(dataset, "label-trigger", ClassSettings(fewest_of_class=19))
    assert texts.classes == ["a", "b", "c"]
