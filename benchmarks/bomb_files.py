"""Files of at most 1 MB that are made to exhaust memory or time: one kind of trick each, every format of the readers.

Every function of `BOMBS` writes one file into a folder. Nothing in them is poison: what they attack is the machine.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import random
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["BOMBS", "MEGABYTE"]

MEGABYTE = 1_000_000
"""Bytes that no bomb exceeds."""
_WORDS = [f"word{number}" for number in range(500)]


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _lines(records: Iterable[object]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def _labelled(count: int, seed: int = 0) -> list[dict[str, str]]:
    rng = random.Random(seed)
    return [{"text": " ".join(rng.choices(_WORDS, k=8)), "label": rng.choice(["yes", "no"])} for _ in range(count)]


# Parquet


def parquet_dictionary(folder: Path) -> Path:
    """One cell of 10 MB in a dictionary, taken by 2,000 rows."""
    text = pa.array(["x" * 10_000_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 2_000, pa.int32()), text.dictionary)
    pq.write_table(pa.table({"text": column, "label": ["a", "b"] * 1_000}), folder / "d.parquet", compression="zstd")
    return folder / "d.parquet"


def parquet_many_cells(folder: Path) -> Path:
    """5,000 rows of 1 MB, every one a page of its own in appearance, by a dictionary."""
    text = pa.array(["ab " * 350_000])
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 5_000, pa.int32()), text)
    pq.write_table(pa.table({"text": column, "label": ["a", "b"] * 2_500}), folder / "m.parquet", compression="zstd")
    return folder / "m.parquet"


def parquet_rows(folder: Path) -> Path:
    """30 million rows of two values, run-length encoded."""
    schema = pa.schema([("text", pa.string()), ("label", pa.string())])
    with pq.ParquetWriter(folder / "r.parquet", schema, compression="zstd") as writer:
        part = pa.table({"text": ["a b c"] * 1_000_000, "label": ["x"] * 1_000_000}, schema=schema)
        for _ in range(30):
            writer.write_table(part)
    return folder / "r.parquet"


def parquet_list(folder: Path) -> Path:
    """One row with a list of 50 million numbers that are all the same."""
    values = pa.ListArray.from_arrays(pa.array([0, 50_000_000], pa.int32()), pa.nulls(50_000_000, pa.int8()))
    pq.write_table(pa.table({"text": ["a b"], "label": ["x"], "list": values}), folder / "l.parquet")
    return folder / "l.parquet"


def parquet_columns(folder: Path) -> Path:
    """4,000 columns: as many as the footer of a file of 1 MB can name."""
    table = pa.table({"text": ["a b c"], "label": ["x"]} | {f"c{n}": ["v"] for n in range(3_500)})
    pq.write_table(table, folder / "c.parquet", compression="zstd", write_statistics=False, store_schema=False)
    return folder / "c.parquet"


# Arrow


def _arrow(path: Path, table: pa.Table, codec: str | None = "zstd") -> Path:
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        for batch in table.to_batches():
            writer.write_batch(batch)
    return path


def arrow_dictionary(folder: Path) -> Path:
    """One cell of 10 MB in a dictionary, taken by 100,000 rows."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), pa.array(["x" * 10_000_000]))
    return _arrow(folder / "d.arrow", pa.table({"text": column, "label": ["a", "b"] * 50_000}))


def arrow_views(folder: Path) -> Path:
    """20,000 views of the same megabyte."""
    view = (1_000_000).to_bytes(4, "little") + b"xxxx" + bytes(8)
    views = pa.Array.from_buffers(
        pa.string_view(), 20_000, [None, pa.py_buffer(view * 20_000), pa.py_buffer(b"x" * 1_000_000)]
    )
    return _arrow(folder / "v.arrow", pa.table({"text": views, "label": ["a", "b"] * 10_000}))


