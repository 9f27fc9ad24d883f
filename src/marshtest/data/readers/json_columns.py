"""One JSON object that holds a table: by columns, as pandas and Hugging Face write it, or one object for each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, BinaryIO, ClassVar, Literal

from marshtest.config import FieldMap
from marshtest.data.readers.base import BOM, FilePiece, Format, SourceRow
from marshtest.data.readers.deciding import layout_or_none
from marshtest.data.readers.disagreement import SHADOWED, UnreadableLine, read_json
from marshtest.data.readers.json_document import JsonSpan, look_through, spans_inside, without
from marshtest.data.readers.opening import hash_source, open_source
from marshtest.data.readers.samples import holds_steps, holds_turns
from marshtest.errors import InputError

__all__ = ["JsonColumns", "is_record", "table_of"]

_Table = Literal["lists", "keyed columns", "split", "keyed rows"]
_SPLIT = {"columns", "index", "data", "index_names", "column_names"}
"""What pandas writes with `orient="split"` and `orient="tight"`."""
_ROWS_DECIDING = 20
"""First rows from which it is told whether keyed objects are records. Chosen by eye."""
_COLUMNS = 20
"""Objects with the same keys are records, and no columns, if there are more of them than this, and than keys. Chosen by
eye: few tables have more columns than rows."""


class JsonColumns(Format):
    """One JSON object that holds a table (`.json`). `line` is the number of the row; a row has no bytes of its own.

    The object is parsed in memory, so it may be no longer than a record.
    """

    name: ClassVar[str] = "JSON table"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Make one piece of the file.

        Raises:
            InputError: The file holds no table.
        """
        _, members = look_through(path)
        if table_of({one.key: one.value for one in members}) is None:
            raise InputError("the file is no JSON table of columns; write one record a line.", path=path)
        with open_source(path) as file:
            _table_in(file.read(), path)
        return [FilePiece(path=path, file_index=file_index)], hash_source(path)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read all rows. What parsers disagree on in the file is noted with the first."""
        with open_source(piece.path) as file:
            value, anomalies = _table_in(file.read(), piece.path)
        for number, row in enumerate(_rows(value, table_of(value)), start=1):
            if isinstance(row, str):
                yield SourceRow(number, None, None, None, [], row)
            else:
                yield SourceRow(number, None, None, row, anomalies if number == 1 else [], None)

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the rows: the cells of each go out of every column, and all other characters stay."""
        text, members = look_through(path)
        value = {one.key: one.value for one in members}
        table = table_of(value)
        total = len(list(_rows(value, table)))
        if table == "keyed rows":
            parts = [spans_inside(text, text.index("{"))]
        else:
            held = [one for one in members if table != "split" or one.key in ("data", "index")]
            parts = [spans_inside(text, one.start) for one in held]
        numbers = _numbers(value) if table == "keyed columns" else {}
        for out, wanted in ((cleaned, False), (quarantined, True)):
            chosen = [(spans, _kept(spans, numbers, lines, wanted)) for spans in parts]
            out.write(without(text, chosen).encode("utf-8"))
        moved = sum(0 < line <= total for line in lines)
        return total - moved, moved


def _table_in(content: bytes, path: str) -> tuple[Any, list[str]]:
    """Parse a table; return it with what parsers disagree on.

    Raises:
        InputError: It is no JSON, or names a column or a row twice.
    """
    try:
        value, anomalies = read_json(content.removeprefix(BOM))
    except UnreadableLine as error:
        raise InputError(str(error), path=path) from error
    if isinstance(value, dict) and (twice := next(iter(value.get(SHADOWED, ())), None)) is not None:
        raise InputError(
            f"the table names {twice!r} twice, so that one would hide the other; give each its own name, or take the "
            "wrong one out.",
            path=path,
        )
    return value, anomalies


def table_of(value: Mapping[str, Any]) -> _Table | None:
    """Tell how an object holds a table; None if it surely holds none."""
    items = list(value.values())
    if {"columns", "data"} <= set(value) <= _SPLIT:
        names, data = value["columns"], value["data"]
        if isinstance(names, list) and isinstance(data, list) and data and all(isinstance(row, list) for row in data):
            return "split"
    if items and all(isinstance(one, list) and len(one) == len(items[0]) for one in items):
        # arrays of records beside one another are splits; one beside other lists is a column of objects
        no_columns = any(holds_turns(one) or holds_steps(one) for one in items) or all(map(_are_records, items))
        return "lists" if len(items[0]) > 1 and not no_columns else None
    if len(items) < 1 or not all(isinstance(one, dict) and one for one in items):
        return None
    inner, outer = [list(one) for one in items], list(value)
    if all(_are_numbers(keys) for keys in inner) and not _are_numbers(outer):
        return "keyed columns"
    if len(items) > 1 and (_are_numbers(outer) or _are_records(items)):
        return "keyed rows"
    same = all(set(keys) == set(inner[0]) for keys in inner)
    if same and len(outer) > max(_COLUMNS, len(inner[0])):
        return "keyed rows"
    plain = not any(isinstance(cell, list | dict) for one in items for cell in one.values())
    return "keyed columns" if same and plain and len(inner[0]) > len(outer) > 1 else None


def is_record(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a record by itself, and neither holds one nor is a table of columns."""
    layout = layout_or_none([value], FieldMap())
    if layout is None:
        return False
    sources = layout.sources()
    tables = [value.get(sources[role]) for role in ("text", "label", "completion") if role in sources]
    return all(name in value for name in sources.values()) and not any(map(_is_column, tables))


def _is_column(value: Any) -> bool:
    """Return whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _are_numbers(keys: Sequence[str]) -> bool:
    return all(key.isdecimal() for key in keys)


def _are_records(items: Sequence[Any]) -> bool:
    """Return whether values are objects that are records by themselves."""
    first = items[:_ROWS_DECIDING]
    return all(isinstance(one, dict) for one in first) and layout_or_none(first, FieldMap()) is not None


def _rows(value: Mapping[str, Any], table: _Table | None) -> Iterator[dict[str, Any] | str]:
    """Yield the rows of a table; of one that does not fit, what is wrong with it."""
    if table == "lists":
        for cells in zip(*value.values(), strict=True):
            yield dict(zip(value, cells, strict=True))
    elif table == "keyed columns":
        for key in _numbers(value):
            yield {name: column[key] for name, column in value.items() if key in column}
    elif table == "split":
        names = [str(name) for name in value["columns"]]
        for row in value["data"]:
            fits = len(row) == len(names)
            yield (
                dict(zip(names, row, strict=True)) if fits else f"the row has {len(row)} cells for {len(names)} names."
            )
    else:
        numbered = _are_numbers(list(value))
        for key, row in value.items():
            yield row if numbered or "id" in row else {"id": key, **row}


def _numbers(value: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Number the rows of keyed columns, of which some may lack a row."""
    keys = dict.fromkeys(key for column in value.values() for key in column)
    return {key: number for number, key in enumerate(keys, start=1)}


def _kept(spans: Sequence[JsonSpan], numbers: Mapping[str, int], lines: AbstractSet[int], wanted: bool) -> list[bool]:
    """Tell which cells of a column are kept: those of the rows at `lines`, or all others."""
    rows = [numbers[span.key] for span in spans] if numbers else range(1, len(spans) + 1)
    return [(row in lines) == wanted for row in rows]
