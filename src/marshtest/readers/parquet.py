"""Parquet, through Arrow: a piece is a row group, a place is a row number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import BinaryIO, ClassVar

from marshtest.errors import InputError
from marshtest.readers.base import Format, Piece, SourceRow

__all__ = ["Parquet"]

_BATCH = 8_192


class Parquet(Format):
    """Parquet (`.parquet`). Its records have row numbers and no bytes of their own."""

    name: ClassVar[str] = "Parquet"
    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")

    def recognises(self, head: bytes) -> bool:
        """See the magic number."""
        return head.startswith(b"PAR1")

    def plan(self, path: str, file_index: int) -> tuple[list[Piece], str]:
        """Make a piece of every row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        with open(path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            with pq.ParquetFile(path) as parquet:
                sizes = [parquet.metadata.row_group(i).num_rows for i in range(parquet.num_row_groups)]
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"no readable Parquet file ({error}); write or fetch it again.", path=path) from error
        pieces: list[Piece] = []
        row = 1
        for index, size in enumerate(sizes):
            pieces.append(Piece(path=path, file_index=file_index, start=index, end=index + 1, line=row))
            row += size
        return pieces, digest

    def rows(self, piece: Piece) -> Iterator[SourceRow]:
        """Read the rows of one row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        row = piece.line
        try:
            with pq.ParquetFile(piece.path) as parquet:
                for batch in parquet.iter_batches(_BATCH, row_groups=list(range(piece.start, piece.end))):
                    for value in batch.to_pylist():
                        yield SourceRow(row, None, None, value, [], None)
                        row += 1
        except (pa.ArrowException, OSError, ValueError) as error:
            yield SourceRow(row, None, None, None, [], f"the row group is damaged from this row on: {error}.")

    def split(self, path: Path, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Part the rows; both sides keep the schema."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        moved = row = 0
        with pq.ParquetFile(path) as parquet:
            schema = parquet.schema_arrow
            with pq.ParquetWriter(cleaned, schema) as keep, pq.ParquetWriter(quarantined, schema) as move:
                for batch in parquet.iter_batches(65_536):
                    chosen = [row + index + 1 in lines for index in range(batch.num_rows)]
                    row += batch.num_rows
                    moved += sum(chosen)
                    move.write_batch(batch.filter(pa.array(chosen, pa.bool_())))
                    keep.write_batch(batch.filter(pa.array([not one for one in chosen], pa.bool_())))
        return row - moved, moved
