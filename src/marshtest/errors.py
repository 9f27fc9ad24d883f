"""All exceptions of marshtest, in one tree.

MarshtestError
├── InputError      the data cannot be read as asked: carries the file and the line   (exit code 2)
├── ConfigError     an option, a charter or a run folder is wrong                     (exit code 2)
└── ReportError     a report cannot be read, written or trusted                       (exit code 2)

Every message is one or two sentences: what is wrong, where, and what to try next.
Bugs of our own stay AssertionError or TypeError and are never caught.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path, PurePath

__all__ = ["ConfigError", "InputError", "MarshtestError", "ReportError", "with_file"]

_FILE = re.compile(r"(?<=\s)FILE(?=[\s`])")
"""What stands for the file in a command of a message."""
_TARGET = re.compile(r"> (?P<name>[\w.-]+)`")
"""The new file that a command writes."""
_UNPACKING = {".gz": "gzip -dc", ".bz2": "bzip2 -dc", ".xz": "xz -dc", ".zst": "zstd -dc", ".zip": "unzip -p"}
"""What writes the contents of a packed file, by the ending of its name."""


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
        message = message if self.path is None else with_file(message, self.path)
        self.line = line
        place = "" if self.path is None else self.path if line is None else f"{self.path}:{line}"
        super().__init__(f"{place}: {message}" if place else message)


class ConfigError(MarshtestError, ValueError):
    """An option, a charter or a run folder is wrong."""


class ReportError(MarshtestError, ValueError):
    """A report cannot be read, written or trusted."""


def with_file(message: str, path: str) -> str:
    """Write the name of a file into the commands of a message, where FILE stands for it.

    A packed file is unpacked on the way. What a command writes has a name of its own, and is audited next.

    Example:
        >>> with_file("write lines: `jq -c . FILE > data.jsonl`", "my data.json.gz")
        "write lines: `jq -c . <(gzip -dc 'my data.json.gz') > data.jsonl && marsh audit data.jsonl`"
        >>> with_file("write lines: `jq -c . FILE > data.jsonl`", "data.jsonl")
        'write lines: `jq -c . data.jsonl > new-data.jsonl && marsh audit new-data.jsonl`'
    """
    if path.startswith("<") or not _FILE.search(message):
        return message
    name = PurePath(path)
    unpack = _UNPACKING.get(name.suffix.lower())
    told = shlex.quote(path) if unpack is None else f"<({unpack} {shlex.quote(path)})"
    here = PurePath(name.stem if unpack else name.name)

    def target(found: re.Match[str]) -> str:
        new = f"converted{here.suffix}" if found["name"] == "converted" else found["name"]
        new = f"new-{new}" if new in (here.name, name.name) else new
        return f"> {new} && marsh audit {new}`"

    return _TARGET.sub(target, _FILE.sub(lambda _: told, message))
