"""JSON arrays: one array of objects, whose elements are found in a stream and parsed one by one.

The array is split here, not by a JSON library, because the two parsers of `disagreement` need the bytes of every
element, and because a broken element must not make the rest of the array unreadable.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import islice
from typing import Any, BinaryIO, ClassVar, NamedTuple

from marshtest.data.readers.base import BOM, WHOLE, FilePiece, Format, SourceRow, damaged
from marshtest.data.readers.bounds import MAX_RECORD_BYTES
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.json_faults import COMMA_AT_END, IN_ARRAY
from marshtest.data.readers.json_window import IN_TEXT, MARKS, JsonPart, JsonWindow
from marshtest.data.readers.opening import hash_source, open_source, source_packing
from marshtest.data.readers.row_shape import ROWS_LOOKED_AT, RowShape, no_object, row_shape
from marshtest.data.readers.stores import CHUNK_BYTES
from marshtest.errors import InputError

__all__ = ["ArrayStart", "JsonArray", "parse_array"]


class JsonArray(Format):
    """One JSON array of objects (`.json`). `line` is the number of the element, as lines mean nothing here."""

    name: ClassVar[str] = "JSON array"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    def recognises(self, head: bytes) -> bool:
        """Return whether the file begins with an array."""
        return head.removeprefix(BOM).lstrip().startswith(b"[")

    def begin(self, path: str) -> ArrayStart:
        """Find where the array begins.

        Raises:
            InputError: The file does not begin with an array.
        """
        with open_source(path) as file:
            if not self.recognises(file.read(CHUNK_BYTES)):
                raise InputError("the file does not begin with a JSON array; is it JSON Lines?", path=path, line=1)
        return ArrayStart()

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Make one piece of the file."""
        start = self.begin(path)
        end = 0 if source_packing(path) is None else WHOLE
        shape = self._shape(path, start)
        details = () if shape is None else shape.details()
        piece = FilePiece(
            path=path, file_index=file_index, start=start.offset, end=end, line=start.line, details=details
        )
        return [piece], hash_source(path)

    def _shape(self, path: str, start: ArrayStart) -> RowShape | None:
        """Tell how elements that are no objects become records; None if they are objects."""
        with open_source(path) as file:
            file.read(start.offset)
            return row_shape(islice(_values(file, start), ROWS_LOOKED_AT), path=path, lines=False)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all elements.

        Raises:
            InputError: Most of the file cannot be read, because brackets or quotes in it do not match.
        """
        start = ArrayStart(piece.start, piece.line, enclosed=piece.start > 0)
        with open_source(piece.path) as file:
            file.read(start.offset)
            for row in parse_array(file, start, RowShape.of(piece.details)):
                if row.failure is not None and _is_most(row, start):
                    raise InputError(
                        f"{row.failure} It takes most of the file, so that the records cannot be told apart.",
                        path=piece.path,
                        line=row.line,
                    )
                yield row if piece.end != WHOLE else row._replace(offset=None, length=None)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the elements, byte for byte, into two arrays.

        What stands between an element and the one before it goes with the element, unless it becomes the first.
        """
        counts = {True: 0, False: 0}
        begun = {True: False, False: False}
        outs = {True: quarantined, False: cleaned}
        number = position = 0
        start = self.begin(path)
        shape = self._shape(path, start)
        names_cells = shape is not None and shape.has_header
        with open_source(path) as file, open_source(path) as read:
            read.read(start.offset)
            for element in _elements(read, start):
                number += 1
                between = file.read(element.offset - position)
                content = file.read(element.length)
                position = element.offset + element.length
                if number == 1:
                    for out in outs.values():
                        out.write(between)
                    between = b""
                chosen = number in lines
                is_header = number == 1 and names_cells
                for side in (True, False) if is_header else (chosen,):
                    if begun[side]:
                        outs[side].write(between or b",")
                    outs[side].write(content)
                    begun[side] = True
                counts[chosen] += not is_header
            while rest := file.read(CHUNK_BYTES):
                for out in outs.values():
                    out.write(rest)
        return counts[False], counts[True]


class ArrayStart(NamedTuple):
    """Where in a file an array begins."""

    offset: int = 0
    line: int = 1
    enclosed: bool = False
    """Whether the array is a value inside an object, so that more may follow its end."""


