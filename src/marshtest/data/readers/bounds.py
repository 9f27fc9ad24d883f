"""How much a file may hold: the first line of defence, before anything becomes a Python value.

The same bounds hold for every format, packed or not. What exceeds one is refused or counted, never cut.
"""

from __future__ import annotations

__all__ = [
    "GROWS",
    "MAX_COLUMNS",
    "MAX_RECORD_BYTES",
    "MAX_VALUES",
    "TOO_LONG",
    "TOO_MANY_VALUES",
    "grows_too_much",
    "too_many_columns",
]

MAX_RECORD_BYTES = 64 * 1024 * 1024
"""A longer record is refused, so that no file can exhaust the memory. Chosen by eye."""
TOO_LONG = f"the record is longer than {MAX_RECORD_BYTES // 1024**2} MiB; is this the right file? Split or drop it."
MAX_COLUMNS = 10_000
"""Columns of a table. Chosen by eye: published sets of texts have hundreds at most."""
MAX_VALUES = 1_000_000
"""Cells, elements and fields inside one record; each costs about a hundred bytes in Python. Chosen by eye."""
TOO_MANY_VALUES = f"the record holds more than {MAX_VALUES:,} values; is this the right file? Split or drop it."
_FREE_BYTES = 64 * 1024 * 1024
"""A file that unpacks to so many bytes or fewer is never taken for a bomb. Chosen by eye: one record may be as long."""
_TIMES = 100
"""A larger one is, if it grows to more than this many times its size, packed or as the cells of a table. Chosen by eye:
text grows four to ten times, records made from a template up to fifty."""
GROWS = f"the file holds more than {_TIMES} times its size"


def grows_too_much(held: int, stored: int) -> bool:
    """Return whether so many bytes are too many for a file of which so many were read.

    Args:
        held: Bytes that were unpacked.
        stored: Bytes that they were unpacked from.
    """
    return held > max(_FREE_BYTES, _TIMES * stored)


def too_many_columns(columns: int) -> str:
    """Return a message: a table is too wide."""
    return f"the table has {columns:,} columns, more than {MAX_COLUMNS:,}; keep those that matter."