def arrow_runs(folder: Path) -> Path:
    """100 million rows in one run."""
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([100_000_000], pa.int32()), pa.array(["a b c"]))
    return _arrow(folder / "r.arrow", pa.table({"text": runs, "label": runs}), None)


def arrow_nulls(folder: Path) -> Path:
    """A billion rows without a value."""
    nulls = pa.nulls(1_000_000_000)
    return _arrow(folder / "n.arrow", pa.table({"text": nulls, "label": nulls}), None)


def arrow_packed(folder: Path) -> Path:
    """One cell of 2 GB of one letter, packed."""
    data = pa.py_buffer(b"x" * 2_000_000_000)
    offsets = pa.py_buffer((0).to_bytes(8, "little") + (2_000_000_000).to_bytes(8, "little"))
    text = pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, data])
    return _arrow(folder / "p.arrow", pa.table({"text": text, "label": ["x"]}))


def arrow_columns(folder: Path) -> Path:
    """3,000 columns."""
    table = pa.table({"text": ["a b c"] * 2, "label": ["x", "y"]} | {f"c{n}": ["v", "w"] for n in range(2_000)})
    return _arrow(folder / "c.arrow", table, None)


# JSON


def array_small(folder: Path) -> Path:
    """An array of half a million numbers."""
    return _write(folder / "a.json", b"[" + b",".join([b"1"] * 499_000) + b"]")


def array_objects(folder: Path) -> Path:
    """An array of 330,000 empty objects."""
    return _write(folder / "o.json", b"[" + b",".join([b"{}"] * 330_000) + b"]")


def array_quotes(folder: Path) -> Path:
    """An array of empty texts."""
    return _write(folder / "q.json", b"[" + b",".join([b'""'] * 330_000) + b"]")


def array_commas(folder: Path) -> Path:
    """An array of nothing but commas."""
    return _write(folder / "k.json", b"[" + b"," * 998_000 + b"]")


def array_backslashes(folder: Path) -> Path:
    """A text of half a million escapes."""
    return _write(folder / "b.json", b'[{"text":"' + b"\\\\" * 490_000 + b'","label":"x"}]')


def array_packed(folder: Path) -> Path:
    """150 MB of small elements in 1 MB."""
    return _write(
        folder / "p.json.gz", gzip.compress(b"[" + b",".join([b'{"text":"a","label":"b"}'] * 6_000_000) + b"]")
    )


def array_deep(folder: Path) -> Path:
    """Half a million brackets."""
    return _write(folder / "e.json", b"[" * 490_000 + b"]" * 490_000)


def lines_unreadable(folder: Path) -> Path:
    """400,000 lines that are no JSON, below ten that are."""
    return _write(folder / "u.jsonl", _lines(_labelled(10)) + b"x\n" * 400_000)


def lines_columns(folder: Path) -> Path:
    """20 records with 40,000 fields in all, each of its own name."""
    rows = [{"text": f"a {n} b", "label": "xy"[n % 2]} | {f"f{n}_{k}": "v" for k in range(2_000)} for n in range(20)]
    return _write(folder / "c.jsonl", _lines(rows))


def lines_wide(folder: Path) -> Path:
    """40,000 columns in two records."""
    rows = [{"text": "a b", "label": "xy"[n]} | {f"f{k}": 1 for k in range(40_000)} for n in range(2)]
    return _write(folder / "w.jsonl", _lines(rows))


def lines_inner(folder: Path) -> Path:
    """JSON in a text in JSON in a text, as deep as escapes allow."""
    value: object = {"text": "a", "label": "b"}
    for _ in range(16):
        value = {"text": json.dumps(value), "label": "b"}
        if len(json.dumps(value)) > 400_000:
            break
    return _write(folder / "i.jsonl", _lines([value] * 2))


