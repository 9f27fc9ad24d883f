"""JSON arrays inside an object, such as `{"data": [...]}`: found in the file, then read like any array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from marshtest.data.readers.base import BOM
from marshtest.data.readers.json_array import ArrayStart, JsonArray
from marshtest.data.readers.json_document import JsonMember, look_through
from marshtest.data.readers.samples import holds_steps, holds_turns, listed
from marshtest.data.readers.sentences import is_sentence
from marshtest.data.readers.unnesting import jq_path
from marshtest.data.skipped import note_skipped
from marshtest.errors import InputError

__all__ = ["WrappedArray", "arrays_of_records"]


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
        text, members = look_through(path)
        arrays = arrays_of_records(members)
        if len(arrays) != 1:
            raise InputError(f"the file is one JSON object with {_what_else(members, arrays)}", path=path)
        for one in members:
            if one is not arrays[0]:
                note_skipped("member", "beside the array of records", one.key)
        before = text[: arrays[0].start]
        return ArrayStart(len(before.encode()), before.count("\n") + 1, enclosed=True)


def arrays_of_records(members: Sequence[JsonMember]) -> list[JsonMember]:
    """Return the members that are arrays of objects, and not the turns or steps of one record."""
    return [one for one in members if _is_array_of_records(one.value)]


def _is_array_of_records(value: Any) -> bool:
    objects = isinstance(value, list) and bool(value) and sum(isinstance(one, dict) for one in value) * 2 > len(value)
    return objects and not holds_turns(value) and not holds_steps(value)


def _what_else(members: Sequence[JsonMember], arrays: Sequence[JsonMember]) -> str:
    """Say what an object holds instead of one array of records, and what to do about it."""
    if arrays:
        most = max(arrays, key=lambda one: (_holds_sentences(one.value), len(one.value)))
        within = ".row" if all(isinstance(one, dict) and isinstance(one.get("row"), dict) for one in most.value) else ""
        return (
            f"several arrays of records ({listed([one.key for one in arrays])}). Take one: "
            f"`jq -c '{jq_path(most.key)}[]{within}' FILE > data.jsonl`."
        )
    held = f"no array of records; its fields are {listed([one.key for one in members])}"
    lists = [one for one in members if isinstance(one.value, list)]
    if lists and len(lists) == len(members):
        pairs = [row for one in lists for row in one.value]
        if pairs and all(isinstance(row, list) and len(row) == len("ab") for row in pairs):
            return (
                f"{held}. They hold pairs of values, which do not name themselves. If each is a text and its label: "
                "`jq -c 'to_entries[] | .key as $k | .value[] | {text: .[0], label: .[1], split: $k}' FILE "
                "> data.jsonl`."
            )
        lengths = ", ".join(f"{one.key!r}: {len(one.value):,}" for one in lists[:_SHOWN])
        return (
            f"{held}. They are lists of different lengths ({lengths}), so they are no columns. If each holds "
            "the texts of one label: "
            "`jq -c 'to_entries[] | .key as $l | .value[] | {text: ., label: $l}' FILE > data.jsonl`."
        )
    inner = next((one for one in members if isinstance(one.value, dict) and one.value), None)
    if len(members) > 1 and all(isinstance(one.value, dict) for one in members):
        return (
            f"{held}. They are objects. If each is a record under its id: "
            "`jq -c 'to_entries[] | {id: .key} + .value' FILE > data.jsonl`."
        )
    if inner is not None:
        return f"{held}. If {inner.key!r} holds the records: `jq '{jq_path(inner.key)}' FILE > data.json`."
    return f"{held}. Write one record a line, or one array of records, e.g. `jq -c '.NAME[]' FILE > data.jsonl`."


def _holds_sentences(rows: Sequence[Any]) -> bool:
    """Say whether the first records have texts that are sentences."""
    found = [value for row in rows[:_FIRST] if isinstance(row, dict) for value in row.values()]
    found += [value for one in found if isinstance(one, dict) for value in one.values()]
    return any(isinstance(value, str) and is_sentence(value) for value in found)


_FIRST = 20
"""Records of an array that are looked at. Chosen by eye."""
_SHOWN = 4
"""Lists whose length a message gives. Chosen by eye."""
