"""A stray record does not decide what the others are, and what holds no record says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from marshtest.data.readers import read_dataset
from marshtest.data.readers.sniff import sniff_format
from marshtest.errors import InputError

CHAT = {"messages": [{"role": "user", "content": "When does it sail?"}, {"role": "assistant", "content": "At six."}]}
SHAPES: dict[str, dict[str, Any]] = {
    "chat": CHAT,
    "labelled": {"text": "The ferry is late.", "label": "delay"},
    "alpaca": {"instruction": "Name a port.", "input": "", "output": "Hull."},
    "prompt-completion": {"prompt": "Name a port.", "completion": "Hull."},
    "preference": {"prompt": "Name a port.", "chosen": "Hull.", "rejected": "Rome."},
    "documents": {"text": "A text of its own."},
}


def written(path: Path, *records: Any) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.mark.parametrize("stray", sorted(SHAPES))
@pytest.mark.parametrize("usual", sorted(SHAPES))
@pytest.mark.parametrize("place", [0, 700, 1_500])
def test_the_stray_record_is_blamed_not_the_others(tmp_path: Path, usual: str, stray: str, place: int) -> None:
    if stray == usual or (usual, stray) == ("documents", "labelled"):  # a text with a label is a text too
        return
    records = [SHAPES[usual]] * 1_500
    path = written(tmp_path / "d.jsonl", *records[:place], SHAPES[stray], *records[place:])
    with pytest.raises(InputError, match=rf"d\.jsonl:{place + 1}: .*This record has the fields .*--on-bad-record skip"):
        read_dataset(path)
    dataset = read_dataset(path, on_bad_record="skip")
    assert len(dataset) == 1_500
    assert [failure.source_line for failure in dataset.failures] == [place + 1]
    assert f"read as “{usual}”" in dataset.failures[0].message


def test_a_label_in_one_of_many_texts_does_not_make_the_others_failures(tmp_path: Path) -> None:
    dataset = read_dataset(written(tmp_path / "d.jsonl", SHAPES["labelled"], *[SHAPES["documents"]] * 500))
    assert (dataset.kind, len(dataset)) == ("document", 501)
    assert dataset.table(["anomalies"])["anomalies"].to_pylist()[0] == ["odd-shape: label:text"]


def test_a_small_first_file_does_not_decide_for_the_others(tmp_path: Path) -> None:
    first = written(tmp_path / "a.jsonl", SHAPES["labelled"])
    second = written(tmp_path / "b.jsonl", *[CHAT] * 50)
    with pytest.raises(InputError, match=r"a\.jsonl:1: the messages field"):
        read_dataset([first, second])
    assert len(read_dataset([first, second], on_bad_record="skip")) == 50


def test_an_array_in_the_first_line_does_not_make_lines_an_array(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", ["a", "b"], *[CHAT] * 20)
    with pytest.raises(InputError, match=r"d\.jsonl:1: the line holds a JSON array, not an object"):
        read_dataset(path)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("usual", sorted(SHAPES))
def test_an_array_in_an_object_is_read_and_cleaned(tmp_path: Path, usual: str, indent: int | None) -> None:
    path = tmp_path / "d.json"
    data = [SHAPES[usual] | {"id": n} for n in range(9)]
    whole = {"version": "é", "data": data, "splits": ["train"], "n": {"a": 1}}
    path.write_text(json.dumps(whole, indent=indent, ensure_ascii=False), "utf-8-sig")
    dataset = read_dataset(path)
    assert (len(dataset), len(dataset.failures)) == (9, 0)
    assert dataset.table(["source_line"])["source_line"].to_pylist() == [*range(1, 10)]
    record = dataset.record(4)
    content = path.read_bytes()[record.byte_offset or 0 :][: record.byte_length]
    assert json.loads(content) == data[4]
    with (tmp_path / "c.json").open("wb") as cleaned, (tmp_path / "q.json").open("wb") as quarantined:
        assert sniff_format(str(path)).split(str(path), {5}, cleaned, quarantined) == (8, 1)
    rest = [one for one in data if one["id"] != 4]
    assert json.loads((tmp_path / "c.json").read_text("utf-8-sig")) == whole | {"data": rest}
    assert json.loads((tmp_path / "q.json").read_text("utf-8-sig")) == whole | {"data": [data[4]]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"train": [CHAT], "test": [CHAT]}, "several arrays of records .'train', 'test'."),
        ({"text": ["a", "b"], "label": ["x"]}, "fields are 'text', 'label'.*lengths .'text': 2, 'label': 1"),
        ({"one": SHAPES["labelled"], "two": 2}, "no array of records; its fields are 'one', 'two'.*jq '.one'"),
        ({}, "no array of records"),
    ],
)
def test_an_object_that_is_not_sure_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    (tmp_path / "d.json").write_text(json.dumps(content, indent=1))
    with pytest.raises(InputError, match=message):
        read_dataset(tmp_path / "d.json")


def test_one_record_on_one_line_stays_a_record(tmp_path: Path) -> None:
    assert len(read_dataset(written(tmp_path / "d.json", CHAT))) == 1
    both = written(tmp_path / "e.json", *[{"tools": [{"name": "find"}], **CHAT}] * 2)
    assert len(read_dataset(both)) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [("d.csv", b"text,label\n"), ("d.csv", b"text,label"), ("d.json", b"[]"), ("d.json", b"[ ]\n")],
)
def test_what_holds_no_record_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="not one record in the data"):
        read_dataset(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_so_does_an_empty_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "d.jsonl").write_bytes(content)
    with pytest.raises(InputError, match="the file is empty"):
        read_dataset(tmp_path / "d.jsonl")
