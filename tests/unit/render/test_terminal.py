"""The terminal report says everything, fits its width and never passes hostile text on."""

from __future__ import annotations

import io
import re
import unicodedata
from pathlib import Path

import pytest
from tests import render_reports

from marshtest.render.terminal import print_report
from marshtest.report import Report


def printed(report: Report, monkeypatch: pytest.MonkeyPatch, *, columns: int = 80, colour: bool = False) -> str:
    """Print a report into a string."""
    monkeypatch.setenv("COLUMNS", str(columns))
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    if colour:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
    file = io.StringIO()
    print_report(report, file, written=[Path("marsh-tickets/report.json")])
    return file.getvalue()


def test_a_report_says_verdict_findings_evidence_gaps_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything a reader needs is there, and the span stands in brackets where there is no colour."""
    text = printed(render_reports.poisoned_report(), monkeypatch, columns=120)
    for words in (
        "POISON FOUND",
        "2 confirmed and 1 suggestive findings in 4,200 records.",
        "⟦as the heron said⟧",
        "label ordinary",
        "29 records",
        "evidence against it",
        "skipped: the records have labels and no completions",
        "cannot see: Triggers carried by fewer than four records",
        "Controls: none.",
        "marsh-tickets/report.json",
    ):
        assert words in text
    assert "\x1b" not in text


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("name", ["poisoned", "nothing", "incomplete", "hostile"])
def test_no_line_is_wider_than_the_terminal(name: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every report fits the width."""
    text = printed(getattr(render_reports, f"{name}_report")(), monkeypatch, columns=columns)
    assert max(len(line) for line in text.splitlines()) <= columns


@pytest.mark.parametrize("colour", [False, True])
def test_hostile_text_never_reaches_the_terminal(colour: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The only control sequences are our own colours, and markup in the data stays text."""
    text = printed(render_reports.hostile_report(), monkeypatch, columns=120, colour=colour)
    if colour:
        assert "\x1b[1;30;43m" in text
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert not [c for c in text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert "[bold red]markup[/]" in text
    assert "‹ESC›[31mred" in text


def test_failures_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not examined is named with its place."""
    text = printed(render_reports.incomplete_report(), monkeypatch)
    assert "INCOMPLETE" in text
    assert "2 failures (not examined, so not clean)" in text
    assert "data/tickets.jsonl:17: no valid JSON" in text


def test_five_patterns_that_looked_odd_are_listed_with_what_explains_them(monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(render_reports.nothing_report(), monkeypatch, columns=120)
    assert "Looked odd, explained" in text
    assert "plaza 0: 40 records, 97% \u201cordinary\u201d (65% of all); the other words of its records say that" in text
    assert "plaza 4" in text
    assert "plaza 5" not in text
    assert "... and 2 more in report.json" in text
    assert "Looked odd" not in printed(render_reports.poisoned_report(), monkeypatch)
