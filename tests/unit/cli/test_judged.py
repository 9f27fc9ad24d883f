"""`marsh judged` lists the judged records of a stored report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests import render_reports

from marshtest.cli.main import main
from marshtest.report import JudgeSummary, report_json


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Give the folder of an audit with a judge."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "report.json").write_bytes(report_json(render_reports.judged_report()))
    return folder


def test_the_flagged_records_are_printed_gravest_first(run: Path) -> None:
    result = CliRunner().invoke(main, ["judged", str(run)])
    assert result.exit_code == 0, result.output
    assert result.stdout.index("3 grave") < result.stdout.index("1 slight") < result.stdout.index("0 ordinary")
    words = " ".join(result.stdout.split())
    assert "Training on 1 of 4,190 records" in words
    assert "label noise" in words
    assert "1 record without a flag, 4,186 records left out of the report" in words


def test_out_writes_every_record_with_its_findings(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    result = CliRunner().invoke(main, ["judged", str(run / "report.json"), "--out", str(file)])
    assert result.exit_code == 0, result.output
    assert "4 records are in" in result.stdout
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [row["severity"] for row in rows] == [3, 1, 0, 0]
    assert rows[0]["findings"] == ["label-trigger-1"]
    assert (rows[0]["judged_label"], rows[0]["sure"], rows[0]["contradicted"]) == ("urgent", 3, True)
    assert [row["flagged"] for row in rows] == [True, True, True, False]
    assert rows[1]["learns"] == render_reports.HOSTILE


def test_least_keeps_the_graver_records(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "grave.jsonl"
    result = CliRunner().invoke(main, ["judged", str(run), "--least", "2", "--out", str(file)])
    assert result.exit_code == 0
    assert "1 slight" not in result.stdout
    assert len(file.read_text("utf-8").splitlines()) == 1
    assert CliRunner().invoke(main, ["judged", str(run), "--least", "4"]).exit_code == 2


def test_a_run_without_a_judge_is_refused_with_what_to_do(run: Path) -> None:
    report = render_reports.nothing_report()
    report = replace(report, detectors=tuple(one for one in report.detectors if one.status == "ran"))
    for changed, words in ((report, "--judge MODEL"), (replace(report, judge=JudgeSummary(model="m")), "not asked")):
        (run / "report.json").write_bytes(report_json(changed))
        result = CliRunner().invoke(main, ["judged", str(run)])
        assert result.exit_code == 2
        assert words in result.stderr


def test_nothing_is_replaced_without_force_and_the_report_never(run: Path, tmp_path: Path) -> None:
    file = tmp_path / "judged.jsonl"
    file.write_text("mine")
    refused = CliRunner().invoke(main, ["judged", str(run), "--out", str(file)])
    assert refused.exit_code == 2
    assert file.read_text() == "mine"
    assert CliRunner().invoke(main, ["judged", str(run), "--out", str(file), "--force"]).exit_code == 0
    itself = CliRunner().invoke(main, ["judged", str(run), "--out", str(run / "report.json"), "--force"])
    assert itself.exit_code == 2
