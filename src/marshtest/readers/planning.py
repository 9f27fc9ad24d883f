"""Plan the reading of files: what they are, what their fields mean, and the pieces to read them in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from marshtest.config import FieldMap
from marshtest.errors import InputError
from marshtest.readers.assembling import SKIP_HINT
from marshtest.readers.base import Format, Piece
from marshtest.readers.deciding import decide_layout
from marshtest.readers.layout import Layout
from marshtest.readers.mapping import map_rows
from marshtest.readers.sniff import sniff_format

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["PieceKernel", "Plan", "plan_reading"]

_SAMPLE = 1_000


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


def plan_reading(
    files: Sequence[str],
    fields: FieldMap,
    *,
    on_bad_record: Literal["fail", "skip"],
    kind: Literal["document"] | None = None,
) -> Plan:
    """Look at the files and at the first records of the first one.

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
        samples = list(_samples(pieces, kinds, on_bad_record))
    except OSError as error:
        raise InputError(f"cannot read the data: {error}.") from error
    layout = decide_layout(samples, fields, path=files[0], kind=kind)
    return Plan(pieces=tuple(pieces), kernel=PieceKernel(kinds, layout), files=hashes)


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
