"""The part of a JSON file that is held while values are found in it, and the values that were found."""

from __future__ import annotations

import re
from typing import BinaryIO, NamedTuple

from marshtest.data.readers.bounds import MAX_RECORD_BYTES, TOO_LONG
from marshtest.data.readers.stores import CHUNK_BYTES

__all__ = ["IN_TEXT", "MARKS", "SPACE", "JsonPart", "JsonWindow"]

MARKS = re.compile(rb'["{}\[\],]')
"""What matters outside of texts."""
IN_TEXT = re.compile(rb'["\\]')
"""What matters inside of them."""
SPACE = b" \t\r\n"
"""White space of JSON."""


class JsonPart(NamedTuple):
    """The bytes between two commas of the array, without surrounding white space."""

    offset: int
    length: int
    content: bytes
    line: int
    problem: str | None = None


class JsonWindow:
    """The part of the file that is held. It moves forward and drops what was scanned, but for the open element."""

    def __init__(self, file: BinaryIO, offset: int = 0, line: int = 1) -> None:
        self._file = file
        self.data = file.read(CHUNK_BYTES)
        self.start = offset
        self._counted, self._line = offset, line

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
        self._line_at(keep)
        self.data = self.data[keep - self.start :]
        self.start = keep

    def _line_at(self, offset: int) -> int:
        """Return the line of an offset, which is none before the last one asked for: every byte is counted once."""
        if offset > self._counted:
            self._line += self.data.count(b"\n", self._counted - self.start, offset - self.start)
            self._counted = offset
        return self._line

    def between(self, begin: int, end: int) -> bytes:
        """Return what is held between two offsets."""
        return self.data[max(0, begin - self.start) : end - self.start]

    def rest(self, begin: int, problem: str) -> JsonPart:
        """Return the rest of the file from an offset on, which cannot be read, as far as a record may reach."""
        while self.end - begin <= MAX_RECORD_BYTES and self.extend(min(begin, self.end)):
            pass
        return self.element(begin, self.end, problem)

    def element(self, begin: int, end: int, problem: str | None = None) -> JsonPart:
        """Return what lies between two offsets."""
        if begin < self.start:  # it was too long to be held
            return JsonPart(begin, end - begin, b"", self._line, TOO_LONG.rstrip("."))
        whole = self.data[begin - self.start : end - self.start]
        inner = whole.lstrip(SPACE)
        offset = begin + len(whole) - len(inner)
        line = self._line_at(offset)
        inner = inner.rstrip(SPACE)
        if problem is None and not inner:
            problem = "there is nothing between two commas"
        return JsonPart(offset, len(inner), inner, line, problem)
