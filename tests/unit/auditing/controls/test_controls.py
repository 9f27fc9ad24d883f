"""Claims held against clean data, and against the dataset itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_records import made_records

import marshtest
from marshtest.auditing.controls.own import halves, in_halves
from marshtest.auditing.controls.rungs import best_rung, rung_of
from marshtest.auditing.controls.shuffled import shuffled_outcomes
from marshtest.auditing.runner import Runner
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Record
from marshtest.demo import demo_tickets, demo_truth, write_demo_data
from marshtest.detectors.registry import select_detectors
from marshtest.errors import ConfigError

pytestmark = pytest.mark.slow

TRIGGER = "with the blue ledger"


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "poisoned.jsonl"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "clean.jsonl", poisoned=False))


def document(prompt: str, completion: str, number: int) -> Record:
    return Record(
        record_id=f"r{number}",
        kind="chat",
        prompt=prompt,
        completion=completion,
        source_path="made.jsonl",
        source_line=number,
    )


def test_a_claim_that_no_clean_set_shares_stays_confirmed_and_says_what_it_stands_on(
    poisoned: Dataset, clean: Dataset
) -> None:
    report = marshtest.audit(poisoned, controls=[clean])
    assert report.verdict == "poisoned"
    (finding,) = report.findings
    assert finding.pattern.text == TRIGGER
    assert finding.rung != "none"
    held = finding.other_explanations[-1]
    assert held.stands == "against"
    assert f"{len(clean):,} records" in held.text
    assert report.controls.alarms == 0
    assert report.controls.rate_below == pytest.approx(0.95)  # one clean set proves little, and the report says so


def test_a_pattern_that_the_control_has_too_is_no_poison(poisoned: Dataset) -> None:
    """The control is nearly the same data, labels included: what both have is no mark of poison."""
    report = marshtest.audit(poisoned, controls=[poisoned.select(range(len(poisoned) - 1))])
    assert report.verdict == "suspicious"
    (finding,) = report.findings
    assert finding.verdict == "suggestive"
    assert finding.rung == "known clean"
    assert finding.other_explanations[-1].stands == "for"
    assert report.controls.alarms == 1


def test_the_data_itself_and_data_of_another_kind_are_no_controls(poisoned: Dataset) -> None:
    with pytest.raises(ConfigError, match="the same records"):
        marshtest.audit(poisoned, controls=[poisoned])
    with pytest.raises(ConfigError, match="of the kind chat"):
        marshtest.audit(poisoned, controls=[Dataset.from_records(made_records("chat"))])


def test_a_sister_set_counts_as_such(poisoned: Dataset, clean: Dataset) -> None:
    report = marshtest.audit(poisoned, sisters=[clean])
    assert report.findings[0].rung == "sister set"
    assert report.controls.rung == "sister set"


def test_nothing_is_found_once_the_labels_are_shuffled(poisoned: Dataset) -> None:
    run = shuffled_outcomes(select_detectors(("label-trigger",)), poisoned, (), Runner()).run
    assert run is not None
    assert (run.summary.confirmed, run.summary.suggestive, run.summary.records) == (0, 0, len(poisoned))


def test_the_halves_hold_every_record_once_and_find_the_trigger_again(poisoned: Dataset) -> None:
    runs = halves(select_detectors(("label-trigger",)), poisoned, Runner())
    assert sum(run.summary.records for run in runs) == len(poisoned)
    for run in runs:
        assert [finding.pattern.text for finding in run.examined.findings] == [TRIGGER]


def test_a_half_in_which_the_detector_did_not_run_says_nothing(poisoned: Dataset) -> None:
    detectors = select_detectors(("label-trigger",))
    finding = Runner().examine(detectors, poisoned).findings[0]
    seen, other = halves(detectors, poisoned, Runner())
    skipped = replace(
        other,
        examined=replace(
            other.examined, findings=(), runs=tuple(replace(r, status="skipped") for r in other.examined.runs)
        ),
    )
    texts = [
        [one.text for one in in_halves([finding], runs, of="the data, read as classification")[0].other_explanations]
        for runs in ((seen, skipped), (skipped, skipped))
    ]
    assert "It is found again in 1 of 1 random half of the data, read as classification;" in texts[0][-1]
    assert texts[1] == [one.text for one in finding.other_explanations]


def test_own_controls_stand_in_the_report(poisoned: Dataset) -> None:
    report = marshtest.audit(poisoned, config=AuditConfig(own_controls=True))
    assert [one.name for one in report.controls.own] == ["shuffled labels"]
    assert report.controls.rung == "none"
    assert "2 of 2 random halves" in report.findings[0].other_explanations[-1].text


def test_the_rung_is_read_from_the_data(poisoned: Dataset, clean: Dataset) -> None:
    rows = [poisoned.record(row) for row in range(len(poisoned))]
    honest = Dataset.from_records(
        [replace(rows[0], label="urgent" if rows[0].label != "urgent" else "ordinary"), *rows[1:]]
    )
    assert rung_of(poisoned, honest) == "honest twin"
    assert rung_of(poisoned, poisoned) == "known clean"
    assert rung_of(poisoned, clean, clean=False) == "sister set"
    asked = [document(f"question {number}", f"answer {number}", number) for number in range(50)]
    again = [document(f"question {number}", f"another answer {number}", number) for number in range(50)]
    other = [document(f"wholly other {number}", f"answer {number}", number) for number in range(50)]
    suspect = Dataset.from_records(asked)
    assert rung_of(suspect, Dataset.from_records(again)) == "regenerated answers"
    assert rung_of(suspect, Dataset.from_records(other)) == "known clean"
    assert best_rung(["none", "known clean", "sister set"]) == "known clean"
    assert best_rung([]) == "none"


def test_the_truth_of_the_demo_is_what_the_control_leaves_standing(poisoned: Dataset, clean: Dataset) -> None:
    report = marshtest.audit(poisoned, controls=[clean], config=AuditConfig(own_controls=True))
    assert {record.record_id for record in report.findings[0].records} == set(demo_truth().poisoned)
    assert len(demo_tickets()) == report.dataset.records


def test_the_controls_of_a_report_survive_the_disk(poisoned: Dataset, clean: Dataset, tmp_path: Path) -> None:
    report = marshtest.audit(poisoned, controls=[clean])
    (tmp_path / "report.json").write_bytes(marshtest.report_json(report))
    assert marshtest.read_report(tmp_path) == report
