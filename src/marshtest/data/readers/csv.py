"""CSV and TSV: a header line, then records that may hold line ends inside quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO, ClassVar, Protocol

from marshtest.data.readers.base import (
    BOM,
    MAX_RECORD_BYTES,
    TOO_LONG,
    WHOLE,
    FilePiece,
    Format,
    SourceRow,
    damaged,
    decode_problem,
    hash_lines,
)
from marshtest.data.readers.opening import open_source
from marshtest.errors import InputError

__all__ = ["Csv", "parse_csv"]

_DELIMITERS = ",\t;"


class Csv(Format):
    """Comma, tab or semicolon separated values with a header (`.csv`, `.tsv`).

    An open quote turns every later line end into text, so no cut is safe: a file is one piece, read as a stream.
    """

    name: ClassVar[str] = "CSV"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")

    def recognises(self, head: bytes) -> bool:
        """Return whether the first line has a delimiter and is not JSON."""
        first = head.split(b"\n", 1)[0]
        return not first.lstrip().startswith((b"{", b"[")) and any(mark.encode() in first for mark in _DELIMITERS)

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Read the header; the rest is one piece."""
        digest, size = hash_lines(path)
        with open_source(path) as file:
            delimiter, header, lines, length = _header(path, file)
        piece = FilePiece(
            path=path, file_index=file_index, start=length, end=size, line=lines + 1, details=(delimiter, *header)
        )
        return [piece], digest

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all records below the header."""
        delimiter, *header = piece.details
        with open_source(piece.path) as file:
            file.read(piece.start)
            for row in parse_csv(file, header, delimiter=delimiter, line=piece.line, offset=piece.start):
                yield row if piece.end != WHOLE else row._replace(offset=None, length=None)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the records, byte for byte; both files get the header."""
        kept = moved = 0
        with open_source(path) as file:
            delimiter, names, line, position = _header(path, file)
        with open_source(path) as file, open_source(path) as parsed:
            header = file.read(position)
            parsed.read(position)
            cleaned.write(header)
            quarantined.write(header)
            for row in parse_csv(parsed, names, delimiter=delimiter, line=line + 1, offset=position):
                assert row.offset is not None
                assert row.length is not None
                cleaned.write(file.read(row.offset - position))  # blank lines between records
                content = file.read(row.length)
                position = row.offset + row.length
                if row.line in lines:
                    quarantined.write(content)
                    moved += 1
                else:
                    cleaned.write(content)
                    kept += 1
            cleaned.write(file.read())
        return kept, moved


def parse_csv(
    lines: _Lines, header: list[str], *, delimiter: str = ",", line: int = 1, offset: int = 0
) -> Iterator[SourceRow]:
    """Parse the lines below a header into rows.

    Args:
        lines: A stream positioned at the first line.
        header: Names of the fields.
        delimiter: The character between two fields.
        line: Number of the first line.
        offset: Where the first line begins in its file.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)
    taken = _Taken(lines)
    reader = csv.reader(taken, delimiter=delimiter, strict=True)
    while True:
        taken.forget()
        problem: str | None = None
        values: list[str] = []
        try:
            values = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            problem = decode_problem(error.object, error)
        except csv.Error as error:
            problem = f"not valid CSV: {_said(error)}"
        except _TooLong:
            problem = TOO_LONG
        except OSError as error:
            yield SourceRow(line + taken.lines, offset, taken.bytes, None, [], damaged(error))
            return
        place = (line, offset, taken.bytes)
        line += taken.lines
        offset += taken.bytes
        if problem is None and not values:
            continue
        if problem is None and len(values) != len(header):
            problem = f"the record has {len(values)} fields where the header has {len(header)}; is a quote missing?"
        if problem is None:
            yield SourceRow(*place, dict(zip(header, values, strict=True)), [], None)
        else:
            yield SourceRow(*place, None, [], problem)


def _said(error: csv.Error) -> str:
    """Return a message: what is wrong, and what to do about it."""
    if "new-line" in str(error):
        return "there is a lone carriage return outside quotes; write the file with line ends of \\n or \\r\\n."
    return f"{error}; is a quote left open or not doubled?"


class _Lines(Protocol):
    """A stream of lines."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line with its end, at most `size` bytes; nothing at the end of the file."""


class _TooLong(ValueError):
    """A line is longer than any record may be; it was skipped."""


class _Taken:
    """Decodes lines and counts the lines and bytes that the parser takes for one record."""

    def __init__(self, lines: _Lines) -> None:
        self._source = lines
        self.forget()

    def forget(self) -> None:
        """Start to count the next record."""
        self.lines = 0
        self.bytes = 0

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> str:
        content = self._source.readline(MAX_RECORD_BYTES + 1)
        if not content:
            raise StopIteration
        self.lines += 1
        self.bytes += len(content)
        if len(content) > MAX_RECORD_BYTES:
            while content and not content.endswith(b"\n"):
                content = self._source.readline(MAX_RECORD_BYTES)
                self.bytes += len(content)
            raise _TooLong
        return content.decode("utf-8")


class _Again:
    """A line that was read already, followed by the rest of its file."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first, self._rest = first, rest

    def readline(self, size: int) -> bytes:
        """Return the next line."""
        first, self._first = self._first, b""
        return first or self._rest.readline(size)


def _header(path: str, file: BinaryIO) -> tuple[str, list[str], int, int]:
    """Read the header; return the delimiter, the names, and how many lines and bytes the header takes."""
    first = file.readline(MAX_RECORD_BYTES)
    skipped = len(BOM) if first.startswith(BOM) else 0
    first = first[skipped:]
    delimiter = max(_DELIMITERS, key=lambda mark: first.count(mark.encode()))
    taken = _Taken(_Again(first, file))
    try:
        names = next(csv.reader(taken, delimiter=delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise InputError(decode_problem(error.object, error), path=path, line=1) from error
    except (csv.Error, StopIteration, _TooLong) as error:
        raise InputError("the first line is not a CSV header; name the fields there.", path=path, line=1) from error
    if not all(names) or len(set(names)) < len(names):
        raise InputError(
            f"the header has an empty or repeated field name ({', '.join(map(repr, names))}); name each field once.",
            path=path,
            line=1,
        )
    return delimiter, names, taken.lines, skipped + taken.bytes
