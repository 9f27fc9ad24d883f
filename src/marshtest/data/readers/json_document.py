"""A file that is one JSON object: its members and where they stand, so that parts can be taken out byte for byte."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # the parser of strings that json itself uses
from typing import Any, NamedTuple

from marshtest.data.readers.base import BOM
from marshtest.data.readers.bounds import MAX_RECORD_BYTES
from marshtest.data.readers.opening import open_source
from marshtest.errors import InputError

__all__ = ["JsonMember", "JsonSpan", "look_through", "spans_inside", "without"]

_BOM = BOM.decode()
_SPACE = re.compile(r"[ \t\r\n]*")


class JsonMember(NamedTuple):
    """One member of the object, and the index in the text at which its value begins."""

    key: str
    value: Any
    start: int


class JsonSpan(NamedTuple):
    """Where an element of an array, or a member of an object with its key, stands in the text."""

    start: int
    end: int
    key: str = ""


def look_through(path: str) -> tuple[str, list[JsonMember]]:
    """Return the text of a file and the members of the one object that it is.

    Raises:
        InputError: The file is too long, or not one object.
    """
    with open_source(path) as file:
        data = file.read(MAX_RECORD_BYTES + 1)
    if len(data) > MAX_RECORD_BYTES:
        raise InputError(
            f"the file is one JSON object of more than {MAX_RECORD_BYTES // 1024**2} MiB; write one record a line.",
            path=path,
        )
    text = data.decode("utf-8")
    try:
        return text, _members(text)
    except (ValueError, IndexError, RecursionError) as error:
        raise InputError(f"the file is not a JSON object: {error}.", path=path) from error


def spans_inside(text: str, place: int) -> list[JsonSpan]:
    """Return where the elements or members of the array or object at an index of a text stand."""
    decoder = json.JSONDecoder()
    place = _skip(text, place)
    is_object = text[place] == "{"
    end_mark = "}" if is_object else "]"
    place = _skip(text, place + 1)
    found: list[JsonSpan] = []
    while text[place] != end_mark:
        start, key = place, ""
        if is_object:
            key, place = scanstring(text, _skip(text, place, '"'))
            place = _skip(text, _skip(text, place), ":")
        _, end = decoder.raw_decode(text, place)
        found.append(JsonSpan(start, end, key))
        place = _skip(text, end)
        if text[place] == ",":
            place = _skip(text, place + 1)
    return found


def without(text: str, parts: Iterable[tuple[Sequence[JsonSpan], Sequence[bool]]]) -> str:
    """Return a text in which some elements are left out of arrays or objects; all other characters stay.

    Args:
        text: The text.
        parts: For each array or object, in their order, where its elements stand and which of them are kept.
    """
    made: list[str] = []
    position = 0
    for spans, kept in parts:
        previous = -1
        for number, (span, keep) in enumerate(zip(spans, kept, strict=True)):
            if number == 0:
                made.append(text[position : span.start])
            if keep:
                if previous >= 0:
                    made.append(text[spans[number - 1].end : span.start])
                made.append(text[span.start : span.end])
                previous = number
        if spans:
            position = spans[-1].end
    return "".join([*made, text[position:]])


def _members(text: str) -> list[JsonMember]:
    """Parse an object, and note where its values begin."""
    decoder = json.JSONDecoder()
    place = _skip(text, len(_BOM) if text.startswith(_BOM) else 0, "{")
    found: list[JsonMember] = []
    while text[place] != "}" or found:
        key, place = scanstring(text, _skip(text, place, '"'))
        place = _skip(text, _skip(text, place), ":")
        value, end = decoder.raw_decode(text, place)
        found.append(JsonMember(key, value, place))
        place = _skip(text, end)
        if text[place] == "}":
            break
        place = _skip(text, place, ",")
    if text[place + 1 :].strip():
        raise ValueError("something follows its end")
    return found


def _skip(text: str, place: int, wanted: str = "") -> int:
    """Skip white space, and, if one is wanted, a character and the white space after it. Quotes keep what follows."""
    place = _SPACE.match(text, place).end()  # type: ignore[union-attr]  # it matches everywhere
    if not wanted:
        return place
    if text[place] != wanted:
        raise ValueError(f"{wanted} is missing at character {place + 1}")
    return place + 1 if wanted == '"' else _skip(text, place + 1)
