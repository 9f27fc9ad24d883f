"""The memory budget of an audit, and the folder for what exceeds it.

Columns and tokens that do not fit in the budget are written to files, which are mapped into memory, so that the system
keeps as much of them as fits. The budget decides only where data are kept, never what is found.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from marshtest.data.folders import remove_inside
from marshtest.errors import ConfigError

__all__ = ["MemoryBudget", "machine_memory", "memory_budget", "ordinary_memory", "parse_size", "readable_size"]

_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
"""Prefix of a unit to its power of 1000 or 1024."""
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?b?)\s*", re.I)
_SHARE = 0.75
"""Share of the machine's memory that an audit takes by default. Chosen by eye: the rest is for other programs."""
_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where a container is told its limit, in control groups of version 2 and 1."""
_START_BYTES = 500 * 1024**2
"""Bytes that every audit needs, whatever the data. Measured, see docs/decisions/0012-very-many-records.md."""
_CLOSE_RECORDS = 80_000
"""At most so many records are looked at closely. See decision 0012."""
_CLOSE_BYTES = 60
"""Bytes needed for each byte of the records that are looked at closely. Measured, see decision 0012."""
_HELD_BYTES = 6.5
"""Further bytes needed for each byte of data where all columns are held in memory. Measured, see decision 0012."""
_MAPPED_RECORD_BYTES = 400
"""Further bytes needed for each record where columns are mapped from files. Measured, see decision 0012."""
_ORDINARY_START, _ORDINARY_PLAIN, _ORDINARY_PACKED = 1024**3, 100, 800
"""Bytes that an ordinary audit stays below: twice what every audit needs, and for each byte of data half as much again
as `scratch` expects (60 and 6.5); of packed data eight times as much. Chosen so that 1 MB stays below 2 GB."""
_MARGIN = 1.02
"""How much more than the estimate an error message tells the user to allow, so that the printed size suffices."""


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """How much memory one audit may take, and the folder for what does not fit."""

    limit: int
    """Bytes."""
    folder: Path

    def scratch(self, data: int, records: int) -> Path | None:
        """Return the folder where the columns of such data have to go; None where they fit in memory.

        Args:
            data: Size of the data in bytes.
            records: About how many records these are.

        Raises:
            ConfigError: The data do not fit even with columns in files.
        """
        start = _START_BYTES + _CLOSE_BYTES * data * min(1.0, _CLOSE_RECORDS / max(records, 1))
        if start + _HELD_BYTES * data <= self.limit:
            return None
        least = start + min(_HELD_BYTES * data, _MAPPED_RECORD_BYTES * records)
        if least > self.limit:
            raise ConfigError(
                f"about {records:,} records with {data / 1e6:,.1f} MB do not fit in {readable_size(self.limit)} of "
                f"memory; give --memory {readable_size(int(_MARGIN * least))}, or audit a part of the files at a time."
            )
        return self.folder


@contextlib.contextmanager
def memory_budget(limit: int | None = None, folder: Path | None = None) -> Iterator[MemoryBudget]:
    """Set the memory budget of one audit; its folder is removed at the end, however the audit ends.

    Args:
        limit: Bytes; by default three quarters of what the machine or its container has.
        folder: Where to put what does not fit; anything left there by an earlier audit is removed. By default a new
            temporary folder.
    """
    place = Path(tempfile.mkdtemp(prefix="marshtest-")) if folder is None else folder
    remove_inside(place.parent, place.name)
    try:
        yield MemoryBudget(int(_SHARE * machine_memory()) if limit is None else limit, place)
    finally:
        remove_inside(place.parent, place.name)


def parse_size(text: str) -> int:
    """Read a size such as 2GiB, 500 MB or 1.5g; return bytes.

    Units with an i or without a B (GiB, g) are powers of 1024, others (GB) of 1000.

    Raises:
        ConfigError: The text is not a size.
    """
    found = _SIZE.fullmatch(text)
    if found is None or not float(found[1]):
        raise ConfigError(f"{text!r} is not a size of memory; give one such as 2GiB or 500MB.")
    base = 1000 if found[3].lower() == "b" and found[2] else 1024
    return int(float(found[1]) * base ** _UNITS[found[2].lower()])


def readable_size(size: int) -> str:
    """Write a size so that `parse_size` reads it: whole MiB, or GiB with one decimal from 10 GiB on."""
    return f"{size / 1024**3:.1f}GiB" if size >= 10 * 1024**3 else f"{-(-size // 1024**2)}MiB"


def ordinary_memory(plain: int, packed: int) -> int:
    """Return the bytes that an audit of ordinary data does not exceed.

    Args:
        plain: Bytes of the files that are not packed.
        packed: Bytes of those that are; text is packed to a tenth at best.
    """
    return _ORDINARY_START + _ORDINARY_PLAIN * plain + _ORDINARY_PACKED * packed


def machine_memory() -> int:
    """Return the bytes that this process may have: those of the machine, or fewer if a container sets a limit."""
    sizes = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for place in _CGROUPS:
        with contextlib.suppress(OSError, ValueError):  # another version of control groups, none, or no limit
            sizes.append(int(Path(place).read_text("ascii")))
    return min(sizes)
