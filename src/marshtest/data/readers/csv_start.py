"""How a file of separated values begins: its delimiter, its quotes, what stands before the records, and the names."""

from __future__ import annotations

import csv
import io
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal, NamedTuple

from marshtest.config import FieldMap
from marshtest.data.readers.base import BOM, FilePiece, decode_problem, short_lines
from marshtest.data.readers.bounds import (
    MAX_COLUMNS,
    MAX_RECORD_BYTES,
    MAX_VALUES,
    TOO_LONG,
    TOO_MANY_VALUES,
    too_many_columns,
)
from marshtest.data.readers.commands import audit_step
from marshtest.data.readers.deciding import propose_fields
from marshtest.data.readers.header_row import columns_of, first_row_is, made_up_names, shown_cells
from marshtest.data.readers.opening import open_source
from marshtest.data.readers.tab_quotes import tabs_have_quotes
from marshtest.data.skipped import note_skipped
from marshtest.errors import InputError

__all__ = ["DELIMITERS", "LONE_RETURN", "CsvStart", "csv_start", "splits_evenly"]

DELIMITERS = "|;\t,"
LONE_RETURN = (
    "there is a lone carriage return outside quotes; write the file with other line ends: "
    "`tr '\\r' '\\n' < FILE > data.csv`."
)
"""What to say of line ends of old programs."""
_SAMPLE = 1 << 18
"""First bytes from which it is told how the file is written. Chosen by eye: some hundred records."""
_ROWS = 400
"""First records of these that are compared. Chosen by eye."""
_EVEN = 0.9
"""A delimiter is the right one if it cuts at least this share of the first records into equally many fields. Chosen by
eye."""
_WRONG_LINES, _WRONG_TIMES = 3, 10
"""A file is taken for cp1252 if so many of its lines are not UTF-8, as fewer may be damaged, and so many times those
whose letters are UTF-8, as two letters may be that by chance. Chosen by eye."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f]")
"""What stands in no text."""
_COMMENT = re.compile(rb"[ \t]*#+(?:[\s!]|$)")
"""A line of words after a hash; a hash with a word, such as `#id`, is no comment."""
_SEPARATOR = re.compile(rb'"?sep=(.)"?[ \t]*\r?\n', re.I)
"""The line by which Excel is told the delimiter."""
_NAMES_TOLD = 100
"""Columns of a table whose header a message writes anew. Chosen by eye: a line that fits on a screen."""
_QUOTING: dict[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}


class CsvStart(NamedTuple):
    """What is known of a file before its records are read."""

    delimiter: str
    quotes: bool
    """Whether quotes hold a cell together; else they are text like any other."""
    header: tuple[str, ...]
    """Names of the columns; empty for columns that the header does not name."""
    line: int
    """First line below the header."""
    offset: int
    """First byte below the header."""
    has_header: bool
    encoding: str = "utf-8"
    """`utf-8`, or `cp1252` in files of old programs."""

    def decode(self, content: bytes) -> str:
        """Decode a part of the file.

        Raises:
            UnicodeDecodeError: It is not in the encoding of the file.
        """
        try:
            return content.decode(self.encoding)
        except UnicodeDecodeError:
            if self.encoding == "utf-8":
                raise
            return content.decode("latin1")  # five bytes have no letter in cp1252

    @property
    def quoting(self) -> Literal[0, 3]:
        """What the standard library calls it."""
        return _QUOTING[self.quotes]

    def details(self) -> tuple[str, ...]:
        """Write it down for a `FilePiece`."""
        quotes, header = "quotes" if self.quotes else "", "header" if self.has_header else ""
        return (self.delimiter, quotes, header, self.encoding, *self.header)

    @classmethod
    def of(cls, piece: FilePiece) -> CsvStart:
        """Read it from the details of a piece."""
        delimiter, quotes, header, encoding, *names = piece.details
        return cls(delimiter, bool(quotes), tuple(names), piece.line, piece.start, bool(header), encoding)


def csv_start(path: str, has_header: bool | None) -> CsvStart:
    """Look at the beginning of a file.

    Args:
        path: The file.
        has_header: Whether its first line names the columns; None if that is to be found out.

    Raises:
        InputError: The first line cannot be read, or it is not clear whether it is a header.
    """
    with open_source(path) as file:
        line, offset, delimiter = _preamble(file)
    with open_source(path) as file:
        file.read(offset)
        sample = file.read(_SAMPLE)
    whole = len(sample) < _SAMPLE
    encoding = _encoding(sample)
    text = _decoded(sample, whole, encoding)
    delimiter = delimiter or _delimiter(text, sample)
    quotes = delimiter != "\t" or tabs_have_quotes(path, offset)
    start = CsvStart(delimiter, quotes, (), line, offset, False, encoding)
    with open_source(path) as file:
        file.read(offset)
        first, lines, length = _first_row(path, file, start)
    rows = _cut(text, delimiter, quotes=quotes)
    below = [row for row in (rows if whole else rows[:-1])[1 : _ROWS + 1] if row != first]
    columns = columns_of(below, len(first))
    if has_header is None:
        said = first_row_is(first, columns)
        if said == "unclear":
            raise _unclear(path, line, first, below)
        has_header = said == "header"
        if not has_header and not made_up_names(columns_of([first, *below], len(first)))[1]:
            raise _no_roles(path, line, first, below)
    if not has_header:
        return start._replace(header=made_up_names(columns_of([first, *below], len(first)))[0])
    names = _checked(path, line, first, below, delimiter)
    return start._replace(header=names, line=line + lines, offset=offset + length, has_header=True)


def splits_evenly(head: bytes, whole: bool, delimiters: str) -> bool:
    """Return whether a delimiter cuts the first lines of a text into equally many fields, of two or more.

    A mark that a space follows nearly always belongs to prose.
    """
    text = _decoded(head, whole, "utf-8")
    prose = {mark for mark in delimiters if text.count(f"{mark} ") >= _EVEN * text.count(mark)}
    return any(_fit(text, mark) >= _EVEN for mark in delimiters if mark not in prose)


def _preamble(file: BinaryIO) -> tuple[int, int, str]:
    """Return the line and offset of the first line that is a row, and the delimiter if a line names it.

    Blank lines and comments before it are passed over.
    """
    line, offset, delimiter = 1, 0, ""
    last: tuple[int, int, bytes] | None = None
    while content := file.readline(MAX_RECORD_BYTES + 1):
        if line == 1 and content.startswith(BOM):
            content, offset = content[len(BOM) :], len(BOM)
        named = _SEPARATOR.fullmatch(content) if line == 1 else None
        if named:
            delimiter = named[1].decode("latin1")
        elif _COMMENT.match(content):
            last = (line, offset, content)
            note_skipped("line", "a comment above the records", f"line {line}")
        elif content.strip():
            break
        line, offset = line + 1, offset + len(content)
    if last is not None:
        marks = delimiter or DELIMITERS
        counts = [[one.count(mark.encode()) for mark in marks] for one in (last[2], content)]
        if last[0] == line - 1 and counts[0] == counts[1] and any(counts[0]):
            return last[0], last[1], delimiter  # `#id,text,label`: a header
    return line, offset, delimiter


def _encoding(sample: bytes) -> str:
    """Tell the encoding from the beginning of a file: UTF-8, unless many lines cannot be that and none need be."""
    wrong = needed = 0
    for line in sample.split(b"\n")[:-1]:
        if not line.isascii():
            try:
                line.decode("utf-8")
                needed += 1
            except UnicodeDecodeError:
                wrong += 1
    is_old = wrong >= max(_WRONG_LINES, _WRONG_TIMES * needed) and not _CONTROLS.search(sample)
    return "cp1252" if is_old else "utf-8"


def _decoded(sample: bytes, whole: bool, encoding: str) -> str:
    """Decode the beginning of a file up to its last line end, whatever its bytes."""
    if not whole:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    return sample.decode(encoding, "replace")


def _delimiter(text: str, sample: bytes) -> str:
    """Choose the delimiter that is most frequent in the first line, among those that fit the other lines if any does.

    Commas stand in prose, tabs hardly ever: a tab that fits is the delimiter.
    """
    first = sample.split(b"\n", 1)[0]
    fitting = [mark for mark in DELIMITERS if _fit(text, mark) >= _EVEN]
    if "\t" in fitting:
        return "\t"
    return max(fitting or DELIMITERS[::-1], key=lambda mark: first.count(mark.encode()))


def _fit(text: str, delimiter: str) -> float:
    """Return how evenly a delimiter cuts the first records; with tabs, quotes may be text."""
    ways = (True, False) if delimiter == "\t" else (True,)
    return max(_evenness([len(row) for row in _cut(text, delimiter, quotes=way)[:_ROWS]]) for way in ways)


def _evenness(widths: Sequence[int]) -> float:
    """Return the share of the records that have as many fields as most, if these are several."""
    usual = max(set(widths), key=widths.count, default=0)
    return widths.count(usual) / len(widths) if usual > 1 else 0.0


def _cut(text: str, delimiter: str, *, quotes: bool) -> list[list[str]]:
    """Cut a text into rows of cells as well as it can be done."""
    csv.field_size_limit(MAX_RECORD_BYTES)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=_QUOTING[quotes]):
            if row:
                rows.append(row)
            if len(rows) > _ROWS + 1:
                break
    except csv.Error:
        pass  # what was read before is enough to look at
    return rows


def _first_row(path: str, file: BinaryIO, start: CsvStart) -> tuple[list[str], int, int]:
    """Read the first row; return its cells, and how many lines and bytes it takes."""
    taken: list[int] = []
    mark = start.delimiter.encode()

    def lines() -> Iterator[str]:
        size = cells = 0
        for content in short_lines(file):
            taken.append(len(content))
            size += len(content)
            cells += content.count(mark)
            if size > MAX_RECORD_BYTES or cells > MAX_VALUES:
                raise InputError(TOO_LONG if cells <= MAX_VALUES else TOO_MANY_VALUES, path=path, line=start.line)
            yield start.decode(content)

    try:
        cells = next(csv.reader(lines(), delimiter=start.delimiter, quoting=start.quoting, strict=True))
    except UnicodeDecodeError as error:
        raise InputError(decode_problem(error.object, error), path=path, line=start.line) from error
    except (csv.Error, StopIteration) as error:
        if "new-line" in str(error):
            raise InputError(LONE_RETURN, path=path, line=start.line) from error
        raise InputError(
            "the first line is not a CSV header; name the fields there.", path=path, line=start.line
        ) from error
    if len(cells) > MAX_COLUMNS:
        raise InputError(too_many_columns(len(cells)), path=path, line=start.line)
    return cells, len(taken), sum(taken)


def _checked(
    path: str, line: int, first: Sequence[str], below: Sequence[Sequence[str]], delimiter: str
) -> tuple[str, ...]:
    """Return the names of the columns, empty where there is none.

    Raises:
        InputError: No column has a name, or two have the same.
    """
    names = [name.strip() for name in first]
    if not any(names):
        raise InputError("the first line names no column; name the fields there.", path=path, line=line)
    counts = Counter(names)
    repeated = next((name for name in names if name and counts[name] > 1), None)
    if repeated is not None and len(names) > _NAMES_TOLD:
        raise InputError(f"the header names two columns {repeated!r}; give each its own name.", path=path, line=line)
    if repeated is not None:
        told = [name if name and names.index(name) == at else f"{name}_{at + 1}" for at, name in enumerate(names)]
        header = re.sub(r"[\\/&]", r"\\\g<0>", delimiter.join(told))
        raise InputError(
            f"the header names two columns {repeated!r}, so that one would hide the other. Give each its own "
            f"name, e.g. `sed {shlex.quote(f'{line}s/.*/{header}/')} FILE > named.csv`.",
            path=path,
            line=line,
        )
    if not names[0] and delimiter and _counts_up([row[0] for row in below if row]) and "id" not in names:
        names[0] = "id"
    return tuple(names)


def _counts_up(cells: Sequence[str]) -> bool:
    """Return whether cells hold one number after the other, as programs number rows."""
    return bool(cells) and cells[0] in ("0", "1") and cells == [str(int(cells[0]) + n) for n in range(len(cells))]


def _unclear(path: str, line: int, first: Sequence[str], below: Sequence[Sequence[str]]) -> InputError:
    return InputError(
        f"the first line may be a header or a record ({shown_cells(first)}). If it is a record: "
        f"{_without_header(path, first, below)}; if it names the columns: add `--format csv-header`.",
        path=path,
        line=line,
    )


def _no_roles(path: str, line: int, first: Sequence[str], below: Sequence[Sequence[str]]) -> InputError:
    return InputError(
        f"the first line looks like a record ({shown_cells(first)}), so there seems to be no header, and it is not "
        f"clear what the columns hold. Say it: {_without_header(path, first, below)}; if the line names the columns: "
        "add `--format csv-header`.",
        path=path,
        line=line,
    )


def _without_header(path: str, first: Sequence[str], below: Sequence[Sequence[str]]) -> str:
    """Write the command that reads a file without a header, with the fields that are likely meant."""
    told = FieldMap(file_format="csv-no-header")
    rows = [row for row in (first, *below) if len(row) == len(first)]
    names, clear = made_up_names(columns_of(rows, len(first)))
    proposal = None if clear else propose_fields([dict(zip(names, row, strict=True)) for row in rows], told)
    if proposal is not None:
        told = proposal.fields
    more = ""
    if proposal is None and not clear:
        more = f" with --text-field, and --label-field or --completion-field; the columns are {', '.join(names)}"
    return f"`{audit_step([path], told)}`{more}"
