"""The files that a report names, opened with suspicion: a stranger may have written the report.

An address is reached only if the user names it, and only ordinary files are read: a report could otherwise send
requests with the user's keys to any server, or wait for a pipe for ever.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from marshtest.data.readers.opening import hash_source
from marshtest.data.readers.stores import as_address, is_address
from marshtest.errors import ReportError
from marshtest.report import Report

__all__ = ["audited_files", "check_unchanged"]

_NOT_ON_DISK = ("/dev", "/proc", "/sys")
"""Folders in which reading what looks like an ordinary file may not end."""


def audited_files(report: Report, addresses: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the audited files, each of which may be read and has not changed.

    Args:
        report: The report.
        addresses: Addresses that the user named, of files or of what lies above them.

    Raises:
        ReportError: Records in memory were audited, a file changed, is gone or is no ordinary one, or an address was
            not named.
    """
    sources = report.dataset.source
    if not sources or set(sources) != set(report.dataset.files):
        raise ReportError(
            "the report names no files to clean: records in memory were audited; split them with "
            "`marshtest.split_data(report, data)`."
        )
    named = [as_address(one).rstrip("/") for one in addresses]
    for source in sources:
        if is_address(source):
            if not any(source == one or source.startswith(f"{one}/") for one in named):
                raise ReportError(
                    f"{source}: the report names this address, and none is reached because a report names it; if you "
                    "know it, name it with --address."
                )
        else:
            _check_ordinary(source)
    for source in sources:
        check_unchanged(source, report.dataset.files[source])
    return sources


def _check_ordinary(source: str) -> None:
    """Refuse a pipe, a device and what only looks like a file."""
    try:
        real = os.path.realpath(source)
        found = Path(real).stat()
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from error
    is_on_disk = not any(Path(real).is_relative_to(folder) for folder in _NOT_ON_DISK)
    if not stat.S_ISREG(found.st_mode) or not is_on_disk:
        raise ReportError(f"{source}: cannot read the audited file: it is no ordinary file on a disk.")


def check_unchanged(source: str, expected: str) -> None:
    """Refuse a file that is not the one that was audited.

    Raises:
        ReportError: It changed or cannot be read.
    """
    try:
        found = hash_source(source)
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from error
    if found != expected:
        raise ReportError(f"{source}: the file changed since the audit; audit it again.")


def _unreadable(source: str, error: Exception) -> ReportError:
    reason = error.strerror or error if isinstance(error, OSError) else error
    return ReportError(f"{source}: cannot read the audited file ({reason}); run from the folder of the audit.")
