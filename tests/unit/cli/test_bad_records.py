"""`--on-bad-record` from the command line to the report: what could not be read is counted, never taken for clean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marshtest.cli.main import main
from marshtest.demo import demo_tickets
from marshtest.report import read_report

pytestmark = pytest.mark.slow

BROKEN = (b'{"text": "cut off in the mid\n', b'{"text": "no label"}\n', b'{"text": "caf\xe9", "label": "urgent"}\n')


def marsh(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def clean_lines(count: int) -> list[bytes]:
    tickets = demo_tickets(poisoned=False)[:count]
    return [json.dumps({"id": t.id, "text": t.text, "label": t.label}).encode() + b"\n" for t in tickets]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a file of 400 good records with broken ones at lines 101, 202 and 303."""
    monkeypatch.chdir(tmp_path)
    lines = clean_lines(400)
    for line, broken in zip((101, 202, 303), BROKEN, strict=True):
        lines.insert(line - 1, broken)
    path = tmp_path / "data.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def test_a_bad_record_stops_the_audit_unless_told_otherwise(data: Path) -> None:
    result = marsh("audit", data, "--out", "run")
    assert result.exit_code == 2
    assert "data.jsonl:101: " in result.stderr
    assert not Path("run").exists()


def test_skipped_records_make_the_audit_incomplete(data: Path) -> None:
    result = marsh("audit", data, "--out", "run", "--on-bad-record", "skip")
    assert result.exit_code == 3, result.output
    report = read_report("run")
    assert (report.verdict, report.findings, report.dataset.records) == ("incomplete", (), 400)
    assert [(failure.detector, failure.source_line) for failure in report.failures] == [
        ("reader", 101),
        ("reader", 202),
        ("reader", 303),
    ]


def test_the_report_says_what_was_not_looked_at(data: Path) -> None:
    result = marsh("audit", data, "--out", "run", "--on-bad-record", "skip")
    assert "INCOMPLETE" in result.stdout
    page = Path("run/report.html").read_text("utf-8")
    for line in (101, 202, 303):
        assert f"data.jsonl:{line}" in "".join(result.stdout.split())  # a long path breaks over two lines
        assert f"data.jsonl, line {line}:" in page


def test_what_is_found_outweighs_what_was_skipped(data: Path) -> None:
    """A finding beside unreadable records is exit code 1, and the unreadable ones are still counted."""
    with data.open("ab") as file:
        file.write(b'{"id": "x", "text": "twice labelled", "label": "urgent", "label": "ordinary"}\n')
    result = marsh("audit", data, "--out", "run", "--on-bad-record", "skip", "--detector", "parser-disagreement")
    assert result.exit_code == 1, result.output
    report = read_report("run")
    assert (report.verdict, len(report.findings), len(report.failures)) == ("suspicious", 1, 3)


def test_unreadable_records_stay_in_the_cleaned_file(data: Path) -> None:
    marsh("audit", data, "--out", "run", "--on-bad-record", "skip")
    result = marsh("clean", "run", "--out", "cleaned.jsonl")
    assert result.exit_code == 0, result.output
    assert Path("cleaned.jsonl").read_bytes() == data.read_bytes()
