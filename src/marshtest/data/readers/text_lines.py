"""Plain text with one record a line: a text of its own, or a text after its labels as fastText has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import (
    BOM,
    WHOLE,
    FilePiece,
    Format,
    SourceRow,
    damaged,
    decode_problem,
    hash_lines,
    short_lines,
)
from marshtest.data.readers.bounds import MAX_RECORD_BYTES, TOO_LONG
from marshtest.data.readers.opening import open_source

__all__ = ["FastText", "TextLines"]

_LABELS = re.compile(r"\s*((?:__label__\S+\s+(?:,\s+)?)*__label__\S+)(?:\s+(?:,\s+)?(.*))?", re.S)
"""The labels of a line and its text, which some programs part by a comma of its own."""
_LABEL = re.compile(r"__label__(\S+)")
_INNER_LABEL = re.compile(r"(?<!\S)__label__(\S+)")
"""A label wherever it stands in a line: fastText takes every word that begins so for one."""
_LONE_RETURN = (
    "a lone carriage return stands in the line, which many readers take for its end; write the file with other line "
    "ends: `tr '\\r' '\\n' < FILE > lines.txt`."
)
_LINES_LOOKED_AT = 1_000
"""First lines from which it is told whether records have several labels. Chosen by eye: as many as decide what fields
mean."""


class TextLines(Format):
    """One text a line (`.txt`). Blank lines are skipped."""

    name: ClassVar[str] = "text lines"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Make one piece of the file."""
        digest, size = hash_lines(path)
        return [FilePiece(path=path, file_index=file_index, end=size, details=self._details(path))], digest

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all lines."""
        line = offset = 0
        try:
            with open_source(piece.path) as file:
                while content := file.readline(MAX_RECORD_BYTES + 1):
                    line, start = line + 1, offset
                    offset += len(content)
                    row = self._row(content, line, start, piece.details)
                    while not content.endswith(b"\n") and (content := file.readline(MAX_RECORD_BYTES)):
                        offset += len(content)
                    if row is not None:
                        yield row if piece.end != WHOLE else row._replace(offset=None, length=None)
        except OSError as error:
            yield SourceRow(line + 1, None, None, None, [], damaged(error))

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the lines, byte for byte; blank lines go to `cleaned` and are not counted."""
        kept = moved = 0
        with open_source(path) as file:
            for number, line in enumerate(file, start=1):
                out = quarantined if number in lines else cleaned
                out.write(line)
                moved += number in lines
                kept += number not in lines and bool(line.removeprefix(BOM).strip())
        return kept, moved

    def _details(self, path: str) -> tuple[str, ...]:  # noqa: ARG002  fastText looks
        """Find out what the format needs besides."""
        return ()

    def _row(self, content: bytes, line: int, offset: int, details: tuple[str, ...]) -> SourceRow | None:
        """Read one line; None if it is blank."""
        place = (line, offset, len(content))
        if len(content) > MAX_RECORD_BYTES:
            return SourceRow(*place, None, [], TOO_LONG)
        content = content.removeprefix(BOM) if line == 1 else content
        try:
            text = content.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            return SourceRow(*place, None, [], decode_problem(content, error))
        if "\r" in text:
            return SourceRow(*place, None, [], _LONE_RETURN)
        if not text.strip():
            return None
        value = self._value(text, details)
        return SourceRow(*place, value, [], None if value is not None else self._problem)

    _problem: ClassVar[str] = ""

    def _value(self, text: str, details: tuple[str, ...]) -> dict[str, Any] | None:  # noqa: ARG002  as above
        """Make a record of a line; None if that cannot be done."""
        return {"text": text}


class FastText(TextLines):
    """One text a line after one or several `__label__` words (`.txt`, or any other ending)."""

    name: ClassVar[str] = "fastText"
    _problem: ClassVar[str] = "the line does not begin with `__label__`, as the others do."

    def recognises(self, head: bytes) -> bool:
        """Return whether the first line begins with a label."""
        return head.removeprefix(BOM).lstrip().startswith(b"__label__")

    def _details(self, path: str) -> tuple[str, ...]:
        """Find out whether records have several labels; then each has a list of them."""
        with open_source(path) as file:
            try:
                lines = [line.decode("utf-8", "replace") for line in islice(short_lines(file), _LINES_LOOKED_AT)]
            except OSError:
                return ()
        several = any(_LABELS.match(line) and len(_INNER_LABEL.findall(line)) > 1 for line in lines)
        return ("several",) if several else ()

    def _value(self, text: str, details: tuple[str, ...]) -> dict[str, Any] | None:
        """Take the labels from the text."""
        found = _LABELS.fullmatch(text)
        if found is None:
            return None
        labels, rest = _LABEL.findall(found[1]), found[2] or ""
        if "__label__" in rest:
            labels += _INNER_LABEL.findall(rest)
            rest = _INNER_LABEL.sub("", rest)
        return {"label": labels if details or len(labels) > 1 else labels[0], "text": rest}
