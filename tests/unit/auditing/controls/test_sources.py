"""Source against source: whose records a finding is about, and whether the others show it too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import marshtest
from marshtest.auditing.controls.sources import sides, sources_of
from marshtest.auditing.runner import Runner
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.demo import demo_truth, write_demo_data
from marshtest.detectors.registry import select_detectors
from marshtest.findings import Finding

pytestmark = pytest.mark.slow

OWN = AuditConfig(own_controls=True, detectors=("label-trigger",))


def written(folder: Path, *, spread: bool, sources: int = 6) -> Path:
    """Write the demo data with contributors: the poison comes from one of them, or from all."""
    poisoned = set(demo_truth().poisoned)
    path = folder / "tickets.jsonl"
    lines = write_demo_data(folder / "plain.jsonl").read_text("utf-8").splitlines()
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines):
            record = json.loads(line)
            planted = record["id"] in poisoned and not spread
            file.write(json.dumps({**record, "group": "c0" if planted else f"c{number % sources}"}) + "\n")
    return path


def explained(finding: Finding) -> tuple[str, str]:
    (found,) = (one for one in finding.other_explanations if one.text.startswith("A house style of one"))
    return found.text, found.stands


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "demo.jsonl"))


def test_poison_of_one_contributor_is_told_apart_from_a_habit_of_all(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "all").mkdir()
    alone = marshtest.audit(written(tmp_path / "one", spread=False), config=OWN).findings[0]
    text, stands = explained(alone)
    assert "24 of the 24 records come from 'c0'" in text
    assert "1 of the halves show it again" in text
    assert stands == "open"
    everywhere = marshtest.audit(written(tmp_path / "all", spread=True), config=OWN).findings[0]
    text, stands = explained(everywhere)
    assert "2 of the halves show it again" in text
    assert stands == "against"
    assert everywhere.verdict == "confirmed"


def test_the_sides_share_no_source_and_hold_every_record_once(tmp_path: Path) -> None:
    dataset = read_dataset(written(tmp_path, spread=True, sources=5))
    runs = sides(select_detectors(("parser-disagreement",)), dataset, sources_of(dataset), Runner())
    assert sum(run.summary.records for run in runs) == len(dataset)
    assert [run.summary.records for run in runs] == [3 * len(dataset) // 5, 2 * len(dataset) // 5]


def test_files_are_sources_where_nothing_else_is_known(tmp_path: Path) -> None:
    lines = write_demo_data(tmp_path / "plain.jsonl").read_text("utf-8").splitlines(keepends=True)
    for number in range(3):
        (tmp_path / f"part-{number}.jsonl").write_text("".join(lines[number::3]), "utf-8")
    paths = [tmp_path / f"part-{number}.jsonl" for number in range(3)]
    sources = sources_of(read_dataset(paths))
    assert sources is not None
    assert (sources.what, len(set(sources.of.values()))) == ("file", 3)
    report = marshtest.audit(paths, config=AuditConfig(detectors=("label-trigger",)))
    assert "A house style of one file" in explained(report.findings[0])[0]


def test_data_of_one_source_says_nothing_of_sources(demo: Dataset) -> None:
    assert sources_of(demo) is None
    assert sides(select_detectors(("parser-disagreement",)), demo, None, Runner()) == []
    report = marshtest.audit(demo, config=AuditConfig(detectors=("label-trigger",)))
    assert not any("house style of one" in one.text for one in report.findings[0].other_explanations)


def test_a_small_side_is_not_looked_at(tmp_path: Path) -> None:
    dataset = read_dataset(written(tmp_path, spread=True)).select(range(300))
    assert sides(select_detectors(("parser-disagreement",)), dataset, sources_of(dataset), Runner()) == []
