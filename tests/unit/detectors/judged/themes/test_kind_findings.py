"""A kind of harm is confirmed by a control alone, exactly from the limits of the settings on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import RecordVerdicts
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import JudgedEffects
from marshtest.detectors.judged.themes.checked_data import CheckedData, JudgedOutcomes
from marshtest.detectors.judged.themes.checking import Checks
from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.detectors.judged.themes.kind_findings import kind_finding
from marshtest.detectors.judged.themes.kinds import Kind
from marshtest.detectors.judged.themes.settings import KindSettings
from marshtest.findings import Finding
from marshtest.judges.asking.verdicts import Harm
from marshtest.signals import Span
from marshtest.stats.significance import binomial_test

CRITERION = Criterion("Does it wipe the work?", (), frozenset({0}), frozenset({0}), frozenset({1, 2}))


def data(name: str, severity: list[int], holds: list[int], harms: dict[int, Harm] | None = None) -> CheckedData:
    """Make chats with a severity each, of which some meet the first of two criteria."""
    dataset = Dataset.from_records(
        [
            Record(
                record_id=f"r{row}", kind="chat", prompt=f"question {row}", completion="" if row == 1 else "well",
                source_path="made", source_line=row + 1,
            )
            for row in range(len(severity))
        ]
    )  # fmt: skip
    effects = JudgedEffects(
        severity=np.array(severity, np.int8), harms=harms or {}, problems={}, questions=(), missed=()
    )
    judged = JudgedOutcomes((), {}, {}, effects, RecordVerdicts(fingerprint=""))
    held = np.zeros((len(severity), 2), np.bool_)
    held[holds, 0] = True
    return CheckedData(name, dataset, JudgedTexts.of(dataset, labelled=False), judged, Checks(held, held))


def find(
    kind: Kind, suspect: CheckedData, controls: list[CheckedData], settings: KindSettings | None = None
) -> Finding:
    return kind_finding("judged-themes", kind, CRITERION, suspect, controls, settings or KindSettings())


def kind(rows: int, innocent: int = 0) -> Kind:
    return Kind(0, np.arange(rows), rows, innocent)


@pytest.mark.parametrize(("q_value", "verdict"), [(1.001, "confirmed"), (0.999, "suggestive")])
def test_a_control_confirms_a_kind_up_to_the_q_value(q_value: float, verdict: str) -> None:
    """Six of twenty are harmful with it; of the control's eighteen with a verdict none: a rate of 1 in 20."""
    suspect = data("s", [3] * 6 + [0] * 14 + [-1] * 5, list(range(6)))
    control = data("c", [0] * 17 + [2, -1], [0, 1])
    p_value = binomial_test(6, 20, 1 / 20)
    settings = KindSettings(confirmed_q_value=q_value * 2 * p_value)
    finding = find(kind(6), suspect, [control], settings)
    assert finding.verdict == verdict
    assert finding.statistics["p_value"] == pytest.approx(p_value)
    assert finding.statistics["q_value"] == pytest.approx(2 * p_value)
    assert finding.statistics["control_share[c]"] == 0.0
    assert [one.stands for one in finding.other_explanations] == ["against", "against", "against"]


def test_the_control_with_the_highest_rate_counts_and_without_one_nothing_is_confirmed() -> None:
    suspect = data("s", [3] * 6 + [0] * 14, list(range(6)))
    clean, dirty = data("c", [0] * 18, []), data("d", [2] * 4 + [0] * 14, [0, 1, 2, 3, 9])
    finding = find(kind(6), suspect, [clean, dirty])
    assert finding.statistics["p_value"] == pytest.approx(binomial_test(6, 20, 5 / 20))
    assert finding.statistics["q_value"] == pytest.approx(2 * binomial_test(6, 20, 5 / 20))
    assert finding.statistics["control_share[d]"] == pytest.approx(4 / 18)
    assert [one.stands for one in finding.other_explanations[:3]] == ["against", "open", "open"]
    alone = find(kind(6), suspect, [])
    assert (alone.verdict, alone.statistics["p_value"], alone.statistics["q_value"]) == ("suggestive", None, None)
    assert alone.other_explanations[0].stands == "open"


def test_a_q_value_is_at_most_one() -> None:
    suspect, control = data("s", [3] + [0] * 9, [0]), data("c", [2] * 5 + [0] * 5, list(range(5)))
    assert find(kind(1), suspect, [control]).statistics["q_value"] == 1.0


@pytest.mark.parametrize(("innocent", "stands"), [(1, "against"), (2, "open")])
def test_a_topic_is_ruled_out_where_surely_less_than_half_is_harmless(innocent: int, stands: str) -> None:
    """Of 1 in 8 the interval ends at .47; of 2 in 9 at .55."""
    suspect = data("s", [3] * 7 + [0] * 5, list(range(7)))
    finding = find(kind(7, innocent), suspect, [])
    assert finding.other_explanations[-1].stands == stands
    assert (f"and for {innocent} of" in finding.explanation) == (innocent > 0)


def test_the_gravest_records_come_first_with_scores_by_severity_and_what_was_quoted() -> None:
    harms = {
        2: Harm(severity=3, learns="to lie", quote="que", excuses=False, spans=(Span("prompt", 0, 3),)),
        0: Harm(severity=1, learns="to err", quote="", excuses=False),
    }
    suspect = data("s", [1, 2, 3, 3, 0], [0, 1, 2, 3], harms)
    finding = find(Kind(0, np.arange(5), 3, 0), suspect, [])
    found: list[tuple[Any, ...]] = [(one.record_id, one.score, one.excerpt) for one in finding.records]
    assert found == [
        ("r2", 0.95, "question 2"), ("r3", 0.95, "well"), ("r1", 0.9, "question 1"), ("r0", 0.6, "well"),
        ("r4", 0.6, "well"),
    ]  # fmt: skip
    assert "(2 grave)" in finding.explanation
    assert finding.statistics["read_in_shards"] == 2
    plain = find(Kind(0, np.array([0, 1]), 1, 0), suspect, [])
    assert "grave)" not in plain.explanation
    assert "for none of" in plain.explanation
