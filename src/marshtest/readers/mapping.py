"""From source rows to canonical columns: one pure kernel for every format."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from marshtest.identity import as_text, canonical_json, content_hash
from marshtest.readers.base import Piece, SourceRow
from marshtest.readers.disagreement import SHADOWED
from marshtest.readers.layout import Layout
from marshtest.readers.shapes import shape_of
from marshtest.schema import canonical_schema

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["map_rows", "part_transcripts", "raw_schema"]

_BATCH = 8_192
_CHOSEN_BY_OPTION = ("text", "label", "completion")
_ANSWER = "\n\nAssistant:"


@cache
def raw_schema() -> pa.Schema:
    """Give the columns of the kernel: the canonical ones, and what only the whole dataset can turn into them."""
    import pyarrow as pa

    text = pa.large_string()
    extra = [("file_index", pa.int64()), ("content_hash", pa.large_binary()), ("shape", text), ("failure", text)]
    return pa.schema([*canonical_schema(), *(pa.field(name, kind) for name, kind in extra)])


def map_rows(rows: Iterable[SourceRow], layout: Layout, piece: Piece) -> Iterator[pa.RecordBatch]:
    """Turn source rows into batches of `raw_schema`. `record_id` holds the record's own id, or null."""
    import pyarrow as pa

    todo = iter(rows)
    names = raw_schema().names
    while part := list(islice(todo, _BATCH)):
        lines = [_map_row(row, layout, piece) for row in part]
        columns = zip(*lines, strict=True)
        arrays = [pa.array(column, raw_schema().field(name).type) for name, column in zip(names, columns, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=raw_schema())


def _map_row(row: SourceRow, layout: Layout, piece: Piece) -> tuple[Any, ...]:
    """Give the values of one row, in the order of `raw_schema`."""
    place = (piece.path, row.line, row.offset, row.length)
    failure = row.failure
    if row.value is not None:
        try:
            return _map_value(row.value, row.anomalies, layout, place, piece.file_index)
        except _Unfit as error:
            failure = str(error)
        except RecursionError:
            failure = "the record is nested too deeply to be read."
    return (None, layout.kind, "", "", None, [], None, None, "{}", *place, [], piece.file_index, b"", "", failure)


def _map_value(
    value: Mapping[str, Any], anomalies: list[str], layout: Layout, place: tuple[Any, ...], file_index: int
) -> tuple[Any, ...]:
    """Give the values of one record that was parsed."""
    held = {
        layout.text,
        layout.label,
        layout.completion,
        layout.messages,
        layout.rejected,
        layout.id,
        layout.group,
    }
    rest = {key: item for key, item in value.items() if key not in held}
    turns: list[tuple[str, str]] = []
    label = rejected = None
    if layout.messages is not None:
        turns, leftover = _turns(value, layout.messages)
        if leftover:
            rest[layout.messages] = leftover
        prompt, completion = _parted(turns)
    elif layout.rejected is not None:
        completion, rejected = _needed(value, layout.completion, "chosen"), _needed(value, layout.rejected, "rejected")
        if layout.text is None:
            prompt, completion, rejected = part_transcripts(completion, rejected)
        else:
            prompt = _needed(value, layout.text, "text")
    else:
        prompt = _needed(value, layout.text, "text")
        completion = ""
    if layout.label is not None:
        label = completion = _needed(value, layout.label, "label")
        if turns:
            prompt = "\n\n".join(content for _, content in turns)
    elif layout.completion is not None and rejected is None:
        completion = _needed(value, layout.completion, "completion")
        turns = [("user", prompt), ("assistant", completion)]
    group = None if layout.group is None else as_text(value.get(layout.group)) or None
    own = None if layout.id is None else as_text(value.get(layout.id)) or None
    digest = content_hash(
        kind=layout.kind,
        prompt=prompt,
        completion=completion,
        label=label,
        messages=turns,
        rejected=rejected,
        group=group,
        fields=rest,
    )
    return (
        own,
        layout.kind,
        prompt,
        completion,
        label,
        [{"role": role, "content": content} for role, content in turns],
        rejected,
        group,
        canonical_json(rest) if rest else "{}",
        *place,
        anomalies,
        file_index,
        digest,
        shape_of(value, layout.messages, ignore=SHADOWED),
        None,
    )


def part_transcripts(chosen: str, rejected: str) -> tuple[str, str, str]:
    """Part two transcripts that begin alike into what they share, up to the last `Assistant:`, and their ends.

    Putting the first part before either end gives the transcript back. Without such a line nothing is shared.
    """
    shared = os.path.commonprefix([chosen, rejected])  # noqa: RUF071  characters, these are no paths
    end = shared.rfind(_ANSWER)
    end = 0 if end < 0 else end + len(_ANSWER)
    return chosen[:end], chosen[end:], rejected[end:]


class _Unfit(ValueError):
    """The record lacks what its kind needs."""


def _needed(value: Mapping[str, Any], name: str | None, what: str) -> str:
    """Give a field that every record must have, as text."""
    found = value.get(name) if name is not None else None
    if found is None:
        state = "is null" if name in value else "is missing"
        choice = f" or choose with --{what}-field" if what in _CHOSEN_BY_OPTION else ""
        raise _Unfit(f"the {what} field {name!r} {state}; mend the record{choice}.")
    text = as_text(found)
    if what == "label" and not text.strip():
        raise _Unfit(f"the label field {name!r} is empty; mend the record or choose with --label-field.")
    return text


def _turns(value: Mapping[str, Any], name: str) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    """Give role and content of every turn, and whatever else the turns hold (empty when there is nothing else)."""
    found = value.get(name)
    if not isinstance(found, list) or not found:
        raise _Unfit(f"the messages field {name!r} is missing, empty or no list; mend the record.")
    turns: list[tuple[str, str]] = []
    leftover: list[dict[str, Any]] = []
    for number, turn in enumerate(found, start=1):
        if not isinstance(turn, dict) or not isinstance(turn.get("role"), str):
            raise _Unfit(f"turn {number} of {name!r} has no role; every turn needs a role and a content.")
        turns.append((turn["role"], as_text(turn.get("content"))))
        leftover.append({key: item for key, item in turn.items() if key not in ("role", "content")})
    return turns, leftover if any(leftover) else []


def _parted(turns: list[tuple[str, str]]) -> tuple[str, str]:
    """Part a conversation: the last turn of the assistant is the completion, all other turns are the prompt."""
    last = next((index for index in range(len(turns) - 1, -1, -1) if turns[index][0] == "assistant"), None)
    prompt = "\n\n".join(content for index, (_, content) in enumerate(turns) if index != last)
    return prompt, "" if last is None else turns[last][1]
