"""Find out which format a file has, and refuse files that hold no text data."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from marshtest.data.readers.arrow import Arrow
from marshtest.data.readers.base import BOM, Format
from marshtest.data.readers.csv import Csv
from marshtest.data.readers.json_array import JsonArray
from marshtest.data.readers.jsonl import JsonLines
from marshtest.data.readers.opening import open_source, source_packing
from marshtest.data.readers.packing import inner_name
from marshtest.data.readers.parquet import Parquet
from marshtest.data.readers.stores import is_address
from marshtest.data.readers.wrapped import WrappedArray, is_one_object
from marshtest.errors import InputError

__all__ = ["FILE_FORMATS", "formats", "sniff_format"]

FILE_FORMATS: dict[str, type[Format]] = {
    "jsonl": JsonLines,
    "json": JsonArray,
    "csv": Csv,
    "parquet": Parquet,
    "arrow": Arrow,
}
"""The formats by the names that `--format` takes."""
_HEAD = 65_536
"""First bytes of a file that are looked at. Chosen by eye: enough for one long record."""
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16."""
_ZEROS_LOOKED_AT, _ZEROS_SHARE = 4096, 4
"""A file is binary, or UTF-16 without a mark, if more than one in 4 of its first 4,096 bytes is zero. In UTF-16 about
half of those of Latin text are. Chosen by eye."""
_KNOWN = {b"FEA1": "Feather of version 1", b"Obj\x01": "Avro", b"ORC": "ORC", b"SQLite format 3": "SQLite"}
"""How files of formats begin that are not read."""
_TAR_AT, _TAR = 257, b"ustar"
"""Offset and bytes of the magic number of tar (POSIX.1-1988)."""


def formats() -> tuple[Format, ...]:
    """Return every format, the surest to recognise first. Add a new format here and nowhere else."""
    return (Parquet(), Arrow(), JsonLines(), JsonArray(), Csv())


def sniff_format(path: str, wanted: str | None = None) -> Format:
    """Choose the format of a file by its ending, else by its first bytes.

    Args:
        path: The file, compressed or not.
        wanted: A name of `FILE_FORMATS` to take instead of looking.

    Raises:
        InputError: The file is missing, cannot be opened, is empty, or is of no known format.
    """
    head, packing = _head(path)
    suffix = PurePosixPath(inner_name(path, packing)).suffix.lower()
    if wanted is not None:
        is_wrapped = wanted == "json" and WrappedArray().recognises(head) and is_one_object(path, head)
        return WrappedArray() if is_wrapped else FILE_FORMATS[wanted]()
    known = formats()
    binary = next((one for one in known if one.is_binary and one.recognises(head)), None)
    by_suffix = next((one for one in known if suffix in one.suffixes), None)
    if binary is None and by_suffix is not None and by_suffix.is_binary:
        binary = by_suffix  # so that its reader says what is wrong with the file
    if binary is not None:
        if packing is not None:
            raise InputError(
                f"{binary.name} inside {packing} cannot be read in a stream; decompress it first.", path=path
            )
        return binary
    _refuse_known_formats(head, path)
    start = head[:_ZEROS_LOOKED_AT]
    if head.startswith(_UTF16) or start.count(0) > len(start) // _ZEROS_SHARE:
        raise InputError(
            "the file is UTF-16 or binary, not UTF-8; convert it first, e.g. `iconv -f utf-16 -t utf-8`.", path=path
        )
    if isinstance(by_suffix, Csv):
        return by_suffix
    if isinstance(by_suffix, JsonLines) and _goes_on_with_objects(head):
        return by_suffix
    by_content = next((one for one in known if not isinstance(one, Csv) and one.recognises(head)), None)
    if isinstance(by_content, JsonLines) and not isinstance(by_suffix, JsonLines) and is_one_object(path, head):
        return WrappedArray()
    chosen = by_content or by_suffix or (Csv() if Csv().recognises(head) else None)
    if chosen is None:
        endings = ", ".join(ending for one in known for ending in one.suffixes)
        raise InputError(f"cannot tell the format; name the file with one of {endings}.", path=path)
    return chosen


def _goes_on_with_objects(head: bytes) -> bool:
    """Return whether the first line holds an array and the second begins an object: then the file is no JSON array."""
    lines = [line for line in head.splitlines() if line.strip()]
    return len(lines) > 1 and lines[0].rstrip().endswith(b"]") and lines[1].lstrip().startswith(b"{")


def _refuse_known_formats(head: bytes, path: str) -> None:
    """Refuse formats that are not read but easily recognised, by name."""
    found = next((name for magic, name in _KNOWN.items() if head.startswith(magic)), None)
    if found is None and head[_TAR_AT:].startswith(_TAR):
        found = "a tar archive"
    if found is not None:
        raise InputError(
            f"the file is {found}, which is not supported; unpack it, or convert it to Parquet first.", path=path
        )


def _head(path: str) -> tuple[bytes, str | None]:
    """Return the first bytes of a file, decompressed, and how it is compressed.

    Raises:
        InputError: The file cannot be read or is empty.
    """
    try:
        if not is_address(path) and Path(path).is_dir():
            raise InputError("this is a folder; name the files in it.", path=path)
        packing = source_packing(path)
        with open_source(path) as file:
            head = file.read(_HEAD)
    except FileNotFoundError as error:
        raise InputError("there is no such file; check the path.", path=path) from error
    except PermissionError as error:
        raise InputError("no permission to read the file; check its permissions.", path=path) from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read the file: {error}.", path=path) from error
    if not head.removeprefix(BOM).strip():
        raise InputError("the file is empty; give data with at least one record.", path=path)
    return head, packing
