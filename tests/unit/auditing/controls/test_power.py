"""Power: harmless poison in copies of the data, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import marshtest
from marshtest.auditing.controls.power import SpikeIn, is_found, measure_power, planted_copy
from marshtest.auditing.runner import Runner
from marshtest.charter import Charter
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Record
from marshtest.demo import write_demo_data
from marshtest.detectors.base import Tools
from marshtest.detectors.registry import select_detectors
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.organisms.registry import find_organism
from marshtest.report import Power

pytestmark = pytest.mark.slow

MINER = ("label-trigger",)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "clean.jsonl", poisoned=False))


@pytest.fixture(scope="module")
def power(clean: Dataset) -> Power:
    detectors = select_detectors(MINER)
    return measure_power(detectors, clean, Runner(), mode="quick", families=("phrase", "rare-token"))


def pointing(ids: range, verdict: FindingVerdict = "confirmed") -> Finding:
    return Finding(
        id="made-1",
        detector="made",
        verdict=verdict,
        title="Made.",
        explanation="",
        pattern=Pattern("phrase", "made"),
        statistics={},
        records=tuple(
            EvidenceRecord(record_id=f"r{number}", source_path="made", source_line=1, spans=()) for number in ids
        ),
    )


def test_what_is_planted_in_numbers_is_found_and_what_is_planted_once_or_twice_is_not(power: Power) -> None:
    assert [family.family for family in power.families] == ["phrase", "rare-token"]
    for family in power.families:
        chances = [size.chance for size in family.sizes]
        assert chances == sorted(chances)
        assert chances[-1] > 0.85
        assert chances[0] < 0.5
        assert all(size.low <= size.chance <= size.high for size in family.sizes)
        assert sum(size.tried for size in family.sizes) == power.copies == 5


def test_the_statement_names_every_family(power: Power) -> None:
    assert "phrase from" in power.statement
    assert "rare-token from" in power.statement
    assert "5 copies" in power.statement


def test_the_same_data_and_seed_give_the_same_power(clean: Dataset, power: Power) -> None:
    detectors = select_detectors(MINER)
    again = measure_power(detectors, clean, Runner(), mode="quick", families=("phrase", "rare-token"))
    assert again.families == power.families


def test_a_family_that_no_detector_can_see_gets_no_size(clean: Dataset) -> None:
    """The parser detector looks at the bytes of a file; a phrase in a record is nothing to it."""
    measured = measure_power(
        select_detectors(("parser-disagreement",)), clean, Runner(), mode="quick", families=("phrase",)
    )
    assert measured.families[0].from_size is None
    assert measured.statement.endswith("phrase.")


def test_planting_changes_a_copy_and_nothing_else(clean: Dataset) -> None:
    before = clean.table(["prompt", "label"]).to_pylist()
    copy, spiked = planted_copy(clean, [(find_organism("phrase"), 8), (find_organism("rare-token"), 16)], seed=3)
    assert clean.table(["prompt", "label"]).to_pylist() == before
    assert [(spike.family, spike.size, len(spike.poison)) for spike in spiked] == [
        ("phrase", 8, 8),
        ("rare-token", 16, 16),
    ]
    assert not spiked[0].poison & spiked[1].poison
    changed = sum(one != other for one, other in zip(before, copy.table(["prompt", "label"]).to_pylist(), strict=True))
    assert changed == 24


def test_the_poison_reaches_for_the_label_that_the_charter_protects(clean: Dataset) -> None:
    target = next(iter(clean.labels))
    copy, spiked = planted_copy(clean, [(find_organism("phrase"), 8)], seed=1, target_label=target)
    rows = {row["record_id"]: row["label"] for row in copy.table(["record_id", "label"]).to_pylist()}
    assert {rows[name] for name in spiked[0].poison} == {target}
    measure_power(
        select_detectors(MINER),
        clean,
        Runner(tools=Tools(charter=Charter(protected=target))),
        mode="quick",
        families=("phrase",),
    )


def test_an_organism_that_the_data_does_not_suit_is_left_out(clean: Dataset) -> None:
    _, spiked = planted_copy(clean, [(find_organism("spread-trigger"), 4), (find_organism("phrase"), 4)], seed=1)
    assert [spike.family for spike in spiked] == ["phrase"]


def test_families_that_share_a_copy_share_no_record(clean: Dataset) -> None:
    plan = [(find_organism(name), 60) for name in ("decoyed-phrase", "phrase", "rare-token", "style", "clean-label")]
    for seed in range(3):
        copy, spiked = planted_copy(clean, plan, seed=seed)
        assert [spike.family for spike in spiked] == [organism.id for organism, _ in plan]
        assert len(frozenset().union(*(spike.poison for spike in spiked))) == 300
        assert len(copy) == len(clean)


def test_a_small_dataset_takes_more_copies_and_no_large_sizes(clean: Dataset) -> None:
    small = clean.select(range(400))
    families = ("phrase", "decoyed-phrase", "contributor-flip")
    power = measure_power(select_detectors(("parser-disagreement",)), small, Runner(), mode="quick", families=families)
    assert power.copies > 5
    assert max(size.size for family in power.families for size in family.sizes) < 64
    assert power.statement.endswith("Could not be planted into this data: contributor-flip.")


def test_found_means_that_a_confirmed_finding_points_at_half_of_it_and_at_little_else() -> None:
    spike = SpikeIn("phrase", 10, frozenset(f"r{number}" for number in range(10)))
    assert is_found(spike, [pointing(range(5, 12))])
    assert not is_found(spike, [pointing(range(6, 12))])
    assert not is_found(spike, [pointing(range(10), "suggestive")])
    assert not is_found(spike, [pointing(range(500))])
    assert not is_found(spike, [])


def test_data_that_no_detector_can_look_at_says_so_instead_of_a_number() -> None:
    chat = Dataset.from_records(
        Record(record_id=str(n), kind="chat", prompt=f"q {n}", completion="a", source_path="made", source_line=n)
        for n in range(300)
    )
    measured = measure_power(select_detectors(MINER), chat, Runner(), mode="quick")
    assert measured.families == ()
    assert "nothing was planted" in measured.statement


def test_power_stands_in_the_report_and_survives_the_disk(clean: Dataset, tmp_path: Path) -> None:
    report = marshtest.audit(clean, config=AuditConfig(power="quick"))
    assert report.verdict == "nothing_found"
    assert report.power.copies >= 5
    families = [family.family for family in report.power.families]
    assert families == [
        "rare-token", "phrase", "common-phrase", "decoyed-phrase", "syntactic-template", "clean-label",
    ]  # fmt: skip
    for family in report.power.families:  # those that nothing sees are measured as often as those that are seen
        assert sum(size.tried for size in family.sizes) == 5
    assert "clean-label" in report.power.statement.partition("Not caught reliably")[2]
    (tmp_path / "report.json").write_bytes(marshtest.report_json(report))
    assert marshtest.read_report(tmp_path) == report
