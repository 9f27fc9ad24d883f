"""Tell whether the first row of a table names the columns or is a record like those below, and name columns then.

A name does not come back below as a value, is no number above numbers, and is no sentence. Every column is asked by
itself; where they contradict each other, nothing is decided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from textwrap import shorten
from typing import Literal

__all__ = ["Column", "columns_of", "first_row_is", "made_up_names", "shown_cells"]

_NAMES = re.compile(
    r"#?(?:_?id|idx|index|text|texts|labels?|class|category|target|sentiment|intent|topic|prompt|completion|response"
    r"|instruction|input|output|question|answer|context|title|messages?|content|sentence[12]?|tweet|comment|review"
    r"|query|url|source|date|time|timestamp|author|user|name|score|rating|stars|description|body|subject|headline"
    r"|chosen|rejected|system|type|lang|language|split|group|premise|hypothesis|document|passage|summary|email|sms"
    r"|(?:text|label|user|sentence|doc|row|item|post|tweet|comment|review)_?(?:id|text|label|name|date|body|type))",
    re.I,
)
"""Names that columns usually have. A first row with one of them is a header, unless the name is a value below too."""
_FEW_SHARE = 0.5
"""A column has few values if at most this share of its cells differ: with 77 classes, 200 rows hold about 70 of them,
and texts hardly ever repeat so often. Chosen by eye."""
_ENOUGH = 3
"""Fewer values than this below the first row do not show whether a column has few values. Chosen by eye."""
_NUMBERS_SHARE = 0.95
"""A column holds numbers if at least this share of its cells do. Chosen by eye."""
_WORDS, _LETTERS = 3, 20
"""A column holds texts if half of its cells have at least so many words or letters; the letters are for languages
without spaces. Chosen by eye."""
_RARE_SHARE = 0.1
"""That a value does not come back below speaks for a name only if at most this share of the cells differ: one of many
classes may well be missing in the first rows. Chosen by eye."""
_IDENTIFIER = re.compile(r"[\w./-]+", re.ASCII)
_SENTENCE_WORDS, _SENTENCE_LETTERS = 4, 30
"""A cell of so many words or letters is a sentence rather than a name. Chosen by eye."""
_LONGER = 2
"""Of several columns of texts, one is the text if it is so many times as long as the next. Chosen by eye."""


@dataclass(frozen=True, slots=True)
class Column:
    """What stands below the first row in one column."""

    values: frozenset[str]
    kind: Literal["few", "numbers", "texts", "other"]
    length: float = 0.0
    """Median number of letters."""
    cells: int = 0
    """How many cells are not empty."""

    @property
    def is_id(self) -> bool:
        """Whether all cells differ, and none has two words."""
        return self.cells >= _ENOUGH and len(self.values) == self.cells and not any(" " in one for one in self.values)

    @property
    def is_json(self) -> bool:
        """Whether all cells are JSON of more than a value: such a column is neither a label nor a plain text."""
        return bool(self.values) and all(value.lstrip().startswith(("{", "[")) for value in self.values)


def columns_of(rows: Sequence[Sequence[str]], width: int) -> list[Column]:
    """Describe the columns of a table; rows of another width are left out."""
    fitting = [row for row in rows if len(row) == width]
    return [_column([row[index] for row in fitting if row[index]]) for index in range(width)]


def _column(cells: Sequence[str]) -> Column:
    values = frozenset(cells)
    if not cells:
        return Column(values, "other")
    length = median(map(len, cells))
    if len(cells) >= _ENOUGH and len(values) <= max(1, _FEW_SHARE * len(cells)):
        return Column(values, "few", length, len(cells))
    if sum(map(_is_number, cells)) >= _NUMBERS_SHARE * len(cells):
        return Column(values, "numbers", length, len(cells))
    if median(len(cell.split()) for cell in cells) >= _WORDS or length >= _LETTERS:
        return Column(values, "texts", length, len(cells))
    return Column(values, "other", length, len(cells))


def first_row_is(first: Sequence[str], columns: Sequence[Column]) -> Literal["header", "record", "unclear"]:
    """Tell what the first row is.

    Args:
        first: Its cells.
        columns: The columns below it, one for each cell.
    """
    pairs = [(cell.strip(), column) for cell, column in zip(first, columns, strict=True) if cell.strip()]
    if not pairs or any(_NAMES.fullmatch(cell) and cell not in column.values for cell, column in pairs):
        return "header"
    cells = [cell for cell, _ in pairs]
    if len(cells) > 1 and cells in ([str(n) for n in range(len(cells))], [str(n + 1) for n in range(len(cells))]):
        return "header"  # as programs number columns that have no name
    votes = {_vote(cell, column) for cell, column in pairs} - {None}
    if votes == {"record"}:
        return "record"
    return "unclear" if votes == {"record", "header"} and _reads_as_sentence(pairs) else "header"


def _vote(cell: str, column: Column) -> Literal["header", "record"] | None:
    """Tell what one cell speaks for, if for anything."""
    if column.kind == "few":
        if cell in column.values or (_is_number(cell) and all(map(_is_number, column.values))):
            return "record"
        return "header" if len(column.values) <= _RARE_SHARE * column.cells else None
    if column.kind == "numbers":
        return "record" if _is_number(cell) else "header"
    if cell in column.values:
        return "record"
    return "record" if column.kind == "texts" and _is_sentence(cell) else None


def _reads_as_sentence(pairs: Sequence[tuple[str, Column]]) -> bool:
    """Return whether a cell above texts is a sentence, so that it may be a text itself."""
    return any(column.kind == "texts" and _is_sentence(cell) for cell, column in pairs)


def made_up_names(columns: Sequence[Column]) -> tuple[tuple[str, ...], bool]:
    """Name the columns of a table without a header.

    The column of few values is called `label` and the one of texts `text`, if it is clear which they are; all others
    have their number, such as `column_3`.

    Returns:
        The names, and whether it was clear.
    """
    names = [f"column_{number}" for number in range(1, len(columns) + 1)]
    texts = sorted((index for index, one in enumerate(columns) if one.kind == "texts"), key=lambda n: columns[n].length)
    if not texts or (len(texts) > 1 and columns[texts[-1]].length < _LONGER * columns[texts[-2]].length):
        return tuple(names), False
    few = [index for index, one in enumerate(columns) if one.kind == "few" and not one.is_json]
    if columns[texts[-1]].is_json:
        return tuple(names), False
    if len(columns) > 1 and not (few and (few[0] == 0 or len(few) == 1)):
        return tuple(names), False
    if any(one.is_id for index, one in enumerate(columns) if index != texts[-1]):
        return tuple(names), False  # beside an id, a column of few values may be a source of texts without a label
    names[texts[-1]] = "text"
    if few:
        names[few[0]] = "label"
    return tuple(names), True


def shown_cells(cells: Sequence[str]) -> str:
    """Write the first cells of a row for a message."""
    more = ", …" if len(cells) > _CELLS_SHOWN else ""
    return ", ".join(repr(shorten(cell, _CELL_SHOWN, placeholder="…")) for cell in cells[:_CELLS_SHOWN]) + more


_CELLS_SHOWN, _CELL_SHOWN = 5, 50
"""Most cells of a row, and letters of a cell, that a message shows. Chosen by eye."""


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _is_sentence(cell: str) -> bool:
    if _IDENTIFIER.fullmatch(cell):
        return False
    return len(cell.split()) >= _SENTENCE_WORDS or len(cell) >= _SENTENCE_LETTERS
