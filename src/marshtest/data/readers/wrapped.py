"""JSON arrays inside an object, such as `{"data": [...]}`: found in the file, then read like any array."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from json.decoder import scanstring  # type: ignore[attr-defined]  # the parser of strings that json itself uses
from typing import Any, ClassVar, NamedTuple

from marshtest.config import FieldMap
from marshtest.data.readers.base import BOM, MAX_RECORD_BYTES
from marshtest.data.readers.deciding import decide_layout
from marshtest.data.readers.json_array import ArrayStart, JsonArray
from marshtest.data.readers.opening import open_source
from marshtest.data.readers.samples import holds_steps, holds_turns, listed
from marshtest.errors import InputError

__all__ = ["WrappedArray", "is_one_object"]

_BOM = BOM.decode()
_SPACE = re.compile(r"[ \t\r\n]*")


class WrappedArray(JsonArray):
    """One object that holds one array of objects; whatever else it holds is ignored.

    The object is parsed in memory, so it may be no longer than a record.
    """

    name: ClassVar[str] = "JSON array in an object"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def recognises(self, head: bytes) -> bool:
        """Return whether the file begins with an object."""
        return head.removeprefix(BOM).lstrip().startswith(b"{")

    def begin(self, path: str) -> ArrayStart:
        """Find where the array begins.

        Raises:
            InputError: The object holds no array of objects, or several.
        """
        text, values = _look_through(path)
        arrays = [value for value in values if _is_array_of_records(value.value)]
        if len(arrays) != 1:
            keys = listed([value.key for value in (arrays or values)])
            held = f"several arrays of records ({keys})" if arrays else f"no array of records; its fields are {keys}"
            raise InputError(
                f"the file is one JSON object with {held}. Write one record a line, or one array of records, e.g. "
                "`jq -c '.NAME[]' FILE > data.jsonl`.",
                path=path,
            )
        before = text[: arrays[0].start]
        return ArrayStart(len(before.encode()), before.count("\n") + 1, enclosed=True)


def is_one_object(path: str, head: bytes) -> bool:
    """Return whether a file is one object that is not a single record on one line."""
    first, _, rest = head.removeprefix(BOM).strip().partition(b"\n")
    if rest.lstrip().startswith(b"{") and _is_json(first):
        return False
    try:
        text, values = _look_through(path)
    except (InputError, UnicodeDecodeError):
        return False
    return "\n" in text.strip() or not _is_record({value.key: value.value for value in values})


class _Value(NamedTuple):
    """One value of the object, and its index in the text."""

    key: str
    value: Any
    start: int


def _look_through(path: str) -> tuple[str, list[_Value]]:
    """Return the text of a file and the values of the one object that it is.

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
        return text, _values(text)
    except (ValueError, IndexError, RecursionError) as error:
        raise InputError(f"the file is not a JSON object: {error}.", path=path) from error


def _values(text: str) -> list[_Value]:
    """Parse an object, and note where its values begin."""
    decoder = json.JSONDecoder()
    place = _skip(text, len(_BOM) if text.startswith(_BOM) else 0, "{")
    found: list[_Value] = []
    while text[place] != "}" or found:
        key, place = scanstring(text, _skip(text, place, '"'))
        place = _skip(text, _skip(text, place), ":")
        value, end = decoder.raw_decode(text, place)
        found.append(_Value(key, value, place))
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


def _is_array_of_records(value: Any) -> bool:
    """Return whether the value is an array of objects that are not the turns or steps of one record."""
    objects = isinstance(value, list) and bool(value) and sum(isinstance(one, dict) for one in value) * 2 > len(value)
    return objects and not holds_turns(value) and not holds_steps(value)


def _is_record(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a record by itself."""
    records: Sequence[Mapping[str, Any]] = [value]
    try:
        decide_layout(records, FieldMap(), path="")
    except InputError:
        return False
    return True


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
