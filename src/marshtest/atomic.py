"""Writing files whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from marshtest.errors import ReportError

__all__ = ["write_atomically"]


def write_atomically(files: Mapping[Path, bytes]) -> None:
    """Write files so that each is either whole or untouched; none is replaced before all are on the disk.

    Folders that are missing are made, and taken away again when writing fails.

    Raises:
        ReportError: A file cannot be written: full disk, no permission, a folder where a file should be.
    """
    made: list[Path] = []
    waiting: dict[Path, Path] = {}
    target = Path()
    try:
        for target, content in files.items():
            made += _make_folder(target.parent)
            waiting[target] = _write_beside(target, content)
        for target, written in list(waiting.items()):
            written.replace(target)
            del waiting[target]
    except OSError as error:
        for written in waiting.values():
            with contextlib.suppress(OSError):
                written.unlink()
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise ReportError(f"{target}: cannot write ({error.strerror}); {_next_step(error)}") from error


def _make_folder(folder: Path) -> list[Path]:
    """Make a folder with its parents and give those that were missing, outermost first."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _write_beside(target: Path, content: bytes) -> Path:
    """Write a temporary file in the target's folder, so that renaming it is one step of the file system."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
    except OSError:
        Path(name).unlink()
        raise
    return Path(name)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _next_step(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: make room or choose another --out."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "choose a folder that you may write to with --out."
    return "choose another --out."