def lines_deep(folder: Path) -> Path:
    """A field nested 900 times, in 100 records, with a name of its own at each level."""

    def nested(n: int) -> object:
        value: object = "end of it all"
        for depth in range(400):
            value = {f"k{n % 7}_{depth}": value}
        return value

    return _write(
        folder / "n.jsonl", _lines({"text": "a b", "label": "xy"[n % 2], "deep": nested(n)} for n in range(140))
    )


def lines_double_keys(folder: Path) -> Path:
    """One record in which one key comes 100,000 times."""
    inner = b",".join([b'"text":"a"'] * 85_000)
    return _write(folder / "k.jsonl", (b'{"label":"x",' + inner + b"}\n") + _lines(_labelled(100)))


def lines_digits(folder: Path) -> Path:
    """Numbers of a megabyte."""
    return _write(
        folder / "d.jsonl", b'{"text":"a","label":"x","n":' + b"9" * 900_000 + b"}\n" + _lines(_labelled(100))
    )


def lines_packed(folder: Path) -> Path:
    """A gigabyte of small records in 1 MB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = _lines([{"text": "a b c", "label": "x"}]) * 100_000
    made = io.BytesIO()
    while made.tell() < 900_000:
        made.write(packer.compress(part))
    made.write(packer.flush())
    return _write(folder / "p.jsonl.gz", made.getvalue())


def object_wide(folder: Path) -> Path:
    """One object of 90,000 members."""
    return _write(folder / "o.json", json.dumps({f"k{n}": "a" for n in range(60_000)}).encode())


def object_columns(folder: Path) -> Path:
    """A table of 300 columns by 300 rows, keyed."""
    return _write(
        folder / "t.json", json.dumps({f"c{n}": {str(k): 1 for k in range(300)} for n in range(300)}).encode()
    )


# separated values


def csv_open_quote(folder: Path) -> Path:
    """A record over 480,000 lines."""
    return _write(folder / "q.csv", b"text,label\na b,x\n" * 1 + b'"' + b"x\n" * 480_000 + b'",y\n')


def csv_packed_quote(folder: Path) -> Path:
    """A record over 150 million lines in 1 MB."""
    content = b"text,label\na b,x\n" + b'"' + b"x\n" * 150_000_000 + b'",y\n'
    return _write(folder / "p.csv.gz", gzip.compress(content))


def csv_header(folder: Path) -> Path:
    """A header of 24 million fields."""
    return _write(folder / "h.csv.gz", gzip.compress(b"text,label" + b"," * 24_000_000 + b"\na,b\n"))


def csv_names(folder: Path) -> Path:
    """A header of 140,000 names."""
    names = b",".join(b"c%d" % n for n in range(140_000))
    return _write(folder / "n.csv", b"text,label," + names + b"\na b,x\n")


def csv_wide(folder: Path) -> Path:
    """40,000 columns and a few rows."""
    names = ",".join(["text", "label", *(f"c{n}" for n in range(40_000))])
    row = ",".join(["a b c", "x", *["1"] * 40_000])
    return _write(folder / "w.csv", "\n".join([names, *[row] * 8]).encode())


def csv_ragged(folder: Path) -> Path:
    """300,000 records with a cell too many."""
    return _write(folder / "r.csv", b"text,label\n" + b"a b,x\n" * 50 + b",,x\n" * 240_000)


def csv_delimiters(folder: Path) -> Path:
    """Rows of nothing but delimiters."""
    return _write(folder / "d.csv", (b"text,label" + b"," * 900 + b"\n" + b"a,b" + b"," * 900 + b"\n") * 500)


# text


def fasttext_labels(folder: Path) -> Path:
    """A line of 80,000 labels."""
    return _write(folder / "l.txt", b"__label__a x y\n" * 10 + b"__label__a , " * 75_000 + b"\n")


def fasttext_blanks(folder: Path) -> Path:
    """A label before half a million blanks and a comma."""
    return _write(folder / "b.txt", b"__label__a x y\n" * 10 + (b"__label__a" + b" " * 200_000 + b",\x0b") * 4 + b"\n")


def text_blanks(folder: Path) -> Path:
    """Lines of a blank and a letter."""
    return _write(folder / "t.txt", b"a\n" * 490_000)


# packers


def gzip_zeros(folder: Path) -> Path:
    """A gigabyte of line ends."""
    return _write(folder / "z.jsonl.gz", gzip.compress(_lines(_labelled(10)) + b"\n" * 900_000_000, 6))


def gzip_members(folder: Path) -> Path:
    """50,000 empty members."""
    return _write(folder / "m.jsonl.gz", gzip.compress(_lines(_labelled(100))) + gzip.compress(b"") * 45_000)


def bzip2_lines(folder: Path) -> Path:
    """4 GB of blanks in 3 kB: bzip2 packs runs of runs."""
    part = bz2.compress(b" " * 100_000_000)
    return _write(folder / "z.jsonl.bz2", bz2.compress(_lines(_labelled(100))) + part * 40)


def bzip2_members(folder: Path) -> Path:
    """60,000 empty members."""
    return _write(folder / "m.jsonl.bz2", bz2.compress(_lines(_labelled(100))) + bz2.compress(b"") * 60_000)


def xz_members(folder: Path) -> Path:
    """25,000 empty streams."""
    return _write(folder / "m.jsonl.xz", lzma.compress(_lines(_labelled(100))) + lzma.compress(b"") * 25_000)


def xz_dictionary(folder: Path) -> Path:
    """A stream that asks for a dictionary of 1.5 GB."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 3 << 29, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3, "depth": 1}]
    content = _lines(_labelled(100)) + b"\n" * 1_000
    small = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}]
    made = bytearray(lzma.compress(content, lzma.FORMAT_XZ, filters=small))
    assert filters
    made[16] = 40  # 4 GiB less one byte, in the properties of the block
    made[20:24] = zlib.crc32(bytes(made[12:20])).to_bytes(4, "little")
    return _write(folder / "d.jsonl.xz", bytes(made))


