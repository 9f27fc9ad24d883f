"""Parquet, read with Arrow: a piece is a row group, and `line` is a row number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.bounds import GROWS, MAX_RECORD_BYTES, grows_too_much
from marshtest.data.readers.class_names import classes_of
from marshtest.data.readers.columnar import check_names, rows_of_batches, unsound
from marshtest.data.readers.opening import hash_source, open_stored, stored_size
from marshtest.data.readers.weighing import weight
from marshtest.errors import InputError

__all__ = ["Parquet"]

_BATCH = 4_096
"""Rows that Arrow decodes at a time when reading. Chosen by eye: few enough that wide rows fit in memory."""
_ROW_BYTES = 32
"""Bytes that a row counts at least, as a run of equal rows takes none in the file. Chosen by eye."""
_COPIED = 65_536
"""Rows that are copied at a time when splitting, which needs no Python values. Chosen by eye."""


class Parquet(Format):
    """Parquet (`.parquet`). Records have row numbers and no byte offsets."""

    name: ClassVar[str] = "Parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    is_binary: ClassVar[bool] = True

    def recognises(self, head: bytes) -> bool:
        """Return whether the file begins with the magic number."""
        return head.startswith(b"PAR1")

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Make every row group a piece."""
        digest = hash_source(path)
        try:
            with _opened(path) as parquet:
                check_names(parquet.schema_arrow, path)
                groups = [parquet.metadata.row_group(i) for i in range(parquet.num_row_groups)]
                sizes = [group.num_rows for group in groups]
                held = sum(group.total_byte_size for group in groups) + _ROW_BYTES * sum(sizes)
        except InputError:
            raise
        except unsound() as error:
            raise InputError(
                f"not a readable Parquet file ({error}); write or download it again.", path=path
            ) from error
        if grows_too_much(held, stored_size(path)):
            raise InputError(f"{GROWS}: {sum(sizes):,} rows. Write it anew if that is meant.", path=path)
        pieces: list[FilePiece] = []
        row = 1
        for index, size in enumerate(sizes):
            piece = FilePiece(path=path, file_index=file_index, start=index, end=index + 1, line=row, records=size)
            pieces.append(piece)
            row += size
        return pieces, digest

    def classes(self, path: str) -> Mapping[str, Any]:
        """Return the columns of numbers, and what their classes are called."""
        with _opened(path) as parquet:
            return classes_of(parquet.schema_arrow)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the rows of one row group."""
        yield from rows_of_batches(_batches(piece), piece.line, "row group", stored=stored_size(piece.path))

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the rows; both files keep the schema."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        moved = row = 0
        with _opened(path) as parquet:
            schema = parquet.schema_arrow
            with pq.ParquetWriter(cleaned, schema) as keep, pq.ParquetWriter(quarantined, schema) as move:
                for batch in parquet.iter_batches(_COPIED):
                    chosen = [row + index + 1 in lines for index in range(batch.num_rows)]
                    row += batch.num_rows
                    moved += sum(chosen)
                    move.write_batch(batch.filter(pa.array(chosen, pa.bool_())))
                    keep.write_batch(batch.filter(pa.array([not one for one in chosen], pa.bool_())))
        return row - moved, moved


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    """Open a Parquet file wherever it is."""
    import pyarrow.parquet as pq

    with open_stored(path) as file, pq.ParquetFile(file) as parquet:
        yield parquet


def _batches(piece: FilePiece) -> Iterator[Any]:
    """Read the batches of one row group."""
    groups = list(range(piece.start, piece.end))
    rows = _rows_at_a_time(piece.path, groups)
    with _opened(piece.path) as parquet:
        yield from parquet.iter_batches(rows, row_groups=groups)


def _rows_at_a_time(path: str, groups: Sequence[int]) -> int:
    """Return how many rows may be decoded together: dictionaries are small in the file and large once in every row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with _opened(path) as parquet:
        rows = max((parquet.metadata.row_group(group).num_rows for group in groups), default=0)
        names = sorted({name for group in groups for name in _with_dictionary(parquet.metadata.row_group(group))})
        shared = sum(
            parquet.metadata.row_group(group).column(at).total_uncompressed_size
            for group in groups
            for at in range(parquet.metadata.num_columns)
        )
    if not names or shared * min(rows, _BATCH) <= MAX_RECORD_BYTES:
        return _BATCH
    largest = 0
    with open_stored(path) as file, pq.ParquetFile(file, read_dictionary=names) as parquet:
        for name in names:
            for batch in parquet.iter_batches(1, row_groups=list(groups), columns=[name]):
                array = batch.column(0)
                if pa.types.is_dictionary(array.type):
                    largest += weight(array)
                break
    return max(1, min(_BATCH, MAX_RECORD_BYTES // max(1, largest)))


def _with_dictionary(group: Any) -> list[str]:
    """Return the names of the columns of texts at the top level that have a dictionary in a row group."""
    columns = [group.column(at) for at in range(group.num_columns)]
    return [
        one.path_in_schema
        for one in columns
        if one.has_dictionary_page and one.physical_type == "BYTE_ARRAY" and "." not in one.path_in_schema
    ]
