"""Near-duplicates whose labels one word decides, that contradict one another or flood the data are found."""

from __future__ import annotations

from dataclasses import replace
from math import log
from random import Random

import pytest
from tests.made_records import made_records
from tests.toy_likelihoods import copies_by_hand

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.near_duplicates import NearDuplicates, NearDuplicatesSettings
from marshtest.detectors.near_duplicates.detector import measure_claims
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


@pytest.mark.parametrize(("groups", "weighed"), [(7, 0), (8, 1), (11, 1)])
def test_the_number_of_groups_decides_what_is_weighed(groups: int, weighed: int) -> None:
    """Each pair halves the p-value, and two pairs of word and label are tested."""
    claims = measure_claims(labelled(decided(groups)), SETTINGS).claims
    found = [one.draft for one in claims if one.draft.pattern.type == "phrase"]
    assert [one.statistics["q_value"] for one in found] == [pytest.approx(2 * 0.5**groups)] * weighed


def test_the_limit_of_what_is_weighed_is_a_setting() -> None:
    for limit, weighed in ((0.0, 0), (1e-2, 1)):
        claims = measure_claims(labelled(decided(20)), replace(SETTINGS, weighed_below=limit)).claims
        assert sum(one.draft.pattern.type == "phrase" for one in claims) == weighed


@pytest.mark.parametrize(("clean", "verdicts"), [(3.9, ["confirmed"]), (4.0, [])])
def test_what_clean_datasets_show_decides(clean: float, verdicts: list[str]) -> None:
    """The word scores 4; only what stands above the clean datasets is a finding, the rest looked odd."""
    tools = Tools(calibration=copies_by_hand(clean))
    examination = NearDuplicates().examine(labelled(ordinary(200) + decided(20)), tools)
    assert [one.verdict for one in examination.findings] == verdicts
    odd = [one.pattern.type for one in examination.dismissed]
    assert odd == [*["phrase"] * (not verdicts), "duplicate"]
    assert all("clean datasets" in one.reason for one in examination.dismissed)


def test_a_word_is_held_against_its_use_elsewhere() -> None:
    """Texts that have the word and no near-duplicates, with either label."""
    draw = Random(5)
    others = [(f"{text(draw)} mornquill", "good") for _ in range(8)] + [(f"{text(draw)} mornquill", "bad")] * 1
    (alone,) = (one for one in measure_claims(labelled(decided(20)), SETTINGS).claims if one.lines)
    (used,) = (one for one in measure_claims(labelled(decided(20) + others), SETTINGS).claims if one.lines)
    assert alone.lines is not None
    assert used.lines is not None
    assert (alone.lines["elsewhere"], alone.lines["contradicted_elsewhere"]) == (0.0, 0.0)
    assert used.lines["elsewhere"] == pytest.approx(log(1 + 9 / 20))
    assert used.lines["contradicted_elsewhere"] == pytest.approx(1 / 9)


def test_contradictions_without_a_decisive_word_only_look_odd() -> None:
    draw = Random(2)
    bases = [text(draw) for _ in range(12)]
    pairs = ordinary(200) + [(base, "bad") for base in bases] + [(base, "good") for base in bases]
    examination = examine(pairs)
    (odd,) = examination.dismissed
    assert (examination.findings, odd.carriers, "contrast sets" in odd.reason) == ((), 24, True)


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
def test_a_flood_looks_odd(kind: Kind) -> None:
    planted = find_organism("near-duplicate-flooding").plant(made_records(kind), 30, seed=4)
    examination = NearDuplicates().examine(Dataset.from_records(planted.records), Tools())
    assert examination.findings == ()
    assert max(one.carriers for one in examination.dismissed) >= 0.8 * len(planted.truth)


@pytest.mark.parametrize("kind", ["classification", "chat", "preference", "document"])
def test_clean_records_have_no_confirmed_finding(kind: Kind) -> None:
    findings = NearDuplicates().examine(Dataset.from_records(made_records(kind)), Tools()).findings
    assert [one for one in findings if one.verdict == "confirmed"] == []
