"""`marsh audit` writes its report whole, says what it found by its exit code and never shows a traceback."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests import render_reports
from tests.unit.cli.conftest import FakeAudit

from marshtest.cli.main import main
from marshtest.config import FieldMap
from marshtest.errors import InputError
from marshtest.report import Report


def marsh(*words: str | Path) -> Result:
    """Run a command line."""
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize(("name", "code"), [("poisoned", 1), ("hostile", 1), ("nothing", 0), ("incomplete", 3)])
def test_the_exit_code_is_the_verdict(name: str, code: int, fake_audit: FakeAudit, data: Path) -> None:
    """0 nothing found, 1 findings, 3 incomplete; the report is printed and lies in its folder."""
    report = getattr(render_reports, f"{name}_report")()
    fake_audit(report)
    result = marsh("audit", data)
    assert result.exit_code == code, result.output
    folder = Path("marsh-tickets")
    assert sorted(file.name for file in folder.iterdir()) == ["report.html", "report.json"]
    assert "marsh-tickets/report.html" in result.stdout
    assert json.loads((folder / "report.json").read_text("utf-8"))["verdict"] == report.verdict


def test_options_reach_the_audit(fake_audit: FakeAudit, data: Path) -> None:
    """Every option ends where it belongs."""
    Path("charter.toml").write_text('protected = "ordinary"\n')
    calls = fake_audit(render_reports.nothing_report())
    result = marsh(
        *("audit", data, data, "--text-field", "t", "--label-field", "l", "--completion-field", "c"),
        *("--messages-field", "m", "--id-field", "i", "--group-field", "g", "--system-field", "s"),
        *("--context-field", "x", "--reasoning-field", "r", "--steps-field", "e", "--chosen-field", "w"),
        *("--rejected-field", "j", "--title-field", "h", "--query-field", "q", "--format", "csv", "--format", "chat"),
        *("--detector", "one", "--detector", "two", "--charter", "charter.toml", "--seed", "7"),
        *("--on-bad-record", "skip", "--out", "deep/run", "--quiet"),
    )
    assert result.exit_code == 0, result.output
    assert result.output == ""
    (call,) = calls
    assert call["data"] == [data, data]
    fields, config = call["fields"], call["config"]
    plain = FieldMap(text="t", label="l", completion="c", messages="m", id="i", group="g", system="s")
    others: dict[str, Any] = {
        "context": "x",
        "reasoning": "r",
        "steps": "e",
        "chosen": "w",
        "rejected": "j",
        "title": "h",
        "query": "q",
    }
    assert fields == replace(plain, **others, file_format="csv", record_format="chat")
    assert (config.detectors, config.seed, config.on_bad_record) == (("one", "two"), 7, "skip")
    assert call["charter"].protected == "ordinary"
    assert Path("deep/run/report.json").exists()


def test_json_on_the_standard_output_stands_alone(fake_audit: FakeAudit, data: Path, poisoned: Report) -> None:
    """`--json -` can be piped on."""
    fake_audit(poisoned)
    result = marsh("audit", data, "--json", "-")
    assert json.loads(result.stdout)["verdict"] == "poisoned"


def test_json_to_a_file_and_no_page(fake_audit: FakeAudit, data: Path, poisoned: Report) -> None:
    """`--json FILE` writes a second copy; `--no-html` leaves the page out, an old one included."""
    fake_audit(poisoned)
    marsh("audit", data)
    result = marsh("audit", data, "--json", "copy.json", "--no-html", "--force")
    assert result.exit_code == 1, result.output
    assert Path("copy.json").read_bytes() == Path("marsh-tickets/report.json").read_bytes()
    assert not Path("marsh-tickets/report.html").exists()


def test_a_report_is_not_overwritten_unasked(fake_audit: FakeAudit, data: Path, poisoned: Report) -> None:
    """A folder with a report is refused before the work begins; --force replaces it."""
    calls = fake_audit(poisoned)
    marsh("audit", data)
    before = Path("marsh-tickets/report.json").stat().st_mtime_ns
    result = marsh("audit", data)
    assert result.exit_code == 2
    assert "already holds a report" in result.stderr
    assert len(calls) == 1
    assert Path("marsh-tickets/report.json").stat().st_mtime_ns == before
    assert marsh("audit", data, "--force").exit_code == 1


def test_bad_input_is_one_message_and_leaves_nothing(fake_audit: FakeAudit, data: Path) -> None:
    """An error of the data has its place, exit code 2, no traceback, no folder, and no live escape."""
    fake_audit(InputError("no valid JSON \x1b[31m; mend the line.", path=data, line=3))
    result = marsh("audit", data)
    assert result.exit_code == 2
    assert result.stderr == f"Error: {data}:3: no valid JSON ‹ESC›[31m; mend the line.\n"
    assert not Path("marsh-tickets").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["audit"], "Missing argument"),
        (["audit", "gone.jsonl"], "gone.jsonl: there is no such file"),
        (["audit", "tickets.jsonl", "--seed", "x"], "not a valid integer"),
        (["audit", "tickets.jsonl", "--charter", "gone.toml"], "cannot read the charter"),
        (["audit", "tickets.jsonl", "--out", "tickets.jsonl"], "is not a folder"),
        (["audit", "tickets.jsonl", "--out", "tickets.jsonl/run"], "is not writable"),
        (["show", "gone"], "cannot read the report"),
        (["detectors", "gone"], "there is no detector 'gone'"),
        (["bogus\x1b[31m"], "No such command 'bogus"),
    ],
)
def test_bad_usage_is_one_message(words: list[str], message: str, fake_audit: FakeAudit, data: Path) -> None:
    """What a user can mend is said in a sentence with exit code 2."""
    fake_audit(render_reports.nothing_report())
    result = marsh(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert "\x1b" not in result.output


def test_a_full_disk_leaves_nothing_half_written(
    fake_audit: FakeAudit, data: Path, poisoned: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing fails at the last moment: one message, and neither a part of a report nor a folder stays."""
    fake_audit(poisoned)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", full)
    result = marsh("audit", data)
    assert result.exit_code == 2
    assert "the disk is full" in result.stderr
    assert [file.name for file in data.parent.iterdir()] == ["tickets.jsonl"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(fake_audit: FakeAudit, data: Path, poisoned: Report) -> None:
    """A folder that may not be written to is refused before the work."""
    calls = fake_audit(poisoned)
    Path("locked").mkdir(mode=0o500)
    result = marsh("audit", data, "--out", "locked/run")
    assert (result.exit_code, calls) == (2, [])
    assert "is not writable" in result.stderr


def test_an_interrupt_is_130(fake_audit: FakeAudit, data: Path) -> None:
    """Ctrl-C ends quietly."""
    fake_audit(KeyboardInterrupt())
    result = marsh("audit", data)
    assert result.exit_code == 130
    assert "Traceback" not in result.output


def test_a_file_name_that_is_no_text_is_refused(fake_audit: FakeAudit, data: Path) -> None:
    """A report is UTF-8 and names its files: a name that is no UTF-8 would break it at the end of the work."""
    fake_audit(render_reports.nothing_report())
    name = os.fsdecode(b"odd\xff.jsonl")
    Path(name).write_text("{}\n")
    result = marsh("audit", name)
    assert result.exit_code == 2
    assert "‹U+DCFF›.jsonl: the name of this file is not UTF-8" in result.stderr