_WHOLE_FILE = ArrayStart()


_FOLLOWS = "something follows the end of the array"
_UNCLOSED = "the array is not closed: the file ends inside it"


def parse_array(file: BinaryIO, start: ArrayStart = _WHOLE_FILE, shape: RowShape | None = None) -> Iterator[SourceRow]:
    """Parse an array into rows, whose `line` is the number of the element.

    Args:
        file: A stream positioned at the beginning of the array.
        start: Where that is in the file.
        shape: How elements that are no objects become records, if they do.
    """
    number = 0
    try:
        for element in _elements(file, start):
            number += 1
            row = _row(number, element, shape)
            if row is not None:
                yield row
    except OSError as error:
        yield SourceRow(number + 1, None, None, None, [], damaged(error))


def _is_most(row: SourceRow, start: ArrayStart) -> bool:
    """Return whether a row stands for the rest of the file, which is more than what was read."""
    rest = row.failure is not None and row.failure.startswith((_FOLLOWS, _UNCLOSED))
    return rest and (row.length or 0) > (row.offset or 0) - start.offset


def _values(file: BinaryIO, start: ArrayStart) -> Iterator[Any]:
    """Yield the values of the elements that can be read."""
    try:
        for element in _elements(file, start):
            if element.problem is None:
                with suppress(UnreadableLine):
                    yield read_json(element.content)[0]
    except OSError:
        return  # the reading of the rows says so


def _row(number: int, element: JsonPart, shape: RowShape | None) -> SourceRow | None:
    """Parse one element; None if it names the cells of the others."""
    place = (number, element.offset, element.length)
    where = f"(element {number}, line {element.line} of the file)"
    if element.problem is not None:
        return SourceRow(*place, None, [], f"{element.problem} {where}.")
    try:
        value, anomalies = read_json(element.content)
    except UnreadableLine as error:
        said = str(error).rstrip(".")
        for of_lines, of_elements in IN_ARRAY.items():
            said = said.replace(of_lines, of_elements)
        return SourceRow(*place, None, [], f"{said} {where}.")
    if type(value) is dict:
        return SourceRow(*place, value, anomalies, None)
    if shape is None:
        return SourceRow(*place, None, [], f"the array holds a JSON {no_object(value)}, not an object {where}.")
    return None if shape.is_header(value) else shape.row(value, place, anomalies)


def _elements(file: BinaryIO, start: ArrayStart) -> Iterator[JsonPart]:
    """Yield the elements of the array, and what is left over if it is malformed."""
    window = JsonWindow(file, start.offset, start.line)
    position = begin = start.offset
    depth = count = 0
    in_text = False
    while True:
        found = window.find(IN_TEXT if in_text else MARKS, position)
        if found is None or (found[1] == b"\\" and found[0] + 1 >= window.end):
            position = window.end if found is None else found[0]
            keep = begin if window.end - begin <= MAX_RECORD_BYTES else position
            if window.extend(keep):
                continue
            break
        place, mark = found
        position = place + 1
        if mark == b"\\":
            position += 1
        elif mark == b'"':
            in_text = not in_text
        elif mark in b"{[":
            depth += 1
            if depth == 1:
                begin = position
        elif mark in b"}]" and depth > 1:
            depth -= 1
        elif depth == 1 and mark in b",]":
            element = window.element(begin, place)
            if mark == b"," or count or element.length:
                is_last = mark == b"]" and not element.length
                count += 1
                yield element._replace(problem=COMMA_AT_END) if is_last else element
            begin = position
            if mark == b"]":
                depth = 0
                break
    if not start.enclosed or depth > 0:
        yield from _left_over(window, begin, closed=depth == 0)


def _left_over(window: JsonWindow, begin: int, *, closed: bool) -> Iterator[JsonPart]:
    """Yield what follows the end of the array, or the rest of an array that is never closed."""
    rest = window.rest(begin, f"{_FOLLOWS}; `jq -c '.[]' FILE > data.jsonl` joins several arrays")
    if closed and rest.length:
        yield rest
    elif not closed:
        yield rest._replace(problem=_UNCLOSED)
