"""Parquet, read with Arrow: a piece is a row group, and `line` is a row number."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.columnar import check_names, rows_of_batches, unsound
from marshtest.data.readers.opening import hash_source, open_stored
from marshtest.errors import InputError

__all__ = ["Parquet"]

_BATCH = 4_096
"""Rows that Arrow decodes at a time when reading. Chosen by eye: few enough that wide rows fit in memory."""
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
                sizes = [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]
        except InputError:
            raise
        except unsound() as error:
            raise InputError(
                f"not a readable Parquet file ({error}); write or download it again.", path=path
            ) from error
        pieces: list[FilePiece] = []
        row = 1
        for index, size in enumerate(sizes):
            piece = FilePiece(path=path, file_index=file_index, start=index, end=index + 1, line=row, records=size)
            pieces.append(piece)
            row += size
        return pieces, digest

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the rows of one row group."""
        yield from rows_of_batches(_batches(piece), piece.line, "row group")

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
    with _opened(piece.path) as parquet:
        yield from parquet.iter_batches(_BATCH, row_groups=list(range(piece.start, piece.end)))
