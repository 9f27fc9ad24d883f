"""`marsh export`: a stored report in the formats that other tools read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from marshtest.cli.main import main
from marshtest.report import Report, report_json

FORMS = ("sarif", "cyclonedx", "croissant", "card")


@pytest.fixture
def run(tmp_path: Path, poisoned: Report) -> Path:
    """Give the folder of an audit."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "report.json").write_bytes(report_json(poisoned))
    return folder


@pytest.mark.parametrize("form", FORMS)
def test_a_file_holds_what_is_printed(run: Path, tmp_path: Path, form: str) -> None:
    printed = CliRunner().invoke(main, ["export", str(run), "--as", form])
    assert printed.exit_code == 0, printed.output
    target = tmp_path / "out"
    written = CliRunner().invoke(main, ["export", str(run / "report.json"), "--as", form, "--out", str(target)])
    assert written.exit_code == 0, written.output
    assert target.read_text("utf-8") == printed.stdout
    assert form == "card" or json.loads(printed.stdout)


def test_nothing_is_replaced_unasked_and_the_report_never(run: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("mine")
    refused = CliRunner().invoke(main, ["export", str(run), "--as", "card", "--out", str(target)])
    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert target.read_text() == "mine"
    forced = CliRunner().invoke(main, ["export", str(run), "--as", "card", "--out", str(target), "--force"])
    assert forced.exit_code == 0
    assert target.read_text("utf-8").startswith("---\n")
    before = (run / "report.json").read_bytes()
    over = CliRunner().invoke(main, ["export", str(run), "--as", "sarif", "--out", str(run / "report.json"), "--force"])
    assert over.exit_code == 2
    assert (run / "report.json").read_bytes() == before


def test_no_report_and_no_format_are_bad_input(tmp_path: Path, run: Path) -> None:
    assert CliRunner().invoke(main, ["export", str(tmp_path), "--as", "card"]).exit_code == 2
    assert CliRunner().invoke(main, ["export", str(run), "--as", "pdf"]).exit_code == 2
    assert CliRunner().invoke(main, ["export", str(run)]).exit_code == 2
