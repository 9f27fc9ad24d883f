"""Open the bytes of a source, wherever they are and however they are compressed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import BinaryIO

from marshtest.data.folders import open_ordinary
from marshtest.data.readers.packing import packing_of, unpacked
from marshtest.data.readers.stores import CHUNK_BYTES, is_address, open_address

__all__ = ["hash_source", "is_glance", "only_glancing", "open_source", "open_stored", "source_packing", "stored_size"]

_HEAD = 8
"""Bytes from which the compression is told: as many as the longest magic number of `packing`, rounded up."""

_GLANCING: ContextVar[bool] = ContextVar("glancing", default=False)


@contextmanager
def only_glancing() -> Iterator[None]:
    """Look at the first records only: meanwhile no file is read to its end to be hashed or cut into pieces."""
    token = _GLANCING.set(True)
    try:
        yield
    finally:
        _GLANCING.reset(token)


def is_glance() -> bool:
    """Return whether only the first records are looked at."""
    return _GLANCING.get()


@contextmanager
def open_stored(path: str) -> Iterator[BinaryIO]:
    """Open a file as it is stored, still compressed if it is; it is seekable.

    Raises:
        OSError: It cannot be opened, or is no ordinary file.
    """
    if is_address(path):
        with open_address(path) as file:
            yield file
    else:
        with open_ordinary(path) as file:
            yield file


@contextmanager
def open_source(path: str) -> Iterator[BinaryIO]:
    """Open a file and decompress it if it is compressed; then it can only be read forward.

    Raises:
        OSError: The file is missing or cannot be opened or decompressed, which may show only while it is read.
    """
    with open_stored(path) as file:
        packing = packing_of(file.read(_HEAD))
        file.seek(0)
        if packing is None:
            yield file
        else:
            with unpacked(file, packing) as inner:
                yield inner


def source_packing(path: str) -> str | None:
    """Return how a file is compressed, e.g. `gzip`; None if it is not."""
    with open_stored(path) as file:
        return packing_of(file.read(_HEAD))


def hash_source(path: str) -> str:
    """Return the sha256 of a file as it is stored; nothing where only the first records are looked at."""
    if is_glance():
        return ""
    digest = hashlib.sha256()
    with open_stored(path) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def stored_size(path: str) -> int:
    """Return the bytes of a file as it is stored."""
    with open_stored(path) as file:
        return file.seek(0, os.SEEK_END)
