"""Make records of JSON values that are no objects: arrays with one object, turns, cells of a table, plain texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from marshtest.config import FieldMap
from marshtest.data.readers.base import SourceRow
from marshtest.data.readers.deciding import propose_fields
from marshtest.data.readers.disagreement import UnreadableLine, read_json
from marshtest.data.readers.header_row import columns_of, first_row_is, made_up_names, shown_cells
from marshtest.data.readers.samples import holds_turns
from marshtest.errors import InputError

__all__ = ["ROWS_LOOKED_AT", "RowShape", "no_object", "row_shape"]

ROWS_LOOKED_AT = 200
"""First values that are compared. Chosen by eye."""
_TYPES = {dict: "object", list: "array", str: "text", int: "number", float: "number", bool: "truth value"}


def no_object(value: Any) -> str:
    """Name the type of a JSON value that is not an object."""
    return _TYPES.get(type(value), "null")


class RowShape(NamedTuple):
    """How the values of a file become records."""

    kind: Literal["object", "turns", "cells", "text", "encoded"]
    """An array with one object; an array of turns; one of cells; a text; a text that holds an object."""
    names: tuple[str, ...] = ()
    """The field for the turns or the text, or one for each cell."""
    has_header: bool = False
    """Whether the first value names the cells and is no record."""

    def details(self) -> tuple[str, ...]:
        """Write it down for a `FilePiece`."""
        return (self.kind, "header" if self.has_header else "", *self.names)

    @classmethod
    def of(cls, details: Sequence[str]) -> RowShape | None:
        """Read it from the details of a piece; None where the values are objects."""
        if not details:
            return None
        kind, header, *names = details
        return cls(kind, tuple(names), bool(header))  # type: ignore[arg-type]  # it was written by `details`

    def is_header(self, value: Any) -> bool:
        """Return whether a value names the cells. It may come again, as in joined files."""
        return self.has_header and value == list(self.names)

    def row(self, value: Any, place: tuple[int, int | None, int | None], anomalies: list[str]) -> SourceRow:
        """Make a row of a value and its place; `anomalies` are what parsers disagree on in the value."""
        if isinstance(value, dict):
            return SourceRow(*place, value, anomalies, None)
        record: Mapping[str, Any] | None = None
        if _fits(value, self.kind):
            if self.kind == "object":
                record = value[0]
            elif self.kind == "encoded":
                record, more = read_json(value.encode("utf-8"))
                anomalies = anomalies + more
            elif self.kind != "cells":
                record = {self.names[0]: value}
            elif len(value) == len(self.names):
                record = dict(zip(self.names, value, strict=True))
        return SourceRow(*place, record, anomalies if record else [], None if record else self._misfit(value))

    def _misfit(self, value: Any) -> str:
        """Return a message: the value has another shape than the others."""
        others = {
            "object": "arrays with one object",
            "turns": "arrays of turns",
            "cells": f"arrays of {len(self.names)} values",
            "text": "texts",
            "encoded": "texts that hold an object",
        }[self.kind]
        holds = f" of {len(value)} values" if isinstance(value, list) else ""
        return f"here is a JSON {no_object(value)}{holds}, where the others are {others}."


def row_shape(values: Iterable[Any], *, path: str, lines: bool) -> RowShape | None:
    """Tell the shape from the first values; None if they are objects, or are of no shape that is known.

    Args:
        values: The first values of the file.
        path: The file, for errors.
        lines: Whether each stands on a line of its own.

    Raises:
        InputError: The shape is known, but not what the values mean.
    """
    rows = list(values)
    if not rows or 2 * sum(isinstance(value, dict) for value in rows) > len(rows):
        return None
    for kind in ("encoded", "text", "object", "turns"):
        if 2 * sum(_fits(value, kind) for value in rows) > len(rows):
            name = {"text": "text", "turns": _turns_name(rows)}.get(kind)
            return RowShape(kind, () if name is None else (name,))
    if 2 * sum(_fits(value, "cells") for value in rows) > len(rows):
        return _cells([value for value in rows if _fits(value, "cells")], path=path, lines=lines)
    several = sum(isinstance(value, list) and any(isinstance(one, dict) for one in value) for value in rows)
    if 2 * several > len(rows):
        each = "line" if lines else "element"
        raise InputError(
            f"each {each} is an array of several objects. Write one object a line: "
            f"`jq -c '{'.[]' if lines else '.[][]'}' FILE > data.jsonl`.",
            path=path,
            line=1,
        )
    return None


def _fits(value: Any, kind: str) -> bool:
    """Return whether a value has a shape."""
    if kind == "text":
        return isinstance(value, str)
    if kind == "encoded":
        return isinstance(value, str) and value.lstrip().startswith("{") and _holds_object(value)
    if not isinstance(value, list) or not value:
        return False
    if kind == "turns":
        return holds_turns(value)
    if kind == "object":
        return len(value) == 1 and isinstance(value[0], dict) and not holds_turns(value)
    return not isinstance(value[0], dict | list)


def _holds_object(text: str) -> bool:
    try:
        value, _ = read_json(text.encode("utf-8", "replace"))
    except UnreadableLine:
        return False
    return isinstance(value, dict)


def _turns_name(rows: Sequence[Any]) -> str:
    """Name the field of turns as its format does."""
    chats = [value for value in rows if _fits(value, "turns")]
    first = chats[0][0] if chats else None
    return "messages" if not isinstance(first, dict) or isinstance(first.get("role"), str) else "conversations"


def _cells(rows: Sequence[list[Any]], *, path: str, lines: bool) -> RowShape:
    """Name the cells: by the first row, or by what the columns hold."""
    texts = [[_as_cell(value) for value in row] for row in rows]
    first, below = texts[0], texts[1:]
    columns = columns_of(below, len(first))
    if all(isinstance(value, str) for value in rows[0]) and len(set(first)) == len(first) and all(first):
        said = first_row_is(first, columns)
        if said == "header":
            return RowShape("cells", tuple(first), has_header=True)
    else:
        said = "record"
    names, clear = made_up_names(columns_of(texts, len(first)))
    if said == "record" and clear:
        return RowShape("cells", names)
    each, start = ("line", "") if lines else ("element", ".[] | ")
    raise InputError(
        f"each {each} is an array of values, and the first ({shown_cells(first)}) does not name them for sure. Name "
        f"them, e.g. `jq -c '{start}{{{_members(texts, len(first))}}}' FILE > data.jsonl`.",
        path=path,
        line=1,
    )


def _members(texts: Sequence[Sequence[str]], width: int) -> str:
    """Write for jq how cells become fields: under the names of the roles that they likely have, else numbered."""
    names = [f"column_{number + 1}" for number in range(width)]
    records = [dict(zip(names, row, strict=True)) for row in texts if len(row) == width]
    proposal = propose_fields(records, FieldMap())
    roles = {} if proposal is None else {name: role for role, name in proposal.fields.named().items()}
    return ", ".join(f"{roles.get(name, name)}: .[{number}]" for number, name in enumerate(names))


def _as_cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
