"""Rows of Arrow batches: what Parquet and Arrow files have in common."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from marshtest.data.readers.base import SourceRow
from marshtest.data.readers.bounds import (
    GROWS,
    MAX_COLUMNS,
    MAX_RECORD_BYTES,
    TOO_LONG,
    grows_too_much,
    too_many_columns,
)
from marshtest.data.readers.class_names import Naming, features_of, naming
from marshtest.data.readers.weighing import weight
from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["check_names", "first_line", "rows_of_batches", "unsound"]

_ROWS = 4_096
"""Rows turned into Python values at a time. Chosen by eye: few enough that wide rows fit in memory."""


def check_names(schema: pa.Schema, path: str) -> None:
    """Refuse columns that share a name, as one would hide the other.

    Raises:
        InputError: Two columns have the same name, or there are too many.
    """
    names = schema.names
    if len(names) > MAX_COLUMNS:
        raise InputError(too_many_columns(len(names)), path=path)
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise InputError(f"two columns have the name {repeated[0]!r}; give each column its own.", path=path)


def unsound() -> tuple[type[Exception], ...]:
    """Return the errors that Arrow raises over damaged files, `MemoryError` among them: a damaged size may be huge."""
    import pyarrow as pa

    return (pa.ArrowException, OSError, ValueError, LookupError, OverflowError, MemoryError)


def rows_of_batches(
    batches: Iterable[pa.RecordBatch],
    row: int,
    what: str,
    features: Mapping[str, Any] | None = None,
    *,
    stored: int | None = None,
) -> Iterator[SourceRow]:
    """Yield the rows of batches, numbered from `row`. Where damage begins, a last row says so.

    Args:
        batches: The batches, all of one schema.
        row: Number of the first row.
        what: What the batches are of, for messages.
        features: Which columns hold numbers of classes, as `class_names.naming` takes them; from the schema if None.
        stored: Bytes of the file that they come from; None for what is in memory already.
    """
    held = 0
    named: Naming | None = None
    try:
        for number, batch in enumerate(batches):
            if number == 0:
                named = naming(features_of(batch.schema) if features is None else features)
            batch.validate()
            for start in range(0, batch.num_rows, _ROWS):
                part = batch.slice(start, _ROWS)
                heavy = _weight(part)
                held += heavy
                if stored is not None and grows_too_much(held, stored):
                    yield SourceRow(row, None, None, None, [], f"the file cannot be read from here on: {GROWS}.")
                    return
                for one in _rows(part, row, heavy):
                    yield one if named is None or one.value is None else one._replace(value=named(dict(one.value)))
                row += part.num_rows
    except unsound() as error:
        yield SourceRow(row, None, None, None, [], f"the {what} is damaged from this row on: {first_line(error)}.")


def _weight(batch: pa.RecordBatch) -> int:
    """Return about how many bytes the rows of a batch take as Python values."""
    return sum(map(weight, batch.columns))


def _rows(batch: pa.RecordBatch, row: int, heavy: int) -> Iterator[SourceRow]:
    """Yield the rows of a batch, which weighs so many bytes.

    Halves it until it is no heavier than a record may be, and each row that is invalid or has no Python value stands
    alone.
    """
    if heavy > MAX_RECORD_BYTES and batch.num_rows > 1:
        for half, first in _halves(batch):
            yield from _rows(half, row + first, _weight(half))
        return
    if heavy > MAX_RECORD_BYTES:
        yield SourceRow(row, None, None, None, [], TOO_LONG)
        return
    try:
        batch.validate(full=True)
        values = batch.to_pylist()
    except unsound() as error:
        if batch.num_rows == 1:
            yield SourceRow(row, None, None, None, [], f"the row cannot be read: {first_line(error)}.")
            return
        for half, first in _halves(batch):
            yield from _rows(half, row + first, 0)
        return
    for number, value in enumerate(values, start=row):
        yield SourceRow(number, None, None, _finite(value), [], None)


def _halves(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Yield both halves of a batch, with the index of their first row."""
    half = batch.num_rows // 2
    yield batch.slice(0, half), 0
    yield batch.slice(half), half


def _finite(value: Any) -> Any:
    """Return a value with None for NaN, which columns use for missing numbers, and text for infinities."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value


def first_line(error: BaseException) -> str:
    """Return the first line of an error message, without its full stop; the type where the message is empty."""
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
