"""Write files whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from marshtest.data.folders import PartialFile, enter_folder, refuse_link
from marshtest.errors import ReportError

__all__ = ["check_target", "make_folder", "write_atomically", "written_together"]


def check_target(target: Path, *, audited: Iterable[str | Path], force: bool) -> None:
    """Refuse a target that must not be written to, before the work begins.

    Args:
        target: The file that will be written.
        audited: The files of the dataset, which are never overwritten.
        force: Whether an ordinary file that exists may be replaced.

    Raises:
        ReportError: The target is one of the audited files, a link, a folder, a device or a pipe, or exists without
            `force`.
    """
    if target.resolve() in {Path(path).resolve() for path in audited}:
        raise ReportError(f"{target}: this is the audited file, which is never written over; choose another name.")
    found = refuse_link(target)
    if found is None:
        return
    if stat.S_ISDIR(found.st_mode):
        raise ReportError(f"{target}: this is a folder; name a file.")
    if not stat.S_ISREG(found.st_mode):
        raise ReportError(f"{target}: this is a device or a pipe; name an ordinary file.")
    if not force:
        raise ReportError(f"{target}: the file exists; choose another name or give --force.")


def write_atomically(files: Mapping[Path, bytes]) -> None:
    """Write files so that each is either whole or untouched; none is replaced before all are on the disk.

    Missing folders are made, and removed again if writing fails. No link is followed.

    Raises:
        ReportError: A file cannot be written: full disk, no permission, a folder or a link where a file should be.
    """
    target = Path()
    try:
        with written_together(list(files)) as waiting:
            for target, file in zip(files, waiting, strict=True):
                with _blaming(target):
                    file.write(files[target])
    except OSError as error:
        raise ReportError(f"{error.filename}: cannot write ({error.strerror}); {_next_step(error)}") from error


@contextmanager
def written_together(paths: Sequence[Path], *, inside: Sequence[Path] = ()) -> Iterator[list[BinaryIO]]:
    """Open a file beside each path; put all in place at the end, or none if anything fails.

    Missing folders are made, and removed again if anything fails. No link is followed.

    Args:
        paths: Where the files go.
        inside: Folders that the user named, in which the files lie: no link is followed below them either.

    Raises:
        OSError: A file cannot be written; it names the file.
        ReportError: A file is a link, or a part of its path is.
    """
    parts: list[PartialFile] = []
    with contextlib.ExitStack() as undo:
        made: list[Path] = []
        undo.callback(_remove, made)
        for target in paths:
            top = next((one for one in inside if target.is_relative_to(one)), None)
            with _blaming(target):
                parts.append(PartialFile(target, inside=top, make=made))
            undo.callback(parts[-1].drop)
        yield [part.file for part in parts]
        for part in parts:
            with _blaming(part.target):
                part.finish()
        for part in parts:
            with _blaming(part.target):
                part.put()
        undo.pop_all()


def _remove(folders: Sequence[Path]) -> None:
    """Take folders away that were made for nothing, the innermost first."""
    for folder in reversed(folders):
        with contextlib.suppress(OSError):  # it is in use now
            folder.rmdir()


@contextmanager
def _blaming(target: Path) -> Iterator[None]:
    """Name the file in an error of writing it, which knows at most its name in the making."""
    try:
        yield
    except OSError as error:
        error.filename = str(target)
        raise


def make_folder(folder: Path) -> list[Path]:
    """Make a folder with its parents, following no link; return those that were missing, the outermost first.

    Raises:
        ReportError: A part of the path is a link, or it cannot be made.
    """
    made: list[Path] = []
    try:
        with enter_folder(folder, make=made):
            return made
    except OSError as error:
        raise ReportError(f"{folder}: cannot be made ({error.strerror}); {_next_step(error)}") from error


def _next_step(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full: make room or choose another --out."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "choose a folder that you may write to with --out."
    return "choose another --out."
