"""The judged records of a report as a table on a terminal, and as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TextIO

from rich.table import Table
from rich.text import Text

from marshtest.render.drawing import DrawnConsole
from marshtest.render.judged_records import blind_label, finding_ids, severity_word
from marshtest.render.words import count
from marshtest.report import JudgedRecord, Report
from marshtest.text.visible import visible

__all__ = ["judged_lines", "print_judged"]

_MOST_ROWS = 50
"""Records that are printed. Chosen by eye: two or three screens."""
_MOST_WORDS = 160
"""Characters of a lesson or a quote that are printed. Chosen by eye: a few lines of a narrow column."""


def judged_lines(report: Report, records: Sequence[JudgedRecord]) -> bytes:
    """Give records as JSON Lines: every field, whether it is flagged and contradicted, and the findings that hold it.

    Everything but ASCII is escaped, so that a terminal that shows the file runs nothing.

    Args:
        report: Where they are from.
        records: Those to write.
    """
    held = finding_ids(report)
    lines = [
        json.dumps(
            {
                **asdict(one),
                "flagged": one.is_flagged,
                "contradicted": one.is_contradicted,
                "findings": [finding.finding_id for finding in held.get(one.record_id, ())],
            }
        )
        for one in records
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def print_judged(report: Report, records: Sequence[JudgedRecord], file: TextIO) -> None:
    """Print the flagged ones of some records, gravest first; text of the data only as `Text` with nothing unseen.

    Args:
        report: Where they are from.
        records: Those to print, in order.
        file: Where to print.
    """
    console = DrawnConsole(file)
    held = finding_ids(report)
    flagged = [one for one in records if one.is_flagged]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("severity", no_wrap=True)
    table.add_column("record", overflow="fold", ratio=2)
    is_labelled = any(one.label is not None for one in flagged)
    if is_labelled:
        table.add_column("label, and judge's label", overflow="fold", ratio=2)
    table.add_column("what a model would learn, and the words that teach it", overflow="fold", ratio=4)
    for one in flagged[:_MOST_ROWS]:
        colour = {0: "", 1: "yellow"}.get(one.severity or 0, "red")
        place = Text(visible(f"{one.source_path}:{one.source_line}"), overflow="fold")
        for finding in held.get(one.record_id, ()):
            place.append(f"\n{visible(finding.finding_id)}", style="cyan")
        labels = [_labels(one)] if is_labelled else []
        table.add_row(Text(severity_word(one), style=colour), place, *labels, _words(one))
    if flagged:
        console.print(table)
    if rest := _rest(report, records, len(flagged)):
        console.print(Text(rest, style="dim"))


def _labels(one: JudgedRecord) -> Text:
    """Give the label of the data and, if it was asked for, that of the judge."""
    text = Text("\u2013" if one.label is None else visible(one.label), overflow="fold")
    if one.judged_label is not None:
        style = "bold" if one.is_contradicted else "dim"
        text.append(f"\njudge: {visible(blind_label(one))}", style=style)
    return text


def _words(one: JudgedRecord) -> Text:
    """Give what would be learnt and the quote, or the beginning of a text whose label does not fit."""
    if not one.severity:
        return Text(visible(_clipped(one.excerpt)), style="dim", overflow="fold")
    text = Text(visible(_clipped(one.learns)), overflow="fold")
    if one.quote:
        text.append(f"\n\u201c{visible(_clipped(one.quote))}\u201d", style="dim")
    if one.excuses:
        text.append("\nreasoning excuses it", style="dim")
    return text


def _clipped(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[:_MOST_WORDS]}\u2026"


def _rest(report: Report, records: Sequence[JudgedRecord], flagged: int) -> str:
    """Say what is not in the table."""
    if not records and report.judge is not None and not (report.judge.records and report.judge.records.judged):
        return f"The judge answered about none of the {report.dataset.records:,} records."
    ordinary = len(records) - flagged
    parts = [f"{count(flagged - _MOST_ROWS, 'more flagged record')}"] if flagged > _MOST_ROWS else []
    parts += [f"{count(ordinary, 'record')} without a flag"] if ordinary else []
    judged = None if report.judge is None else report.judge.records
    parts += [f"{count(judged.left_out, 'record')} left out of the report"] if judged and judged.left_out else []
    lead = "" if flagged else "No record is flagged. "
    return lead + (f"Not shown: {', '.join(parts)}. --out FILE writes all that the report has." if parts else "")
