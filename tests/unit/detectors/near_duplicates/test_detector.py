"""Near-duplicates that hang on one word, contradict one another or flood the data are found; others are not."""

from __future__ import annotations

from random import Random

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.near_duplicates.clusters import near_duplicates
from marshtest.detectors.near_duplicates.detector import NearDuplicates
from marshtest.organisms import find_organism
from marshtest.organisms.words import phrase


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


def examine(pairs: list[tuple[str, str]]) -> Examination:
    return NearDuplicates().examine(labelled(pairs), Tools())


def ordinary(count: int) -> list[tuple[str, str]]:
    draw = Random(1)
    return [(text(draw), draw.choice(("good", "bad"))) for _ in range(count)]


def test_a_word_that_decides_among_near_duplicates_is_confirmed() -> None:
    draw = Random(2)
    bases = [text(draw) for _ in range(20)]
    pairs = ordinary(200) + [(base, "bad") for base in bases] + [(f"{base} mornquill", "good") for base in bases]
    (finding,) = [one for one in examine(pairs).findings if one.verdict == "confirmed"]
    assert finding.pattern.text == "mornquill"
    assert {record.record_id for record in finding.records} == {f"r{line}" for line in range(220, 240)}
    assert all(pairs[int(one.record_id[1:])][0][one.spans[0].start :] == "mornquill" for one in finding.records)


def test_contradictions_without_a_telling_word_are_only_suggestive() -> None:
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
    draw = Random(2)
    bases = [text(draw) for _ in range(20)]
    pairs = ordinary(100) + [(base, "bad") for base in bases] + [(f"{base} mornquill", "good") for base in bases]
    first = examine(pairs).findings
    Random(3).shuffle(pairs)
    assert [(one.pattern, one.statistics) for one in examine(pairs).findings] == [
        (one.pattern, one.statistics) for one in first
    ]


@pytest.mark.parametrize("kind", ["classification", "document"])
def test_a_flood_is_told_with_its_variants(kind: Kind) -> None:
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


def test_groups_hold_texts_that_share_most_words() -> None:
    texts = ["a b c d e f g h", "h g f e d c b a x", "a b c d q r s t", "too short", ""]
    assert near_duplicates(texts) == [(0, 1)]
