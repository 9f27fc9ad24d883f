"""Records in memory are read by the rules that hold for files."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import datasets
import numpy as np
import orjson
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from marshtest import Dataset, FieldMap, InputError, read_dataset

NAMES = ["slow", "quick"]
RECORDS: list[dict[str, Any]] = [
    {"text": f"the ferry to Bodø left pier {number} on time", "label": NAMES[number % 2], "ship": f"s{number % 7}"}
    for number in range(250)
]
NUMBERED = [{**record, "label": NAMES.index(record["label"])} for record in RECORDS]
FEATURES = datasets.Features(
    {
        "text": datasets.Value("string"),
        "label": datasets.ClassLabel(names=NAMES),
        "ship": datasets.Value("string"),
    }
)


def hugging() -> Any:
    return datasets.Dataset.from_list(NUMBERED, features=FEATURES)


def columns() -> dict[str, list[Any]]:
    return {name: [record[name] for record in RECORDS] for name in RECORDS[0]}


MAKERS: dict[str, Callable[[], Any]] = {
    "list": lambda: RECORDS,
    "tuple": lambda: tuple(RECORDS),
    "generator": lambda: (record for record in RECORDS),
    "iterator": lambda: iter(RECORDS),
    "view of a dict": lambda: dict(enumerate(RECORDS)).values(),
    "pandas": lambda: pd.DataFrame(RECORDS),
    "pandas objects": lambda: pd.DataFrame(RECORDS).astype(object),
    "pandas categorical": lambda: pd.DataFrame(RECORDS).astype({"label": "category"}),
    "pandas, shuffled index": lambda: pd.DataFrame(RECORDS, index=range(250, 0, -1)),
    "polars": lambda: pl.DataFrame(RECORDS),
    "polars categorical": lambda: pl.DataFrame(RECORDS).with_columns(pl.col("label").cast(pl.Categorical)),
    "polars enum": lambda: pl.DataFrame(RECORDS).with_columns(pl.col("label").cast(pl.Enum(NAMES))),
    "table": lambda: pa.Table.from_pylist(RECORDS),
    "batch": lambda: pa.RecordBatch.from_pylist(RECORDS),
    "reader of batches": lambda: pa.Table.from_pylist(RECORDS).to_reader(max_chunksize=60),
    "dataset": hugging,
    "dataset, shuffled": lambda: hugging().shuffle(seed=3),
    "dataset, stream": lambda: hugging().to_iterable_dataset(num_shards=3),
    "splits": lambda: datasets.DatasetDict(train=hugging().select(range(200)), test=hugging().select(range(200, 250))),
    "streamed splits": lambda: datasets.IterableDatasetDict(train=hugging().to_iterable_dataset()),
    "dict of lists": columns,
    "dict of arrays": lambda: {name: np.array(values) for name, values in columns().items()},
    "dict of frames": lambda: {"one": pd.DataFrame(RECORDS[:9]), "two": pl.DataFrame(RECORDS[9:])},
    "list of frames": lambda: [pl.DataFrame(RECORDS[:9]), pl.DataFrame(RECORDS[9:])],
}


@pytest.fixture(scope="module")
def from_file(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    path = tmp_path_factory.mktemp("ferries") / "ferries.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, RECORDS)))
    return read_dataset(path)


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_object_is_the_same_data_as_the_file(kind: str, from_file: Dataset) -> None:
    dataset = read_dataset(MAKERS[kind]())
    assert dataset.fingerprint == from_file.fingerprint
    assert dataset.labels == from_file.labels == {"quick": 125, "slow": 125}
    assert dataset.fields == from_file.fields
    assert dataset.files == {}


def test_rows_are_counted_from_1_in_the_order_of_the_object() -> None:
    frame = pd.DataFrame(RECORDS, index=range(250, 0, -1))
    dataset = read_dataset(frame)
    for record in map(dataset.record, (0, 100, 249)):
        assert record.source_path == "<DataFrame>"
        assert record.prompt == frame.iloc[record.source_line - 1]["text"]
    shuffled = hugging().shuffle(seed=3)
    last = read_dataset(shuffled).record(249)
    assert (last.prompt, last.source_line) == (shuffled[249]["text"], 250)


def test_places_name_the_split() -> None:
    dataset = read_dataset(MAKERS["splits"]())
    assert dataset.source == ("<DatasetDict train>", "<DatasetDict test>")
    last = dataset.record(-1)
    assert (last.source_path, last.source_line) == ("<DatasetDict test>", 50)


def test_an_empty_split_is_no_error() -> None:
    splits = datasets.DatasetDict(train=hugging(), test=hugging().select([]))
    assert len(read_dataset(splits)) == 250


def test_a_named_index_is_a_field_and_one_without_a_name_is_none() -> None:
    frame = pd.DataFrame(RECORDS)
    named = frame.set_index(pd.Index([f"call-{number}" for number in range(250)], name="id"))
    assert read_dataset(named).record(7).record_id == "call-7"
    assert read_dataset(frame.set_index(pd.Index(range(250, 0, -1)))).record(7).fields == '{"ship":"s0"}'


def test_missing_values_are_missing_whatever_stands_for_them() -> None:
    gaps: list[Any] = [None, float("nan"), pd.NA, pd.NaT, np.float64("nan")]
    records = [{"text": f"gap {number}", "label": "a", "note": gap} for number, gap in enumerate(gaps)]
    for data in (records, pd.DataFrame(records, dtype=object)):
        dataset = read_dataset(data)
        assert {dataset.record(number).fields for number in range(5)} <= {"{}", '{"note":null}'}


def test_whole_numbers_that_pandas_made_fractional_are_whole_again() -> None:
    frame = pd.DataFrame({"text": ["a b", "c d", "e f"], "label": ["x", "y", "x"], "year": [1999, None, 2001]})
    assert frame["year"].dtype == np.float64
    assert read_dataset(frame).record(0).fields == '{"year":1999}'


def test_an_unknown_class_of_a_dataset_is_a_missing_label() -> None:
    records = [*NUMBERED[:20], {"text": "no label here", "label": -1, "ship": "s"}]
    dataset = read_dataset(datasets.Dataset.from_list(records, features=FEATURES), on_bad_record="skip")
    assert dict(dataset.labels) == {"quick": 10, "slow": 10}


def test_files_of_a_dataset_have_the_names_of_its_classes_too(tmp_path: Path, from_file: Dataset) -> None:
    hugging().to_parquet(str(tmp_path / "ferries.parquet"))
    hugging().save_to_disk(str(tmp_path / "saved"))
    assert read_dataset(tmp_path / "ferries.parquet").fingerprint == from_file.fingerprint
    assert read_dataset(tmp_path / "saved").fingerprint == from_file.fingerprint


def test_classes_inside_lists_and_dicts_have_their_names() -> None:
    label = datasets.ClassLabel(names=["red", "blue"])
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "tags": datasets.List(label),
            "more": {"tag": label, "n": datasets.Value("int8")},
        }
    )
    rows = [{"text": "one", "tags": [1, 0], "more": {"tag": 1, "n": 1}}]
    data = datasets.Dataset.from_list(rows, features=features)
    dataset = read_dataset(data, fields=FieldMap(text="text", record_format="documents"))
    assert dataset.record(0).fields == '{"more":{"n":1,"tag":"blue"},"tags":["blue","red"]}'


def test_dicts_in_a_frame_keep_their_own_keys() -> None:
    """Arrow would give each call the arguments of all others."""
    calls = [{"name": "book", "arguments": {f"argument{number}": number}} for number in range(30)]
    chats = [
        {
            "messages": [
                {"role": "user", "content": f"book {n}"},
                {"role": "assistant", "tool_calls": [{"function": call}]},
            ]
        }
        for n, call in enumerate(calls)
    ]
    dataset = read_dataset(pd.DataFrame(chats))
    assert dataset.fingerprint == read_dataset(chats).fingerprint
    assert dataset.record(4).completion == '<tool_call>\n{"name": "book", "arguments": {"argument4":4}}\n</tool_call>'


def test_columns_of_mixed_types_are_read() -> None:
    frame = pd.DataFrame({"text": ["a", "b", "c"], "label": ["x", 1, True], "note": [b"raw", date(2024, 5, 6), {1, 2}]})
    dataset = read_dataset(frame)
    assert list(dataset.labels) == ["1", "true", "x"]
    assert [dataset.record(row).fields for row in range(3)] == [
        '{"note":"raw"}',
        '{"note":"2024-05-06"}',
        '{"note":[1,2]}',
    ]


def test_types_of_pandas_are_written_as_a_person_would(recwarn: pytest.WarningsRecorder) -> None:
    frame = pd.DataFrame(
        {
            "text": ["a b", "c d"],
            "label": ["x", "y"],
            "count": pd.array([1, None], dtype="Int64"),
            "span": pd.interval_range(0, 2),
            "month": pd.period_range("2024-01", periods=2, freq="M"),
            "when": pd.date_range("2024-01-01", periods=2, tz="Europe/Oslo"),
            "far": [1.5, float("inf")],
            "array": [np.array([1, 2]), np.array([3])],
        }
    )
    assert read_dataset(frame).record(0).fields == (
        '{"array":[1,2],"count":1,"far":1.5,"month":"2024-01","span":"(0, 1]","when":"2024-01-01T00:00:00+01:00"}'
    )
    assert '"count":null,"far":"inf"' in read_dataset(frame).record(1).fields


def test_names_of_several_levels_are_joined_by_dots() -> None:
    frame = pd.DataFrame({("in", "text"): ["a b", "c d"], ("out", "label"): ["x", "y"]})
    dataset = read_dataset(frame, fields=FieldMap(text="in.text", label="out.label"))
    assert dict(dataset.labels) == {"x": 1, "y": 1}


def test_a_format_that_a_dataset_was_given_changes_nothing(from_file: Dataset) -> None:
    for data in (hugging().with_format("numpy"), hugging().with_transform(lambda batch: {"text": [1]})):
        assert read_dataset(data).fingerprint == from_file.fingerprint


def test_anything_with_a_length_and_items_is_read() -> None:
    class Letters:
        def __len__(self) -> int:
            return len(RECORDS)

        def __getitem__(self, index: int) -> dict[str, Any]:
            return RECORDS[index]

    assert len(read_dataset(Letters())) == 250


def test_text_that_no_file_can_hold_is_an_anomaly() -> None:
    dataset = read_dataset([{"text": "half \ud83d a pair", "label": "x"}])
    assert dataset.record(0).prompt == "half \ufffd a pair"
    assert dataset.table(["anomalies"])["anomalies"].to_pylist() == [["lone-surrogate"]]


def test_records_of_other_kinds_than_dict_are_read() -> None:
    from collections import OrderedDict, namedtuple
    from dataclasses import dataclass

    from pydantic import BaseModel

    @dataclass
    class Plain:
        text: str
        label: str

    class Model(BaseModel):
        text: str
        label: str

    pair = namedtuple("pair", ["text", "label"])
    values = {"text": "one two", "label": "x"}
    for record in (Plain(**values), Model(**values), pair(**values), OrderedDict(values)):
        assert read_dataset([record]).record(0).label == "x"


def test_a_picture_is_named_by_its_type_and_not_by_where_it_lies() -> None:
    class Picture:
        pass

    dataset = read_dataset([{"text": "see here", "label": "x", "image": Picture()}])
    assert dataset.record(0).fields == '{"image":"<Picture>"}'


def test_bad_records_stop_the_reading_or_are_counted() -> None:
    data = [*RECORDS, "a text", {"label": "quick"}]
    with pytest.raises(InputError, match=r"^<list>:251: the record is a str, not a dict;.*on_bad_record=\"skip\""):
        read_dataset(data)
    dataset = read_dataset(data, on_bad_record="skip")
    assert len(dataset) == 250
    assert [(one.source_path, one.source_line) for one in dataset.failures] == [("<list>", 251), ("<list>", 252)]


def test_field_options_hold_and_messages_name_them_in_python() -> None:
    frame = pd.DataFrame({"satz": ["a b c"] * 3, "klasse": ["x", "y", "x"]})
    with pytest.raises(InputError, match=r"^<DataFrame>: .*'satz', 'klasse'.*FieldMap\(text=…\)"):
        read_dataset(frame)
    assert dict(read_dataset(frame, fields=FieldMap(text="satz", label="klasse")).labels) == {"x": 2, "y": 1}


def test_columns_without_names_are_named_by_numbers() -> None:
    frame = pd.DataFrame([["a b c", "x"], ["d e f", "y"]])
    assert read_dataset(frame, fields=FieldMap(text="0", label="1")).record(1).label == "y"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ('{"text": "a"}', "parse it with `json.loads`"),
        ("a line\nand another", "this text is no path"),
        (["we sail at noon", "they sail at night"], "this list holds texts and no paths"),
        ([], "is empty"),
        (pd.DataFrame(), "is empty"),
        (pl.DataFrame(), "is empty"),
        ({}, "is empty"),
        ({"one": {"text": "a"}, "two": {"text": "b"}}, "a dict of dicts"),
        ({"text": "a", "label": "b"}, "this dict is one record"),
        ({"text": ["a"], "label": ["b", "c"]}, "different lengths"),
        (pd.Series(["a"]), "a Series has no fields"),
        (pl.Series(["a"]), "gives Arrow no rows of fields"),
        (pl.LazyFrame({"text": ["a"]}), r"give `data.collect\(\)`"),
        (pd.DataFrame([["a", "b"]], columns=["x", "x"]), "two columns have the name 'x'"),
        ([1, 2], "the record is an int, not a dict"),
        ([["a", "b"]], "give its values names"),
        ((text for text in ["a"]), "yields no records"),
        ([{1: "a", "1": "b"}], "two keys of the record have the same name"),
        (None, "cannot read records from this NoneType"),
        (b"text", "these are bytes"),
        (io.StringIO("text"), "this is an open file"),
    ],
)
def test_what_holds_no_records_is_refused_with_what_to_give(data: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_dataset(data)


def test_an_iterator_is_read_once() -> None:
    given: list[int] = []

    def records() -> Iterator[dict[str, Any]]:
        for number, record in enumerate(RECORDS):
            given.append(number)
            yield record

    assert len(read_dataset(records())) == 250
    assert given == list(range(250))


def test_no_library_is_imported_for_those_who_do_not_use_it() -> None:
    """Arrow itself imports pandas where that is installed, for files as well."""
    code = (
        "import sys, marshtest\n"
        "marshtest.read_dataset([{'text': 'a b', 'label': 'x'}])\n"
        "marshtest.read_dataset({'text': ['a b'], 'label': ['x']})\n"
        "print(sorted({'polars', 'datasets'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_objects_are_read_where_pandas_is_not_installed() -> None:
    code = (
        "import sys, types\n"
        "def none(name, *_):\n"
        "    if name == 'pandas':\n"
        "        raise ModuleNotFoundError(\"No module named 'pandas'\")\n"
        "sys.meta_path.insert(0, types.SimpleNamespace(find_spec=none))\n"
        "import marshtest, polars\n"
        "print(marshtest.read_dataset(polars.DataFrame({'text': ['a b'], 'label': ['x']})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "<Dataset of 1 classification records from <DataFrame>>\n"
