"""Read the planned pieces in threads and gather their rows, in memory or in a file that is mapped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from marshtest.data.readers.base import FilePiece
from marshtest.data.readers.bounds import GROWS, grows_too_much
from marshtest.data.readers.columnar import first_line, unsound
from marshtest.data.readers.mapping import raw_schema
from marshtest.data.readers.opening import stored_size
from marshtest.data.readers.place import note_place
from marshtest.data.readers.planning import PieceKernel
from marshtest.data.readers.stores import is_address
from marshtest.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["gather"]

_THREADS, _THREADS_OF_STORE = 1, 2
"""Pieces read at a time, from disks and from stores. Parsing holds Python's global lock, so a second thread only helps
while the first waits. Measured on 300,000 records on a disk: two threads take 9.4 CPU seconds and one takes 6.8. The
number for stores is chosen by eye."""


_COLUMNS_TIMES = 4
"""How many times their bytes records may take in the columns, where a text stands among its turns and fields too.
Chosen by eye: a text alone takes about as much as before, a chat twice."""


def gather(pieces: Sequence[FilePiece], kernel: PieceKernel, into: Path | None = None) -> pa.Table:
    """Read all pieces into one table of `raw_schema`. Batches stand in the order in which they were finished.

    Args:
        pieces: The pieces of all files.
        kernel: Reads one of them.
        into: File to write the rows to as they come and to map them from; without one they are held in memory.

    Raises:
        InputError: A piece cannot be read, e.g. because its file was removed meanwhile; or all pieces of a file hold
            far more than its size, however little each does.
        OSError: The rows cannot be written to `into`.
    """
    import pyarrow as pa

    with closing(_batches(pieces, kernel)) as batches:
        if into is None:
            return pa.Table.from_batches(batches, raw_schema())
        with pa.OSFile(str(into), "w") as file, pa.ipc.new_file(file, raw_schema()) as writer:
            for batch in batches:
                writer.write_batch(batch)
    return pa.ipc.open_file(pa.memory_map(str(into))).read_all()


def _batches(pieces: Sequence[FilePiece], kernel: PieceKernel) -> Generator[pa.RecordBatch]:
    """Yield the batches of all pieces. No thread reads further than one batch ahead, so memory stays bounded."""
    todo = iter(pieces)
    held: Counter[str] = Counter()
    threads = _THREADS_OF_STORE if any(is_address(piece.path) for piece in pieces) else _THREADS
    running: dict[Future[pa.RecordBatch | None], tuple[FilePiece, Iterator[pa.RecordBatch]]] = {}
    with ThreadPoolExecutor(threads, thread_name_prefix="marsh-read") as pool:

        def read_on(piece: FilePiece, batches: Iterator[pa.RecordBatch], line: int) -> None:
            note_place(piece.path, line)
            running[pool.submit(next, batches, None)] = piece, batches

        for piece in islice(todo, threads):
            read_on(piece, kernel(piece), piece.line)
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                piece, batches = running.pop(future)
                batch = _result(future, piece)
                if batch is not None:
                    held[piece.path] += batch.nbytes
                    counts = piece.records and kernel.formats[piece.file_index].is_binary
                    if counts and grows_too_much(held[piece.path] // _COLUMNS_TIMES, stored_size(piece.path)):
                        raise InputError(f"{GROWS}. Write it anew if that is meant.", path=piece.path)
                    read_on(piece, batches, batch["source_line"][-1].as_py())
                    yield batch
                elif (following := next(todo, None)) is not None:
                    read_on(following, kernel(following), following.line)


def _result(future: Future[pa.RecordBatch | None], piece: FilePiece) -> pa.RecordBatch | None:
    """Return the batch that a thread has read; None at the end of the piece.

    Raises:
        InputError: The piece cannot be read.
    """
    try:
        return future.result()
    except InputError:
        raise
    except unsound() as error:
        raise InputError(
            f"cannot read the file to its end: {first_line(error)}; check the file and try again.", path=piece.path
        ) from error
