"""JSON arrays: one array of objects, whose elements are found in a stream and parsed one by one.

The array is split here, not by a JSON library, because the two parsers of `disagreement` need the bytes of every
element, and because a broken element must not make the rest of the array unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO, ClassVar, NamedTuple

from marshtest.data.readers.base import BOM, MAX_RECORD_BYTES, TOO_LONG, WHOLE, FilePiece, Format, SourceRow, damaged
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.jsonl import no_object
from marshtest.data.readers.opening import hash_source, open_source, source_packing
from marshtest.data.readers.stores import CHUNK_BYTES
from marshtest.errors import InputError

__all__ = ["ArrayStart", "JsonArray", "parse_array"]

_MARKS = re.compile(rb'["{}\[\],]')
_IN_TEXT = re.compile(rb'["\\]')
_SPACE = b" \t\r\n"


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
        piece = FilePiece(path=path, file_index=file_index, start=start.offset, end=end, line=start.line)
        return [piece], hash_source(path)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all elements."""
        start = ArrayStart(piece.start, piece.line, enclosed=piece.start > 0)
        with open_source(piece.path) as file:
            file.read(start.offset)
            for row in parse_array(file, start):
                yield row if piece.end != WHOLE else row._replace(offset=None, length=None)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the elements, byte for byte, into two arrays.

        What stands between an element and the one before it goes with the element, unless it becomes the first.
        """
        counts = {True: 0, False: 0}
        outs = {True: quarantined, False: cleaned}
        number = position = 0
        start = self.begin(path)
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
                if counts[chosen] > 0:
                    outs[chosen].write(between or b",")
                outs[chosen].write(content)
                counts[chosen] += 1
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


def parse_array(file: BinaryIO, start: ArrayStart = _WHOLE_FILE) -> Iterator[SourceRow]:
    """Parse an array into rows, whose `line` is the number of the element.

    Args:
        file: A stream positioned at the beginning of the array.
        start: Where that is in the file.
    """
    number = 0
    try:
        for element in _elements(file, start):
            number += 1
            yield _row(number, element)
    except OSError as error:
        yield SourceRow(number + 1, None, None, None, [], damaged(error))


def _row(number: int, element: _Element) -> SourceRow:
    """Parse one element."""
    place = (number, element.offset, element.length)
    where = f"(element {number}, line {element.line} of the file)"
    if element.problem is not None:
        return SourceRow(*place, None, [], f"{element.problem} {where}.")
    try:
        value, anomalies = read_json(element.content)
    except UnreadableLine as error:
        return SourceRow(*place, None, [], f"{str(error).rstrip('.')} {where}.")
    if type(value) is not dict:
        return SourceRow(*place, None, [], f"the array holds a JSON {no_object(value)}, not an object {where}.")
    return SourceRow(*place, value, anomalies, None)


class _Element(NamedTuple):
    """The bytes between two commas of the array, without surrounding white space."""

    offset: int
    length: int
    content: bytes
    line: int
    problem: str | None = None


class _Window:
    """The part of the file that is held. It moves forward and drops what was scanned, but for the open element."""

    def __init__(self, file: BinaryIO, start: ArrayStart) -> None:
        self._file = file
        self.data = file.read(CHUNK_BYTES)
        self.start = start.offset
        self.lines = start.line

    @property
    def end(self) -> int:
        """Offset in the file at which the window ends."""
        return self.start + len(self.data)

    def find(self, pattern: re.Pattern[bytes], position: int) -> tuple[int, bytes] | None:
        """Find the next match at or after an offset in the file, within the window."""
        found = pattern.search(self.data, position - self.start)
        return None if found is None else (self.start + found.start(), found.group())

    def extend(self, keep: int) -> bool:
        """Read on and drop what lies before the offset `keep`; False at the end of the file."""
        more = self._file.read(CHUNK_BYTES)
        self.let_go(keep)
        self.data += more
        return bool(more)

    def let_go(self, keep: int) -> None:
        """Drop what lies before the offset `keep`, but count its line ends."""
        cut = keep - self.start
        self.lines += self.data.count(b"\n", 0, cut)
        self.data = self.data[cut:]
        self.start = keep

    def element(self, begin: int, end: int, problem: str | None = None) -> _Element:
        """Return what lies between two offsets."""
        whole = self.data[max(0, begin - self.start) : end - self.start]
        if begin < self.start:  # it was too long to be held
            return _Element(begin, end - begin, b"", self.lines, TOO_LONG.rstrip("."))
        inner = whole.lstrip(_SPACE)
        offset = begin + len(whole) - len(inner)
        line = self.lines + self.data.count(b"\n", 0, offset - self.start)
        inner = inner.rstrip(_SPACE)
        if problem is None and not inner:
            problem = "there is nothing between two commas"
        return _Element(offset, len(inner), inner, line, problem)


def _elements(file: BinaryIO, start: ArrayStart) -> Iterator[_Element]:
    """Yield the elements of the array, and what is left over if it is malformed."""
    window = _Window(file, start)
    position = begin = start.offset
    depth = count = 0
    in_text = False
    while True:
        found = window.find(_IN_TEXT if in_text else _MARKS, position)
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
                count += 1
                yield element
            begin = position
            if mark == b"]":
                depth = 0
                break
    if not start.enclosed or depth > 0:
        yield from _left_over(window, begin, closed=depth == 0)


def _left_over(window: _Window, begin: int, *, closed: bool) -> Iterator[_Element]:
    """Yield what follows the end of the array, or the rest of an array that is never closed."""
    while window.end - begin <= MAX_RECORD_BYTES and window.extend(min(begin, window.end)):
        pass
    rest = window.element(begin, window.end, "something follows the end of the array")
    if closed and rest.length:
        yield rest
    elif not closed:
        yield rest._replace(problem="the array is not closed: the file ends inside it")