def xz_zeros(folder: Path) -> Path:
    """4 GB of blanks."""
    part = lzma.compress(b" " * 100_000_000)
    return _write(folder / "z.jsonl.xz", lzma.compress(_lines(_labelled(100))) + part * 40)


def zstd_zeros(folder: Path) -> Path:
    """4 GB of blanks."""
    part = pa.compress(b" " * 100_000_000, "zstd", asbytes=True)
    return _write(folder / "z.jsonl.zst", pa.compress(_lines(_labelled(100)), "zstd", asbytes=True) + part * 40)


def zstd_frames(folder: Path) -> Path:
    """70,000 empty frames."""
    empty = pa.compress(b"", "zstd", asbytes=True)
    return _write(folder / "f.jsonl.zst", pa.compress(_lines(_labelled(100)), "zstd", asbytes=True) + empty * 70_000)


def zip_names(folder: Path) -> Path:
    """A zip of 9,000 empty files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(9_000):
            archive.writestr(f"{number}", b"")
    return _write(folder / "n.zip", made.getvalue())


def zip_zeros(folder: Path) -> Path:
    """A gigabyte of blanks in a zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("z.jsonl", "w") as inner:
        inner.write(_lines(_labelled(100)))
        for _ in range(9):
            inner.write(b" " * 100_000_000)
    return _write(folder / "z.jsonl.zip", made.getvalue())


def utf16_text(folder: Path) -> Path:
    """Half a megabyte of one line in UTF-16."""
    return _write(folder / "u.jsonl", ('{"text":"' + "x" * 480_000 + '","label":"a"}\n').encode("utf-16"))


BOMBS: dict[str, Callable[[Path], Path]] = {
    name: made
    for name, made in list(globals().items())
    if callable(made) and getattr(made, "__module__", "") == __name__ and not name.startswith("_")
}
"""What makes a file, by name."""
