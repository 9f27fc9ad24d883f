"""Whatever a renderer prints, nothing of it steers the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Literal

import pytest
from rich.table import Table
from tests import render_reports

from marshtest.findings import Finding, LineOfEvidence
from marshtest.render.drawing import DrawnConsole
from marshtest.render.html import render_html
from marshtest.render.terminal import print_report
from marshtest.report import DetectorRun, Report, report_json

HOSTILE = "a\x1b]0;title\x07b\u202ec\x00d\x9b31me\u200bf"
STATUSES: tuple[Literal["ran", "unsuited", "skipped", "failed"], ...] = ("ran", "unsuited", "skipped", "failed")
DRAWN = "a‹ESC›]0;title‹BEL›b‹U+202E›c‹NUL›d‹U+009B›31me‹U+200B›f"


def line_of(one: Finding) -> LineOfEvidence:
    """Give a line of evidence with hostile names."""
    return LineOfEvidence(
        detector=HOSTILE,
        verdict="confirmed",
        title=HOSTILE,
        explanation=HOSTILE,
        pattern=one.pattern,
        statistics={HOSTILE: 1.5},
        shared=1,
        records=2,
    )


def hostile_everywhere() -> Report:
    """Give a report in which every name that could hold hostile text does."""
    report = render_reports.poisoned_report()
    findings = tuple(
        replace(
            one,
            statistics={HOSTILE: 1.5, f"{HOSTILE}_low": HOSTILE, "n": HOSTILE},
            lines=(line_of(one),),
        )
        for one in report.findings
    )
    runs = tuple(
        DetectorRun(id=HOSTILE + str(number), version=HOSTILE, status=status, reason=HOSTILE, blind_spots=HOSTILE)
        for number, status in enumerate(STATUSES)
    )
    return replace(report, findings=findings, detectors=runs)


@pytest.mark.parametrize("colour", [False, True])
def test_names_of_statistics_and_detectors_are_drawn(colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "4000")
    if colour:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
    file = io.StringIO()
    print_report(hostile_everywhere(), file)
    text = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())
    assert DRAWN in text
    assert text.replace("\n", "").isprintable()


def test_the_page_and_the_file_hold_nothing_that_steers() -> None:
    report = hostile_everywhere()
    for text in (render_html(report), report_json(report).decode()):
        assert text.replace("\n", "").isprintable()


def test_what_a_renderer_forgets_is_drawn_at_the_last_step() -> None:
    file = io.StringIO()
    console = DrawnConsole(file, width=200)
    table = Table()
    table.add_column(HOSTILE)
    table.add_row(HOSTILE)
    console.print(HOSTILE)
    console.print(table)
    assert file.getvalue().replace("\n", "").isprintable()
    assert "‹ESC›]0;title" in file.getvalue()


def test_a_closed_pipe_is_no_finding() -> None:
    """Rich would exit with 1, which says that there are findings."""
    with pytest.raises(BrokenPipeError):
        DrawnConsole(io.StringIO()).on_broken_pipe()
