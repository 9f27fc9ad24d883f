"""The files behind the paths of a command, checked before the work begins."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from marshtest.errors import ConfigError

__all__ = ["named_files"]


def named_files(paths: Iterable[Path]) -> list[str]:
    """Give all files that will be read.

    Raises:
        ConfigError: One is not there, or has a name that no report can hold.
        InputError: A folder, a glob or an address has no files to read.
    """
    from marshtest.data.readers.sources import source_files
    from marshtest.data.readers.stores import is_address

    files = [file for path in paths for file in source_files(path)]
    for file in files:
        if not is_address(file) and not Path(file).exists():
            raise ConfigError(f"{file}: there is no such file; check the path.")
        if any("\ud800" <= character <= "\udfff" for character in file):
            raise ConfigError(f"{file}: its name is not UTF-8, which a report cannot contain; rename it.")
    return files
