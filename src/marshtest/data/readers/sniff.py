"""Find out which format a file has, and refuse what is no text data at all."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from marshtest.data.readers.arrow import Arrow
from marshtest.data.readers.base import Format
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
"""The formats by the names with which they can be asked for."""
_HEAD = 65_536
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_KNOWN = {b"FEA1": "Feather of version 1", b"Obj\x01": "Avro", b"ORC": "ORC", b"SQLite format 3": "SQLite"}
_TAR_AT, _TAR = 257, b"ustar"


def formats() -> tuple[Format, ...]:
    """Give every format, the surest to recognise first. A new format is added here and nowhere else."""
    return (Parquet(), Arrow(), JsonLines(), JsonArray(), Csv())


def sniff_format(path: str, wanted: str | None = None) -> Format:
    """Choose the format of a file by its ending, else by its first bytes.

    Args:
        path: The file, packed or not.
        wanted: A name of `FILE_FORMATS` that is taken instead.

    Raises:
        InputError: The file is not there, cannot be opened, is empty, or is of no known format.
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
        binary = by_suffix  # which says what is wrong with the file
    if binary is not None:
        if packing is not None:
            raise InputError(f"{binary.name} inside {packing} cannot be read in a stream; unpack it first.", path=path)
        return binary
    _refuse_what_is_known(head, path)
    if head.startswith(_WIDE) or head[:4096].count(0) > len(head[:4096]) // 4:
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
    """See whether the second line begins an object, whatever the first one is: an array in it is no file of its own."""
    lines = [line for line in head.splitlines() if line.strip()]
    return len(lines) > 1 and lines[0].rstrip().endswith(b"]") and lines[1].lstrip().startswith(b"{")


def _refuse_what_is_known(head: bytes, path: str) -> None:
    """Name what is no data of ours but easily known."""
    found = next((name for magic, name in _KNOWN.items() if head.startswith(magic)), None)
    if found is None and head[_TAR_AT:].startswith(_TAR):
        found = "a tar archive"
    if found is not None:
        raise InputError(f"the file is {found}, which is not read; unpack it or write it as Parquet first.", path=path)


def _head(path: str) -> tuple[bytes, str | None]:
    """Read the first bytes of a file, or say why not; and how it is packed."""
    try:
        if not is_address(path) and Path(path).is_dir():
            raise InputError("this is a folder; name the files in it.", path=path)
        packing = source_packing(path)
        with open_source(path) as file:
            head = file.read(_HEAD)
    except FileNotFoundError as error:
        raise InputError("there is no such file; check the path.", path=path) from error
    except PermissionError as error:
        raise InputError("no permission to read the file; check its rights.", path=path) from error
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read the file: {error}.", path=path) from error
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise InputError("the file is empty; give data with at least one record.", path=path)
    return head, packing
