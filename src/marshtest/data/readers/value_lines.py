"""Lines of JSON that are no objects: an array with one record, with turns or with cells, or a text on each line."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import islice
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import FilePiece
from marshtest.data.readers.bounds import MAX_RECORD_BYTES
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.jsonl import JsonLines
from marshtest.data.readers.opening import open_source
from marshtest.data.readers.row_shape import ROWS_LOOKED_AT, RowShape, row_shape

__all__ = ["ValueLines"]


class ValueLines(JsonLines):
    """Lines of JSON of which most hold an array or a text (`.jsonl`, `.json`)."""

    name: ClassVar[str] = "JSON Lines of values"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Cut the file at line ends, and find out what the lines hold."""
        pieces, digest = super().plan(path, file_index)
        shape = _shape(path)
        details = () if shape is None else shape.details()
        return [replace(piece, details=details) for piece in pieces], digest

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the lines, byte for byte; a line that names the columns goes to both and is not counted."""
        shape = _shape(path)
        kept = moved = 0
        with open_source(path) as file:
            for number, line in enumerate(file, start=1):
                if shape is not None and shape.has_header and shape.is_header(_value(line)):
                    quarantined.write(line)
                    cleaned.write(line)
                elif number in lines:
                    quarantined.write(line)
                    moved += 1
                else:
                    cleaned.write(line)
                    kept += bool(line.strip())
        return kept, moved


def _shape(path: str) -> RowShape | None:
    """Tell the shape from the first lines that can be read."""
    with open_source(path) as file:
        return row_shape(islice(_values(file), ROWS_LOOKED_AT), path=path, lines=True)


def _values(file: BinaryIO) -> Iterator[Any]:
    while content := file.readline(MAX_RECORD_BYTES):
        if content.strip() and (value := _value(content)) is not None:
            yield value


def _value(line: bytes) -> Any:
    """Return the value on a line; None if it cannot be read."""
    try:
        return read_json(line)[0]
    except UnreadableLine:
        return None
