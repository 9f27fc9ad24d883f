"""A killed audit goes on from the last detector that finished, and says what it would have said."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.planting import dataset_of, insert, plant

from marshtest.auditing.checkpoints import Checkpoints
from marshtest.charter import Charter
from marshtest.cli.run_folder import CHECKPOINTS_NAME
from marshtest.data.dataset import Dataset
from marshtest.demo import write_demo_data
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.hidden_text.detector import HiddenText
from marshtest.detectors.label_trigger import LabelTrigger

pytestmark = pytest.mark.slow

PLANTED = plant(insert("with the blue ledger"))


def test_what_was_kept_is_what_was_said(tmp_path: Path) -> None:
    detector, dataset = LabelTrigger(), PLANTED.dataset
    said = detector.examine(dataset, Tools())
    Checkpoints(tmp_path, seed=0, charter=None).keep(detector, dataset, said)
    again = Checkpoints(tmp_path, seed=0, charter=None).known(LabelTrigger(), PLANTED.dataset)
    assert again == said
    assert said.findings


def test_another_detector_seed_charter_calibration_or_record_is_run(tmp_path: Path) -> None:
    said = Examination(tried=3)
    Checkpoints(tmp_path, seed=0, charter=None).keep(HiddenText(), PLANTED.dataset, said)
    changed = dataset_of(PLANTED.texts, ("urgent", *PLANTED.labels[1:-1], "ordinary"))
    for checkpoints, detector, dataset in (
        (Checkpoints(tmp_path, seed=1, charter=None), HiddenText(), PLANTED.dataset),
        (Checkpoints(tmp_path, seed=0, charter=Charter(protected="urgent")), HiddenText(), PLANTED.dataset),
        (Checkpoints(tmp_path, seed=0, charter=None, weighed_by="ab12"), HiddenText(), PLANTED.dataset),
        (Checkpoints(tmp_path, seed=0, charter=None), LabelTrigger(), PLANTED.dataset),
        (Checkpoints(tmp_path, seed=0, charter=None), HiddenText(), changed),
    ):
        assert checkpoints.known(detector, dataset) is None


def test_a_damaged_file_is_not_believed(tmp_path: Path) -> None:
    said = Examination(tried=3)
    Checkpoints(tmp_path, seed=0, charter=None).keep(HiddenText(), PLANTED.dataset, said)
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    assert Checkpoints(tmp_path, seed=0, charter=None).known(HiddenText(), PLANTED.dataset) is None
    Checkpoints(tmp_path, seed=0, charter=None).keep(HiddenText(), PLANTED.dataset, said)
    assert Checkpoints(tmp_path, seed=0, charter=None).known(HiddenText(), PLANTED.dataset) == said


def report(folder: Path) -> Any:
    """Give the report without the seconds that parts of it took."""

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: timeless(inner) for key, inner in value.items() if key != "seconds"}
        return [timeless(inner) for inner in value] if isinstance(value, list) else value

    return timeless(json.loads((folder / "report.json").read_text("utf-8")))


def test_a_killed_audit_goes_on_and_leaves_the_same_report(tmp_path: Path) -> None:
    data = write_demo_data(tmp_path / "tickets.jsonl")
    command = ["marsh", "audit", str(data), "--power", "off", "--no-html", "--quiet", "--out"]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert subprocess.run([*command, str(whole)]).returncode == 1
    assert not (whole / CHECKPOINTS_NAME).exists()
    process = subprocess.Popen([*command, str(killed)])
    kept = killed / CHECKPOINTS_NAME
    while not list(kept.glob("label-structure-*.kept")):
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (killed / "report.json").exists()
    before = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.kept")}
    resumed = subprocess.Popen([*command, str(killed)])
    while resumed.poll() is None:
        for name, written in before.items():
            with contextlib.suppress(FileNotFoundError):  # the report is there, and they are gone
                assert (kept / name).stat().st_mtime_ns == written
        time.sleep(0.05)
    assert resumed.returncode == 1
    resumed_report = report(killed)
    assert set(resumed_report.pop("taken_over")["results"]) >= {"label-structure"}
    assert resumed_report == {key: value for key, value in report(whole).items() if key != "taken_over"}
    assert not kept.exists()


def test_the_chunks_that_a_table_was_read_in_change_no_key(tmp_path: Path) -> None:
    dataset, said = PLANTED.dataset, Examination(tried=3)
    Checkpoints(tmp_path, seed=0, charter=None).keep(HiddenText(), dataset, said)
    halves = pa.concat_tables([dataset.table().slice(0, 7), dataset.table().slice(7)])
    other = Dataset(halves, fingerprint=dataset.fingerprint, source=dataset.source, fields=dataset.fields)
    assert halves["prompt"].num_chunks == 2
    assert Checkpoints(tmp_path, seed=0, charter=None).known(HiddenText(), other) == said
