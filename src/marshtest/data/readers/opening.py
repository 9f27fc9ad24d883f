"""Open the bytes of a source, wherever they are and however they are packed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from marshtest.data.readers.packing import packing_of, unpacked
from marshtest.data.readers.stores import is_address, open_address

__all__ = ["hash_source", "open_source", "open_stored", "source_packing"]

_HEAD = 8


@contextmanager
def open_stored(path: str) -> Iterator[BinaryIO]:
    """Open a file as it is stored, packed or not; it can be sought in."""
    if is_address(path):
        with open_address(path) as file:
            yield file
    else:
        with open(path, "rb") as file:
            yield file


@contextmanager
def open_source(path: str) -> Iterator[BinaryIO]:
    """Open a file and unpack it where it is packed; then it can only be read forward.

    Raises:
        OSError: It is not there, cannot be opened or unpacked; the latter also while it is read.
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
    """Name how a file is packed; None when it is not."""
    with open_stored(path) as file:
        return packing_of(file.read(_HEAD))


def hash_source(path: str) -> str:
    """Give the sha256 of a file as it is stored."""
    digest = hashlib.sha256()
    with open_stored(path) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
