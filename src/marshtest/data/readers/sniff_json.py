"""Find out how a file of JSON is laid out: lines, an array, objects one after another, or one object."""

from __future__ import annotations

import json
from typing import BinaryIO

from marshtest.data.readers.base import BOM, Format
from marshtest.data.readers.bounds import MAX_COLUMNS
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.json_array import JsonArray
from marshtest.data.readers.json_columns import JsonColumns, is_record, table_of
from marshtest.data.readers.json_document import look_through
from marshtest.data.readers.json_objects import JsonObjects, first_objects
from marshtest.data.readers.jsonl import JsonLines
from marshtest.data.readers.opening import open_source
from marshtest.data.readers.value_lines import ValueLines
from marshtest.data.readers.wrapped import WrappedArray, arrays_of_records
from marshtest.errors import InputError

__all__ = ["json_format", "of_one_object"]

_LINE = 8 * 1024 * 1024
"""Bytes of a line that are looked at. A longer first line is one whole array, or one object. Chosen by eye."""


def json_format(path: str, head: bytes, *, lines_by_name: bool) -> Format | None:
    """Tell how a file of JSON is laid out; None if it does not begin as JSON.

    Args:
        path: The file.
        head: Its first bytes.
        lines_by_name: Whether the name of the file says that it is JSON Lines.

    Raises:
        InputError: The objects have commas between them, so that the file is neither lines nor an array.
    """
    mark = head.removeprefix(BOM).lstrip()[:1]
    if mark not in (b"{", b"[", b'"'):
        return None
    with open_source(path) as file:
        first, second = _two_lines(file)
    if mark == b'"':
        return _of_texts(path, first, second, lines_by_name=lines_by_name)
    if mark == b"[":
        return _of_arrays(first, second, lines_by_name=lines_by_name)
    if _is_json(first):
        if second:
            return JsonLines()
        return of_one_object(path, lines_by_name=lines_by_name) or JsonLines()
    if second.startswith(b"{") and _is_json(second) and not _is_open(first):
        return JsonLines()  # of which the first is broken
    return _of_objects(path, first, lines_by_name=lines_by_name)


def of_one_object(path: str, *, lines_by_name: bool = False) -> Format | None:
    """Tell what one object holds: an array of records, a table, or a record; None if it is not one object."""
    try:
        text, members = look_through(path)
    except (InputError, UnicodeDecodeError):
        return None
    value = {one.key: one.value for one in members}
    if table_of(value) is not None:
        return JsonColumns()
    arrays = arrays_of_records(members)
    is_line = "\n" not in text.strip()
    if len(value) > MAX_COLUMNS and not arrays:
        return JsonLines() if is_line else JsonObjects()  # which refuse it
    holds_records = len(arrays) == 1 and all(is_record(one) for one in arrays[0].value[:2] if isinstance(one, dict))
    if is_record(value) and (is_line or not holds_records):
        return JsonLines() if is_line else JsonObjects()
    return JsonLines() if is_line and lines_by_name and not arrays else WrappedArray()


def _of_texts(path: str, first: bytes, second: bytes, *, lines_by_name: bool) -> Format | None:
    """Tell apart lines that hold a text each, one text that is the whole file, and what is no JSON.

    Raises:
        InputError: The whole file is one text.
    """
    if not _is_json(first):
        return None
    if not second and read_json(first)[0].lstrip().startswith(("[", "{")):
        raise InputError(
            "the file is one JSON text that holds JSON. Take it out: `jq -r . FILE > data.json`.", path=path, line=1
        )
    return ValueLines() if lines_by_name else None


def _of_arrays(first: bytes, second: bytes, *, lines_by_name: bool) -> Format:
    """Tell apart one array, and lines of which the first holds an array."""
    if not _is_json(first):
        return JsonArray()
    if second.startswith(b"[") and not _is_open(second):
        return ValueLines()
    if second.startswith(b"{"):
        return JsonLines()
    return ValueLines() if lines_by_name and second else JsonArray()


def _of_objects(path: str, first: bytes, *, lines_by_name: bool) -> Format:
    """Tell apart objects that are no lines of their own."""
    with open_source(path) as file:
        objects = first_objects(file, 2)
    if not objects or objects[0].problem is not None:
        return of_one_object(path) or JsonLines()
    if len(objects) == 1:
        return of_one_object(path) or JsonObjects()
    if objects[1].problem is None:
        return JsonObjects()
    if objects[1].content.startswith(b","):
        raise InputError(
            "a comma follows the first object, so the file is neither one object a line nor an array. Make an "
            r"array of it: `sed '1s/^/[/; $s/,*[[:space:]]*$/]/' FILE > data.json`.",
            path=path,
            line=objects[1].line,
        )
    return JsonLines() if lines_by_name or not _is_open(first) else JsonObjects()


def _two_lines(file: BinaryIO) -> tuple[bytes, bytes]:
    """Return the first two lines that are not blank, without white space around them."""
    found: list[bytes] = []
    start = True
    while len(found) < 2 and (line := file.readline(_LINE)):
        line = line.removeprefix(BOM) if start else line
        start = False
        if line.strip():
            found.append(line.strip())
        if not line.endswith(b"\n"):
            break
    return found[0] if found else b"", found[1] if len(found) > 1 else b""


def _is_json(line: bytes) -> bool:
    """Return whether a line is one whole value."""
    try:
        read_json(line)
    except UnreadableLine:
        return False
    return True


def _is_open(line: bytes) -> bool:
    """Return whether a line is only the beginning of a value."""
    text = line.decode("utf-8", "replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except (ValueError, RecursionError):
        return False
    return False
