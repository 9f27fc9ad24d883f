"""CSV and TSV: a header line if there is one, then records that may hold line ends inside quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO, ClassVar, Protocol

from marshtest.data.readers.base import WHOLE, FilePiece, Format, SourceRow, damaged, decode_problem, hash_lines
from marshtest.data.readers.bounds import MAX_RECORD_BYTES, MAX_VALUES, TOO_LONG, TOO_MANY_VALUES
from marshtest.data.readers.csv_start import DELIMITERS, LONE_RETURN, CsvStart, csv_start
from marshtest.data.readers.opening import open_source
from marshtest.errors import InputError

__all__ = ["Csv", "CsvWithHeader", "CsvWithoutHeader", "parse_csv"]

_MANY_LINES = 20
"""A record that cannot be read is an open quote rather than a broken record if it takes so many lines, and more than
any record before it. Chosen by eye."""


class Csv(Format):
    """Comma, tab, semicolon or bar separated values (`.csv`, `.tsv`). Whether there is a header is found out.

    An open quote turns every later line end into text, so no cut is safe: a file is one piece, read as a stream.
    """

    name: ClassVar[str] = "CSV"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")
    has_header: ClassVar[bool | None] = None
    """Whether the user said that the first line names the columns; None if nothing was said."""

    def recognises(self, head: bytes) -> bool:
        """Return whether the first line has a delimiter and is not JSON."""
        first = head.split(b"\n", 1)[0]
        return not first.lstrip().startswith((b"{", b"[")) and any(mark.encode() in first for mark in DELIMITERS)

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Read the header; the rest is one piece."""
        digest, size = hash_lines(path)
        start = csv_start(path, self.has_header)
        piece = FilePiece(
            path=path, file_index=file_index, start=start.offset, end=size, line=start.line, details=start.details()
        )
        return [piece], digest

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all records below the header.

        Raises:
            InputError: A quote is left open, so that most of the file is one record.
        """
        with open_source(piece.path) as file:
            file.read(piece.start)
            for row in parse_csv(file, CsvStart.of(piece), path=piece.path):
                yield row if piece.end != WHOLE else row._replace(offset=None, length=None)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the records, byte for byte; both files get what stands before the first."""
        kept = moved = 0
        start = csv_start(path, self.has_header)
        position = start.offset
        with open_source(path) as file, open_source(path) as parsed:
            header = file.read(position)
            parsed.read(position)
            cleaned.write(header)
            quarantined.write(header)
            for row in parse_csv(parsed, start, path=path):
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


class CsvWithHeader(Csv):
    """The same, where the user said that the first line names the columns."""

    has_header: ClassVar[bool | None] = True


class CsvWithoutHeader(Csv):
    """The same, where the user said that the first line is a record."""

    has_header: ClassVar[bool | None] = False


def parse_csv(lines: _Lines, start: CsvStart, *, path: str) -> Iterator[SourceRow]:
    """Parse the lines below a header into rows. A header that comes again, as in joined files, is no row.

    Args:
        lines: A stream positioned at the first line.
        start: How the file begins.
        path: The file, for an error.

    Raises:
        InputError: One record that cannot be read takes most of the file.
    """
    csv.field_size_limit(MAX_RECORD_BYTES)
    taken = _Taken(lines, start)
    reader = csv.reader(taken, delimiter=start.delimiter, quoting=start.quoting, strict=True)
    columns = _Columns(start)
    line, offset = start.line, start.offset
    longest = 0
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
        except _TooMuch as error:
            problem = str(error)
            if taken.lines > 1:  # what follows is in the middle of a record
                raise _one_record(problem, taken.lines, path, line) from error
        except OSError as error:
            yield SourceRow(line, offset, taken.bytes, None, [], damaged(error))
            return
        place = (line, offset, taken.bytes)
        if problem is not None and taken.lines >= max(_MANY_LINES, longest + 1):
            raise _one_record(problem, taken.lines, path, line)
        if problem is not None and taken.lines > 1:
            problem = f"{problem} It takes {taken.lines:,} lines, each of which may be a record."
        elif problem is None:
            longest = max(longest, taken.lines)
        line += taken.lines
        offset += taken.bytes
        if problem is None and (not values or columns.is_header(values)):
            continue
        value = columns.record(values) if problem is None else None
        if problem is None and value is None:
            problem = columns.misfit(values)
        yield SourceRow(*place, value, [], problem)


def _one_record(problem: str, lines: int, path: str, line: int) -> InputError:
    return InputError(
        f"{problem} With it, {lines:,} lines are one record; put the quotes in order or write the file anew.",
        path=path,
        line=line,
    )


class _Columns:
    """Makes records of cells."""

    def __init__(self, start: CsvStart) -> None:
        self._header = list(start.header)
        self._names = [name or f"column_{number}" for number, name in enumerate(start.header, start=1)]
        self._unnamed = [number for number, name in enumerate(start.header) if not name]
        self._named = max((number + 1 for number, name in enumerate(start.header) if name), default=0)
        self._has_header = start.has_header
        self._missing = "quote" if start.quotes and start.delimiter != "\t" else "tab"

    def is_header(self, values: list[str]) -> bool:
        """Return whether cells are the header again, whose first name may have been made up."""
        if not self._has_header or values[-1].strip() != self._header[-1]:
            return False
        first, *others = [value.strip() for value in values]
        return others == self._header[1:] and first in ("", self._header[0])

    def record(self, values: list[str]) -> dict[str, str] | None:
        """Name the cells; None if there are too many or too few. Empty cells of columns without a name are left out."""
        width = len(self._header)
        if len(values) != width:
            if not self._named <= len(values) or any(values[width:]):
                return None
            values = [*values[:width], *[""] * (width - len(values))]
        record = dict(zip(self._names, values, strict=True))
        for number in self._unnamed:
            if not values[number].strip():
                del record[self._names[number]]
        return record

    def misfit(self, values: list[str]) -> str:
        """Return a message: the record has another number of cells."""
        if values[0].lstrip().startswith("#"):
            return "the line is no record; if it is a comment, remove such lines: `grep -v '^#' FILE > data.csv`."
        first = f"the {'header' if self._has_header else 'first line'} has {len(self._header)}"
        return f"the record has {len(values)} fields where {first}; is a {self._missing} missing?"


def _said(error: csv.Error) -> str:
    """Return a message: what is wrong, and what to do about it."""
    if "new-line" in str(error):
        return LONE_RETURN
    return f"{error}; is a quote left open or not doubled?"


class _Lines(Protocol):
    """A stream of lines."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line with its end, at most `size` bytes; nothing at the end of the file."""


class _TooMuch(ValueError):
    """A record is longer than any may be, or has more cells; its line was skipped."""


class _Taken:
    """Decodes lines and counts the lines, bytes and cells that the parser takes for one record."""

    def __init__(self, lines: _Lines, start: CsvStart) -> None:
        self._source, self._decode, self._delimiter = lines, start.decode, start.delimiter.encode()
        self.forget()

    def forget(self) -> None:
        """Start to count the next record."""
        self.lines = 0
        self.bytes = 0
        self._cells = 0

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
            raise _TooMuch(TOO_LONG)
        if self.bytes > MAX_RECORD_BYTES:
            raise _TooMuch(TOO_LONG)
        self._cells += content.count(self._delimiter)
        if self._cells > MAX_VALUES:
            raise _TooMuch(TOO_MANY_VALUES)
        return self._decode(content)
