"""How records become a file: JSON in many layouts, tables, columns, compressed or not.

A container gives the bytes of a file and where each record stands in it, as the reader counts. Places are numbers of
elements and, where they differ, of lines; a finding may use either.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import zstandard

__all__ = ["COMPRESSIONS", "CONTAINERS", "LINE_ENDINGS", "PackedFile", "UnfitContainer", "pack", "write_packed"]


class UnfitContainer(Exception):
    """These records do not go into this container."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file before it is on the disk."""

    content: bytes
    ending: str
    places: Mapping[int, int]
    """Number of the record by where it begins, counted in lines; elements are counted from 1 anyway."""


Records = Sequence[Any]


def _dumps(value: Any, **how: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **how)


def _text(pieces: Iterable[str], ending: str, *, end: str = "\n", head: str = "", tail: str = "") -> PackedFile:
    """Join the texts of the records and count on which line each begins."""
    places, line, whole = {}, 1 + head.count("\n"), [head]
    for number, piece in enumerate(pieces):
        places[line] = number
        whole.append(piece + end)
        line += piece.count("\n") + end.count("\n")
    return PackedFile("".join((*whole, tail)).encode(), ending, places)


def _whole(value: Any, ending: str = ".json", **how: Any) -> PackedFile:
    return PackedFile(_dumps(value, **how).encode(), ending, {})


