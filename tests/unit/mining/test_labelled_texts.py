"""Which labelled data can be mined, and in which order it is read."""

from __future__ import annotations

import numpy as np
import pytest
from tests.planting import dataset_of

from marshtest.mining.drawing import DrawSettings
from marshtest.mining.labelled_texts import (
    ClassSettings,
    class_counts,
    draw_labelled,
    labelled_texts,
    no_classes,
    not_examined,
    too_many_classes,
    unfit,
)

SCORES = (
    "the label is a number ({} different values from {} to {}): no claim about classes; give --label-field with "
    "classes, or bin it"
)


def labels(**counts: int) -> tuple[str, ...]:
    return tuple(label for label, count in counts.items() for _ in range(count))


def reason(made: tuple[str | None, ...], settings: ClassSettings | None = None) -> str | None:
    texts = tuple(f"text {number}" for number in range(len(made)))
    return unfit(dataset_of(texts, made), settings or ClassSettings())


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (labels(a=80, b=20), None),
        (labels(a=79, b=20), "99 records are too few; it needs 100"),
        (labels(a=81, b=19), "fewer than two classes have 20 records"),
        (labels(**{f"c{number}": 20 for number in range(150)}), None),
        (
            labels(a=40, b=40, **{f"c{number}": 2 for number in range(41)}),
            "43 different labels are no classes: only 80 of 162 records have one that 20 share",
        ),
        (labels(a=40, b=40, **{f"c{number}": 2 for number in range(40)}), None),
        ((*("a", None) * 60, None), "61 of 121 records have no label, and most need one"),
        ((*("a", "b", None, None) * 50,), None),
        (
            tuple(f"{number % 250 / 50}" for number in range(500)),
            "the label is a number (250 different values from 0 to 4.98): no claim about classes; give --label-field "
            "with classes, or bin it",
        ),
        (("1", "2", "3", "4.5") * 30, SCORES.format(4, 1, "4.5")),
        (tuple(f"{number}" for number in range(300)), SCORES.format(300, 0, 299)),
        (tuple(f"{number % 77}" for number in range(1_540)), None),
        (("0.0", "1.0") * 60, None),
        (('["hail","rain"]', "rain", "[]") * 40, None),
    ],
    ids=[
        "just enough",
        "too few records",
        "too few of a class",
        "150 classes",
        "free text",
        "free text beside classes",
        "most without a label",
        "half without a label",
        "scores",
        "half stars",
        "many integers",
        "class numbers",
        "whole floats",
        "several labels",
    ],
)
def test_data_on_either_side_of_each_threshold(made: tuple[str | None, ...], words: str | None) -> None:
    assert reason(made) == words


@pytest.mark.parametrize(
    "settings",
    [ClassSettings(fewest_records=101), ClassSettings(fewest_of_class=21), ClassSettings(labelled=1.1)],
    ids=["records", "of a class", "labelled"],
)
def test_what_is_refused_follows_the_settings(settings: ClassSettings) -> None:
    assert reason(labels(a=80, b=20), settings) is not None


def test_classes_are_large_enough_and_leave_enough_others() -> None:
    made = labels(a=100, b=20, c=19)
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(139)), made))
    assert texts.classes == ["a", "b"]
    alone = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(119)), labels(a=100, c=19)))
    assert alone.classes == []


def test_fewer_records_of_a_class_suffice_where_the_settings_say_so() -> None:
    dataset = dataset_of(tuple(f"t{n}" for n in range(139)), labels(a=100, b=20, c=19))
    texts = labelled_texts(dataset, ClassSettings(fewest_of_class=19))
    assert texts.classes == ["a", "b", "c"]


def test_a_record_with_several_labels_is_in_the_class_of_each_and_one_without_any_in_a_class_of_its_own() -> None:
    made = ('["hail","rain"]', "rain", "[]", None) * 30
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(120)), made))
    assert (len(texts.labels), texts.several, texts.classes) == (90, True, ["[]", "hail", "not “hail”", "rain"])
    assert [int(texts.having(label).sum()) for label in texts.classes] == [30, 30, 60, 60]
    assert not labelled_texts(dataset_of(("a", "b"), ("rain", "hail"))).several


def test_rare_classes_are_topped_up_by_an_equal_share_of_the_draw() -> None:
    made = labels(a=900, **{f"c{number}": 25 for number in range(4)})
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(1_000)), made))
    drawn = draw_labelled(texts, 0, DrawSettings(size=100, of_class=1_000))
    assert 100 <= len(drawn) <= 200
    assert min(int((texts.labels[drawn] == f"c{number}").sum()) for number in range(4)) >= 20


def test_each_of_several_labels_is_a_class_there_and_not_there() -> None:
    made = ('["hail","rain"]', "rain", "[]") * 40 + ("fog",) * 19
    texts = labelled_texts(dataset_of(tuple(f"text {number}" for number in range(139)), made))
    # Hail is only ever there with rain, and "[]" has neither; fog is too rare.
    assert texts.classes == ["[]", "hail", "not “hail”", "rain", "not “rain”"]
    assert texts.too_small == ["fog"]
    assert int(texts.having("not “hail”").sum()) == 99
    assert not (texts.having("rain") == texts.having("not “rain”")).any()


def test_classes_of_the_same_records_are_one() -> None:
    made = ('["hail","rain"]', '["fog","rain"]') * 60
    texts = labelled_texts(dataset_of(tuple(f"text {number}" for number in range(120)), made))
    assert texts.classes == ["fog", "not “fog”"]


def test_one_label_a_record_has_no_absences() -> None:
    texts = labelled_texts(dataset_of(tuple(f"text {number}" for number in range(120)), ("hail", "rain", "fog") * 40))
    assert texts.classes == ["fog", "hail", "rain"]


