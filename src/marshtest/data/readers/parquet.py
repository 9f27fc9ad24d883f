"""Parquet, through Arrow: a piece is a row group, a place is a row number."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import Format, Piece, SourceRow
from marshtest.data.readers.columnar import check_names, rows_of_batches, unsound
from marshtest.data.readers.opening import hash_source, open_stored
from marshtest.errors import InputError

__all__ = ["Parquet"]

_BATCH = 4_096


class Parquet(Format):
    """Parquet (`.parquet`). Its records have row numbers and no bytes of their own."""

    name: ClassVar[str] = "Parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    is_binary: ClassVar[bool] = True

    def recognises(self, head: bytes) -> bool:
        """See the magic number."""
        return head.startswith(b"PAR1")

    def plan(self, path: str, file_index: int) -> tuple[list[Piece], str]:
        """Make a piece of every row group."""
        digest = hash_source(path)
        try:
            with _opened(path) as parquet:
                check_names(parquet.schema_arrow, path)
                sizes = [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]
        except InputError:
            raise
        except unsound() as error:
            raise InputError(f"no readable Parquet file ({error}); write or fetch it again.", path=path) from error
        pieces: list[Piece] = []
        row = 1
        for index, size in enumerate(sizes):
            piece = Piece(path=path, file_index=file_index, start=index, end=index + 1, line=row, records=size)
            pieces.append(piece)
            row += size
        return pieces, digest

    def rows(self, piece: Piece) -> Iterator[SourceRow]:
        """Read the rows of one row group."""
        yield from rows_of_batches(_batches(piece), piece.line, "row group")

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Part the rows; both sides keep the schema."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        moved = row = 0
        with _opened(path) as parquet:
            schema = parquet.schema_arrow
            with pq.ParquetWriter(cleaned, schema) as keep, pq.ParquetWriter(quarantined, schema) as move:
                for batch in parquet.iter_batches(65_536):
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


def _batches(piece: Piece) -> Iterator[Any]:
    """Read the batches of one row group."""
    with _opened(piece.path) as parquet:
        yield from parquet.iter_batches(_BATCH, row_groups=list(range(piece.start, piece.end)))
