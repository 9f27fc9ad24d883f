"""Threads read pieces: nothing is lost, nobody reads far ahead, and what breaks names its file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pytest

from marshtest.data.readers.base import FilePiece, SourceRow
from marshtest.data.readers.gathering import gather
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.mapping import map_rows
from marshtest.data.readers.planning import PieceKernel
from marshtest.errors import InputError

LAYOUT = FieldLayout(kind="document", format="documents", text="text")


def pieces(count: int) -> list[FilePiece]:
    return [FilePiece(path=f"{number}.jsonl", file_index=number) for number in range(count)]


def batches(piece: FilePiece, count: int) -> Iterator[pa.RecordBatch]:
    for line in range(1, count + 1):
        row = SourceRow(line, 0, 1, {"text": f"{piece.file_index}/{line}"}, [], None)
        yield from map_rows([row], LAYOUT, piece)


def read(files: Sequence[FilePiece], kernel: Any, into: Path | None = None) -> list[str]:
    """Read with a kernel made for the test; give the texts as they came."""
    return cast("list[str]", gather(files, cast("PieceKernel", kernel), into)["prompt"].to_pylist())


@pytest.mark.parametrize("mapped", [False, True])
def test_all_pieces_are_read_whichever_is_done_first(mapped: bool, tmp_path: Path) -> None:
    def slower_at_first(piece: FilePiece) -> Iterator[pa.RecordBatch]:
        time.sleep(0.05 if piece.file_index == 0 else 0)
        yield from batches(piece, 3)

    texts = read(pieces(9), slower_at_first, tmp_path / "columns.arrow" if mapped else None)
    assert sorted(texts) == sorted(f"{number}/{line}" for number in range(9) for line in (1, 2, 3))


def test_no_thread_reads_further_than_one_batch_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a file that does not fit in memory would be held there before it is written."""
    made = written = furthest = 0

    def counted(piece: FilePiece) -> Iterator[pa.RecordBatch]:
        nonlocal made, furthest
        for batch in batches(piece, 50):
            made += 1
            furthest = max(furthest, made - written)
            yield batch

    class Slow:
        """Writes at a leisurely pace."""

        def __init__(self, *_: Any) -> None: ...
        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *_: object) -> None: ...
        def write_batch(self, _: pa.RecordBatch) -> None:
            nonlocal written
            time.sleep(0.002)
            written += 1

    monkeypatch.setattr("pyarrow.ipc.new_file", Slow)
    with pytest.raises(pa.ArrowInvalid):  # nothing was written, so there is nothing to map
        read(pieces(2), counted, tmp_path / "columns.arrow")
    assert made == written == 100
    assert furthest <= 4


def test_a_piece_that_breaks_ends_the_reading_and_names_its_file() -> None:
    started = []

    def broken(piece: FilePiece) -> Iterator[pa.RecordBatch]:
        started.append(piece.file_index)
        yield from batches(piece, 1)
        if piece.file_index == 1:
            raise OSError("the disk is gone")

    with pytest.raises(InputError, match=r"^1\.jsonl: cannot read the file to its end: the disk is gone; "):
        read(pieces(50), broken)
    assert len(started) < 10
