"""How much memory an audit may take, and where it puts what does not fit.

Columns and tokens that would not fit go to files in a folder of their own, which are mapped into memory, so that the
system holds as much of them as there is room for. The findings do not depend on it: only where things are kept does.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from marshtest.errors import ConfigError

__all__ = ["Room", "machine_memory", "parse_size", "room"]

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b?)\s*", re.I)
_SHARE = 0.75
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_START = 500 * 1024**2
_MINED, _CLOSELY = 60, 80_000
"""Bytes that are needed for each byte of what is looked at closely, and how many records that are at most."""
_HELD, _OF_RECORD = 6.5, 400
"""And beside that: for each byte of data where all is in memory, and for each record where columns are mapped."""


@dataclass(frozen=True, slots=True)
class Room:
    """Memory for one audit, and a folder for what does not fit."""

    limit: int
    """Bytes."""
    folder: Path

    def scratch(self, data: int, records: int) -> Path | None:
        """Give the folder where columns of data of this size have to go; None where they fit in memory.

        Args:
            data: Bytes.
            records: How many there are about.

        Raises:
            ConfigError: Not even then they would fit.
        """
        start = _START + _MINED * data * min(1.0, _CLOSELY / max(records, 1))
        if start + _HELD * data <= self.limit:
            return None
        least = start + min(_HELD * data, _OF_RECORD * records)
        if least > self.limit:
            raise ConfigError(
                f"about {records:,} records with {data / 1e6:,.1f} MB do not fit in {_told(self.limit)} of memory; "
                f"give --memory {_told(int(1.02 * least))}, or audit a part of the files at a time."
            )
        return self.folder


@contextlib.contextmanager
def room(limit: int | None = None, folder: Path | None = None) -> Iterator[Room]:
    """Make room for one audit; what it put on the disk is removed when it ends, however it ends.

    Args:
        limit: Bytes; three quarters of what the machine has when not given.
        folder: Where to put what does not fit; what another audit left there is removed. One among the temporary
            folders of the system when not given.
    """
    place = Path(tempfile.mkdtemp(prefix="marshtest-")) if folder is None else folder
    shutil.rmtree(place, ignore_errors=True)
    try:
        yield Room(int(_SHARE * machine_memory()) if limit is None else limit, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def parse_size(text: str) -> int:
    """Read a size such as 2GiB, 500 MB or 1.5g: with an i, or without a B, units are powers of 1024, else of 1000.

    Raises:
        ConfigError: It is none.
    """
    found = _SIZE.fullmatch(text)
    if found is None or not float(found[1]):
        raise ConfigError(f"{text!r} is no size of memory; give one such as 2GiB or 500MB.")
    base = 1000 if found[3].lower() == "b" and found[2] else 1024
    return int(float(found[1]) * base ** _UNITS[found[2].lower()])


def _told(size: int) -> str:
    return f"{size / 1024**3:.1f}GiB" if size >= 10 * 1024**3 else f"{-(-size // 1024**2)}MiB"


def machine_memory() -> int:
    """Give the bytes that this process may have: those of the machine, or fewer where a container says so."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for place in _CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # another version of control groups, none, or no limit
            sizes.append(int(Path(place).read_text("ascii")))
    return min(sizes)
