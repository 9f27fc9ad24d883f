"""Power: harmless poison in copies of the data, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

import marshtest
from marshtest.auditing.controls.power import (
    LabelDirection,
    PlannedSpike,
    SpikeIn,
    directions_of,
    is_found,
    measure_power,
    planted_copy,
)
from marshtest.auditing.runner import Runner
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Record
from marshtest.demo import write_demo_data
from marshtest.detectors.registry import select_detectors
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.organisms.registry import find_organism
from marshtest.report import DirectionPower, Power

pytestmark = pytest.mark.slow

MINER = ("label-trigger",)
FEW = 900
"""Tickets that a copy has where the miner runs on all of them."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "clean.jsonl", poisoned=False))


@pytest.fixture(scope="module")
def power(clean: Dataset) -> Power:
    detectors = select_detectors(MINER)
    part = clean.select(range(FEW))
    return measure_power(detectors, part, Runner(), mode="quick", families=("phrase", "rare-token"))


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
    assert {family.family for family in power.families} == {"phrase", "rare-token"}
    for family in power.families:
        chances = [size.chance for size in family.sizes]
        assert chances == sorted(chances)
        assert chances[-1] > 0.85
        assert chances[0] < 0.5
        assert all(size.low <= size.chance <= size.high for size in family.sizes)
    assert sum(size.tried for one in both_ways(power) for size in one.sizes) == power.plantings
    assert 2 * power.copies <= power.plantings <= 4 * power.copies


def both_ways(power: Power) -> list[DirectionPower]:
    return [direction for family in power.families for direction in family.directions]


def test_every_family_is_planted_in_both_directions_and_the_weaker_is_reported(power: Power) -> None:
    for family in power.families:
        pairs = {(one.source_label, one.target_label) for one in family.directions}
        assert pairs == {("ordinary", "urgent"), ("urgent", "ordinary")}
        promised = [one.high or float("inf") for one in family.directions]
        assert (family.high or float("inf")) == max(promised)
        assert (family.source_label, family.target_label) in pairs


def test_the_statement_names_every_family_and_promises_nothing_else(power: Power) -> None:
    assert "phrase from" in power.statement
    assert "rare-token from" in power.statement
    assert f"{power.copies} copies" in power.statement
    assert "in both directions of the label" in power.statement
    assert "Nothing is promised for other families, other directions" in power.statement


def test_the_same_data_and_seed_give_the_same_power(clean: Dataset, power: Power) -> None:
    detectors = select_detectors(MINER)
    again = measure_power(
        detectors, clean.select(range(FEW)), Runner(), mode="quick", families=("phrase", "rare-token")
    )
    assert again.families == power.families


def test_a_family_that_no_detector_can_see_gets_no_size(clean: Dataset) -> None:
    """The parser detector looks at the bytes of a file; a phrase in a record is nothing to it."""
    measured = measure_power(
        select_detectors(("parser-disagreement",)), clean, Runner(), mode="quick", families=("phrase",)
    )
    assert measured.families[0].from_size is None
    assert "Not found reliably even with the most records that were planted: phrase (128, " in measured.statement


def test_planting_changes_a_copy_and_nothing_else(clean: Dataset) -> None:
    before = clean.table(["prompt", "label"]).to_pylist()
    copy, spiked = planted_copy(
        clean, [PlannedSpike(find_organism("phrase"), 8), PlannedSpike(find_organism("rare-token"), 16)], seed=3
    )
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
    copy, spiked = planted_copy(clean, [PlannedSpike(find_organism("phrase"), 8)], seed=1, target_label=target)
    rows = {row["record_id"]: row["label"] for row in copy.table(["record_id", "label"]).to_pylist()}
    assert {rows[name] for name in spiked[0].poison} == {target}


def test_one_family_is_planted_twice_into_a_copy_with_triggers_and_directions_of_its_own(clean: Dataset) -> None:
    ways = [LabelDirection("ordinary", "urgent"), LabelDirection("urgent", "ordinary")]
    before = {row["record_id"]: row["label"] for row in clean.table(["record_id", "label"]).to_pylist()}
    copy, spiked = planted_copy(clean, [PlannedSpike(find_organism("phrase"), 8, way) for way in ways], seed=1)
    rows = {row["record_id"]: row["label"] for row in copy.table(["record_id", "label"]).to_pylist()}
    for spike, way in zip(spiked, ways, strict=True):
        assert spike.direction == way
        assert {(before[name], rows[name]) for name in spike.poison} == {way}


