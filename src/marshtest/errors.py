"""All exceptions of marshtest, in one tree.

MarshtestError
├── InputError      the data cannot be read as asked: carries the file and the line   (exit code 2)
├── ConfigError     an option, a charter or a run folder is wrong                     (exit code 2)
└── ReportError     a report cannot be read, written or trusted                       (exit code 2)

Every message is one or two sentences: what is wrong, where, and what to try next.
Bugs of our own stay AssertionError or TypeError and are never caught.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["ConfigError", "InputError", "MarshtestError", "ReportError"]


class MarshtestError(Exception):
    """Base of every error that a user can do something about."""


class InputError(MarshtestError, ValueError):
    """The data cannot be read as asked.

    Args:
        message: What is wrong and what to try next.
        path: The file, if one file is to blame.
        line: The line in that file, counted from 1, if one line is to blame.
    """

    def __init__(self, message: str, *, path: str | Path | None = None, line: int | None = None) -> None:
        self.path = None if path is None else str(path)
        self.line = line
        place = "" if self.path is None else self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {message}" if place else message)


class ConfigError(MarshtestError, ValueError):
    """An option, a charter or a run folder is wrong."""


class ReportError(MarshtestError, ValueError):
    """A report cannot be read, written or trusted."""
