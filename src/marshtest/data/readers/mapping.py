"""Turn source rows into canonical columns, the same way for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from marshtest.data.identity import as_text, canonical_json, content_hash
from marshtest.data.readers.base import FilePiece, SourceRow
from marshtest.data.readers.contents import content_of
from marshtest.data.readers.disagreement import SHADOWED
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.nesting import reach, without
from marshtest.data.readers.samples import listed
from marshtest.data.readers.shapes import shape_of
from marshtest.data.readers.turns import Unfit
from marshtest.data.schema import canonical_schema
from marshtest.errors import with_file

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["map_rows", "raw_schema"]

_BATCH = 4_096
"""Rows of a batch, whose Python values a thread holds until they are columns. Measured on a million records: twice as
many are no faster and take 55 MiB more, half as many take longer."""


_NAN = "NaN"
"""What a reader of JSON puts in the place of NaN."""


@cache
def raw_schema() -> pa.Schema:
    """Return the columns of a batch: the canonical ones, and what `assembling` needs to complete them."""
    import pyarrow as pa

    text = pa.large_string()
    extra = [("file_index", pa.int64()), ("content_hash", pa.large_binary()), ("shape", text), ("failure", text)]
    return pa.schema([*canonical_schema(), *(pa.field(name, kind) for name, kind in extra)])


def map_rows(rows: Iterable[SourceRow], layout: FieldLayout, piece: FilePiece) -> Iterator[pa.RecordBatch]:
    """Turn source rows into batches of `raw_schema`, in which `record_id` is the record's own id or null."""
    import pyarrow as pa

    todo = iter(rows)
    names = raw_schema().names
    while part := list(islice(todo, _BATCH)):
        lines = [_map_row(row, layout, piece) for row in part]
        columns = zip(*lines, strict=True)
        arrays = [pa.array(column, raw_schema().field(name).type) for name, column in zip(names, columns, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=raw_schema())


def _map_row(row: SourceRow, layout: FieldLayout, piece: FilePiece) -> tuple[Any, ...]:
    """Return the values of one row, in the order of `raw_schema`."""
    place = (piece.path, row.line, row.offset, row.length)
    failure = row.failure
    if row.value is not None:
        try:
            return _map_value(row.value, row.anomalies, layout, place, piece.file_index)
        except Unfit as error:
            failure = f"{error} {_beside(row.value, layout)}"
        except RecursionError:
            failure = "the record is nested too deeply to be read."
    told = None if failure is None else with_file(failure, piece.path)
    return (None, layout.kind, "", "", None, [], None, None, "{}", *place, [], piece.file_index, b"", "", told)


def _beside(value: Mapping[str, Any], layout: FieldLayout) -> str:
    """Return a message: which fields a record that does not fit has, and what the others are read as."""
    has = f"This record has the fields {listed(list(value))}" if value else "This record has no fields"
    others = f"{layout.fitting:,} of the first {layout.sampled:,} records are read as “{layout.format}”"
    if 2 * layout.fitting > layout.sampled:
        return f"{has}; {others}."
    return f"{has}; only {others}: name another format with --format, or split the file."


def _map_value(
    value: Mapping[str, Any], anomalies: list[str], layout: FieldLayout, place: tuple[Any, ...], file_index: int
) -> tuple[Any, ...]:
    """Return the values of one record that was parsed, in the order of `raw_schema`."""
    held = layout.held()
    content = content_of(value, layout)
    rest = without(value, held) | content.rest
    group = None if layout.group is None else as_text(reach(value, layout.group)) or None
    own = None if layout.id is None else as_text(reach(value, layout.id)) or None
    turns = [(turn.role, turn.text) for turn in content.turns]
    if layout.label is not None and value.get(layout.label) == _NAN and f'"{_NAN}"' not in canonical_json(rest):
        anomalies = [one for one in anomalies if one != f"nan: {_NAN}"]  # a missing label, as pandas writes it
    digest = content_hash(
        kind=layout.kind,
        prompt=content.prompt,
        completion=content.completion,
        label=content.label,
        messages=turns,
        rejected=content.rejected,
        group=group,
        fields=rest,
    )
    return (
        own,
        layout.kind,
        content.prompt,
        content.completion,
        content.label,
        [{"role": role, "content": text} for role, text in turns],
        content.rejected,
        group,
        canonical_json(rest) if rest else "{}",
        *place,
        anomalies,
        file_index,
        digest,
        shape_of(value, layout.messages, ignore=SHADOWED),
        None,
    )
