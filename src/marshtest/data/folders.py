"""Enter folders, open and make files in them, without following a link that came with the data.

Who unpacks a dataset has its links in their folders: `report.html` may lead to a file of theirs, `marsh-data` to their
home. The machine's own links, above the place that the user named, are followed as everywhere.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from marshtest.errors import ReportError

__all__ = ["PartialFile", "enter_folder", "open_ordinary", "refuse_link", "remove_inside"]

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_FILE_MODE = 0o666
"""Permissions of a new file before the umask. Convention: those that `open` gives."""
_NAME_BYTES = 4
"""Random bytes in the name of a file in the making. Chosen by eye: it need not be secret, for it is never opened if it
is there already."""


@contextmanager
def enter_folder(folder: Path, *, inside: Path | None = None, make: list[Path] | None = None) -> Iterator[int]:
    """Open a folder, following no link in what the user named of it, and give its descriptor.

    Of a relative path, and of one below the current folder, no part may be a link; of any other path the last part, and
    all that is made here.

    Args:
        folder: The folder.
        inside: A folder above, or the same, that the user named: from its last part on no link is followed.
        make: Where to note folders that were missing and were made, the outermost first; None makes none.

    Raises:
        ReportError: A part of the path is a link.
        OSError: It cannot be opened or made.
    """
    start, parts = _named_part(folder, inside)
    handle = os.open(start, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        place = start
        for part in parts:
            place = place / part
            inner = _enter(handle, part, place, make)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def _named_part(folder: Path, inside: Path | None) -> tuple[Path, tuple[str, ...]]:
    """Split a path into what is taken as it is, and the parts in which no link is followed."""
    if not folder.is_absolute():
        return Path(), folder.parts
    here = Path.cwd()
    if folder.is_relative_to(here):
        return here, folder.relative_to(here).parts
    top = inside if inside is not None and folder.is_relative_to(inside) else folder
    above = next((place for place in top.parents if place.is_dir()), Path(folder.anchor))
    return above, folder.relative_to(above).parts


def _enter(handle: int, name: str, place: Path, make: list[Path] | None) -> int:
    try:
        return os.open(name, _ENTER, dir_fd=handle)
    except FileNotFoundError:
        if make is None:
            raise
        os.mkdir(name, dir_fd=handle)
        make.append(place)
        return os.open(name, _ENTER, dir_fd=handle)
    except OSError:
        refuse_link(place, name=name, handle=handle)
        raise


def refuse_link(place: Path, *, name: str | None = None, handle: int | None = None) -> os.stat_result | None:
    """Refuse a link; tell what is there otherwise, None where nothing is.

    Args:
        place: The path, as it is shown.
        name: The name to look at, relative to `handle`; by default the path.
        handle: Descriptor of its folder.

    Raises:
        ReportError: It is a link.
    """
    try:
        found = os.stat(place if name is None else name, dir_fd=handle, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(found.st_mode):
        raise ReportError(f"{place}: this is a link, and none is written through; remove it or name another place.")
    return found


class PartialFile:
    """A file in the making: it stands in its folder under another name until it is whole, and follows no link.

    Args:
        target: Where the file goes. What stands there is replaced in one step, unless it is a link or a folder.
        inside: As in `enter_folder`.
        make: As in `enter_folder`.

    Raises:
        ReportError: The target is a link, or a part of its path is.
        OSError: It cannot be made.
    """

    def __init__(self, target: Path, *, inside: Path | None = None, make: list[Path] | None = None) -> None:
        self.target = target
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(enter_folder(target.parent, inside=inside, make=make))
            found = refuse_link(target, name=target.name, handle=folder)
            if found is not None and stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
            self._name = f".{target.name}.{secrets.token_hex(_NAME_BYTES)}.part"
            self.file: BinaryIO = os.fdopen(os.open(self._name, _MAKE, _FILE_MODE, dir_fd=folder), "wb")
            self._folder = folder
            self._left = stack.pop_all()

    def finish(self) -> None:
        """Bring all that was written to the disk; a full disk shows here."""
        self.file.close()  # a packer may have closed it
        handle = os.open(self._name, _READ | os.O_NOFOLLOW, dir_fd=self._folder)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def put(self) -> None:
        """Give the finished file its name."""
        refuse_link(self.target, name=self.target.name, handle=self._folder)
        os.replace(self._name, self.target.name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        self._left.close()

    def drop(self) -> None:
        """Take the file away again; one that was put into its place stays."""
        with contextlib.suppress(OSError):
            self.file.close()
        with contextlib.suppress(OSError), self._left:
            os.unlink(self._name, dir_fd=self._folder)


@contextmanager
def open_ordinary(path: str | Path, *, follow: bool = True, handle: int | None = None) -> Iterator[BinaryIO]:
    """Open an ordinary file to read it; a pipe, a device or a socket is refused without waiting for it.

    Args:
        path: The file.
        follow: Whether a link to an ordinary file may be followed.
        handle: Descriptor of the folder of a relative path.

    Raises:
        OSError: It cannot be opened, or is no ordinary file.
    """
    flags = _READ if follow else _READ | os.O_NOFOLLOW
    with os.fdopen(os.open(path, flags, dir_fd=handle), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file but a folder, a pipe, a device or a socket", str(path))
        yield cast(BinaryIO, file)


def remove_inside(folder: Path, name: str) -> None:
    """Remove a file or a whole folder inside a folder, as far as that is possible; a link is removed, not followed."""
    with contextlib.suppress(OSError, ReportError), enter_folder(folder) as handle:
        found = os.stat(name, dir_fd=handle, follow_symlinks=False)
        if stat.S_ISDIR(found.st_mode):
            shutil.rmtree(name, ignore_errors=True, dir_fd=handle)
        else:
            os.unlink(name, dir_fd=handle)
