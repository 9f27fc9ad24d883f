"""Files that are not on the disk: `s3://`, `gs://`, `hf://` and whatever else Arrow or fsspec can reach.

Arrow's own file systems work with a plain install. For all others the extra `stores` installs fsspec, and
huggingface-hub for `hf://`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO

from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow.fs as pafs

__all__ = [
    "CHUNK_BYTES",
    "as_address",
    "is_address",
    "list_address",
    "looks_like_address",
    "open_address",
    "refuse_options",
]

CHUNK_BYTES = 1 << 20
"""Bytes that are read at a time, wherever a file is streamed. Chosen by eye: large enough to cost few calls."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_CLIPPED = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/(?=[^/])")
_OF_ARROW = {"s3", "gs", "gcs", "hdfs", "viewfs", "abfs", "abfss", "file"}
"""Schemes that Arrow opens itself."""
_HUB_ROOTS = {"datasets", "models", "spaces", "buckets"}
"""First parts of an `hf://` path that name a kind of repository; without one, a dataset is meant."""


def is_address(path: str) -> bool:
    """Return whether this is an address with a scheme, not the path of a file."""
    return _ADDRESS.match(path) is not None


def as_address(path: str) -> str:
    """Restore the second slash of an address, which `pathlib.Path` drops."""
    return _CLIPPED.sub(r"\1://", path, count=1) if _CLIPPED.match(path) else path


def looks_like_address(path: str) -> bool:
    """Return whether the path of a file is written as an address is once it has lost its second slash."""
    return _CLIPPED.match(path) is not None


def refuse_options(address: str) -> None:
    """Refuse an address that says more than where something is: such as another server, which then gets the keys.

    Raises:
        InputError: It does.
    """
    scheme, _, rest = address.partition("://")
    if scheme.lower() in _OF_ARROW and set(rest.split("/", 1)[0]) & set("?#@"):
        raise InputError(
            "an address with options or keys is not opened, because whoever wrote it could send your keys elsewhere; "
            "put the endpoint and the keys into the environment, e.g. AWS_ENDPOINT_URL."
        )


@contextmanager
def open_address(address: str) -> Iterator[BinaryIO]:
    """Open a file in a store. It is seekable, and only what is read is fetched.

    Raises:
        OSError: The store does not return the file.
    """
    system, path = _system(address)
    with _said_by_the_store(address):
        opened = system.open_input_file(path)
    with opened:
        yield io.BufferedReader(_Readable(opened, address), CHUNK_BYTES)


def list_address(address: str) -> list[str] | None:
    """Return the addresses of all files in a folder of a store; None when the address is a file.

    Raises:
        OSError: There is nothing at the address, or the store does not answer.
    """
    import pyarrow.fs as pafs

    system, path = _system(address)
    with _said_by_the_store(address):
        found = system.get_file_info(path)
        if found.type == pafs.FileType.NotFound:
            raise FileNotFoundError("there is nothing at this address")
        if found.type != pafs.FileType.Directory:
            return None
        inside = system.get_file_info(pafs.FileSelector(path, recursive=True))
    root = address.rstrip("/")
    below = len(path.strip("/"))  # some stores begin their paths with a slash, some do not
    return [root + one.path.lstrip("/")[below:] for one in inside if one.type == pafs.FileType.File]


def _system(address: str) -> tuple[pafs.FileSystem, str]:
    """Return the file system of an address and the path in it."""
    scheme, _, rest = address.partition("://")
    scheme = scheme.lower()
    refuse_options(address)
    if scheme == "hf" and rest.split("/", 1)[0] not in _HUB_ROOTS:
        rest = f"datasets/{rest}"
    if scheme == "file":
        rest = "/" + rest.lstrip("/")
        return _store(scheme, ""), rest
    if scheme in _OF_ARROW:
        bucket = rest.split("/", 1)[0]
        return _store(scheme, bucket), rest if scheme in ("s3", "gs", "gcs") else "/" + rest.partition("/")[2]
    return _store(scheme, ""), rest


@cache
def _store(scheme: str, host: str) -> pafs.FileSystem:
    """Open a file system; those of Arrow by its address, all others through fsspec."""
    import pyarrow as pa
    import pyarrow.fs as pafs

    try:
        if scheme in _OF_ARROW:
            return pafs.FileSystem.from_uri(f"{scheme}://{host or '/'}")[0]
        return pafs.PyFileSystem(pafs.FSSpecHandler(_fsspec_system(scheme)))
    except (ImportError, ValueError, pa.ArrowException) as error:
        raise InputError(
            f"no file system for {scheme}:// ({error}); install one with `pip install 'marshtest[stores]'`, or fetch "
            "the files and name them."
        ) from error


def _fsspec_system(scheme: str) -> Any:
    """Open a file system of fsspec; its listings are always fresh."""
    import fsspec

    if scheme == "hf":
        from huggingface_hub import HfFileSystem

        return HfFileSystem(use_listings_cache=False, skip_instance_cache=True)
    return fsspec.filesystem(scheme)


@contextmanager
def _said_by_the_store(address: str) -> Iterator[None]:
    """Turn whatever a store raises into an `OSError`."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(f"{address}: the store does not return it ({type(error).__name__}: {error})") from error


class _Readable(io.RawIOBase):
    """An Arrow file with the methods that Python's `BufferedReader` calls."""

    def __init__(self, file: Any, address: str) -> None:
        self._file, self._address = file, address

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._file.seek(offset, whence)
        return int(self._file.tell())

    def tell(self) -> int:
        return int(self._file.tell())

    def readinto(self, buffer: Any) -> int:
        with _said_by_the_store(self._address):
            content = self._file.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
