"""Plan the reading of files: what they are, what their fields mean, and the pieces to read them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal

from marshtest.config import FieldMap
from marshtest.data.identity import canonical_json
from marshtest.data.readers.assembling import SKIP_HINT
from marshtest.data.readers.base import Format, Piece, SourceRow
from marshtest.data.readers.deciding import decide_layout
from marshtest.data.readers.layout import Layout
from marshtest.data.readers.mapping import map_rows
from marshtest.data.readers.sniff import sniff_format
from marshtest.data.readers.sources import files_size
from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PieceKernel", "Plan", "plan_reading"]

_SAMPLE = 1_000
_FILES = 50


@dataclass(frozen=True, slots=True)
class PieceKernel:
    """Reads a piece of any of the files."""

    formats: tuple[Format, ...]
    layout: Layout

    def __call__(self, piece: Piece) -> Iterator[pa.RecordBatch]:
        """Give the canonical batches of a piece."""
        return map_rows(self.formats[piece.file_index].rows(piece), self.layout, piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that is known before the records are read."""

    pieces: tuple[Piece, ...]
    kernel: PieceKernel
    files: Mapping[str, str]
    """sha256 of each file, by path."""
    size: int
    """Bytes of all files, as JSON where they are packed column by column; about."""
    records: int
    """How many there are about, by the size of the first ones."""


def plan_reading(
    files: Sequence[str],
    fields: FieldMap,
    *,
    on_bad_record: Literal["fail", "skip"],
    kind: Literal["document"] | None = None,
) -> Plan:
    """Look at the files and at their first records.

    Raises:
        InputError: A file cannot be opened, or it cannot be told what its fields mean.
    """
    kinds = tuple(sniff_format(path, fields.file_format) for path in files)
    pieces: list[Piece] = []
    hashes: dict[str, str] = {}
    try:
        for index, (path, format_of_file) in enumerate(zip(files, kinds, strict=True)):
            parts, hashes[path] = format_of_file.plan(path, index)
            pieces += parts
        rows = list(_first_rows(pieces, kinds))
    except OSError as error:
        raise InputError(f"cannot read the data: {error}.") from error
    samples = _samples(rows, files, on_bad_record)
    one = mean(len(canonical_json(sample).encode("utf-8", "replace")) for sample in samples)
    size = _size(files, pieces, one)
    return Plan(
        pieces=tuple(pieces),
        kernel=PieceKernel(kinds, decide_layout(samples, fields, path=files[0], kind=kind)),
        files=hashes,
        size=size,
        records=int(size / one),
    )


def _size(files: Sequence[str], pieces: Sequence[Piece], record: float) -> int:
    """Give the bytes of all files: those of their records where these are counted, else those on the disk."""
    counted = {files[piece.file_index] for piece in pieces if piece.records}
    known = sum(piece.records for piece in pieces)
    return int(known * record) + files_size(file for file in files if file not in counted)


def _first_rows(pieces: Sequence[Piece], kinds: Sequence[Format]) -> Iterator[tuple[int, SourceRow]]:
    """Give the first rows of the first files, of each as many, so that no file decides for the others."""
    files = sorted({piece.file_index for piece in pieces})[:_FILES]
    for index in files:
        rows = (row for piece in pieces if piece.file_index == index for row in kinds[index].rows(piece))
        for row in islice(rows, _SAMPLE // len(files)):
            yield index, row


def _samples(
    rows: Sequence[tuple[int, SourceRow]], files: Sequence[str], on_bad_record: Literal["fail", "skip"]
) -> list[Mapping[str, Any]]:
    """Give the records among the first rows.

    Raises:
        InputError: There are none, or one of the first file cannot be read and none is to be skipped.
    """
    samples = [row.value for _, row in rows if row.value is not None]
    broken = next(((index, row) for index, row in rows if row.value is None), None)
    if not rows:
        raise InputError(
            "there is not one record in the data, at most a header or an empty array; give at least one.", path=files[0]
        )
    if broken is not None and (not samples or (on_bad_record == "fail" and broken[0] == 0)):
        index, row = broken
        hint = SKIP_HINT if samples else "None of the first records can be read; is this the right format?"
        raise InputError(f"{row.failure or 'the record cannot be read.'} {hint}", path=files[index], line=row.line)
    return samples
