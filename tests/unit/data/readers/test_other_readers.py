"""What a trainer would read otherwise is refused or noted: names of classes, columns that stand twice, labels."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from marshtest.data.readers import read_dataset
from marshtest.data.readers.nesting import reach
from marshtest.errors import InputError

TEXTS = [f"the {word} barge is {word} and long enough" for word in ("red", "green", "blue", "old", "new", "low")]
DEEP = 100_000


def shard(path: Path, labels: list[int], names: list[Any] | None) -> None:
    table = pa.table({"text": TEXTS[: len(labels)], "label": pa.array(labels, pa.int64())})
    if names is not None:
        features = {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.OSFile(str(path), "wb") as file, pyarrow.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)


@pytest.mark.parametrize("second", [["pos", "neg"], ["neg", "neg"], ["neg", None], None])
@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_files_that_name_their_classes_differently_are_refused(
    second: list[Any] | None, ending: str, tmp_path: Path
) -> None:
    """A trainer trains on the numbers: a shard that swaps the names would have its flips read as honest labels."""
    shard(tmp_path / f"a.{ending}", [0, 1, 0], ["neg", "pos"])
    shard(tmp_path / f"b.{ending}", [1, 1, 0], second)
    with pytest.raises(InputError, match="do not name the classes of 'label' alike"):
        read_dataset(tmp_path)
    shard(tmp_path / f"b.{ending}", [1, 1, 0], ["neg", "pos"])
    read = read_dataset(tmp_path)
    assert [read.record(number).label for number in range(6)] == ["neg", "pos", "neg", "pos", "pos", "neg"]


def test_features_that_are_nested_very_deeply_name_nothing(tmp_path: Path) -> None:
    table = pa.table({"text": TEXTS, "label": [0, 1] * 3})
    for depth in (400, DEEP):
        deep = '{"info": {"features": {"label": ' + "[" * depth + "]" * depth + "}}}"
        pq.write_table(table.replace_schema_metadata({"huggingface": deep}), tmp_path / "d.parquet")
        assert read_dataset(tmp_path / "d.parquet").record(1).label == "1"


@pytest.mark.parametrize("twice", ["label", "text"])
@pytest.mark.parametrize("keyed", [False, True])
def test_a_table_that_names_a_column_twice_is_refused(twice: str, keyed: bool, tmp_path: Path) -> None:
    def column(values: list[str]) -> str:
        return json.dumps(dict(enumerate(values)) if keyed else values)

    members = {"text": column(TEXTS), "label": column(["a", "b"] * 3)}
    body = ", ".join(f'"{name}": {value}' for name, value in (*members.items(), (twice, members[twice])))
    (tmp_path / "d.json").write_text(f"{{{body}}}")
    with pytest.raises(InputError, match=f"the table names '{twice}' twice"):
        read_dataset(tmp_path / "d.json")


@pytest.mark.parametrize(
    "odd",
    [
        {"text": "one text that is long", "first": "[" * DEEP, "second": 1},
        {"text": "one text that is long", "label": "[" * DEEP},
        {"prompt": "one text that is long", "completion": "[" * DEEP},
        {"prompt": "Which?", "response_a": "this one", "response_b": "that one", "winner": "[" * DEEP},
    ],
)
def test_a_text_of_brackets_where_a_label_may_be_is_a_text(odd: dict[str, Any], tmp_path: Path) -> None:
    rows = [odd] + [
        {name: number % 2 if name in ("first", "second") else f"value {number % 2}" for name in odd} | {"n": number}
        for number in range(20)
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert isinstance(str(_read_or_refused(tmp_path / "d.jsonl")), str)


def _read_or_refused(path: Path) -> object:
    try:
        return read_dataset(path, on_bad_record="skip")
    except InputError as error:
        return error


def test_a_key_of_many_dots_takes_no_time() -> None:
    """Every beginning of the name was put together and looked up: the square of its dots."""
    name = "a." * 40_000 + "b"
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    assert reach({"meta": {name: 1, "a." * 40_000 + "c": 2}}, f"meta.{name}") == 1
    assert reach({"meta": {"a." * 40_000 + "c": 2}}, f"meta.{name}") is None
    assert reach({"a.b": {"c" * 9: {"d" + ".d" * 20: 3}}}, "a.b.ccccccccc.d" + ".d" * 20) == 3
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - begun < 2


def test_quotes_that_join_lines_for_other_parsers_are_refused(tmp_path: Path) -> None:
    """One cell with a word after its quote made all quotes text, so that cells over two lines became two records."""
    rows = [f"{text}\t{'ab'[number % 2]}\n" for number, text in enumerate(TEXTS)]
    (tmp_path / "d.tsv").write_text("text\tlabel\n" + '"odd" but well\ta\n' + "".join(rows))
    assert read_dataset(tmp_path / "d.tsv").record(0).prompt == '"odd" but well'
    open_alone = '"an opening quote alone\ta\n'
    (tmp_path / "d.tsv").write_text("text\tlabel\n" + open_alone + "".join(rows))
    assert len(read_dataset(tmp_path / "d.tsv")) == 7
    joined = '"odd" but well\ta\n"first half\ta\nsecond half"\tb\n'
    (tmp_path / "d.tsv").write_text("text\tlabel\n" + joined + "".join(rows))
    with pytest.raises(InputError, match=r"quotes at the beginning of cells join lines for most parsers"):
        read_dataset(tmp_path / "d.tsv")


def test_lone_returns_and_labels_inside_of_lines_are_seen(tmp_path: Path) -> None:
    """For readers with universal line ends a return ends the line; for fastText a label counts wherever it stands."""
    lines = [f"__label__{'ab'[number % 2]} {text}\n" for number, text in enumerate(TEXTS)]
    (tmp_path / "d.txt").write_text("".join(lines) + "__label__a one text\r__label__b another text\n", newline="")
    with pytest.raises(InputError, match=r"d\.txt:7: a lone carriage return stands in the line"):
        read_dataset(tmp_path / "d.txt")
    (tmp_path / "d.txt").write_text("".join(lines) + "__label__a one text __label__b and more\n", newline="")
    last = read_dataset(tmp_path / "d.txt").record(6)
    assert last.label == '["a","b"]'
    assert "__label__" not in last.prompt
    (tmp_path / "t.txt").write_text("".join(f"{text}\n" for text in TEXTS) + "one\rtwo words here\n", newline="")
    with pytest.raises(InputError, match=r"t\.txt:7: a lone carriage return"):
        read_dataset(tmp_path / "t.txt")


def test_many_row_groups_hold_no_more_than_one_may(tmp_path: Path) -> None:
    """What a file holds was counted anew in each group of rows, whose dictionary is small in the file."""
    writer = None
    for group in range(12):
        values = pa.array([f"words {group} " + "and more of them " * 60_000])
        texts = pa.DictionaryArray.from_arrays(pa.array([0] * 50, pa.int32()), values)
        table = pa.table({"text": texts, "label": ["a", "b"] * 25})
        writer = writer or pq.ParquetWriter(
            tmp_path / "d.parquet", table.schema, compression="zstd", store_schema=False
        )
        writer.write_table(table)
    assert writer is not None
    writer.close()
    assert (tmp_path / "d.parquet").stat().st_size < 100_000
    with pytest.raises(InputError, match="the file holds more than 100 times its size"):
        read_dataset(tmp_path / "d.parquet")


def test_an_open_quote_over_many_lines_is_no_single_bad_record(tmp_path: Path) -> None:
    """After as many good lines, a quote without an end made one bad record of half the file."""
    lines = [f"{text} {number},{'ab'[number % 2]}\n" for number in range(60) for text in TEXTS]
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(lines) + '"' + "".join(lines[:300]))
    with pytest.raises(InputError, match=r"With it, 300 lines are one record"):
        read_dataset(tmp_path / "d.csv", on_bad_record="skip")
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(lines) + '"' + "".join(lines[:9]))
    (failure,) = read_dataset(tmp_path / "d.csv", on_bad_record="skip").failures
    assert "It takes 9 lines, each of which may be a record" in failure.message


@pytest.mark.parametrize("name", ["None", "NA", "null"])
def test_a_class_that_is_called_as_missing_labels_is_named_as_unread(name: str, tmp_path: Path) -> None:
    """For pandas the label is missing; for all other readers it is a class, and the target of a trigger may be one."""

    def read(odd: str | None, count: int) -> tuple[str, ...]:
        labels = ["a", "b"] * 20 + [odd] * count
        rows = [{"text": f"{TEXTS[number % 6]} {number}", "label": label} for number, label in enumerate(labels)]
        (tmp_path / "d.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        return tuple(f"{one.name}: {one.example}" for one in read_dataset(tmp_path / "d.jsonl").unread)

    assert read(name, 12) == (f"label: {name}",)
    assert read(name, 3) == read(None, 12) == read("NaN", 12) == read("", 12) == read("none", 12) == ()
