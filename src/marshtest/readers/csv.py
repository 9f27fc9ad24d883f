"""CSV and TSV: a header line, then records that may hold line ends inside quotes."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO, ClassVar

from marshtest.errors import InputError
from marshtest.readers.base import MAX_RECORD_BYTES, Format, Piece, SourceRow, decode_problem, hash_lines

__all__ = ["Csv", "parse_csv"]

_DELIMITERS = ",\t;"
_BOM = b"\xef\xbb\xbf"


class Csv(Format):
    """Comma, tab or semicolon separated values with a header (`.csv`, `.tsv`).

    A quote can turn every later line end into text, so a file is read as one piece, in a stream.
    """

    name: ClassVar[str] = "CSV"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv")

    def recognises(self, head: bytes) -> bool:
        """See whether the first line has a delimiter and is not JSON."""
        first = head.split(b"\n", 1)[0]
        return not first.lstrip().startswith((b"{", b"[")) and any(mark.encode() in first for mark in _DELIMITERS)

    def plan(self, path: str, file_index: int) -> tuple[list[Piece], str]:
        """Read the header; the rest is one piece."""
        digest, size = hash_lines(path)
        with open(path, "rb") as file:
            delimiter, header, lines, length = _header(path, file)
        piece = Piece(
            path=path, file_index=file_index, start=length, end=size, line=lines + 1, details=(delimiter, *header)
        )
        return [piece], digest

    def rows(self, piece: Piece) -> Iterator[SourceRow]:
        """Read all records below the header."""
        delimiter, *header = piece.details
        with open(piece.path, "rb") as file:
            file.seek(piece.start)
            yield from parse_csv(file, header, delimiter=delimiter, line=piece.line, offset=piece.start)

    def split(self, path: Path, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Part the records, byte for byte; both sides get the header."""
        kept = moved = 0
        (piece,), _ = self.plan(str(path), 0)
        with path.open("rb") as file:
            header = file.read(piece.start)
            cleaned.write(header)
            quarantined.write(header)
            position = piece.start
            for row in self.rows(piece):
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
    lines: Iterator[bytes], header: list[str], *, delimiter: str = ",", line: int = 1, offset: int = 0
) -> Iterator[SourceRow]:
    """Parse the lines below a header: from bytes to rows.

    Args:
        lines: The lines, line ends included.
        header: Names of the fields.
        delimiter: What stands between two fields.
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
            problem = f"no valid CSV: {error}; is a quote left open or not doubled?"
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


class _Taken:
    """Decodes lines and counts what the parser took for one record."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._source = lines
        self.forget()

    def forget(self) -> None:
        """Count from nothing again."""
        self.lines = 0
        self.bytes = 0

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> str:
        content = next(self._source)
        self.lines += 1
        self.bytes += len(content)
        return content.decode("utf-8")


def _header(path: str, file: BinaryIO) -> tuple[str, list[str], int, int]:
    """Read the header: the delimiter, the names, and how many lines and bytes it takes."""
    head = file.read(len(_BOM))
    skipped = len(_BOM) if head == _BOM else 0
    file.seek(skipped)
    first = file.readline()
    file.seek(skipped)
    delimiter = max(_DELIMITERS, key=lambda mark: first.count(mark.encode()))
    taken = _Taken(file)
    try:
        names = next(csv.reader(taken, delimiter=delimiter, strict=True))
    except UnicodeDecodeError as error:
        raise InputError(decode_problem(error.object, error), path=path, line=1) from error
    except (csv.Error, StopIteration) as error:
        raise InputError("the first line is no CSV header; name the fields there.", path=path, line=1) from error
    if not all(names) or len(set(names)) < len(names):
        raise InputError(
            f"the header has an empty or repeated field name ({', '.join(map(repr, names))}); name each field once.",
            path=path,
            line=1,
        )
    return delimiter, names, taken.lines, skipped + taken.bytes
