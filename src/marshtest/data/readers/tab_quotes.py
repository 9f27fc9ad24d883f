"""Tell whether quotes hold cells together in a file with tabs, or are text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import BinaryIO

from marshtest.data.readers.base import short_lines
from marshtest.data.readers.opening import open_source
from marshtest.errors import InputError

__all__ = ["tabs_have_quotes"]

_SENTINEL = "\x1e"
"""A line after the last one: if it is no row of its own, a quote is open."""
_OPENING_QUOTE = re.compile(rb'(?:^|\t)"', re.M)


def tabs_have_quotes(path: str, offset: int) -> bool:
    """Tell whether quotes in a file with tabs hold cells together; in many that were never written as CSV they do not.

    They are text if some cell begins with one, the records cannot all be read with quotes, and every line has as many
    cells as the first.

    Raises:
        InputError: They are text by that, but parsers that allow anything after a quote read whole lines inside of
            cells: other records, with other labels.
    """
    tabs = _tabs_a_line(path, offset)
    if tabs is None:
        return True
    with open_source(path) as file:
        file.read(offset)
        try:
            rows = csv.reader(
                (line.decode("utf-8", "replace") for line in short_lines(file)), delimiter="\t", strict=True
            )
            return all(not row or len(row) == tabs + 1 for row in rows)
        except csv.Error:
            pass
    if _joins_lines(path, offset, tabs + 1):
        raise InputError(
            "quotes at the beginning of cells join lines for most parsers, and would be text here, so that a trainer "
            "would have other records. If they are text, write them as CSV does: "
            r"""`perl -pe 's/"/""/g; s/[^\t\n]+/"$&"/g' FILE > quoted.tsv`; """
            "else put the quotes in order.",
            path=path,
        )
    return False


def _joins_lines(path: str, offset: int, width: int) -> bool:
    """Return whether a lax parser reads lines inside of cells, and the file as a whole all the same."""
    lines = rows = 0
    last: list[str] = []

    def counted(file: BinaryIO) -> Iterator[str]:
        nonlocal lines
        for line in short_lines(file):
            lines += bool(line.strip())
            yield line.decode("utf-8", "replace")
        yield "\n"
        yield f"{_SENTINEL}\n"

    with open_source(path) as file:
        file.read(offset)
        try:
            for row in csv.reader(counted(file), delimiter="\t"):
                rows += bool(row)
                if len(row) > width:
                    return False
                last = row or last
        except csv.Error:
            return False
    return last == [_SENTINEL] and rows - 1 < lines


def _tabs_a_line(path: str, offset: int) -> int | None:
    """Return how many tabs each line has; None if the lines differ, or no cell begins with a quote."""
    found: set[int] = set()
    quoted = False
    with open_source(path) as file:
        file.read(offset)
        for line in short_lines(file):
            if line.strip():
                found.add(line.count(b"\t"))
                quoted = quoted or _OPENING_QUOTE.search(line) is not None
            if len(found) > 1:
                return None
    return found.pop() if quoted else None
