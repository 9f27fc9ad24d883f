"""Rows of Arrow batches: what Parquet and Arrow files have in common."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from marshtest.data.readers.base import SourceRow
from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_names", "first_line", "rows_of_batches", "unsound"]

_ROWS = 4_096


def check_names(schema: pa.Schema, path: str) -> None:
    """Refuse columns that share a name: one would hide the other.

    Raises:
        InputError: Two columns have the same name.
    """
    repeated = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if repeated:
        raise InputError(f"two columns have the name {repeated[0]!r}; give each column its own.", path=path)


def unsound() -> tuple[type[Exception], ...]:
    """Give what Arrow raises over damaged files; a damaged size may ask for more memory than there is."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, LookupError, OverflowError, MemoryError)


def rows_of_batches(batches: Iterable[pa.RecordBatch], row: int, what: str) -> Iterator[SourceRow]:
    """Give the rows of batches, counted on from `row`. Damage ends the rows with one that says so."""
    try:
        for batch in batches:
            batch.validate()
            for start in range(0, batch.num_rows, _ROWS):
                part = batch.slice(start, _ROWS)
                yield from _rows(part, row)
                row += part.num_rows
    except unsound() as error:
        yield SourceRow(row, None, None, None, [], f"the {what} is damaged from this row on: {first_line(error)}.")


def _rows(batch: pa.RecordBatch, row: int) -> Iterator[SourceRow]:
    """Give the rows of a batch; a row that is not sound or has no Python value says so."""
    try:
        batch.validate(full=True)
        values = batch.to_pylist()
    except unsound() as error:
        if batch.num_rows == 1:
            yield SourceRow(row, None, None, None, [], f"the row cannot be read: {first_line(error)}.")
            return
        half = batch.num_rows // 2
        yield from _rows(batch.slice(0, half), row)
        yield from _rows(batch.slice(half), row + half)
        return
    for number, value in enumerate(values, start=row):
        yield SourceRow(number, None, None, _finite(value), [], None)


def _finite(value: Any) -> Any:
    """Give a value without NaN, which columns use for what is missing; infinities become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def first_line(error: BaseException) -> str:
    """Give the first line of what an error says, without a full stop; its name where it says nothing."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