@pytest.mark.parametrize(
    ("small", "words"),
    [
        ([], ""),
        (["fog"], "not examined, as fewer than 20 records have the label, or lack it: “fog”."),
        (list("abcdefghij"), "“g”, “h” and 2 more."),
    ],
)
def test_labels_that_are_not_examined_are_named(small: list[str], words: str) -> None:
    assert not_examined(small).endswith(words)


def test_the_order_in_the_file_changes_nothing_where_prompts_are_the_same() -> None:
    prompts = ("x", "x", "x", "y", "z", "z")
    made = ("c", "b", "a", "q", "e", "d")
    one = labelled_texts(dataset_of(prompts, made))
    other = labelled_texts(dataset_of(prompts[::-1], made[::-1]))
    assert one.labels.tolist() == other.labels.tolist()
    of_x = [label for prompt, label in zip(one.prompts, one.labels, strict=True) if prompt == "x"]
    of_z = [label for prompt, label in zip(one.prompts, one.labels, strict=True) if prompt == "z"]
    assert (of_x, of_z) == (["a", "b", "c"], ["d", "e"])
    assert (np.diff(one.fold_key) >= 0).all()


@pytest.mark.parametrize(
    ("made", "name", "others"),
    [
        (("a", "b"), "a", "“b”"),
        (("a", "b", "c"), "a", "other classes"),
        (('["a","b"]', "[]"), "not “a”", "“a”"),
    ],
)
def test_what_contradicts_a_class_is_named(made: tuple[str, ...], name: str, others: str) -> None:
    texts = labelled_texts(dataset_of(tuple(f"t{number}" for number in range(60)), made * (60 // len(made))))
    assert texts.others_of(name) == others


def test_a_class_with_too_few_others_is_named_as_not_examined() -> None:
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(119)), labels(a=100, c=19)))
    assert texts.too_small == ["a", "c"]
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(120)), labels(a=100, c=20)))
    assert texts.too_small == []


def test_texts_are_taken_in_the_order_that_is_asked_for() -> None:
    texts = labelled_texts(dataset_of(("x", "y", "z"), ("a", "b", "c")))
    some = texts.take(np.array([2, 0]))
    assert list(some.prompts) == [texts.prompts[2], texts.prompts[0]]
    assert some.labels.tolist() == texts.labels[[2, 0]].tolist()
    assert some.fold_key.tolist() == texts.fold_key[[2, 0]].tolist()
    record = texts.evidence(1, (), 0.123456)
    assert (record.score, record.record_id, record.excerpt) == (0.1235, texts.record_ids[1], texts.prompts[1])


def test_a_class_is_drawn_up_to_an_equal_share_or_the_fewest_it_needs() -> None:
    """Ten classes share a draw of 100: ten each would be too few to mine, so twenty are drawn."""
    made = labels(**{f"c{number}": 100 for number in range(10)})
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(1_000)), made))
    drawn = draw_labelled(texts, 0, DrawSettings(size=100, of_class=1_000))
    assert min(int((texts.labels[drawn] == f"c{number}").sum()) for number in range(10)) == 20
    few = draw_labelled(texts, 0, DrawSettings(size=100, of_class=5))
    assert len(few) < len(drawn)
    two = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(1_000)), labels(a=990, b=10)))
    assert len(draw_labelled(two, 0, DrawSettings(size=0, of_class=1_000))) == 30


def test_several_equal_labels_are_known_by_their_class_counts() -> None:
    assert class_counts({'["a","b"]': 2, "a": 3, "[]": 1}) == {"a": 5, "b": 2, "[]": 1}


def test_one_label_alone_is_no_task() -> None:
    assert reason(labels(a=120)) == "all records have the same label, 'a'"


@pytest.mark.parametrize(("shared", "words"), [(50, None), (49, "51 different labels are no classes")])
def test_half_of_the_records_must_share_a_label(shared: int, words: str | None) -> None:
    """Beside one class there are fifty labels of a record each, which are more than any twenty records share."""
    counts = {"a": shared, **{f"x{number}": 1 for number in range(50)}}
    found = no_classes(counts)
    assert (found is None) if words is None else (found is not None and found.startswith(words))


@pytest.mark.parametrize(("different", "words"), [(20, None), (21, "21 different labels are no classes")])
def test_up_to_twenty_rare_labels_may_be_classes(different: int, words: str | None) -> None:
    found = no_classes({f"x{number}": 1 for number in range(different)})
    assert (found is None) if words is None else (found is not None and found.startswith(words))
    assert no_classes({}) is None
    assert no_classes({"1": 30, "nan": 30}) is None


def test_of_too_many_classes_the_largest_are_mined_and_the_rest_is_named() -> None:
    labels = [f"c{number:02d}" for number in range(12) for _ in range(20 + number)]
    dataset = dataset_of(tuple(f"text {number}" for number in range(len(labels))), tuple(labels))
    texts = labelled_texts(dataset, ClassSettings(most_classes=5))
    assert texts.classes == ["c07", "c08", "c09", "c10", "c11"]
    assert texts.crowded_out == [f"c{number:02d}" for number in range(7)]
    (failure,) = too_many_classes(texts, "some-detector")
    assert failure.message.startswith("7 classes were not mined, since there are more than 5: ")
    assert too_many_classes(labelled_texts(dataset, ClassSettings(most_classes=12)), "some-detector") == ()


def test_of_several_labels_each_makes_two_classes() -> None:
    made = ('["hail","rain"]', '["rain","snow"]', "wind") * 40
    texts = labelled_texts(dataset_of(tuple(f"t{n}" for n in range(120)), made), ClassSettings(most_classes=5))
    assert texts.classes == ["hail", "not “hail”", "rain", "not “rain”"]
    assert texts.crowded_out == ["snow", "wind"]
