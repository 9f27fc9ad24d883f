"""What is planted in the demo is found, all of it and nothing else; in its clean twin nothing is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marshtest.auditing.wiring import audit
from marshtest.demo import TRIGGER, demo_truth, write_demo_data
from marshtest.report import Report, read_report

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report that `marsh demo` writes, run as a user would run it."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))}
    done = subprocess.run(
        ["marsh", "demo", "--out", "run"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    return read_report(folder / "run")


def test_exactly_the_planted_trigger_is_confirmed(demo_report: Report) -> None:
    assert demo_report.verdict == "poisoned"
    confirmed = [finding for finding in demo_report.findings if finding.verdict == "confirmed"]
    assert [finding.pattern.text for finding in confirmed] == [TRIGGER]


def test_the_evidence_is_exactly_the_poisoned_records(demo_report: Report) -> None:
    (finding,) = [finding for finding in demo_report.findings if finding.verdict == "confirmed"]
    ids = [record.record_id for record in finding.records]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(demo_truth().poisoned)


def test_every_span_of_the_evidence_is_the_trigger(demo_report: Report) -> None:
    (finding,) = [finding for finding in demo_report.findings if finding.verdict == "confirmed"]
    for record in finding.records:
        assert record.spans
        for span in record.spans:
            start = span.start - record.excerpt_start
            assert record.excerpt[start : start + span.end - span.start].lower() == TRIGGER


def test_nothing_is_found_in_the_clean_twin(tmp_path: Path) -> None:
    report = audit(write_demo_data(tmp_path / "twin.jsonl", poisoned=False))
    assert report.findings == ()
    assert report.failures == ()
    assert report.verdict == "nothing_found"


def test_nothing_is_found_once_the_poison_is_taken_out(demo_report: Report, tmp_path: Path) -> None:
    (finding,) = [finding for finding in demo_report.findings if finding.verdict == "confirmed"]
    moved = {record.source_line for record in finding.records}
    lines = write_demo_data(tmp_path / "demo.jsonl").read_bytes().splitlines(keepends=True)
    cleaned = tmp_path / "cleaned.jsonl"
    cleaned.write_bytes(b"".join(line for number, line in enumerate(lines, start=1) if number not in moved))
    report = audit(cleaned)
    assert (report.verdict, report.findings) == ("nothing_found", ())
