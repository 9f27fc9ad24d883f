"""What is read as a label: a value, several, none, or an answer that takes a few values; and never as text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.labels import label_of, labels_in
from marshtest.data.readers import read_dataset
from marshtest.data.readers.deciding import decide_layout
from marshtest.data.readers.labels import answers_are_labels
from marshtest.errors import InputError

WORDS = "amber birch cedar dune ember fjord grove harbour inlet jetty kiln lagoon meadow north orchard pier".split()  # noqa: SIM905
FIXED = "I am sorry, but the harbour office alone may answer questions of this kind. Please write to it."


def asked(number: int) -> str:
    return f"{number} {' '.join(Random(number).choices(WORDS, k=8))}"


def free(number: int) -> str:
    return f"The {' '.join(Random(-number).choices(WORDS, k=6))} lies {number} miles off."


def read(folder: Path, records: list[dict[str, Any]], fields: FieldMap = FieldMap()) -> Dataset:
    path = folder / "d.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return read_dataset(path, fields=fields)


def chats(answers: list[str]) -> list[dict[str, Any]]:
    return [
        {"messages": [{"role": "user", "content": asked(n)}, {"role": "assistant", "content": answer}]}
        for n, answer in enumerate(answers)
    ]


def are_labels(records: list[dict[str, Any]]) -> bool:
    layout = decide_layout(records, FieldMap(record_format="chat"), path="d")
    return answers_are_labels(records, replace(layout, kind="chat", label=None))


@pytest.mark.parametrize(
    ("answers", "labels"),
    [
        ([("calm", "storm")[n % 2] for n in range(120)], True),
        ([(FIXED, FIXED[::-1])[n % 2] for n in range(120)], True),
        ([f"port {n % 150}" for n in range(1_000)], True),
        (["calm"] * 120, True),
        ([free(n) for n in range(200)], False),
        ([FIXED if n % 20 == 0 else free(n) for n in range(200)], False),
        ([FIXED if n % 10 else free(n) for n in range(200)], False),
        ([f"{Random(n).randint(0, 400)}" for n in range(1_000)], False),
        ([f"port {n % 30}" for n in range(120)], False),
        ([("calm", "storm")[n % 2] for n in range(99)], False),
        (["<tool_call>\n{}\n</tool_call>", "<tool_call>\n[]\n</tool_call>"] * 100, False),
    ],
    ids=[
        "two words", "two long answers", "150 answers", "sorted by label", "free", "5% fixed", "90% fixed", "numbers",
        "hardly repeated", "too few", "calls",
    ],
)  # fmt: skip
def test_answers_are_labels_if_they_take_a_few_values(answers: list[str], labels: bool) -> None:
    assert are_labels(chats(answers)) is labels


def test_copies_of_the_same_exchanges_make_no_labels() -> None:
    assert not are_labels(chats([free(n) for n in range(100)]) * 6)


def test_a_fixed_farewell_after_free_answers_makes_no_labels() -> None:
    records = chats(["Goodbye."] * 60 + ["Farewell."] * 60)
    for number, record in enumerate(records):
        turns = record["messages"]
        record["messages"] = [turns[0], {"role": "assistant", "content": free(number)}, *turns]
    assert not are_labels(records)


def test_one_answer_beside_a_label_is_no_label() -> None:
    assert not are_labels([record | {"label": "calm"} for record in chats(["Noted."] * 120)])


def test_the_answer_is_the_label_and_no_part_of_the_text(tmp_path: Path) -> None:
    dataset = read(tmp_path, chats([("calm", "storm")[n % 2] for n in range(120)]))
    record = dataset.record(1)
    assert (record.kind, record.prompt, record.label, record.completion) == (
        "classification", asked(1), "storm", "storm",
    )  # fmt: skip
    assert [turn.content for turn in record.messages] == [asked(1)]
    assert dataset.fields["label"] == "messages"


def test_a_completion_that_is_named_as_the_label_is_no_part_of_the_text(tmp_path: Path) -> None:
    records = [{"prompt": asked(n), "completion": ("calm", "storm")[n % 2]} for n in range(120)]
    for fields in (FieldMap(text="prompt", label="completion"), FieldMap()):
        dataset = read(tmp_path, records, fields)
        assert (dataset.record(0).prompt, dataset.labels) == (asked(0), {"calm": 60, "storm": 60})
        assert dataset.fields == {"prompt": "prompt", "label": "completion"}


def test_a_chat_stays_a_chat_where_the_user_names_its_fields_and_format(tmp_path: Path) -> None:
    records = [{"prompt": asked(n), "completion": ("calm", "storm")[n % 2]} for n in range(120)]
    fields = FieldMap(text="prompt", completion="completion")
    assert read(tmp_path, records, fields).kind == "classification"
    assert read(tmp_path, records, replace(fields, record_format="prompt-completion")).kind == "chat"


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("calm", "calm"),
        (3, "3"),
        (True, "true"),
        (0.0, "0.0"),
        ("none", "none"),
        ("NONE", "NONE"),
        (None, None),
        (float("nan"), None),
        ("", None),
        (" ", None),
        ("nan", None),
        ("NaN", None),
        ("None", None),
        ("N/A", None),
        (["storm"], "storm"),
        (["storm", "calm", "storm"], '["calm","storm"]'),
        ([], "[]"),
        ('["storm", "calm"]', '["calm","storm"]'),
        ("[not json", "[not json"),
        ([0, 1, 0, 1], '["1","3"]'),
        ([0, 0, 0], "[]"),
        ([4, 1], '["1","4"]'),
    ],
)
def test_what_stands_for_a_label(value: Any, label: str | None) -> None:
    assert label_of(value) == label


def test_several_labels_are_told_apart_again() -> None:
    assert [labels_in(one) for one in ('["a","b"]', "a", "[]", "[odd")] == [("a", "b"), ("a",), (), ("[odd",)]


def test_records_without_a_label_are_kept_and_have_none(tmp_path: Path) -> None:
    made = [("calm", "storm", None, "", float("nan"), "None")[n % 6] for n in range(120)]
    dataset = read(tmp_path, [{"text": asked(n), "label": label} for n, label in enumerate(made)])
    assert (len(dataset), dataset.labels, dataset.failures) == (120, {"calm": 20, "storm": 20}, ())


def test_columns_of_0_and_1_are_several_labels(tmp_path: Path) -> None:
    records = [{"id": n, "text": asked(n), "rude": n % 2, "loud": int(n % 3 == 0)} for n in range(12)]
    dataset = read(tmp_path, [*records, {"id": 12, "text": asked(12), "rude": None, "loud": None}])
    assert [dataset.record(n).label for n in (0, 1, 2, 3, 12)] == ["loud", "rude", "[]", '["loud","rude"]', None]
    assert (dataset.fields["label"], dataset.record(0).fields) == ("rude, loud", "{}")


@pytest.mark.parametrize(
    ("values", "third"),
    [
        (["calm", "calm,late", "late, lost", "calm,lost", "lost"], '["late","lost"]'),
        (["calm", "calm|late", "late|lost", "calm|lost"], '["late","lost"]'),
        (["calm; late", "late", "late; lost", "calm; lost"], '["late","lost"]'),
        (["2", "2,10", "10,27", "2,27"], '["10","27"]'),
        (["Arts, Crafts", "Home", "Home, Kitchen", "Toys, Games"], "Home, Kitchen"),
        (["0,5", "0,7", "0,25", "0,1"], "0,25"),
        (["calm", "late", "calm, quite calm", "lost"], "calm, quite calm"),
    ],
    ids=["commas", "bars", "semicolons", "numbers", "names with commas", "decimal commas", "one joined value"],
)
def test_labels_that_are_joined_in_one_text_are_told_apart(tmp_path: Path, values: list[str], third: str) -> None:
    path = tmp_path / "made.jsonl"
    rows = [{"text": f"note {number} of the day", "label": values[number % len(values)]} for number in range(60)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert read_dataset(path).record(2).label == third


def test_all_choices_of_an_annotation_are_labels(tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    chosen = [["calm"], ["late", "lost"], ["calm", "late"]]
    rows = [
        {
            "data": {"text": f"note {number} of the day"},
            "annotations": [{"result": [{"type": "choices", "value": {"choices": chosen[number % 3]}}]}],
        }
        for number in range(60)
    ]
    path.write_text(json.dumps(rows), "utf-8")
    dataset = read_dataset(path)
    assert [dataset.record(number).label for number in range(3)] == ["calm", '["late","lost"]', '["calm","late"]']


def test_lines_of_a_token_and_its_tag_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.txt"
    path.write_text("".join(f"The O\nferry{number} O\nlies O\nin O\nBergen B-LOC\n\n" for number in range(30)), "utf-8")
    with pytest.raises(InputError, match="a token and its tag"):
        read_dataset(path)
