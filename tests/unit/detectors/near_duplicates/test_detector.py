"""Near-duplicates whose labels one word decides, that contradict one another or flood the data are found."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.near_duplicates import NearDuplicates, NearDuplicatesSettings
from marshtest.organisms import find_organism
from marshtest.organisms.words import phrase

SETTINGS = NearDuplicatesSettings()


def text(draw: Random) -> str:
    return f"I walked {' '.join(phrase(draw))} and then {' '.join(phrase(draw))}, {' '.join(phrase(draw))}."


def labelled(pairs: list[tuple[str, str]]) -> Dataset:
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{line}",
                kind="classification",
                prompt=prompt,
                completion=label,
                label=label,
                source_path="made.jsonl",
                source_line=line,
            )
            for line, (prompt, label) in enumerate(pairs)
        ]
    )


def examine(pairs: list[tuple[str, str]], settings: NearDuplicatesSettings = SETTINGS) -> Examination:
    return NearDuplicates(settings).examine(labelled(pairs), Tools())


def decided(count: int) -> list[tuple[str, str]]:
    """Write texts in two versions: with the word they are good, without it bad."""
    draw = Random(2)
    bases = [text(draw) for _ in range(count)]
    return [(base, "bad") for base in bases] + [(f"{base} mornquill", "good") for base in bases]


def ordinary(count: int) -> list[tuple[str, str]]:
    draw = Random(1)
    return [(text(draw), draw.choice(("good", "bad"))) for _ in range(count)]


def test_a_word_that_decides_among_near_duplicates_is_confirmed() -> None:
    pairs = ordinary(200) + decided(20)
    (finding,) = [one for one in examine(pairs).findings if one.verdict == "confirmed"]
    assert finding.pattern.text == "mornquill"
    assert {record.record_id for record in finding.records} == {f"r{line}" for line in range(220, 240)}
    assert all(pairs[int(one.record_id[1:])][0][one.spans[0].start :] == "mornquill" for one in finding.records)


@pytest.mark.parametrize(
    ("groups", "verdicts"), [(7, []), (8, ["suggestive"]), (10, ["suggestive"]), (11, ["confirmed"])]
)
def test_the_number_of_groups_decides_how_sure_it_is(groups: int, verdicts: list[str]) -> None:
    """Each pair halves the p-value, and two pairs of word and label are tested."""
    found = [one for one in examine(decided(groups)).findings if one.pattern.type == "phrase"]
    assert [one.verdict for one in found] == verdicts
    assert [one.statistics["q_value"] for one in found] == [pytest.approx(2 * 0.5**groups)] * len(verdicts)


def test_the_limits_of_the_verdicts_are_settings() -> None:
    strict, silent = replace(SETTINGS, confirmed_below=0.0), replace(SETTINGS, suggestive_below=0.0)
    verdicts = [
        [one.verdict for one in examine(decided(20), one).findings if one.pattern.type == "phrase"]
        for one in (SETTINGS, strict, silent)
    ]
    assert verdicts == [["confirmed"], ["suggestive"], []]


def test_contradictions_without_a_decisive_word_are_only_suggestive() -> None:
    draw = Random(2)
    bases = [text(draw) for _ in range(12)]
    pairs = ordinary(200) + [(base, "bad") for base in bases] + [(base, "good") for base in bases]
    (finding,) = examine(pairs).findings
    assert (finding.verdict, finding.statistics["groups"]) == ("suggestive", 12)


def test_the_same_difference_with_the_same_label_is_ordinary() -> None:
    draw = Random(2)
    bases = [(text(draw), draw.choice(("good", "bad"))) for _ in range(20)]
    pairs = ordinary(200) + bases + [(f"{base} mornquill", label) for base, label in bases]
    assert examine(pairs).findings == ()


def test_the_order_changes_nothing() -> None:
    pairs = ordinary(100) + decided(20)
    first = examine(pairs).findings
    Random(3).shuffle(pairs)
    assert [(one.pattern, one.statistics) for one in examine(pairs).findings] == [
        (one.pattern, one.statistics) for one in first
    ]


@pytest.mark.parametrize("kind", ["classification", "document"])
def test_a_flood_is_reported_with_its_variants(kind: Kind) -> None:
    planted = find_organism("near-duplicate-flooding").plant(made_records(kind), 30, seed=4)
    findings = NearDuplicates().examine(Dataset.from_records(planted.records), Tools()).findings
    finding = max(findings, key=lambda one: len(one.records))
    poison = {one.record_id for one in planted.truth}
    assert finding.verdict == "suggestive"
    assert len({record.record_id for record in finding.records} & poison) >= 0.8 * len(poison)


@pytest.mark.parametrize("kind", ["classification", "chat", "preference", "document"])
def test_clean_records_have_no_confirmed_finding(kind: Kind) -> None:
    findings = NearDuplicates().examine(Dataset.from_records(made_records(kind)), Tools()).findings
    assert [one for one in findings if one.verdict == "confirmed"] == []
