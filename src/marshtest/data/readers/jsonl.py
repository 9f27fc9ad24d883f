"""JSON Lines: one object per line, read by byte ranges that end where lines end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO, ClassVar

from marshtest.data.readers.base import BOM, WHOLE, FilePiece, Format, SourceRow, damaged, too_long
from marshtest.data.readers.bounds import MAX_RECORD_BYTES, TOO_LONG
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.opening import hash_source, is_glance, open_source, open_stored, source_packing
from marshtest.data.readers.row_shape import RowShape, no_object

__all__ = ["JsonLines", "parse_lines"]

_PIECE_BYTES = 8 * 1024 * 1024
"""Bytes of a piece, which a thread holds at a time. Chosen by eye: about 25,000 records of 300 bytes."""


class JsonLines(Format):
    """JSON Lines (`.jsonl`, `.ndjson`, or `.json` with one object per line)."""

    name: ClassVar[str] = "JSON Lines"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")

    def __init__(self, piece_bytes: int = _PIECE_BYTES) -> None:
        self._piece_bytes = piece_bytes

    def recognises(self, head: bytes) -> bool:
        """Return whether the file begins with an object."""
        return head.removeprefix(BOM).lstrip().startswith(b"{")

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Cut the file at line ends into pieces of about equal size, in the pass that also hashes it and counts lines.

        A compressed file is one piece, as it can only be read from its beginning.
        """
        if is_glance() or source_packing(path) is not None:
            return [FilePiece(path=path, file_index=file_index, end=WHOLE)], hash_source(path)
        digest = hashlib.sha256()
        pieces: list[FilePiece] = []
        start = position = line_start = 0
        first = line = 1
        with open_stored(path) as file:
            while chunk := file.read(self._piece_bytes):
                digest.update(chunk)
                line += chunk.count(b"\n")
                last = chunk.rfind(b"\n")
                if last >= 0:
                    line_start = position + last + 1
                position += len(chunk)
                if position - line_start > MAX_RECORD_BYTES:
                    raise too_long(path, line)
                if line_start - start >= self._piece_bytes // 2:
                    pieces.append(FilePiece(path=path, file_index=file_index, start=start, end=line_start, line=first))
                    start, first = line_start, line
        if position > start:
            pieces.append(FilePiece(path=path, file_index=file_index, start=start, end=position, line=first))
        return pieces, digest.hexdigest()

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the lines of one byte range, or of a whole compressed file."""
        shape = RowShape.of(piece.details)
        if piece.end == WHOLE:
            with open_source(piece.path) as file:
                for row in _stream_lines(file, shape):
                    yield row._replace(offset=None, length=None)
            return
        with open_stored(piece.path) as file:
            file.seek(piece.start)
            content = file.read(piece.end - piece.start)
            yield from parse_lines(content, line=piece.line, offset=piece.start, shape=shape)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the lines, byte for byte; blank lines go to `cleaned` and are not counted."""
        kept = moved = 0
        with open_source(path) as file:
            for number, line in enumerate(file, start=1):
                if number in lines:
                    quarantined.write(line)
                    moved += 1
                else:
                    cleaned.write(line)
                    kept += bool(line.strip())
        return kept, moved


def parse_lines(data: bytes, *, line: int = 1, offset: int = 0, shape: RowShape | None = None) -> Iterator[SourceRow]:
    """Parse whole lines into rows.

    Args:
        data: The bytes, from the beginning of a line to the end of one.
        line: Number of the first line.
        offset: Where `data` begins in its file.
        shape: How lines that hold no object become records, if they do.
    """
    position = 0
    end = len(data)
    while position < end:
        stop = data.find(b"\n", position) + 1 or end
        content = data[position:stop]
        place = (line, offset + position, stop - position)
        position = stop
        line += 1
        if not content.strip():
            continue
        try:
            value, anomalies = read_json(content)
        except UnreadableLine as error:
            yield SourceRow(*place, None, [], str(error))
            continue
        if type(value) is dict:
            begins = place[0] == 1  # of a file, where a byte order mark is no anomaly
            yield SourceRow(*place, value, [one for one in anomalies if one != "bom" or not begins], None)
        elif shape is None:
            yield SourceRow(*place, None, [], f"the line holds a JSON {no_object(value)}, not an object.")
        elif not shape.is_header(value):
            yield shape.row(value, place, anomalies)


def _stream_lines(file: BinaryIO, shape: RowShape | None) -> Iterator[SourceRow]:
    """Parse the lines of a stream one by one. A line that is too long becomes a failure; damage ends the stream."""
    line = 0
    try:
        while content := file.readline(MAX_RECORD_BYTES + 1):
            line += 1
            if len(content) <= MAX_RECORD_BYTES:
                yield from parse_lines(content, line=line, shape=shape)
                continue
            while content and not content.endswith(b"\n"):
                content = file.readline(MAX_RECORD_BYTES)
            yield SourceRow(line, None, None, None, [], TOO_LONG)
    except OSError as error:
        yield SourceRow(line + 1, None, None, None, [], damaged(error))
