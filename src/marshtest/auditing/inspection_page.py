"""An inspection as lines of text, for a terminal and for `print`. Text of the data is cut and made visible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from marshtest.text.visible import visible

if TYPE_CHECKING:
    from marshtest.auditing.inspection import InspectedField, InspectedReading, InspectedRecord, Inspection

__all__ = ["inspection_page"]

_TEXT = 240
"""Characters of a text of a record. Chosen by eye: three lines of a terminal."""
_CELL = 40
"""Characters of an example in the table of fields. Chosen by eye: the table fits 120 columns."""
_NAME = 28
"""Characters of a name in the table. Chosen by eye, as above."""
_LABELS = 20
"""Labels that are listed. Chosen by eye: five lines."""
_TURNS = 12
"""Turns of a record that are shown. Chosen by eye: a screen."""


def inspection_page(inspection: Inspection) -> list[str]:
    """Describe an inspection in lines, each safe to print."""
    lines = [f"{_cut(path, _TEXT)}: {name}" for path, name in inspection.files.items()]
    lines += [_looked_at(inspection), "", "FIELDS", *_table(inspection.fields)]
    unused = [one for one in inspection.fields if one.unused]
    if unused:
        lines += ["", "NOT USED", *(f"  {_cut(one.name, _NAME)}: {one.unused}." for one in unused)]
    for number, reading in enumerate(inspection.readings, start=1):
        lines += ["", *_reading(reading, number, len(inspection.readings), inspection.looked_at)]
    if inspection.bad:
        lines += ["", f"BAD RECORDS: {inspection.bad_records:,} of the first {inspection.looked_at:,} cannot be read"]
        lines += [f"  {_cut(one, _TEXT * 2)}" for one in inspection.bad]
    if inspection.problem:
        lines += ["", "CANNOT BE READ AS IT IS", f"  {_cut(inspection.problem, _TEXT * 4)}"]
    if inspection.next_step:
        lines += ["", "NEXT" if inspection.readings else "A GUESS, CHECK IT", f"  {visible(inspection.next_step)}"]
    if inspection.left_out:
        lines.append(f"  It leaves out {', '.join(_cut(name, _NAME) for name in inspection.left_out)}.")
    return lines


def _looked_at(inspection: Inspection) -> str:
    """Say how many records this is about."""
    if inspection.records == inspection.looked_at:
        count = f"{inspection.looked_at:,} {'record' if inspection.looked_at == 1 else 'records'}"
        return f"All {count} were read."
    total = "" if inspection.records is None else f" of about {inspection.records:,}"
    return f"The first {inspection.looked_at:,} records{total} were looked at."


def _table(fields: Sequence[InspectedField]) -> Iterator[str]:
    """Draw the table of fields."""
    rows = [("field", "role", "type", "records", "values", "example")]
    rows += [
        (
            _cut(one.name, _NAME),
            ", ".join(one.roles) or "-",
            one.type,
            f"{one.share:.0%}",
            f"{one.values:,}",
            _cut(one.example, _CELL),
        )
        for one in fields
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [
            cell.rjust(width) if column in (3, 4) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield f"  {'  '.join([*cells, row[5]])}".rstrip()


def _reading(reading: InspectedReading, number: int, readings: int, looked_at: int) -> Iterator[str]:
    """Describe one reading."""
    yield f"READING {number} of {readings}: format {reading.format}, records of the kind {reading.kind}"
    yield f"  It fits {reading.fitting:,} of {looked_at:,} records."
    if reading.labels:
        shown = [f"{_cut(name, _NAME)} {count:,}" for name, count in list(reading.labels.items())[:_LABELS]]
        more = len(reading.labels) - len(shown)
        yield f"  Labels: {', '.join(shown)}{f' and {more:,} more' if more else ''}"
    yield ""
    yield "  Records as the detectors see them"
    for record in reading.records:
        yield from _record(record)
    yield ""
    yield "  Detectors"
    ready = [one.id for one in reading.detectors if one.runs == "yes"]
    yield f"    run: {', '.join(ready) or 'none'}"
    for one in reading.detectors:
        if one.runs != "yes":
            word = "may not run" if one.runs == "maybe" else "does not run"
            yield f"    {one.id} {word}: {visible(one.reason)}"


def _record(record: InspectedRecord) -> Iterator[str]:
    """Show one record: its turns, or its texts."""
    about = [
        *([] if record.label is None else [f"label {_cut(record.label, _NAME)}"]),
        *([] if record.group is None else [f"group {_cut(record.group, _NAME)}"]),
    ]
    yield f"    {_cut(record.path, _TEXT)}:{record.line}{'  ' if about else ''}{'  '.join(about)}"
    texts = list(record.turns[:_TURNS])
    if not texts:
        texts = [("text" if record.label is not None and not record.turns else "prompt", record.prompt)]
        texts += [("completion", record.completion)] if record.completion and record.completion != record.label else []
    elif record.rejected is not None:
        texts.append(("completion", record.completion))
    texts += [] if record.rejected is None else [("rejected", record.rejected)]
    for role, text in texts:
        yield f"      {_cut(role, _NAME)}: {_cut(text, _TEXT) or '(empty)'}"
    if len(record.turns) > _TURNS:
        yield f"      and {len(record.turns) - _TURNS:,} more turns"


def _cut(text: str, most: int) -> str:
    """Cut a text, and make it safe to print on one line."""
    return visible(text) if len(text) <= most else f"{visible(text[:most])}\u2026"
