"""The folder of an audit: report.json, report.html, timings.json if asked for and, with a judge, its answers."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from marshtest.data.atomic import make_folder, write_atomically
from marshtest.data.folders import enter_folder, refuse_link, remove_inside
from marshtest.data.readers.stores import is_address
from marshtest.errors import ConfigError

if TYPE_CHECKING:
    from marshtest.report import Report

__all__ = [
    "CHECKPOINTS_NAME",
    "HTML_NAME",
    "JSON_NAME",
    "SPILL_NAME",
    "STORE_NAME",
    "TIMINGS_NAME",
    "default_run_folder",
    "refuse_data_in_our_folders",
    "run_folder",
    "write_run_folder",
]

JSON_NAME = "report.json"
HTML_NAME = "report.html"
STORE_NAME = "judge.sqlite"
TIMINGS_NAME = "timings.json"
SPILL_NAME = ".marsh-spill"
"""Folder for what does not fit in memory during an audit. It and the next are deleted whole: no user has such names."""
CHECKPOINTS_NAME = ".marsh-checkpoints"
"""Folder with the results of the detectors that have finished, from which a stopped audit continues."""
_FILES = (JSON_NAME, HTML_NAME, TIMINGS_NAME, *(STORE_NAME + end for end in ("", "-wal", "-shm", "-journal")))
_FOLDERS = (SPILL_NAME, CHECKPOINTS_NAME)


def default_run_folder(first: Path) -> Path:
    """Name the folder after the first file of the dataset, e.g. marsh-tickets for data/tickets.jsonl.gz."""
    stem = first.name.split(".", 1)[0] or first.resolve().name or "data"
    if set(stem) & set("*?["):  # a glob is named after its folder
        stem = first.parent.name if first.parent.name and not set(first.parent.name) & set("*?[") else "data"
    return Path(f"marsh-{stem}")


@contextlib.contextmanager
def run_folder(folder: Path, *, force: bool) -> Iterator[None]:
    """Make a folder for one audit and lock it against other audits meanwhile.

    A folder that was made here and is empty at the end is deleted again.

    Args:
        folder: Where the report will go.
        force: Whether a report that the folder holds may be replaced.

    Raises:
        ConfigError: It holds a report already, another audit works in it, it is no folder or may not be written to.
    """
    _check(folder, force=force)
    made = make_folder(folder)
    try:
        with enter_folder(folder) as handle:
            _lock(handle, folder)
            _check(folder, force=force)  # another audit may have ended since
            yield
    finally:
        for place in reversed(made):
            with contextlib.suppress(OSError):  # it is in use now
                place.rmdir()


def _check(folder: Path, *, force: bool) -> None:
    """Refuse an unusable folder, and one that came with links, before the work begins.

    Raises:
        ConfigError: It cannot be used.
        ReportError: It is a link, or holds one where a file of ours goes.
    """
    refuse_link(folder)
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"{folder}: is not a folder; choose another --out.")
    if (folder / JSON_NAME).exists() and not force:
        raise ConfigError(f"{folder}: already holds a report; choose another --out, or replace it with --force.")
    place = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        raise ConfigError(f"{folder}: is not writable; choose another --out.")
    for name in (*_FILES, *_FOLDERS):
        found = refuse_link(folder / name)
        is_right = stat.S_ISDIR if name in _FOLDERS else stat.S_ISREG
        if found is not None and not is_right(found.st_mode):
            kind = "folder" if name in _FOLDERS else "ordinary file"
            raise ConfigError(f"{folder / name}: is no {kind}; remove it or choose another --out.")


def refuse_data_in_our_folders(folder: Path, data: Iterable[str]) -> None:
    """Refuse to audit what lies in a folder that an audit deletes whole.

    Raises:
        ConfigError: A file lies in one.
    """
    ours = [(folder / name).resolve() for name in _FOLDERS]
    for file in data:
        if not is_address(file) and any(Path(file).resolve().is_relative_to(one) for one in ours):
            raise ConfigError(f"{file}: lies in a folder that is deleted after an audit; choose another --out.")


def _lock(handle: int, folder: Path) -> None:
    """Lock the folder itself, which leaves no file behind and ends with the process, however that ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN):
            raise ConfigError(f"{folder}: is in use by another audit; wait for it or choose another --out.") from error
        # some network drives lock nothing: then two audits at once are not noticed


def write_run_folder(folder: Path, report: Report, *, html: bool) -> list[Path]:
    """Write the report into its folder, all files or none, and give their paths.

    The page of an earlier report is deleted if no new one is asked for, because it would describe other data.

    Raises:
        ReportError: A file cannot be written.
    """
    from marshtest.report import report_json

    files = {folder / JSON_NAME: report_json(report)}
    if html:
        from marshtest.render.html import render_html

        files[folder / HTML_NAME] = render_html(report).encode()
    write_atomically(files)
    if not html:
        remove_inside(folder, HTML_NAME)
    remove_inside(folder, CHECKPOINTS_NAME)
    return list(files)
