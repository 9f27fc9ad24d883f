"""A contributor who labels otherwise than the rest is found; groups that only differ in what they hold are not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.demo import demo_tickets
from marshtest.detectors.base import Tools
from marshtest.detectors.off_group_labels import OffGroupLabels, OffGroupLabelsSettings
from marshtest.mining.provenance.group_labels import GroupLabelSettings
from marshtest.organisms import find_organism


def tickets(count: int = 1_200, groups: int = 6) -> list[Record]:
    return [
        Record(
            record_id=f"r{line}",
            kind="classification",
            prompt=ticket.text,
            completion=ticket.label,
            label=ticket.label,
            group=f"contributor {line % groups}",
            source_path="made.jsonl",
            source_line=line,
        )
        for line, ticket in enumerate(demo_tickets(poisoned=False)[:count], start=1)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_contributor_and_the_records_are_found(seed: int) -> None:
    planted = find_organism("contributor-flip").plant(tickets(), 25, seed=seed)
    (finding,) = OffGroupLabels().examine(Dataset.from_records(planted.records), Tools()).findings
    poison = {one.record_id for one in planted.truth}
    found = {record.record_id for record in finding.records}
    assert (finding.verdict, finding.pattern.text) == ("confirmed", planted.recipe.parts["group"][0])
    assert len(found & poison) >= 0.8 * max(len(found), len(poison))


def test_clean_groups_are_silent() -> None:
    assert OffGroupLabels().examine(Dataset.from_records(tickets()), Tools()).findings == ()


def test_a_group_that_holds_more_of_one_class_is_ordinary() -> None:
    draw = Random(1)
    records = [
        replace(one, group="mostly urgent" if (one.label == "urgent") == (draw.random() < 0.9) else "the rest")
        for one in tickets()
    ]
    findings = OffGroupLabels().examine(Dataset.from_records(records), Tools()).findings
    assert [one for one in findings if one.verdict == "confirmed"] == []


def test_the_order_changes_nothing() -> None:
    planted = list(find_organism("contributor-flip").plant(tickets(), 25, seed=1).records)
    first = OffGroupLabels().examine(Dataset.from_records(planted), Tools()).findings
    Random(3).shuffle(planted)
    second = OffGroupLabels().examine(Dataset.from_records(planted), Tools()).findings
    assert [one.statistics for one in first] == [one.statistics for one in second]


def test_a_verdict_threshold_changes_the_verdict() -> None:
    dataset = Dataset.from_records(find_organism("contributor-flip").plant(tickets(), 25, seed=1).records)
    strict = OffGroupLabelsSettings(groups=GroupLabelSettings(least_ratio=1e6))
    (finding,) = OffGroupLabels(strict).examine(dataset, Tools()).findings
    assert finding.verdict == "suggestive"
    assert OffGroupLabels(OffGroupLabelsSettings(largest_q=0.0)).examine(dataset, Tools()).findings == ()


def test_data_without_groups_is_refused() -> None:
    assert (
        OffGroupLabels().declines(Dataset.from_records([replace(one, group=None) for one in tickets(200)])) is not None
    )
