"""Arrow files: IPC files and streams, which include Feather and datasets saved by Hugging Face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.class_names import classes_of
from marshtest.data.readers.columnar import check_names, rows_of_batches, unsound
from marshtest.data.readers.opening import hash_source, open_stored, stored_size
from marshtest.errors import InputError

__all__ = ["Arrow"]

_FILE = b"ARROW1"
"""How an IPC file begins."""
_STREAM = b"\xff\xff\xff\xff"
"""How an IPC stream begins."""


class Arrow(Format):
    """Arrow IPC streams and files, Feather (`.arrow`, `.arrows`, `.feather`, `.ipc`). Records have row numbers."""

    name: ClassVar[str] = "Arrow"
    suffixes: ClassVar[tuple[str, ...]] = (".arrow", ".arrows", ".feather", ".ipc")
    is_binary: ClassVar[bool] = True

    def recognises(self, head: bytes) -> bool:
        """Return whether the file begins as an IPC file or stream does."""
        return head.startswith((_FILE, _STREAM))

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Check the schema; the file is one piece, read batch by batch."""
        try:
            with _opened(path) as (schema, _, _):
                check_names(schema, path)
        except InputError:
            raise
        except unsound() as error:
            raise InputError(f"not a readable Arrow file ({error}); write or download it again.", path=path) from error
        return [FilePiece(path=path, file_index=file_index)], hash_source(path)

    def classes(self, path: str) -> Mapping[str, Any]:
        """Return the columns of numbers, and what their classes are called."""
        with _opened(path) as (schema, _, _):
            return classes_of(schema)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the rows of all batches."""
        yield from rows_of_batches(_batches(piece.path), piece.line, "file", stored=stored_size(piece.path))

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Split the rows; both files keep the schema, the kind of file and the boundaries of batches."""
        import pyarrow as pa

        moved = row = 0
        with (
            _opened(path) as (schema, batches, new),
            new(cleaned, schema) as keep,
            new(quarantined, schema) as move,
        ):
            for batch in batches:
                chosen = [row + index + 1 in lines for index in range(batch.num_rows)]
                row += batch.num_rows
                moved += sum(chosen)
                if any(chosen):
                    move.write_batch(batch.filter(pa.array(chosen, pa.bool_())))
                keep.write_batch(batch.filter(pa.array([not one for one in chosen], pa.bool_())))
        return row - moved, moved


@contextmanager
def _opened(path: str) -> Iterator[tuple[Any, Iterator[Any], Any]]:
    """Open a file or stream; yield its schema, its batches, and the function that opens a writer of the same kind."""
    import pyarrow as pa

    with open_stored(path) as file:
        is_file = file.read(len(_FILE)) == _FILE
        file.seek(0)
        source = pa.PythonFile(file, mode="r")
        if is_file:
            with pa.ipc.open_file(source) as reader:
                yield reader.schema, map(reader.get_batch, range(reader.num_record_batches)), pa.ipc.new_file
        else:
            with pa.ipc.open_stream(source) as reader:
                yield reader.schema, iter(reader), pa.ipc.new_stream


def _batches(path: str) -> Iterator[Any]:
    """Read all batches."""
    with _opened(path) as (_, batches, _):
        yield from batches
