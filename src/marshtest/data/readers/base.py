"""What a format is: the seam at which another one is added.

A format is one file in this folder with a subclass of `Format`, named in `sniff.py`. It only has to cut a source into
pieces and pieces into rows; what the rows mean (`mapping.py`) is the same for every format.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar, NamedTuple

from marshtest.data.readers.opening import hash_source, open_stored, source_packing
from marshtest.errors import InputError

__all__ = [
    "MAX_RECORD_BYTES",
    "TOO_LONG",
    "WHOLE",
    "Format",
    "Piece",
    "SourceRow",
    "damaged",
    "decode_problem",
    "hash_lines",
    "too_long",
]

MAX_RECORD_BYTES = 64 * 1024 * 1024
"""A longer line is refused, so that no file can make the memory burst."""
TOO_LONG = f"the record is longer than {MAX_RECORD_BYTES // 1024**2} MiB; is this the right file? Split or drop it."
WHOLE = -1
"""The end of a piece that goes on to the end of its file, wherever that is: in packed files nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a source that can be read on its own, anywhere."""

    path: str
    """The file, as the user named it."""
    file_index: int
    """Which of the files, in the order given."""
    start: int = 0
    """First byte (first row group in Parquet)."""
    end: int = 0
    """One past the last byte (row group); `WHOLE` in packed files."""
    line: int = 1
    """Line (row in Parquet) at `start`, counted from 1."""
    details: tuple[str, ...] = ()
    """Whatever else the format has to know, e.g. the header of a CSV file."""
    records: int = 0
    """How many it holds, where that is known before it is read, and the bytes of the file say little of their size."""


class SourceRow(NamedTuple):
    """One record as a format gives it: a value with its place, or the reason why there is none."""

    line: int
    offset: int | None
    length: int | None
    value: Mapping[str, Any] | None
    anomalies: list[str]
    failure: str | None


class Format(ABC):
    """One family of file formats. Formats have no state."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    """File name endings, in lower case, by which it is known."""
    is_binary: ClassVar[bool] = False
    """Whether it is no text, and known by its first bytes whatever its ending."""

    @abstractmethod
    def recognises(self, head: bytes) -> bool:
        """Tell from the first bytes of a file without a known ending whether it is of this format."""

    @abstractmethod
    def plan(self, path: str, file_index: int) -> tuple[list[Piece], str]:
        """Cut a file into pieces; give them and the sha256 of its bytes."""

    @abstractmethod
    def rows(self, piece: Piece) -> Iterator[SourceRow]:
        """Read one piece. Never fails over a broken record: its row says why."""

    @abstractmethod
    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Write the records at `lines` to one stream and all others to another; count the others and them.

        Both streams become whole files of this format.
        """


def decode_problem(data: bytes, error: UnicodeDecodeError) -> str:
    """Say which byte is not UTF-8 and what to do about it."""
    return (
        f"byte {data[error.start]:#04x} at column {error.start + 1} is not UTF-8; "
        "convert the file first, e.g. `iconv -f latin1 -t utf-8`."
    )


def hash_lines(path: str) -> tuple[str, int]:
    """Give the sha256 and the size of a file of lines, none of which may be longer than allowed.

    Of a packed file only the hash is known before it is read; its size is `WHOLE`.
    """
    if source_packing(path) is not None:
        return hash_source(path), WHOLE
    digest = hashlib.sha256()
    size = line_start = 0
    line = 1
    with open_stored(path) as file:
        while chunk := file.read(1024 * 1024):
            digest.update(chunk)
            last = chunk.rfind(b"\n")
            if last >= 0:
                line_start = size + last + 1
            line += chunk.count(b"\n")
            size += len(chunk)
            if size - line_start > MAX_RECORD_BYTES:
                raise too_long(path, line)
    return digest.hexdigest(), size


def too_long(path: str, line: int) -> InputError:
    """Make the error for a record that is longer than allowed."""
    return InputError(TOO_LONG, path=path, line=line)


def damaged(error: OSError) -> str:
    """Say that a file cannot be read to its end."""
    return f"the file cannot be read from here on: {error}."
