"""The engine, Daft, behind one door: the only module that imports it.

Import this module inside functions, so that only those who need the engine load it. Nothing here knows formats: a
source is a number of pieces and a pure function from a piece to Arrow batches, which any other engine could run too.
See docs/decisions/0002-daft-is-the-engine.md.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.update(  # before the import, which would otherwise start to send usage data
    DO_NOT_TRACK="1",
    DAFT_ANALYTICS_ENABLED="0",
    DAFT_PROGRESS_BAR="0",
    DAFT_SHOW_QUERY_ID="0",
    SCARF_NO_ANALYTICS="true",
    RAY_USAGE_STATS_ENABLED="0",
)

import daft
import pyarrow as pa
from daft.exceptions import DaftCoreException
from daft.io.source import DataSource, DataSourceTask

from marshtest.errors import InputError

__all__ = ["Kernel", "frame_of_table", "minhashes", "read_pieces"]

with contextlib.suppress(DaftCoreException):  # whoever has imported us has chosen already
    daft.set_runner_native()  # beside a Ray it would choose that one, and every worker would wait for all others

_AT_ONCE = 8

Kernel = Callable[[Any], Iterator[pa.RecordBatch]]
"""Reads one piece. It is sent to where the piece is read, so it can be pickled, as the pieces can."""


def frame_of_table(table: pa.Table) -> daft.DataFrame:
    """Give a lazy frame over a table that is already in memory."""
    return daft.from_arrow(table)


def read_pieces(pieces: Sequence[Any], kernel: Kernel, schema: pa.Schema, into: Path | None = None) -> pa.Table:
    """Give what the kernel reads from every piece as one table; the engine promises no order.

    Args:
        pieces: What the kernel takes.
        kernel: Reads one of them.
        schema: The columns.
        into: File that takes the rows, which are then mapped from there; they are held in memory when not given.

    Raises:
        InputError: A piece could not be read, e.g. because its file went away meanwhile.
    """
    try:
        table = _frame(pieces, kernel, schema).to_arrow() if into is None else _mapped(pieces, kernel, schema, into)
    except DaftCoreException as error:
        raise InputError(f"cannot read the data to its end: {str(error).splitlines()[-1].strip()}") from error
    return table.cast(schema)


def _frame(pieces: Sequence[Any], kernel: Kernel, schema: pa.Schema) -> daft.DataFrame:
    return _Source(pieces, kernel, daft.Schema.from_pyarrow_schema(schema)).read()


def _mapped(pieces: Sequence[Any], kernel: Kernel, schema: pa.Schema, into: Path) -> pa.Table:
    """Write the rows to a file as they come, and map it.

    The engine reads as far ahead as it can, whatever the buffer it is given, so it is given few pieces at a time.
    """
    with pa.OSFile(str(into), "w") as file, pa.ipc.new_file(file, schema) as written:
        for start in range(0, len(pieces), _AT_ONCE):
            for batch in _frame(pieces[start : start + _AT_ONCE], kernel, schema).to_arrow_iter():
                written.write_table(pa.Table.from_batches([batch]).cast(schema))
    return pa.ipc.open_file(pa.memory_map(str(into))).read_all()


def minhashes(texts: Sequence[str], *, hashes: int, words: int) -> pa.Array:
    """Give the MinHash sketch of every text: one fixed-size list of hashes each, of runs of so many words."""
    frame = daft.from_arrow(pa.table({"text": pa.array(texts, pa.large_string())}))
    sketch = daft.col("text").minhash(num_hashes=hashes, ngram_size=words, seed=1)
    return frame.select(sketch).to_arrow()["text"].combine_chunks()


class _Source(DataSource):
    """A source made of pieces."""

    def __init__(self, pieces: Sequence[Any], kernel: Kernel, schema: daft.Schema) -> None:
        self._pieces = pieces
        self._kernel = kernel
        self._schema = schema

    @property
    def name(self) -> str:
        """Give the name that the engine shows in its plans."""
        return "marshtest"

    @property
    def schema(self) -> daft.Schema:
        """Give the columns that the kernel makes."""
        return self._schema

    async def get_tasks(self, pushdowns: Any) -> AsyncIterator[DataSourceTask]:  # noqa: ARG002  as Daft asks
        """Give one task per piece."""
        for piece in self._pieces:
            yield _Task(piece, self._kernel, self._schema)


class _Task(DataSourceTask):
    """Reads one piece."""

    def __init__(self, piece: Any, kernel: Kernel, schema: daft.Schema) -> None:
        self._piece = piece
        self._kernel = kernel
        self._schema = schema

    @property
    def schema(self) -> daft.Schema:
        """Give the columns that the kernel makes."""
        return self._schema

    async def read(self) -> AsyncIterator[Any]:
        """Give the batches of this piece."""
        for batch in self._kernel(self._piece):
            yield daft.recordbatch.RecordBatch.from_arrow_record_batches([batch], batch.schema)
