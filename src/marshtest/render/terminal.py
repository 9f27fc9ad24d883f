"""The report on a terminal, with or without colour."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from marshtest.findings import Dismissed, EvidenceRecord, Finding, LineOfEvidence
from marshtest.render.drawing import DrawnConsole
from marshtest.render.excerpts import excerpt_parts
from marshtest.render.judged_records import harm_sentences, label_sentences
from marshtest.render.judging import judge_facts, missing_answers
from marshtest.render.numbers import Statistic, format_number, statistics
from marshtest.render.sureness import (
    NO_CONTROLS,
    NO_POWER,
    control_sentences,
    direction_of,
    family_of,
    family_sentence,
    outcome,
)
from marshtest.render.words import (
    DISMISSED_NOTE,
    STANDS,
    VERDICT_NOTES,
    VERDICT_TITLES,
    count,
    coverage_gap,
    dismissed_share,
    findings_sentence,
    kind_of,
    line_note,
    skipped_sentence,
    taken_over_sentences,
    unlabelled_sentence,
    unread_sentence,
)
from marshtest.report import DatasetSummary, JudgedRecords, Report, ReportVerdict
from marshtest.text.visible import visible

__all__ = ["print_report"]

_EXAMPLES = 3
"""Evidence records per finding; the page has all, and a finding should fit a screen."""
_NUMBERS = 6
"""Statistics per finding, the most important first."""
_FAILURES = 5
"""Failures that are listed."""
_DISMISSED = 5
"""Dismissed patterns that are listed, the oddest."""
_LABELS = 6
"""Labels that are listed."""
_BEFORE, _AFTER = 70, 210
"""Characters of a record before and after the start of its first span: about four lines."""
_COLOURS: dict[ReportVerdict, str] = {
    "poisoned": "red",
    "suspicious": "yellow",
    "nothing_found": "green",
    "incomplete": "cyan",
}


def print_report(report: Report, file: TextIO, *, written: Sequence[Path] = ()) -> None:
    """Print a report.

    Text of the dataset is only ever put into `Text` objects, with its invisible characters drawn: none of it is read as
    markup or reaches the terminal as a control character.

    Args:
        report: The report.
        file: Where to print; in colour when it is a terminal that has colours.
        written: Files that hold the report, to be named at the end.
    """
    console = DrawnConsole(file)
    plain = not console.is_terminal or console.no_color
    console.print(_banner(report))
    console.print(_dataset(report.dataset))
    for number, finding in enumerate(report.findings, start=1):
        console.print(_finding(number, finding, plain=plain))
    if report.dismissed:
        console.print(_dismissed(report.dismissed))
    if report.judge is not None:
        console.print(_heading("The judge"))
        console.print(_pairs([(name, _safe(text)) for name, text in judge_facts(report.judge)]))
        if report.judge.records is not None:
            console.print(_judged_records(report, report.judge.records))
    console.print(_not_covered(report))
    console.print(_how_sure(report))
    if written:
        console.print(_heading("Files"))
        for path in written:
            console.print(_indent(_safe(str(path)), (0, 2)), overflow="fold", soft_wrap=True)


def _indent(body: RenderableType, space: tuple[int, ...]) -> Padding:
    """Indent a part without padding its lines on the right."""
    return Padding(body, space, expand=False)  # type: ignore[arg-type]


def _safe(text: str, style: str = "") -> Text:
    return Text(visible(text), style=style, overflow="fold")


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _banner(report: Report) -> RenderableType:
    colour = _COLOURS[report.verdict]
    return Panel(
        Group(
            Text(VERDICT_TITLES[report.verdict].upper(), style=f"bold {colour}"),
            Text(findings_sentence(report)),
            Text(VERDICT_NOTES[report.verdict], style="dim"),
            *([_safe(skipped, "dim")] if (skipped := skipped_sentence(report)) else []),
            *([_safe(unread, "bold red")] if (unread := unread_sentence(report)) else []),
            *([Text(missing, style="bold red")] if (missing := missing_answers(report.judge)) else []),
            *(_safe(sentence) for sentence in taken_over_sentences(report.taken_over)),
        ),
        border_style=colour,
        padding=(0, 2),
    )


def _pairs(rows: Sequence[tuple[str, Text]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", max_width=26, overflow="fold")
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(_safe(name), value)
    return _indent(table, (0, 2))


def _dataset(dataset: DatasetSummary) -> RenderableType:
    rows = [("data", _safe(", ".join(dataset.source))), ("records", Text(f"{dataset.records:,} ({kind_of(dataset)})"))]
    if dataset.labels:
        shown = list(dataset.labels.items())[:_LABELS]
        more = len(dataset.labels) - len(shown)
        texts = [f"{name} {records:,}" for name, records in shown] + ([f"{more:,} more"] if more else [])
        rows.append(("labels", _safe(", ".join(texts))))
        if unlabelled := unlabelled_sentence(dataset):
            rows.append(("no label", _safe(unlabelled)))
    for fields in (dataset.fields, *(one.fields for one in dataset.readings)):
        if fields:
            rows.append(("fields", _safe(", ".join(f"{field} from {source}" for field, source in fields.items()))))
    rows.append(("fingerprint", _safe(dataset.fingerprint)))
    return _pairs(rows)


def _finding(number: int, finding: Finding, *, plain: bool) -> RenderableType:
    colour = "red" if finding.verdict == "confirmed" else "yellow"
    title = Text.assemble((f"\n{number}. ", "bold"), (finding.verdict, f"bold {colour}"), ("  ", ""))
    title.append(visible(finding.title), style="bold")
    body: list[RenderableType] = [title, _indent(_safe(finding.explanation), (0, 3))]
    numbers = statistics(finding.statistics)[:_NUMBERS]
    if numbers:
        body += [Text(), _pairs([(one.label, _number(one)) for one in numbers])]
    if finding.other_explanations:
        body.append(Text("\n  Alternative explanations", style="bold dim"))
        body += [
            _indent(Text.assemble(("- ", "dim"), visible(other.text), (f" [{STANDS[other.stands]}]", "dim")), (0, 2))
            for other in finding.other_explanations
        ]
    if finding.lines:
        body.append(Text("\n  Also found by other detectors", style="bold dim"))
        body += [_line(line) for line in finding.lines]
    shown = finding.records[:_EXAMPLES]
    if shown:
        body.append(Text(f"\n  Evidence: {len(shown)} of {count(len(finding.records), 'record')}", style="bold dim"))
        body += [_example(record, plain=plain) for record in shown]
    return Group(*body)


def _number(one: Statistic) -> Text:
    return _safe(one.value).append(f"  ({visible(one.note)})" if one.note else "", style="dim")


def _line(line: LineOfEvidence) -> RenderableType:
    note = f" [{line_note(line)}]"
    return _indent(
        Text.assemble(("- ", "dim"), (visible(line.detector), "cyan"), ": ", visible(line.title), (note, "dim")), (0, 2)
    )


def _example(record: EvidenceRecord, *, plain: bool) -> RenderableType:
    place = _safe(f"{record.source_path}:{record.source_line}", "cyan")
    if record.label is not None:
        place.append("  label ", style="dim").append(visible(record.label), style="bold")
    text = Text(overflow="fold")
    inside = False
    for part in excerpt_parts(record, before=_BEFORE, after=_AFTER):
        if plain and part.marked != inside:
            text.append("\u27e6" if part.marked else "\u27e7")  # without colour the span stands in ⟦brackets⟧
        inside = part.marked
        text.append(part.text, style="bold black on yellow" if part.marked else "magenta" if part.hidden else "")
    if plain and inside:
        text.append("\u27e7")
    return _indent(Group(place, _indent(text, (0, 0, 0, 2))), (0, 2))


def _dismissed(dismissed: Sequence[Dismissed]) -> RenderableType:
    """List the oddest patterns that are no findings, and what explains each."""
    body: list[RenderableType] = [_heading("Looked odd, explained"), _indent(Text(DISMISSED_NOTE, style="dim"), (0, 2))]
    for one in dismissed[:_DISMISSED]:
        facts = f": {count(one.carriers, 'record')}, {dismissed_share(one)}; {one.reason}"
        line = Text.assemble(("- ", "dim"), (visible(one.pattern.text), "bold"), visible(facts))
        body.append(_indent(line, (0, 2)))
    if len(dismissed) > _DISMISSED:
        body.append(_indent(Text(f"... and {len(dismissed) - _DISMISSED:,} more in report.json", style="dim"), (0, 2)))
    return Group(*body)


def _judged_records(report: Report, judged: JudgedRecords) -> RenderableType:
    """Say in a few lines what the judge says of single records."""
    rows = [("harm", " ".join(harm_sentences(judged))), ("labels", " ".join(label_sentences(report)))]
    listed = f"{judged.flagged:,} of {count(judged.judged, 'judged record')} flagged; marsh judged RUN lists them"
    pairs = [(name, _safe(text)) for name, text in (*rows, ("records", listed)) if text]
    return Group(_heading("What the judge says of the records"), _pairs(pairs))


def _not_covered(report: Report) -> RenderableType:
    body: list[RenderableType] = [_heading("Coverage and blind spots")]
    rows = []
    unsuited: dict[str, list[str]] = {}
    for run in report.detectors:
        if run.status == "unsuited":
            unsuited.setdefault(run.reason, []).append(run.id)
            continue
        state = Text(
            run.status, style="green" if run.status == "ran" else "yellow" if run.status == "skipped" else "red"
        )
        if run.name in report.coverage:
            state.append(f", examined {coverage_gap(report.coverage[run.name], report.dataset.records)}", style="")
        if run.status == "ran" and run.tried:
            state.append(f", {format_number(run.tried)} patterns tested")
        if run.reason:
            state.append(f": {visible(run.reason)}")
        if run.blind_spots:
            state.append(f"\ncannot see: {visible(run.blind_spots)}", style="dim")
        rows.append((run.name, state))
    for reason, names in unsuited.items():
        why = reason or "made for other kinds of data"
        rows.append(("does not apply" if len(names) == 1 else "do not apply", _safe(f"{', '.join(names)}: {why}")))
    body.append(_pairs(rows) if rows else Text("  No detector ran."))
    if report.failures:
        body.append(
            Text(
                f"\n  {count(sum(one.records for one in report.failures), 'failure')} (not examined, so not clean)",
                style="bold red",
            )
        )
        for failure in report.failures[:_FAILURES]:
            line = "" if failure.source_line is None else f":{failure.source_line}"
            place = f"{failure.source_path}{line}: " if failure.source_path else ""
            body.append(_indent(_safe(f"- {failure.detector}: {place}{failure.message}"), (0, 2)))
        if len(report.failures) > _FAILURES:
            body.append(Text(f"  ... and {len(report.failures) - _FAILURES:,} more in report.json", style="dim"))
    return Group(*body)


def _how_sure(report: Report) -> RenderableType:
    controls, power = report.controls, report.power
    body: list[RenderableType] = [_heading("Controls and power")]
    body += [_indent(_safe(sentence), (0, 2)) for sentence in control_sentences(controls)]
    body += [_indent(_safe(f"- {one.name}: {outcome(one)}"), (0, 2)) for one in (*controls.sets, *controls.own)]
    if not controls.sets and not controls.own:
        body.append(_indent(Text(f"Controls: none. {NO_CONTROLS}", style="dim"), (0, 2)))
    if power.families:
        times = f"{count(power.plantings, 'time')} into {count(power.copies, 'copy', 'copies')}"
        planted = f"Power, from harmless test poison planted {times}, each family in its weakest direction:"
        body += [Text(), _indent(Text(planted), (0, 2))]
        for one in power.families:
            where = f" ({direction_of(one)})" if one.source_label is not None else ""
            body.append(_indent(_safe(f"- {family_of(one)}{where}: {family_sentence(one)}"), (0, 2)))
    else:
        body.append(_indent(_safe(f"Power: not measured. {power.statement or NO_POWER}", "dim"), (0, 2)))
    if report.judge_power.statement:
        body += [Text(), _indent(_safe(f"Power with the judge: {report.judge_power.statement}"), (0, 2))]
    return Group(*body)