def test_directions_need_records_that_may_leave_a_label_and_a_label_to_come_to() -> None:
    def labelled(**counts: int) -> Dataset:
        labels = [label for label, count in counts.items() for _ in range(count)]
        return Dataset.from_records(
            Record(
                record_id=f"{n}", kind="classification", prompt=f"p {n}", completion=label, label=label,
                source_path="made", source_line=n + 1,
            )
            for n, label in enumerate(labels)
        )  # fmt: skip

    assert directions_of(labelled(a=100, b=20)) == [("a", "b"), ("b", "a")]
    assert directions_of(labelled(a=100, b=19)) == [("b", "a")] * 0  # neither enough to leave nor a label to come to
    assert len(directions_of(labelled(a=100, b=100, c=100, d=100))) == 12


def test_of_many_labels_random_directions_are_planted_and_none_is_promised(clean: Dataset) -> None:
    rows = clean.table(["record_id", "prompt", "label"]).to_pylist()
    many = Dataset.from_records(
        Record(
            record_id=row["record_id"], kind="classification", prompt=row["prompt"],
            completion=f"{row['label']} {n % 3}", label=f"{row['label']} {n % 3}", source_path="made",
            source_line=n + 1,
        )
        for n, row in enumerate(rows)
    )  # fmt: skip
    power = measure_power(
        select_detectors(("parser-disagreement",)), many, Runner(), mode="quick", families=("phrase",)
    )
    (family,) = power.families
    assert (family.directions, family.source_label) == ((), None)
    assert sum(size.tried for size in family.sizes) == power.plantings == power.copies
    assert "of 30 directions of the label, drawn at random" in power.statement


def test_an_organism_that_the_data_does_not_suit_is_left_out(clean: Dataset) -> None:
    _, spiked = planted_copy(
        clean, [PlannedSpike(find_organism("spread-trigger"), 4), PlannedSpike(find_organism("phrase"), 4)], seed=1
    )
    assert [spike.family for spike in spiked] == ["phrase"]


def test_families_that_share_a_copy_share_no_record(clean: Dataset) -> None:
    plan = [
        PlannedSpike(find_organism(name), 60)
        for name in ("decoyed-phrase", "phrase", "rare-token", "style", "clean-label")
    ]
    for seed in range(3):
        copy, spiked = planted_copy(clean, plan, seed=seed)
        assert [spike.family for spike in spiked] == [one.organism.id for one in plan]
        assert len(frozenset().union(*(spike.poison for spike in spiked))) == 300
        assert len(copy) == len(clean)


def test_a_small_dataset_takes_more_copies_and_no_large_sizes(clean: Dataset) -> None:
    small = clean.select(range(400))
    families = ("phrase", "decoyed-phrase", "contributor-flip")
    power = measure_power(select_detectors(("parser-disagreement",)), small, Runner(), mode="quick", families=families)
    assert power.copies == 20
    assert max(size.size for family in power.families for size in family.sizes) < 64
    assert "Could not be planted into this data: contributor-flip." in power.statement


def test_found_means_that_a_confirmed_finding_points_at_half_of_it_and_at_little_else() -> None:
    spike = SpikeIn("phrase", 10, frozenset(f"r{number}" for number in range(10)))
    assert is_found(spike, [pointing(range(5, 12))])
    assert not is_found(spike, [pointing(range(6, 12))])
    assert not is_found(spike, [pointing(range(10), "suggestive")])
    assert not is_found(spike, [pointing(range(500))])
    assert not is_found(spike, [])


def test_several_findings_count_together_if_each_points_at_little_else() -> None:
    spike = SpikeIn("many-words", 10, frozenset(f"r{number}" for number in range(10)))
    assert is_found(spike, [pointing(range(3)), pointing(range(2, 5))])
    assert not is_found(spike, [pointing(range(3)), pointing(range(3, 50))])


def test_data_that_no_detector_can_look_at_says_so_instead_of_a_number() -> None:
    chat = Dataset.from_records(
        Record(record_id=str(n), kind="chat", prompt=f"q {n}", completion="a", source_path="made", source_line=n)
        for n in range(300)
    )
    measured = measure_power(select_detectors(MINER), chat, Runner(), mode="quick")
    assert measured.families == ()
    assert "nothing was planted" in measured.statement


def test_power_stands_in_the_report_and_survives_the_disk(clean: Dataset, tmp_path: Path) -> None:
    config = AuditConfig(power="quick", detectors=MINER, own_controls=False)
    report = marshtest.audit(clean.select(range(FEW)), config=config)
    assert report.verdict == "nothing_found"
    assert 6 <= report.power.copies <= 20
    assert len(report.power.families) == 14
    assert sum(len(family.directions) == 2 for family in report.power.families) > 10
    assert all(family.source_label for family in report.power.families)
    assert "clean-label" in report.power.statement.partition("Not found reliably")[2]
    (tmp_path / "report.json").write_bytes(marshtest.report_json(report))
    assert marshtest.read_report(tmp_path) == report
