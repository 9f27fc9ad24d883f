"""The interface of a file format: subclass `Format` to add one.

A format is one module in this folder with a subclass of `Format` that is listed in `sniff.py`. It only cuts files into
pieces and pieces into rows; what the rows mean (`mapping.py`) is the same for every format.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, BinaryIO, ClassVar, NamedTuple

from marshtest.data.readers.bounds import MAX_RECORD_BYTES, TOO_LONG
from marshtest.data.readers.opening import hash_source, is_glance, open_stored, source_packing
from marshtest.data.readers.stores import CHUNK_BYTES
from marshtest.errors import InputError

__all__ = [
    "BOM",
    "WHOLE",
    "FilePiece",
    "Format",
    "SourceRow",
    "damaged",
    "decode_problem",
    "hash_lines",
    "short_lines",
    "too_long",
]

BOM = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8, which some programs put at the beginning of a file."""
WHOLE = -1
"""Stands for the end of a piece that reaches to the end of its file, which is unknown in compressed files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePiece:
    """A part of a file that can be read on its own, in any thread."""

    path: str
    """The file, as the user named it."""
    file_index: int
    """Index of the file, in the order given."""
    start: int = 0
    """First byte (first row group in Parquet)."""
    end: int = 0
    """One past the last byte (row group); `WHOLE` in compressed files."""
    line: int = 1
    """Line (row in Parquet) at `start`, counted from 1."""
    details: tuple[str, ...] = ()
    """Whatever else the format needs, e.g. the header of a CSV file."""
    records: int = 0
    """How many records it holds, for formats that store that and whose size on the disk says little; else 0."""


class SourceRow(NamedTuple):
    """One record as a format reads it: a value with its place, or the reason why there is none."""

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
    """File name endings, in lower case."""
    is_binary: ClassVar[bool] = False
    """Whether it is binary, and recognised by its first bytes whatever its ending."""

    def recognises(self, head: bytes) -> bool:  # noqa: ARG002  for those that look at it
        """Return whether the first bytes of a file are those of this format; False if it takes more to tell."""
        return False

    @abstractmethod
    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Cut a file into pieces; return them and the sha256 of its bytes, as hex."""

    def classes(self, path: str) -> Mapping[str, Any]:  # noqa: ARG002  for those that name classes
        """Return the columns that may hold numbers of classes, as `class_names.classes_of`."""
        return {}

    @abstractmethod
    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read one piece. A broken record raises nothing: its row says what is wrong."""

    @abstractmethod
    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:
        """Write the records at `lines` to `quarantined` and all others to `cleaned`.

        Both become whole files of this format.

        Returns:
            How many records were written to `cleaned`, and how many to `quarantined`.
        """


def decode_problem(data: bytes, error: UnicodeDecodeError) -> str:
    """Return a message: which byte is not UTF-8, and what to do about it."""
    return (
        f"byte {data[error.start]:#04x} at column {error.start + 1} is not UTF-8; "
        "convert the file first, e.g. `iconv -f latin1 -t utf-8 FILE > converted`."
    )


def hash_lines(path: str) -> tuple[str, int]:
    """Return the sha256 and the size in bytes of a file of lines.

    Of a compressed file only the hash is known before it is read; its size is `WHOLE`.

    Raises:
        InputError: A line is longer than `MAX_RECORD_BYTES`.
    """
    if is_glance() or source_packing(path) is not None:
        return hash_source(path), WHOLE
    digest = hashlib.sha256()
    size = line_start = 0
    line = 1
    with open_stored(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            last = chunk.rfind(b"\n")
            if last >= 0:
                line_start = size + last + 1
            line += chunk.count(b"\n")
            size += len(chunk)
            if size - line_start > MAX_RECORD_BYTES:
                raise too_long(path, line)
    return digest.hexdigest(), size


def short_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a file; one that is longer than a record may be comes in pieces."""
    while content := file.readline(MAX_RECORD_BYTES + 1):
        yield content


def too_long(path: str, line: int) -> InputError:
    """Return the error for a record that is longer than allowed."""
    return InputError(TOO_LONG, path=path, line=line)


def damaged(error: OSError) -> str:
    """Return a message: the file cannot be read to its end."""
    return f"the file cannot be read from here on: {error}."
