"""Find out which format a file has, and refuse what is no text data at all."""

from __future__ import annotations

from pathlib import Path

from marshtest.errors import InputError
from marshtest.readers.base import Format
from marshtest.readers.csv import Csv
from marshtest.readers.jsonl import JsonLines
from marshtest.readers.parquet import Parquet

__all__ = ["formats", "sniff_format"]

_HEAD = 65_536
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2", b"\xfd7zXZ": "xz"}
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def formats() -> tuple[Format, ...]:
    """Give every format, the surest to recognise first. A new format is added here and nowhere else."""
    return (Parquet(), JsonLines(), Csv())


def sniff_format(path: str) -> Format:
    """Choose the format of a file by its ending, else by its first bytes.

    Raises:
        InputError: The file is not there, cannot be opened, is empty, or is of no known format.
    """
    head = _head(path)
    suffix = Path(path).suffix.lower()
    by_magic = next((one for one in formats() if isinstance(one, Parquet) and one.recognises(head)), None)
    if by_magic is not None:
        return by_magic
    for magic, name in _PACKED.items():
        if head.startswith(magic):
            raise InputError(f"the file is packed with {name}; unpack it first.", path=path)
    by_suffix = next((one for one in formats() if suffix in one.suffixes), None)
    if isinstance(by_suffix, Parquet):
        return by_suffix  # which says what is wrong with the file
    if head.startswith(_WIDE) or head[:4096].count(0) > len(head[:4096]) // 4:
        raise InputError(
            "the file is UTF-16 or binary, not UTF-8; convert it first, e.g. `iconv -f utf-16 -t utf-8`.", path=path
        )
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"[") and not isinstance(by_suffix, Csv):
        raise InputError(
            "the file is one JSON array; write one object per line first, e.g. `jq -c '.[]'`.", path=path, line=1
        )
    if by_suffix is not None:
        return by_suffix
    by_content = next((one for one in formats() if one.recognises(head)), None)
    if by_content is None:
        endings = ", ".join(ending for one in formats() for ending in one.suffixes)
        raise InputError(f"cannot tell the format; name the file with one of {endings}.", path=path)
    return by_content


def _head(path: str) -> bytes:
    """Read the first bytes of a file, or say why not."""
    if Path(path).is_dir():
        raise InputError("this is a folder; name the files in it.", path=path)
    try:
        with open(path, "rb") as file:
            head = file.read(_HEAD)
    except FileNotFoundError as error:
        raise InputError("there is no such file; check the path.", path=path) from error
    except PermissionError as error:
        raise InputError("no permission to read the file; check its rights.", path=path) from error
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read the file: {error}.", path=path) from error
    if not head.strip():
        raise InputError("the file is empty; give data with at least one record.", path=path)
    return head
