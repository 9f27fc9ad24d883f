"""Read data: bytes to the canonical schema, one file per format family.

`read_dataset` is the front door. The parts: `sniff` finds the format, the format cuts files into pieces and pieces into
rows, `layout` decides which field holds what, `mapping` makes canonical columns, `assembling` makes the dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from marshtest.config import FieldMap
from marshtest.dataset import Dataset
from marshtest.errors import InputError
from marshtest.readers.assembling import SKIP_HINT, assemble
from marshtest.readers.base import Format, Piece
from marshtest.readers.layout import Layout, decide_layout
from marshtest.readers.mapping import map_rows, raw_schema
from marshtest.readers.sniff import sniff_format

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_dataset"]

_SAMPLE = 1_000


def read_dataset(
    paths: str | Path | Sequence[str | Path],
    *,
    fields: FieldMap = FieldMap(),
    on_bad_record: Literal["fail", "skip"] = "fail",
    kind: Literal["document"] | None = None,
) -> Dataset:
    """Read one file, or several that form one dataset.

    Args:
        paths: JSON Lines, CSV, TSV or Parquet files; found out from ending and content.
        fields: Which source fields hold what; found out from the first 1,000 records where not given.
        on_bad_record: What to do with a record that cannot be read: `fail`, or `skip` it and count it among
            `Dataset.failures`.
        kind: `document` takes every record as a text of its own; found out where not given.

    Raises:
        InputError: A file or a record cannot be read as asked; it names the file, the line and what to try next.

    Example:
        >>> from marshtest import read_dataset
        >>> read_dataset("data.jsonl")  # doctest: +SKIP
        <Dataset of 13,809 classification records from data.jsonl>
    """
    source = [str(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not source:
        raise InputError("no file is given; name at least one.")
    if len({str(Path(path).resolve()) for path in source}) < len(source):
        raise InputError("a file is named twice; name each file once.")
    return _read(source, [sniff_format(path) for path in source], fields, on_bad_record, kind)


def _read(
    source: list[str],
    kinds: list[Format],
    fields: FieldMap,
    on_bad_record: Literal["fail", "skip"],
    kind: Literal["document"] | None,
) -> Dataset:
    """Read files whose formats are known."""
    from marshtest import engine  # heavy, and of no use to those who only name this module

    pieces: list[Piece] = []
    files: dict[str, str] = {}
    try:
        for index, (path, format_of_file) in enumerate(zip(source, kinds, strict=True)):
            parts, files[path] = format_of_file.plan(path, index)
            pieces += parts
        layout = decide_layout(list(_samples(pieces, kinds, on_bad_record)), fields, path=source[0], kind=kind)
    except OSError as error:
        raise InputError(f"cannot read the data: {error}.") from error
    frame = engine.frame_of_pieces(pieces, _Kernel(tuple(kinds), layout), raw_schema())
    return assemble(
        engine.collect(frame, raw_schema()),
        source=source,
        files=files,
        fields=layout.canonical(),
        skip_bad_records=on_bad_record == "skip",
    )


@dataclass(frozen=True, slots=True)
class _Kernel:
    """Reads a piece of any of the files."""

    formats: tuple[Format, ...]
    layout: Layout

    def __call__(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        """Give the canonical batches of a piece."""
        return map_rows(self.formats[piece.file_index].rows(piece), self.layout, piece)


def _samples(
    pieces: Sequence[Piece], kinds: Sequence[Format], on_bad_record: Literal["fail", "skip"]
) -> Iterator[Mapping[str, Any]]:
    """Give the first records of the first file."""
    rows = (row for piece in pieces if piece.file_index == 0 for row in kinds[0].rows(piece))
    for row in islice(rows, _SAMPLE):
        if row.value is not None:
            yield row.value
        elif on_bad_record == "fail":
            raise InputError(
                f"{row.failure or 'the record cannot be read.'} {SKIP_HINT}", path=pieces[0].path, line=row.line
            )