def _lines(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl")


def _blank_lines(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl", end="\n\n")


def _carriage_returns(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl", end="\r\n")


def _byte_order_mark(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl", head="\ufeff")


def _escaped(records: Records) -> PackedFile:
    """Letters beyond ASCII as escapes, as `json.dumps` writes them."""
    return _text(map(json.dumps, records), ".jsonl")


def _commas(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl", end=",\n")


def _comment(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".jsonl", head="// exported for training\n")


def _array_a_line(records: Records) -> PackedFile:
    return _text((_dumps([one]) for one in records), ".jsonl")


def _values_a_line(records: Records) -> PackedFile:
    names = _names(records)
    return _text((_dumps([one.get(name) for name in names]) for one in records), ".jsonl")


def _array(records: Records) -> PackedFile:
    return _whole(list(records))


def _indented(records: Records) -> PackedFile:
    return _whole(list(records), indent=2)


def _trailing_comma(records: Records) -> PackedFile:
    return _text(map(_dumps, records), ".json", head="[\n", end=",\n", tail="]\n")


def _wrapped(records: Records) -> PackedFile:
    return _whole({"version": "1.0", "data": list(records)})


def _two_wraps(records: Records) -> PackedFile:
    return _whole({"dataset": {"name": "house", "examples": list(records)}})


def _viewer(records: Records) -> PackedFile:
    rows = [{"row_idx": number, "row": one, "truncated_cells": []} for number, one in enumerate(records)]
    return _whole({"features": [{"name": name} for name in _names(records)], "rows": rows, "num_rows_total": len(rows)})


def _by_id(records: Records) -> PackedFile:
    return _whole({f"r{number:05d}": one for number, one in enumerate(records)})


def _splits(records: Records) -> PackedFile:
    """Two arrays in one object."""
    return _whole({"train": list(records[:-20]), "validation": list(records[-20:])})


def _columns(records: Records) -> PackedFile:
    return _whole({name: [one.get(name) for one in records] for name in _names(records)})


def _columns_by_index(records: Records) -> PackedFile:
    return _whole({name: {str(i): one.get(name) for i, one in enumerate(records)} for name in _names(records)})


def _split_frame(records: Records) -> PackedFile:
    names = _names(records)
    rows = [[one.get(name) for name in names] for one in records]
    return _whole({"columns": names, "index": list(range(len(rows))), "data": rows})


def _pretty(records: Records) -> PackedFile:
    return _text((_dumps(one, indent=2) for one in records), ".jsonl")


def _pretty_json(records: Records) -> PackedFile:
    return _text((_dumps(one, indent=4) for one in records), ".json")


def _concatenated(records: Records) -> PackedFile:
    return PackedFile("".join(map(_dumps, records)).encode(), ".json", {})


def _python(records: Records) -> PackedFile:
    """Lines that `print` wrote."""
    return _text(map(repr, records), ".jsonl")


def _names(records: Records) -> list[str]:
    """List the names of all records, and refuse records that have none."""
    if not all(isinstance(one, dict) for one in records):
        raise UnfitContainer
    return list(dict.fromkeys(name for one in records for name in one))


def _table(
    records: Records,
    *,
    by: str = ",",
    header: Callable[[list[str]], list[str]] | None = list,
    before: bool = False,
    after: int = 0,
    how: Callable[[Any], str] = _dumps,
) -> PackedFile:
    """Write a table.

    Args:
        records: Flat or not; what nests is written as text.
        by: What separates cells.
        header: Makes the header of the names; None writes none.
        before: Whether a column without a name counts the rows.
        after: Empty columns at the end.
        how: How values that nest are written.
    """
    names = _names(records)
    rows = [[_cell(one.get(name), how) for name in names] for one in records]
    if before:
        rows = [[str(number), *row] for number, row in enumerate(rows)]
    top = None if header is None else [*([""] if before else []), *header(names), *([""] * after)]
    places, line, out = {}, 1, io.StringIO()
    writer = csv.writer(out, delimiter=by, lineterminator="\n")
    for number, row in enumerate([top, *rows] if top is not None else rows, start=-1 if top is not None else 0):
        places[line] = number
        writer.writerow([*row, *([""] * after)] if number >= 0 else row)
        line += 1 + sum(cell.count("\n") for cell in row)
    places.pop(1, None) if top is not None else None
    return PackedFile(out.getvalue().encode(), ".tsv" if by == "\t" else ".csv", places)


def _cell(value: Any, how: Callable[[Any], str]) -> str:
    if value is None:
        return ""
    return how(value) if isinstance(value, dict | list) else str(value)


def _odd_header(names: list[str]) -> list[str]:
    return [f" {name} " if number % 2 else f"\ufeff{name}" if number == 0 else name for number, name in
            enumerate(names)]  # fmt: skip


def _arrow_table(records: Records) -> pa.Table:
    _names(records)
    try:
        return pa.Table.from_pylist(list(records))
    except (pa.ArrowException, TypeError) as error:
        raise UnfitContainer from error


def _parquet(records: Records) -> PackedFile:
    out = io.BytesIO()
    try:
        pq.write_table(_arrow_table(records), out)
    except pa.ArrowException as error:  # an object without members has no columns
        raise UnfitContainer from error
    return PackedFile(out.getvalue(), ".parquet", {})


def _arrow(records: Records) -> PackedFile:
    table, out = _arrow_table(records), io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return PackedFile(out.getvalue(), ".arrow", {})


def _feather(records: Records) -> PackedFile:
    out = io.BytesIO()
    feather.write_feather(_arrow_table(records), out)
    return PackedFile(out.getvalue(), ".feather", {})


CONTAINERS: dict[str, Callable[[Records], PackedFile]] = {
    "jsonl": _lines,
    "jsonl with blank lines": _blank_lines,
    "jsonl with carriage returns": _carriage_returns,
    "jsonl with byte order mark": _byte_order_mark,
    "jsonl with escapes": _escaped,
    "jsonl with commas": _commas,
    "jsonl with a comment": _comment,
    "array a line": _array_a_line,
    "values a line": _values_a_line,
    "JSON array": _array,
    "indented JSON array": _indented,
    "JSON array with a last comma": _trailing_comma,
    "wrapped array": _wrapped,
    "array wrapped twice": _two_wraps,
    "rows of a viewer": _viewer,
    "objects by id": _by_id,
    "two splits in a file": _splits,
    "columns of lists": _columns,
    "columns by index": _columns_by_index,
    "split frame": _split_frame,
    "pretty-printed jsonl": _pretty,
    "pretty-printed json": _pretty_json,
    "concatenated": _concatenated,
    "Python values": _python,
    "csv": _table,
    "csv with Python values": lambda records: _table(records, how=repr),
    "csv with an index": lambda records: _table(records, before=True),
    "csv with empty columns": lambda records: _table(records, after=3),
    "csv with an odd header": lambda records: _table(records, header=_odd_header),
    "csv without a header": lambda records: _table(records, header=None),
    "tsv": lambda records: _table(records, by="\t"),
    "csv with semicolons": lambda records: _table(records, by=";"),
    "parquet": _parquet,
    "arrow": _arrow,
    "feather": _feather,
}
"""Every container by its name."""

LINE_ENDINGS = {"fastText": ".train", "tabs without a header": "", "commas without a header": ".csv"}
"""Endings of files of formats that are no records; others are `.txt`."""

COMPRESSIONS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gz": (".gz", gzip.compress),
    "bz2": (".bz2", bz2.compress),
    "xz": (".xz", lzma.compress),
    "zst": (".zst", lambda content: zstandard.ZstdCompressor().compress(content)),
}
"""Ending and function by name."""


def pack(records: Records, container: str, compression: str = "") -> PackedFile:
    """Make a file of records.

    Args:
        records: Dictionaries; texts of lines where the container is `lines`, or `lines.train` and the like.
        container: A name of `CONTAINERS`, or `lines` with an ending.
        compression: A name of `COMPRESSIONS`, or nothing.

    Raises:
        UnfitContainer: The container holds no such records.
    """
    if container.startswith("lines"):
        packed = _text(records, container.removeprefix("lines"))
    else:
        packed = CONTAINERS[container](records)
    if compression:
        ending, compress = COMPRESSIONS[compression]
        packed = PackedFile(compress(packed.content), packed.ending + ending, packed.places)
    return packed


def write_packed(packed: PackedFile, stem: Path) -> Path:
    """Write a file beside its name; the ending is that of the container."""
    path = stem.with_name(stem.name + packed.ending)
    path.write_bytes(packed.content)
    return path
