"""Which records are evidence for a finding of a judge, and how its odds are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.detectors.judged.test_controls_and_contents import PHRASE, association_of, texts_of

from marshtest.detectors.judged.assessment import Assessment
from marshtest.detectors.judged.counterfactual import Counterfactual
from marshtest.detectors.judged.outcome_findings import FindingText, outcome_finding
from marshtest.detectors.judged.settings import AssessmentSettings
from marshtest.findings import Finding, FindingVerdict
from marshtest.mining.outcomes.likelihood import PlantedLikelihood
from marshtest.mining.outcomes.outcome_mining import Outcome
from marshtest.stats.proportions import Proportion

TEXTS = texts_of(20, 200)
TEXT = FindingText(
    detector="d", title="With {pattern}, not {pattern}.", explanation="So.", label=None, outcome="the judge sees harm"
)


def found(
    verdict: FindingVerdict = "confirmed",
    *,
    share: float = 1.0,
    over_chance: float = 50.0,
    over_topic: float = 9.0,
    **changes: object,
) -> Finding:
    """Find a phrase in twenty records: seventeen show the outcome, two do not, and one has no answer."""
    answered = TEXTS.rows != 19
    could = TEXTS.rows != 18
    outcome = Outcome("harm", TEXTS.rows < 17, answered & could, answered, could)
    association = replace(
        association_of(TEXTS, 20, 17), likelihood=PlantedLikelihood(share, over_chance, over_topic), tried=1
    )
    assessment = replace(Assessment(association=association), **changes)  # type: ignore[arg-type]
    return outcome_finding(assessment, verdict, TEXTS, outcome, TEXT, AssessmentSettings())


def scores(finding: Finding) -> dict[str, float]:
    return {one.record_id: one.score for one in finding.records}


@pytest.mark.parametrize(("verdict", "share", "all_of_them"), [
    ("confirmed", 0.75, True), ("confirmed", 0.74, False), ("suggestive", 1.0, False),
])  # fmt: skip
def test_other_carriers_are_evidence_of_a_confirmed_pattern_with_a_share_of_three_quarters(
    verdict: FindingVerdict, share: float, *, all_of_them: bool
) -> None:
    expected = {f"r{row}": 0.95 for row in range(17)}
    if all_of_them:  # the one that could not show the outcome is left out
        expected |= {"r17": 0.6, "r19": 0.4}
    assert scores(found(verdict, share=share)) == expected


def test_records_come_by_score_and_the_phrase_is_marked() -> None:
    finding = found()
    assert [one.record_id for one in finding.records] == [f"r{row}" for row in range(17)] + ["r17", "r19"]
    assert finding.title == f"With the phrase “{PHRASE}”, not {{pattern}}."
    assert finding.statistics["carriers_answered"] == 19
    assert finding.statistics["evidence_records"] == 19


@pytest.mark.parametrize(
    ("over_chance", "told"),
    # The prior is .01, or -4.605 nats.
    [
        (4.61, "1 to 1"),
        (5.30, "2 to 1"),
        (6.9, "9.9 to 1"),
        (6.92, "10 to 1"),
        (18.41, "989,376 to 1"),
        (18.43, "more than 1,000,000 to 1"),
    ],
)
def test_odds_are_told_up_to_a_million(over_chance: float, told: str) -> None:
    assert f"planted are {told} against chance, after 1 tests" in found(over_chance=over_chance).explanation


def test_what_the_judge_said_of_changed_records_is_told_with_its_interval() -> None:
    counterfactual = Counterfactual(Proportion(2, 20), Proportion(0, 0), Proportion(5, 40), 0, 0.03)
    habits = (("c", Proportion(1, 3)), ("e", Proportion(0, 0)))
    statistics = found(counterfactual=counterfactual, habits=habits).statistics
    low, high = Proportion(2, 20).interval
    assert statistics["removal_reverses"] == 0.1
    assert (statistics["removal_reverses_low"], statistics["removal_reverses_high"]) == (round(low, 3), round(high, 3))
    assert statistics["removal_reverses_trials"] == 20
    assert "insertion_induces" not in statistics
    assert statistics["insertion_flips_label"] == 0.125
    assert (statistics["control_share[c]"], statistics["control_share[e]"]) == (0.3333, None)


def test_the_ratio_is_that_of_distinct_trials_to_the_rate_elsewhere() -> None:
    finding = found()
    association = association_of(TEXTS, 20, 17)
    distinct = association.distinct
    assert finding.statistics["rate_ratio"] == round(distinct.hits / distinct.trials / association.rate, 2)
