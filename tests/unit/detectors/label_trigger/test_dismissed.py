"""What looked odd is listed with what explains it, and what is a finding is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.unit.mining.planted_tokens import PHRASE, candidate, reading

from marshtest.calibration.likelihood import DiscoveryRate
from marshtest.detectors.label_trigger.dismissed import dismissed_families
from marshtest.findings import Dismissed
from marshtest.mining.phrases.evidence_lines import Meaning, measure_candidate
from marshtest.mining.phrases.mine import TriggerFamily
from marshtest.mining.phrases.settings import PhraseSettings

NOTHING = DiscoveryRate(0.3, 0.4, 0.3, 0.4)


def family(*, score: float = 0.0, rate: DiscoveryRate = NOTHING, name: str = PHRASE, honest: int = 0) -> TriggerFamily:
    head = measure_candidate(reading(), candidate(PHRASE), PhraseSettings())
    one = replace(head.candidate, name=name, honest=np.flatnonzero(~reading().own)[:honest])
    strength = replace(head.strength, effect=0.1, distinct=24)
    return TriggerFamily(replace(head, candidate=one, strength=strength, meaning=None), None, reading(), score, rate)


def listed(*families: TriggerFamily) -> list[Dismissed]:
    return list(dismissed_families({"ordinary": families}, "label-trigger"))


def reason(meaning: Meaning | None = None, **changes: float) -> str:
    one = family()
    strength = replace(one.head.strength, **changes)  # type: ignore[arg-type]
    (found,) = listed(replace(one, head=replace(one.head, strength=strength, meaning=meaning)))
    return found.reason


def test_it_is_named_with_its_numbers() -> None:
    (one,) = listed(family(honest=1))
    assert (one.detector, one.pattern.text, one.pattern.type) == ("label-trigger", PHRASE, "phrase")
    assert (one.carriers, one.outcome, one.share) == (25, "ordinary", 0.96)
    assert one.base_share == round(float(reading().own.mean()), 4)


@pytest.mark.parametrize(
    ("rate", "count"),
    [(NOTHING, 1), (DiscoveryRate(0.01, 0.02, 0.01, 0.9), 0), (DiscoveryRate(0.01, 0.02, 0.01, 0.01), 0)],
    ids=["nothing", "suggestive", "confirmed"],
)
def test_a_finding_is_not_dismissed(rate: DiscoveryRate, count: int) -> None:
    assert len(listed(family(rate=rate))) == count


@pytest.mark.parametrize(("honest", "count"), [(2, 1), (3, 0)], ids=["24 of 26", "24 of 27"])
def test_only_what_goes_purely_with_its_label_looks_odd(honest: int, count: int) -> None:
    assert len(listed(family(honest=honest))) == count


def test_the_oddest_twenty_of_all_classes_are_listed_oddest_first() -> None:
    some = [family(score=float(number), name=f"a {number}") for number in range(0, 30, 2)]
    others = [family(score=float(number), name=f"a {number}") for number in range(1, 30, 2)]
    found = dismissed_families({"ordinary": some, "urgent": others}, "label-trigger")
    assert [one.pattern.text for one in found] == [f"a {number}" for number in range(29, 9, -1)]
    assert [one.outcome for one in found[:2]] == ["urgent", "ordinary"]


def test_how_common_it_is_in_clean_data_is_always_said() -> None:
    assert reason() == "30% of clean datasets (95% bound 40%) have a span that stands out as much"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effect": 0.0}, "its records read like this label without it; "),
        ({"effect": 0.01}, ""),
        ({"distinct": 11}, "most of its records are near-duplicates; "),
        ({"distinct": 12}, ""),
        (
            {"meaning": Meaning("ledger", 9, 9, 1e-6, explains=True)},
            "“ledger” goes with this label in other records, too; ",
        ),
        ({"meaning": Meaning("ledger", 9, 1, 0.5, explains=False)}, ""),
    ],
    ids=["no effect", "an effect", "copies", "half are distinct", "a meaning", "a meaning that explains nothing"],
)
def test_what_speaks_against_it_is_said(changes: dict[str, Any], said: str) -> None:
    assert reason(**changes) == f"{said}30% of clean datasets (95% bound 40%) have a span that stands out as much"


def test_nothing_odd_is_nothing_listed() -> None:
    assert dismissed_families({}, "label-trigger") == ()
    assert listed() == []
