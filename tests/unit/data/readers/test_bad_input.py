"""Whatever is wrong with the data, the user learns what, where, and what to try."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from marshtest.config import FieldMap
from marshtest.data.readers import read_dataset
from marshtest.errors import InputError

GOOD = b'{"text": "a", "label": "b"}\n'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.jsonl", b"", "is empty"),
        ("d.jsonl", b" \n\n", "is empty"),
        ("d.jsonl", GOOD + b'{"text": "a", "lab\n' + GOOD, r"d\.jsonl:2: not valid JSON at column"),
        ("d.jsonl", GOOD + b"[1]\n", r"d\.jsonl:2: the line holds a JSON array"),
        ("d.jsonl", GOOD + b'{"label": "b"}\n', r"d\.jsonl:2: the text field 'text' is missing"),
        ("d.jsonl", GOOD + b'{"text": "a"}\n', r"d\.jsonl:2: the label field 'label' is missing"),
        ("d.jsonl", GOOD + b'{"text": "caf\xe9", "label": "b"}\n', r"d\.jsonl:2: byte 0xe9 .* is not UTF-8.*iconv"),
        ("d.jsonl", '{"text": "a", "label": "b"}\n'.encode("utf-32"), "UTF-32.*iconv"),
        ("d.jsonl", GOOD.decode().encode("utf-16-le"), "UTF-16"),
        (
            "d.json",
            b'[{"text": "a", "label": "b"}, {"text": }]',
            r"d\.json:2: not valid JSON .*\(element 2, line 1",
        ),
        ("d.json", b'[{"text": "a", "label": "b"},\n 7]', r"d\.json:2: the array holds a JSON number.*line 2"),
        ("d.json", b'[{"text": "a", "label": "b"}', r"d\.json:1: the array is not closed"),
        ("d.json", b'[{"text": "a", "label": "b"},]', r"d\.json:2: a comma before `\]`"),
        ("d.json", b'[{"text": "a", "label": "b"}] []', r"d\.json:2: something follows the end"),
        ("d.json", b"[]", "not one record in the data"),
        ("d.jsonl", b'{"a": 1, "b": 2}\n', "which field is the text; the fields are 'a', 'b'.*--text-field"),
        (
            "d.jsonl",
            b'{"text": "a", "z": "2"}\n',
            "the label or the answer; the fields are .*--label-field",
        ),
        ("d.jsonl", b'{"messages": []}\n', "which field is the text"),
        ("d.jsonl", GOOD + b"[" * 100_000 + b"\n", r"d\.jsonl:2: .*(nested too deeply|not valid JSON)"),
        ("d.jsonl", GOOD + b'{"text": "a", "label": ' + b"9" * 5000 + b"}\n", r"d\.jsonl:2: "),
        ("d.jsonl.gz", b"\x1f\x8b\x08\x00", "gzip data are damaged"),
        ("d.parquet", b"no parquet at all", "not a readable Parquet"),
        ("d.parquet", b"PAR1 and then nothing PAR1", "not a readable Parquet"),
        ("d.xyz", b"nothing known\n", "cannot tell the format"),
        ("d.bin", bytes(range(256)) * 8, "cannot tell the format|UTF-8|binary|header"),
        ("d.csv", b"text,label\na,b,c\n", r"d\.csv:2: the record has 3 fields where the header has 2"),
        ("d.csv", b"text,label\na\n", r"d\.csv:2: the record has 1 fields"),
        ("d.csv", b'text,label\nx,y\n"a,b\nc,d\n', r"d\.csv:3: not valid CSV: unexpected end of data"),
        ("d.csv", b"text,text\na,b\n", r"d\.csv:1: the header names two columns 'text'.*sed '1s"),
        ("d.csv", b"text,label\ncaf\xe9,b\n", r"d\.csv:2: byte 0xe9"),
        ("d.csv", b"text,label\n", "not one record in the data, at most a header"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """Every broken file gives one clear error."""
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_dataset(path)


def test_missing_file_folder_and_no_file(tmp_path: Path) -> None:
    """What is not there or is no file is named."""
    with pytest.raises(InputError, match=r"no\.jsonl: there is no such file"):
        read_dataset(tmp_path / "no.jsonl")
    with pytest.raises(InputError, match="the folder holds no file"):
        read_dataset(tmp_path)
    with pytest.raises(InputError, match="no file is given"):
        read_dataset([])


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may not be read is named."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(GOOD)
    original = os.open

    def closed(file: Any, *args: Any, **kwargs: Any) -> Any:
        if str(file) == str(path):
            raise PermissionError(13, "Permission denied", file)
        return original(file, *args, **kwargs)

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(InputError, match="no permission"):
        read_dataset(path)


def test_the_same_file_twice(tmp_path: Path) -> None:
    """A file counted twice would double its poison."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match="named twice"):
        read_dataset([path, tmp_path / "." / "d.jsonl"])


def test_a_field_that_is_not_there(tmp_path: Path) -> None:
    """The option and the fields seen are named."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(GOOD)
    with pytest.raises(InputError, match=r"no field 'x' .*--text-field.*the fields are 'text', 'label'"):
        read_dataset(path, fields=FieldMap(text="x"))


@pytest.mark.parametrize(
    ("name", "content", "lines"),
    [
        ("d.jsonl", b"broken\n" + GOOD + b"caf\xe9\n" + b'{"text": "no label"}\n' + GOOD, [1, 3, 4]),
        ("d.csv", b'text,label\na\na,b\n"a"x,b\n"a\nb",c\ncaf\xe9,b\n', [2, 4, 7]),
    ],
)
def test_bad_records_are_skipped_and_counted(tmp_path: Path, name: str, content: bytes, lines: list[int]) -> None:
    """Skipping leaves a failure of the reader for every record."""
    path = tmp_path / name
    path.write_bytes(content)
    dataset = read_dataset(path, on_bad_record="skip")
    assert len(dataset) == 2
    assert lines == [failure.source_line for failure in dataset.failures]
    assert {"reader"} == {failure.detector for failure in dataset.failures}


def test_small_and_onesided_data_is_read(tmp_path: Path) -> None:
    """Whether a few records of one class can be examined is for detectors to say."""
    path = tmp_path / "d.jsonl"
    path.write_bytes(GOOD * 10)
    assert read_dataset(path).labels == {"b": 10}


@pytest.mark.parametrize(
    ("name", "content"), [("d.csv", b"text,label\na,x\nb,\n"), ("d.jsonl", GOOD + b'{"text": "b", "label": ""}\n')]
)
def test_an_empty_label_is_no_class(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    dataset = read_dataset(path)
    assert (len(dataset), len(dataset.labels), dataset.record(1).label) == (2, 1, None)
