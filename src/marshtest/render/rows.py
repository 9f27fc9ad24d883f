"""Evidence records as rows of the page's table, and as JSON that is safe inside a script element."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from markupsafe import Markup

from marshtest.findings import EvidenceRecord
from marshtest.render.excerpts import excerpt_parts
from marshtest.text.visible import Part, name_character, visible

__all__ = ["Row", "make_row", "rows_json"]

_LINE_END = name_character("\n")


class Row(NamedTuple):
    """One evidence record, ready to be drawn."""

    record_id: str
    """As it stands in the data; draw it, for copying too: pasted into a shell, its line ends would run."""
    path: str
    file: str
    line: int
    label: str | None
    score: float
    field: str
    """The field that the text is from, empty when it is the prompt."""
    parts: tuple[Part, ...]


def make_row(record: EvidenceRecord) -> Row:
    """Make the row of one record; line ends are drawn and kept."""
    cut = [
        Part(part.text + "\n", part.marked, part.hidden) if part.hidden and part.text == _LINE_END else part
        for part in excerpt_parts(record)
    ]
    field = record.spans[0].field if record.spans else "prompt"
    return Row(
        record_id=record.record_id,
        path=record.source_path,
        file=PurePath(record.source_path).name or record.source_path,
        line=record.source_line,
        label=record.label,
        score=record.score,
        field="" if field == "prompt" else field,
        parts=tuple(cut),
    )


def rows_json(rows: Sequence[Row]) -> Markup:
    """Give rows as JSON that cannot end the script element around it.

    A part is a string, or [string, flags] with 1 for marked and 2 for hidden. Everything has its unseen characters
    drawn, the id that a click copies too; the script that reads this only ever writes text, never HTML.
    """
    table = [
        [
            visible(row.record_id),
            visible(row.record_id),
            visible(row.path),
            visible(row.file),
            row.line,
            None if row.label is None else visible(row.label),
            round(row.score, 4),
            visible(row.field),
            [_part_json(part) for part in row.parts],
        ]
        for row in rows
    ]
    text = json.dumps(table, separators=(",", ":"))  # pure ASCII: U+2028, U+2029 and lone surrogates are escaped
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  nothing that HTML could read is left


def _part_json(part: Part) -> Any:
    flags = part.marked + 2 * part.hidden
    return [part.text, flags] if flags else part.text
