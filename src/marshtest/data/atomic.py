"""Write files whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from marshtest.errors import ReportError

__all__ = ["check_target", "make_folder", "write_atomically"]


_FILE_MODE = 0o666
"""Permissions of a new file before the umask, as `open` gives them; `mkstemp` gives 0600."""


def check_target(target: Path, *, audited: Iterable[str | Path], force: bool) -> None:
    """Refuse a target that must not be written to, before the work begins.

    Args:
        target: The file that will be written.
        audited: The files of the dataset, which are never overwritten.
        force: Whether an ordinary file that exists may be replaced.

    Raises:
        ReportError: The target is one of the audited files, a folder, a device or a pipe, or exists without `force`.
    """
    real = target.resolve()
    if real in {Path(path).resolve() for path in audited}:
        raise ReportError(f"{target}: this is the audited file, which is never written over; choose another name.")
    if real.is_dir():
        raise ReportError(f"{target}: this is a folder; name a file.")
    if real.exists() and not real.is_file():
        raise ReportError(f"{target}: this is a device or a pipe; name an ordinary file.")
    if real.exists() and not force:
        raise ReportError(f"{target}: the file exists; choose another name or give --force.")


def write_atomically(files: Mapping[Path, bytes]) -> None:
    """Write files so that each is either whole or untouched; none is replaced before all are on the disk.

    Missing folders are made, and removed again if writing fails.

    Raises:
        ReportError: A file cannot be written: full disk, no permission, a folder where a file should be.
    """
    made: list[Path] = []
    waiting: dict[Path, Path] = {}
    target = Path()
    try:
        for target, content in ((path.resolve(), content) for path, content in files.items()):
            made += make_folder(target.parent)
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


def make_folder(folder: Path) -> list[Path]:
    """Make a folder with its parents; return those that were missing, the outermost first."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _write_beside(target: Path, content: bytes) -> Path:
    """Write a temporary file in the target's folder, so that renaming it is atomic."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_FILE_MODE & ~_umask())
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
