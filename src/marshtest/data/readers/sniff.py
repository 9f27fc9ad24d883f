"""Find out which format a file has, and refuse files that hold no text data."""

from __future__ import annotations

import shlex
from pathlib import Path, PurePosixPath

from marshtest.data.readers.arrow import Arrow
from marshtest.data.readers.base import BOM, Format
from marshtest.data.readers.csv import Csv, CsvWithHeader, CsvWithoutHeader
from marshtest.data.readers.csv_start import DELIMITERS, splits_evenly
from marshtest.data.readers.json_array import JsonArray
from marshtest.data.readers.json_columns import JsonColumns
from marshtest.data.readers.jsonl import JsonLines
from marshtest.data.readers.opening import open_source, source_packing
from marshtest.data.readers.packing import inner_name
from marshtest.data.readers.parquet import Parquet
from marshtest.data.readers.plain_text import check_plain_text
from marshtest.data.readers.sniff_json import json_format, of_one_object
from marshtest.data.readers.stores import is_address
from marshtest.data.readers.text_lines import FastText, TextLines
from marshtest.data.readers.value_lines import ValueLines
from marshtest.data.readers.wrapped import WrappedArray
from marshtest.errors import InputError

__all__ = ["FILE_FORMATS", "formats", "sniff_format"]

FILE_FORMATS: dict[str, type[Format]] = {
    "jsonl": JsonLines,
    "json": JsonArray,
    "csv": Csv,
    "csv-header": CsvWithHeader,
    "csv-no-header": CsvWithoutHeader,
    "text": TextLines,
    "fasttext": FastText,
    "parquet": Parquet,
    "arrow": Arrow,
}
"""The formats by the names that `--format` takes."""
_HEAD = 65_536
"""First bytes of a file that are looked at. Chosen by eye: enough for one long record."""
_ZEROS_LOOKED_AT, _ZEROS_SHARE = 4096, 4
"""A file is binary, or UTF-16 without a mark, if more than one in 4 of its first 4,096 bytes is zero. In UTF-16 about
half of those of Latin text are. Chosen by eye."""
_KNOWN = {
    b"FEA1": "is Feather of version 1, which is not supported; convert it to Parquet first.",
    b"Obj\x01": "is Avro, which is not supported; convert it to Parquet first.",
    b"ORC": "is ORC, which is not supported; convert it to Parquet first.",
    b"SQLite format 3": "is SQLite, which is not supported; convert it first, e.g. "
    '`sqlite3 -header -csv FILE "select * from TABLE" > data.csv`.',
    b"version https://git-lfs.github.com/spec/": "only points to the data in Git LFS; get them: `git lfs pull`.",
    b"<!DOCTYPE": "is a web page, not data; download the data themselves.",
    b"<html": "is a web page, not data; download the data themselves.",
    b"\xd0\xcf\x11\xe0": "is an old Office document, which is not supported; save the sheet as CSV (UTF-8).",
}
"""How files begin that are not read, and what to say of them."""
_PLAIN = (".txt", ".text", ".data", ".dev", ".label", ".test", ".train", ".valid")
"""Endings of plain text, which may be anything with lines."""
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
        return _as_told(path, head, wanted)
    known = formats()
    binary = next((one for one in known if one.is_binary and one.recognises(head)), None)
    by_suffix = next((one for one in known if suffix in one.suffixes), None)
    if binary is None and by_suffix is not None and by_suffix.is_binary:
        binary = by_suffix  # so that its reader says what is wrong with the file
    if binary is not None:
        if packing is not None:
            raise InputError(
                f"{binary.name} inside {packing} cannot be read in a stream; decompress it first, e.g. "
                f"with `7z x {shlex.quote(path)}`.",
                path=path,
            )
        return binary
    _refuse_known_formats(head, path)
    start = head[:_ZEROS_LOOKED_AT]
    if start.count(0) > len(start) // _ZEROS_SHARE:
        raise InputError(
            "the file is binary or UTF-16 without a mark, not UTF-8; convert it first, e.g. "
            "`iconv -f utf-16le -t utf-8 FILE > converted`.",
            path=path,
        )
    if isinstance(by_suffix, Csv):
        return by_suffix
    if FastText().recognises(head):
        return FastText()
    chosen = json_format(path, head, lines_by_name=isinstance(by_suffix, JsonLines)) or by_suffix
    if chosen is None:
        chosen = _of_lines(path, head, suffix)
    if chosen is None:
        endings = ", ".join(ending for one in known for ending in one.suffixes)
        raise InputError(
            f"cannot tell the format; name the file with one of {endings}, or, if each line is a text, add `--format "
            "text`.",
            path=path,
        )
    return chosen


def _as_told(path: str, head: bytes, wanted: str) -> Format:
    """Take the format that the user names; what is laid out in it is found out."""
    told = FILE_FORMATS[wanted]()
    begin = head.removeprefix(BOM).lstrip()[:1]
    if wanted == "json" and begin == b"{":
        found = of_one_object(path)
        return found if isinstance(found, WrappedArray | JsonColumns) else told
    if wanted == "jsonl" and begin in (b"[", b'"'):
        return ValueLines()
    return told


def _of_lines(path: str, head: bytes, suffix: str) -> Format | None:
    """Tell apart separated values and texts, in a file of neither ending.

    Raises:
        InputError: The lines of a text seem to hold labels.
    """
    if suffix not in _PLAIN:
        return Csv() if Csv().recognises(head) else None
    whole = len(head) < _HEAD
    if splits_evenly(head, whole, "\t"):
        return Csv()
    has_cells = splits_evenly(head, whole, DELIMITERS)
    check_plain_text(head, whole, path, has_cells=has_cells)
    return Csv() if has_cells else TextLines()


def _refuse_known_formats(head: bytes, path: str) -> None:
    """Refuse what is not read but easily recognised, by name."""
    begin = head.removeprefix(BOM).lstrip()
    said = next((words for magic, words in _KNOWN.items() if begin.startswith(magic)), None)
    if said is None and head[_TAR_AT:].startswith(_TAR):
        said = "is a tar archive, which is not supported; unpack it and name the files."
    if said is not None:
        raise InputError(f"the file {said}", path=path)


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
