"""Small files that hold very much are refused, before what they hold is in memory."""

from __future__ import annotations

import gzip
import json
import lzma
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marshtest import read_dataset
from marshtest.data.readers.weighing import weight
from marshtest.errors import InputError

_ROW = b'{"text": "a b c", "label": "x"}\n'


def _grown(taken: int) -> int:
    return int(pa.default_memory_pool().max_memory()) - taken


def test_a_dictionary_of_parquet_is_not_decoded_into_every_row(tmp_path: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), pa.array(["x" * 3_000_000]))
    pq.write_table(pa.table({"text": column, "label": ["a", "b"] * 1_000}), tmp_path / "d.parquet", compression="zstd")
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(InputError, match=r"d\.parquet:\d+: .*holds more than 100 times its size"):
        read_dataset(tmp_path / "d.parquet")
    assert _grown(before) < 1_000_000_000


def test_rows_that_take_no_bytes_count(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.nulls(5_000_000, pa.string())}), tmp_path / "n.parquet")
    with pytest.raises(InputError, match="holds more than 100 times its size: 5,000,000 rows"):
        read_dataset(tmp_path / "n.parquet")


@pytest.mark.parametrize("kind", ["dictionary", "views"])
def test_cells_of_arrow_that_share_bytes_count_each(tmp_path: Path, kind: str) -> None:
    if kind == "dictionary":
        text = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), pa.array(["x" * 1_000_000]))
    else:
        view = (1_000_000).to_bytes(4, "little") + b"xxxx" + bytes(8)
        text = pa.Array.from_buffers(
            pa.string_view(), 5_000, [None, pa.py_buffer(view * 5_000), pa.py_buffer(b"x" * 1_000_000)]
        )
    assert weight(text) > 5_000_000_000
    table = pa.table({"text": text, "label": ["a", "b"] * 2_500})
    with pa.OSFile(str(tmp_path / "v.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    with pytest.raises(InputError, match="holds more than 100 times its size"):
        read_dataset(tmp_path / "v.arrow")


def test_a_long_cell_of_parquet_is_one_bad_record(tmp_path: Path) -> None:
    texts = ["a b c", "x" * 70_000_000, "d e f"]
    pq.write_table(pa.table({"text": texts, "label": ["x", "y", "x"]}), tmp_path / "l.parquet", compression=None)
    data = read_dataset(tmp_path / "l.parquet", on_bad_record="skip")
    assert len(data) == 2
    assert [(one.source_line, one.message[:36]) for one in data.failures] == [
        (2, "the record is longer than 64 MiB; is")
    ]


def test_elements_of_an_array_are_read_in_linear_time(tmp_path: Path) -> None:
    def seconds(count: int) -> float:
        (tmp_path / "a.json").write_bytes(b"[" + b",".join([_ROW.strip()] * 100 + [b"1"] * count) + b"]")
        began = time.process_time()
        read_dataset(tmp_path / "a.json", on_bad_record="skip")
        return time.process_time() - began

    seconds(1_000)
    assert seconds(100_000) < 12 * seconds(20_000)


@pytest.mark.parametrize("zeros", [4, 64, 65_536 * 3])
def test_streams_of_xz_behind_padding_are_read(tmp_path: Path, zeros: int) -> None:
    (tmp_path / "p.jsonl.xz").write_bytes(lzma.compress(_ROW * 50) + bytes(zeros) + lzma.compress(_ROW * 7))
    assert len(read_dataset(tmp_path / "p.jsonl.xz")) == 57


def test_padding_of_xz_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl.xz").write_bytes(lzma.compress(_ROW * 50) + bytes(3) + lzma.compress(_ROW * 7))
    with pytest.raises(InputError, match="the padding between its streams"):
        read_dataset(tmp_path / "p.jsonl.xz", on_bad_record="skip")


def test_a_header_of_very_many_fields_is_refused_in_few_words(tmp_path: Path) -> None:
    (tmp_path / "h.csv.gz").write_bytes(gzip.compress(b"text,label" + b"," * 3_000_000 + b"\na,b\n"))
    with pytest.raises(InputError, match="more than 1,000,000 values") as caught:
        read_dataset(tmp_path / "h.csv.gz")
    assert len(str(caught.value)) < 500


def test_a_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(12_000))
    (tmp_path / "w.csv").write_text(f"text,label,{names}\n", "utf-8")
    with pytest.raises(InputError, match="12,002 columns, more than 10,000"):
        read_dataset(tmp_path / "w.csv")


def test_a_record_over_very_many_lines_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marshtest.data.readers.csv.MAX_RECORD_BYTES", 100_000)
    (tmp_path / "q.csv").write_bytes(b'text,label\na b,x\n"' + b"x y z w v\n" * 30_000 + b'",y\n')
    with pytest.raises(InputError, match=r"the record is longer than 64 MiB.* With it, 10,000 lines are one record"):
        read_dataset(tmp_path / "q.csv")


def test_failures_of_one_kind_are_counted_together(tmp_path: Path) -> None:
    (tmp_path / "u.jsonl").write_bytes(_ROW * 10 + b"x\n" * 3_000)
    data = read_dataset(tmp_path / "u.jsonl", on_bad_record="skip")
    assert sum(one.records for one in data.failures) == 3_000
    assert len(data.failures) == 1_001
    assert data.failures[-1].message.startswith("and 2,000 more such records")


def test_what_is_passed_over_is_named_by_kind(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.json").write_bytes(b'{"version": 1, "data": [' + b",".join([_ROW.strip()] * 5) + b"]}")
    (folder / "README.md").write_text("read me", "utf-8")
    (folder / ".hidden.jsonl").write_bytes(_ROW)
    found = {(one.kind, one.example): one.count for one in read_dataset(folder).skipped}
    assert found == {("file", ".hidden.jsonl"): 1, ("file", "README.md"): 1, ("member", "version"): 1}


def test_a_record_of_too_many_fields_is_refused_before_anybody_looks_for_a_layout(tmp_path: Path) -> None:
    record = {f"f{number}": "x" for number in range(60_000)}
    for name, content in (("one.jsonl", json.dumps(record)), ("two.json", json.dumps(record, indent=1))):
        path = tmp_path / name
        path.write_text(content)
        with pytest.raises(InputError, match=r"60,000 different fields, more than 10,000"):
            read_dataset(path)
