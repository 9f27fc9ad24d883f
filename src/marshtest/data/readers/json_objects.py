"""JSON objects one after another, without commas: on one line, or over several lines each, as programs print them."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import BinaryIO, ClassVar

from marshtest.data.readers.base import BOM, WHOLE, FilePiece, Format, SourceRow, damaged
from marshtest.data.readers.bounds import MAX_RECORD_BYTES
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.json_window import IN_TEXT, MARKS, SPACE, JsonPart, JsonWindow
from marshtest.data.readers.opening import hash_source, open_source, source_packing
from marshtest.data.readers.stores import CHUNK_BYTES
from marshtest.errors import InputError

__all__ = ["JsonObjects", "first_objects"]

_BETWEEN = "something other than white space stands between two objects"
_UNCLOSED = "the object is not closed: the file ends inside it"


class JsonObjects(Format):
    """JSON objects one after another (`.json`, `.jsonl`). `line` is the number of the object, as in arrays."""

    name: ClassVar[str] = "JSON objects"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Make one piece of the file."""
        end = 0 if source_packing(path) is None else WHOLE
        return [FilePiece(path=path, file_index=file_index, end=end)], hash_source(path)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all objects.

        Raises:
            InputError: Most of the file cannot be read, because brackets or quotes in it do not match.
        """
        number = 0
        try:
            with open_source(piece.path) as file:
                for number, part in enumerate(_parts(file), start=1):
                    row = _row(number, part)
                    if part.problem is not None and part.length > part.offset:
                        raise InputError(
                            f"{row.failure} It takes most of the file, so that the records cannot be told apart.",
                            path=piece.path,
                            line=number,
                        )
                    yield row if piece.end != WHOLE else row._replace(offset=None, length=None)
        except OSError as error:
            yield SourceRow(number + 1, None, None, None, [], damaged(error))

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the objects, byte for byte; what follows an object goes with it."""
        kept = moved = position = 0
        out = cleaned
        with open_source(path) as file, open_source(path) as read:
            for number, part in enumerate(_parts(read), start=1):
                out.write(file.read(part.offset - position))
                out = quarantined if number in lines else cleaned
                moved += number in lines
                kept += number not in lines
                out.write(file.read(part.length))
                position = part.offset + part.length
            while rest := file.read(CHUNK_BYTES):
                out.write(rest)
        return kept, moved


def first_objects(file: BinaryIO, count: int) -> list[JsonPart]:
    """Return the first objects of a file, and what is wrong where one cannot be read."""
    found: list[JsonPart] = []
    for part in _parts(file):
        found.append(part)
        if len(found) == count:
            break
    return found


def _row(number: int, part: JsonPart) -> SourceRow:
    """Parse one object."""
    place = (number, part.offset, part.length)
    where = f"(object {number}, line {part.line} of the file)"
    if part.problem is not None:
        return SourceRow(*place, None, [], f"{part.problem} {where}.")
    try:
        value, anomalies = read_json(part.content)
    except UnreadableLine as error:
        return SourceRow(*place, None, [], f"{str(error).rstrip('.')} {where}.")
    return SourceRow(*place, value, anomalies, None)


def _parts(file: BinaryIO) -> Iterator[JsonPart]:
    """Yield the objects, and the rest of the file from where no object begins or one does not end."""
    window = JsonWindow(file)
    position = begin = len(BOM) if window.data.startswith(BOM) else 0
    depth = 0
    in_text = False
    while True:
        found = window.find(IN_TEXT if in_text else MARKS, position)
        if found is None or (found[1] == b"\\" and found[0] + 1 >= window.end):
            position = window.end if found is None else found[0]
            if window.extend(begin if window.end - begin <= MAX_RECORD_BYTES else position):
                continue
            break
        place, mark = found
        position = place + 1
        if depth == 0 and (mark != b"{" or window.between(begin, place).strip(SPACE)):
            break
        if mark == b"\\":
            position += 1
        elif mark == b'"':
            in_text = not in_text
        elif mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth == 0:
                yield window.element(begin, position)
                begin = position
    rest = window.rest(begin, _BETWEEN if depth == 0 else _UNCLOSED)
    if rest.length:
        yield rest
