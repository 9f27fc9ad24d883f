"""Very many records: parts of the audit look at some of them, find the same and say so."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from tests.planting import insert, plant

from marshtest.auditing.controls import checking, drawing
from marshtest.auditing.wiring import audit
from marshtest.config import AuditConfig
from marshtest.detectors import label_structure
from marshtest.detectors.label_trigger import LabelTrigger, LabelTriggerSettings
from marshtest.detectors.near_duplicates import clusters
from marshtest.mining import labelled_texts
from marshtest.mining.drawing import DrawSettings
from marshtest.mining.phrases.settings import PhraseSettings, ScreeningSettings
from marshtest.report import Report

pytestmark = pytest.mark.slow

PHRASE = "with the blue ledger"
PLANTED = plant(insert(PHRASE), poisoned=24, size=1500)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take 1,000 records for very many."""
    for module in (label_structure, labelled_texts, clusters, drawing):
        monkeypatch.setattr(module, "LARGE", 1_000)
    drawn = DrawSettings(size=600, of_class=100)
    phrases = PhraseSettings(screening=ScreeningSettings(drawn=drawn))
    settings = LabelTriggerSettings(screened_above=1_000, phrases=phrases)
    monkeypatch.setattr(LabelTrigger, "settings", settings)
    structures = label_structure.LabelStructureSettings(drawn=drawn)
    monkeypatch.setattr(label_structure.LabelStructure, "settings", structures)
    monkeypatch.setattr(checking, "_PART", 700)
    monkeypatch.setattr(checking, "_POWER_PART", 500)


def write(folder: Path, *, files: int = 1, seed: int | None = None) -> list[Path]:
    """Write the records into files, shuffled if there is a seed."""
    rows = [
        json.dumps({"id": f"r{line}", "text": text, "label": label})
        for line, (text, label) in enumerate(zip(PLANTED.texts, PLANTED.labels, strict=True), start=1)
    ]
    if seed is not None:
        Random(seed).shuffle(rows)
    folder.mkdir()
    paths = [folder / f"{number}.jsonl" for number in range(files)]
    for number, path in enumerate(paths):
        path.write_text("".join(f"{row}\n" for row in rows[number::files]), "utf-8")
    return paths


def told(paths: list[Path]) -> object:
    """Audit with detectors to which a file is no source; give what they say of records, wherever those stand."""
    ids = ("hidden-text", "label-structure", "label-trigger", "near-duplicates", "parser-disagreement")
    report: Report = audit(paths, config=AuditConfig(detectors=ids))
    return (
        report.verdict,
        report.dataset.fingerprint,
        [(one.id, one.reason, one.tried, dict(one.diagnostics)) for one in report.detectors],
        dict(report.coverage),
        [
            (one.id, one.verdict, one.title, dict(one.statistics), sorted((r.record_id, r.score) for r in one.records))
            for one in report.findings
        ],
    )


def test_the_order_and_the_files_of_very_many_records_change_nothing(large: None, tmp_path: Path) -> None:
    first = told(write(tmp_path / "a"))
    assert told(write(tmp_path / "b", seed=4)) == first
    assert told(write(tmp_path / "c", files=3, seed=5)) == first


def test_the_order_and_the_files_of_ordinary_data_change_nothing(tmp_path: Path) -> None:
    assert told(write(tmp_path / "b", files=2, seed=4)) == told(write(tmp_path / "a"))


def test_the_trigger_is_confirmed_and_the_report_says_what_was_drawn(large: None, tmp_path: Path) -> None:
    report = audit(write(tmp_path / "a"), config=AuditConfig(own_controls=True, power="quick"))
    finding = next(one for one in report.findings if PHRASE in one.pattern.text)
    assert finding.verdict == "confirmed"
    assert sorted(record.record_id for record in finding.records) == sorted(PLANTED.ids)
    diagnostics = {one.id: one.diagnostics for one in report.detectors}
    assert diagnostics["label-trigger"]["learned_from"] == 600
    assert report.coverage["label-structure"].planned == 600
    assert report.coverage["label-trigger"].planned == 1500
    assert [one.records for one in report.controls.own] == [700]
    assert "copies of 500 records of the data (drawn at random)" in report.power.statement
    halves = [one.text for one in finding.other_explanations if "random halves of" in one.text]
    assert len(halves) == 1
    assert "records of the data (those of the findings, the others drawn at random)" in halves[0]


def test_a_detector_that_can_look_at_all_records_takes_what_is_not_large_whole(tmp_path: Path) -> None:
    report = audit(write(tmp_path / "a"))
    assert {one.planned for one in report.coverage.values()} == {1500}
    assert "learned_from" not in next(one for one in report.detectors if one.id == "label-trigger").diagnostics
