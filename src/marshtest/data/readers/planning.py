"""Plan the reading of files: their formats, what their fields mean, and the pieces to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean
from typing import TYPE_CHECKING, Any, Literal

from marshtest.config import FieldMap
from marshtest.data.identity import canonical_json
from marshtest.data.readers.assembling import SKIP_HINT
from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.class_names import differing_names
from marshtest.data.readers.deciding import decide_layout
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.mapping import map_rows
from marshtest.data.readers.place import note_place
from marshtest.data.readers.readings import further_layouts
from marshtest.data.readers.sniff import sniff_format
from marshtest.data.readers.sources import files_size
from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SAMPLE", "PieceKernel", "Plan", "look_at", "plan_reading"]

SAMPLE = 1_000
"""First records, over all files, from which it is decided what fields mean. Chosen by eye: documented in formats.md."""
_FILES = 50
"""First files that these come from, so that each gives at least 20. Chosen by eye."""
_LONG_FAILURE = 1_024
"""A record that cannot be read is never too long to be skipped up to so many bytes. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class PieceKernel:
    """Reads one piece of any of the files. It holds no state, so several threads may call it."""

    formats: tuple[Format, ...]
    layout: FieldLayout

    def __call__(self, piece: FilePiece) -> Iterator[pa.RecordBatch]:
        """Yield the batches of a piece, with the columns of `mapping.raw_schema`."""
        return map_rows(self.formats[piece.file_index].rows(piece), self.layout, piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything known before the records are read."""

    pieces: tuple[FilePiece, ...]
    kernel: PieceKernel
    further: tuple[FieldLayout, ...]
    """Further readings of the same records."""
    files: Mapping[str, str]
    """sha256 of each file as hex, by path; objects in memory have none."""
    size: int
    """About how many bytes the records have: those of the files, or as JSON where a format stores columns."""
    records: int
    """About how many records there are, by the size of the first ones."""


def plan_reading(
    files: Sequence[str],
    fields: FieldMap,
    *,
    on_bad_record: Literal["fail", "skip"],
    kind: Literal["document"] | None = None,
    held: Sequence[Format] | None = None,
) -> Plan:
    """Look at the files and at their first records.

    Args:
        files: The files; for objects in memory, what stands for them.
        fields: What the user says of the fields and formats.
        on_bad_record: What to do with a record that cannot be read.
        kind: `document` where every record is a text of its own.
        held: How to read each of them, for objects in memory; found out where not given.

    Raises:
        InputError: A file cannot be opened, or it is not clear what its fields mean.
    """
    kinds, pieces, hashes, rows = look_at(files, fields, held)
    samples = _samples(rows, files, on_bad_record)
    if fields.ignored:
        samples = [{name: held for name, held in one.items() if name not in fields.ignored} for one in samples]
    one = mean(len(canonical_json(sample).encode("utf-8", "replace")) for sample in samples)
    size = _size(files, pieces, one)
    layout = decide_layout(samples, fields, path=files[0], kind=kind, beside=files[1:])
    return Plan(
        pieces=tuple(pieces),
        kernel=PieceKernel(kinds, layout),
        further=() if kind is not None else further_layouts(samples, layout, fields),
        files={path: digest for path, digest in hashes.items() if digest},
        size=size,
        records=int(size / one),
    )


def look_at(
    files: Sequence[str], fields: FieldMap, held: Sequence[Format] | None = None
) -> tuple[tuple[Format, ...], list[FilePiece], dict[str, str], list[tuple[int, SourceRow]]]:
    """Return the format of each file, all pieces, the hashes, and the first rows with the index of their file.

    Raises:
        InputError: A file cannot be opened.
    """
    kinds = tuple(held or (_format(path, fields) for path in files))
    pieces: list[FilePiece] = []
    hashes: dict[str, str] = {}
    try:
        for index, (path, format_of_file) in enumerate(zip(files, kinds, strict=True)):
            note_place(path)
            parts, hashes[path] = format_of_file.plan(path, index)
            pieces += parts
        if len(files) > 1:
            _check_classes(files, kinds)
        rows = list(_first_rows(pieces, kinds))
    except OSError as error:
        raise InputError(f"cannot read the data: {error}.") from error
    return kinds, pieces, hashes, rows


def _check_classes(files: Sequence[str], kinds: Sequence[Format]) -> None:
    """Refuse files that name the classes of a column differently.

    Raises:
        InputError: They do.
    """
    named = {path: kind.classes(path) for path, kind in zip(files, kinds, strict=True)}
    column = differing_names(named)
    if column is not None:
        raise InputError(
            f"the files do not name the classes of {column!r} alike, so that the same number is another label in each, "
            "while a trainer takes the names of one file for all. Write them anew with the same features, or audit "
            "them one by one.",
            path=next(path for path, one in named.items() if column in one),
        )


def _size(files: Sequence[str], pieces: Sequence[FilePiece], record: float) -> int:
    """Return the bytes of all files: of their records where a format counts these, else as on the disk."""
    counted = {files[piece.file_index] for piece in pieces if piece.records}
    known = sum(piece.records for piece in pieces)
    return int(known * record) + files_size(file for file in files if file not in counted)


def _first_rows(pieces: Sequence[FilePiece], kinds: Sequence[Format]) -> Iterator[tuple[int, SourceRow]]:
    """Yield the first rows of the first files, equally many of each, so that no file decides for the others."""
    files = sorted({piece.file_index for piece in pieces})[:_FILES]
    for index in files:
        rows = (row for piece in pieces if piece.file_index == index for row in kinds[index].rows(piece))
        for row in islice(rows, SAMPLE // len(files)):
            yield index, row


def _format(path: str, fields: FieldMap) -> Format:
    """Choose the format of a file."""
    note_place(path)
    return sniff_format(path, fields.file_format)


def _samples(
    rows: Sequence[tuple[int, SourceRow]], files: Sequence[str], on_bad_record: Literal["fail", "skip"]
) -> list[Mapping[str, Any]]:
    """Return the records among the first rows.

    Raises:
        InputError: There are none, or one of the first file cannot be read and bad records are not skipped.
    """
    samples = [row.value for _, row in rows if row.value is not None]
    broken = next(((index, row) for index, row in rows if row.value is None), None)
    if not rows:
        raise InputError(
            "there is not one record in the data, at most a header or an empty array; give at least one record.",
            path=files[0],
        )
    if broken is not None and (not samples or (on_bad_record == "fail" and broken[0] == 0)):
        index, row = broken
        hint = SKIP_HINT if samples else "None of the first records can be read; is this the right format?"
        raise InputError(f"{row.failure or 'the record cannot be read.'} {hint}", path=files[index], line=row.line)
    good = sum(row.length or 0 for _, row in rows if row.value is not None)
    for index, row in rows:
        if row.value is None and (row.length or 0) > max(good, _LONG_FAILURE):
            raise InputError(
                f"{row.failure or 'the record cannot be read.'} It is longer than all records beside it, so that it "
                "may hold many; it cannot be skipped.",
                path=files[index],
                line=row.line,
            )
    return samples
