"""Properties that reading has for any data."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.fuzz_readers import check_input, draw_input, real_files
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.readers.csv import parse_csv
from marshtest.data.readers.csv_start import CsvStart
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.jsonl import JsonLines, parse_lines
from marshtest.errors import InputError

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
EXTRA = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(
    st.fixed_dictionaries({"text": TEXT, "label": st.sampled_from(["a", "b"])}, optional={"more": EXTRA, "id": TEXT}),
    min_size=1,
    max_size=12,
)


def read(content: bytes, name: str = "d.jsonl", **options: Any) -> Dataset:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        return read_dataset(path, **options)


def as_jsonl(records: list[dict[str, Any]], *, ascii_only: bool = False) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=ascii_only) + "\n" for record in records).encode()


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.booleans())
def test_json_lines_lose_nothing(records: list[dict[str, Any]], ascii_only: bool) -> None:
    """Every value of every record can be found in the dataset."""
    assume(any(record["text"].strip() for record in records))
    dataset = read(as_jsonl(records, ascii_only=ascii_only))
    assert len(records) == len(dataset)
    for index, record in enumerate(records):
        seen = dataset.record(index)
        assert (record["text"], record["label"]) == (seen.prompt, seen.label)
        rest = json.loads(seen.fields)
        assert record.get("more") == rest.get("more")
        assert not record.get("id") or record["id"] in (seen.record_id, rest.get("id"))


@settings(max_examples=40, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_order_does_not_change_the_fingerprint(records: list[dict[str, Any]], random: Any) -> None:
    """The fingerprint is of what is in the dataset, not of where."""
    assume(any(record["text"].strip() for record in records))
    mixed = random.sample(records, len(records))
    assert read(as_jsonl(records)).fingerprint == read(as_jsonl(mixed)).fingerprint


@settings(max_examples=100, deadline=None)
@given(RECORDS, st.integers(4, 200))
def test_one_range_is_many_ranges(records: list[dict[str, Any]], size: int) -> None:
    """How a file is cut does not change what is read."""
    content = as_jsonl(records)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.jsonl")
        path.write_bytes(content)
        format_ = JsonLines(piece_bytes=size)
        pieces, _ = format_.plan(str(path), 0)
        rows = [row for piece in pieces for row in format_.rows(piece)]
    assert list(parse_lines(content)) == rows
    assert content == b"".join(content[row.offset : row.offset + row.length] for row in rows)  # type: ignore[operator]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), max_size=8), st.sampled_from(["\r\n", "\n"]))
def test_csv_loses_nothing(rows: list[list[str]], end: str) -> None:
    """What the standard library writes is read, and the places cover every byte."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    content = out.getvalue().encode()
    parsed = list(parse_csv(io.BytesIO(content), CsvStart(",", True, ("x", "y"), 1, 0, has_header=False), path=""))
    assert rows == [list((row.value or {}).values()) for row in parsed]
    assert len(content) == sum(row.length or 0 for row in parsed)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["d.jsonl", "d.csv", "d.tsv", "d.parquet", "d"]))
def test_random_bytes_are_an_input_error_or_a_dataset(content: bytes, name: str) -> None:
    """No bytes make the reader crash."""
    for mode in ("fail", "skip"):
        with contextlib.suppress(InputError):
            assert len(read(content, name, on_bad_record=mode)) > 0


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_random_lines_are_unreadable_or_json(line: bytes) -> None:
    """No line makes the parsers crash, and what they read is valid Unicode."""
    try:
        value, _ = read_json(line)
    except UnreadableLine:
        return
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


REAL_FILES = real_files()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_broken_copies_of_real_files_lose_no_record_without_a_word(number: int) -> None:
    """A few of the inputs of `benchmarks.fuzz_readers`, which checks a hundred thousand of them in the same way."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = check_input(draw_input(REAL_FILES, 1, number), Path(folder))
    assert outcome in ("read", "read with failures", "refused")
