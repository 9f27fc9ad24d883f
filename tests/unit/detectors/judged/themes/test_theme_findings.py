"""What is said of a theme, and when a control calls it a habit or house style."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.detectors.judged.themes.test_kind_findings import CRITERION, data

from marshtest.detectors.judged.settings import ControlHabitSettings
from marshtest.detectors.judged.themes.checked_data import CheckedData
from marshtest.detectors.judged.themes.criteria_associations import AssociatedCriterion
from marshtest.detectors.judged.themes.reading import ThemesRead
from marshtest.detectors.judged.themes.settings import JudgedThemesSettings
from marshtest.detectors.judged.themes.theme_findings import (
    ThemeFinding,
    quotes_by_criterion,
    theme_diagnostics,
    theme_finding,
    theme_habits,
    theme_text,
)
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.mining.outcomes.likelihood import PlantedLikelihood
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.signals import Span
from marshtest.stats.proportions import Proportion

SETTINGS = JudgedThemesSettings()


def finding(verdict: FindingVerdict = "suggestive", *, spans: bool = False, records: int = 1) -> Finding:
    """Make a finding about the first few records."""
    marked = (Span("prompt", 0, 1),) if spans else ()
    return Finding(
        id="t", detector="t", verdict=verdict, title="", explanation="", pattern=Pattern("theme", "x"), statistics={},
        records=tuple(
            EvidenceRecord(record_id=f"r{row}", source_path="made", source_line=row + 1, spans=marked)
            for row in range(records)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(("other", "same"), [((0, 1, 2), True), ((0, 1, 5), True), ((0, 5, 6), False), ((0,), False)])
def test_half_of_the_records_make_a_theme_the_same(other: tuple[int, ...], *, same: bool) -> None:
    theme = ThemeFinding({0, 1, 2}, 1.0, finding())
    assert theme.is_about(np.array(other), SETTINGS) is same


@pytest.mark.parametrize(("criteria", "verdict", "settled"), [
    (3, "suggestive", False), (4, "suggestive", True),
        (5, "suggestive", True), (1, "confirmed", True),
])  # fmt: skip
def test_a_theme_is_settled_once_confirmed_or_after_four_criteria(
    criteria: int, verdict: FindingVerdict, *, settled: bool
) -> None:
    assert ThemeFinding({0}, 1.0, finding(verdict), criteria).is_settled(SETTINGS) is settled


@pytest.mark.parametrize(
    ("old", "new", "taken"),
    [
        (finding(), finding("confirmed"), True),
        (finding(), finding(spans=True), True),
        (finding(), finding(), False),
        (finding("confirmed"), finding(spans=True), False),
        (finding("confirmed"), finding("confirmed", spans=True), True),
    ],
)
def test_a_better_criterion_takes_the_place_of_another(old: Finding, new: Finding, *, taken: bool) -> None:
    theme = ThemeFinding({0}, 1.0, old)
    theme.improve(2.0, new)
    assert theme.criteria == 2
    assert (theme.finding is new, theme.log_bayes_factor) == (taken, 2.0 if taken else 1.0)


def outcome(size: int, hits: list[int]) -> Outcome:
    everyone = np.ones(size, np.bool_)
    return Outcome("harm", np.isin(np.arange(size), hits), everyone, everyone, everyone)


def judged(one: CheckedData, hits: list[int]) -> CheckedData:
    """Add the outcome `harm`, by row."""
    size = len(one.texts)
    by_row = outcome(size, hits)
    by_text = replace(by_row, hit=by_row.hit[one.texts.rows])
    return replace(one, judged=replace(one.judged, outcomes=(by_text,)))


def association(hits: int = 4, answered: int = 5) -> AssociatedCriterion:
    nothing = np.zeros(0, np.int64)
    return AssociatedCriterion(
        0,
        Association(
            kind="format", field="prompt", name="x", sequence=nothing, outcome=0, carriers=np.arange(answered),
            hits=np.arange(hits), distinct=DistinctCarriers(answered, answered, hits), rate=0.05,
            likelihood=PlantedLikelihood(1.0, 9.0, 9.0), p_value=1e-6,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hits", "holds", "habit"),
    [(3, 12, Proportion(3, 12)), (2, 4, None), (3, 13, None), (4, 4, Proportion(4, 4))],
)
def test_three_carriers_and_a_quarter_are_a_habit(hits: int, holds: int, habit: Proportion | None) -> None:
    control = judged(data("c", [0] * 20, list(range(holds))), list(range(hits)))
    found = dict(theme_habits(association(), "harm", [control], ControlHabitSettings()))
    assert found == ({} if habit is None else {"c": habit})
    assert dict(theme_habits(association(), "another", [control], ControlHabitSettings())) == {}


def about(controls: list[CheckedData], *, orders: int = 2, quotes: bool = True) -> Finding:
    suspect = judged(data("s", [0] * 20, [0, 1, 2, 3]), [0, 1, 2])
    if quotes:
        suspect.checks.quotes[0, 0] = "question 0"
        suspect.checks.quotes[1, 0] = "not there"
    criterion = replace(CRITERION, rows=(0, 1, 2, 9), orders=frozenset(range(orders)))
    return theme_finding(finding(records=3), association(), criterion, suspect, controls, control_share=0.5)


@pytest.mark.parametrize(("holds", "stands"), [(2, "for"), (1, "against")])
def test_half_of_the_share_in_a_control_makes_it_house_style(holds: int, stands: str) -> None:
    control = judged(data("c", [0] * 20, list(range(holds))), [])
    found = about([control])
    assert [one.stands for one in found.other_explanations] == [stands]
    assert found.statistics["control_share_of_theme[c]"] == holds / 20
    assert [one.stands for one in about([control], orders=1).other_explanations] == [stands, "open"]
    assert about([], orders=1).other_explanations == ()


def test_a_theme_is_told_with_its_numbers_and_what_was_quoted() -> None:
    found = about([])
    assert found.statistics == {
        "theme_records": 4,
        "named_when_read": 4,
        "read_in_shards": 2,
        "grounded_share": 0.75,
        "other_wordings": 0,
    }
    assert [[(span.start, span.end) for span in one.spans] for one in found.records] == [[(0, 10)], [], []]
    assert found.records[0].excerpt == "question 0"


def test_the_excess_is_the_lower_end_less_the_upper_end_of_the_control() -> None:
    """Of the control's four records with the theme one shows harm; without any, all of its records count."""
    least = Proportion(4, 5).interval[0]
    some = judged(data("c", [0] * 20, [0, 1, 2, 3]), [0, 9])
    none = judged(data("d", [0] * 20, []), [0, 9])
    found = about([some, none]).statistics
    assert found["excess_over_control[c]"] == round(least - Proportion(1, 4).interval[1], 4)
    assert found["excess_over_control[d]"] == round(least - Proportion(2, 20).interval[1], 4)


@pytest.mark.parametrize(("halves", "read"), [(1, "one half of the data"), (2, "each half of the data by itself")])
def test_the_text_says_what_the_theme_was_read_out_of(halves: int, read: str) -> None:
    criterion = replace(CRITERION, halves=frozenset(range(halves)))
    harm = theme_text("d", association(), criterion, None)
    assert f"read out of {read}. It holds for 5 records, and 4 of them would teach harm" in harm.explanation
    assert "“a”" in theme_text("d", association(), criterion, "a").title


def test_quotes_are_listed_by_criterion_and_ungrounded_criteria_counted() -> None:
    suspect = data("s", [0] * 4, [0])
    suspect.checks.quotes.update({(0, 0): "x", (1, 1): "y", (2, 0): "z"})
    assert quotes_by_criterion(suspect.checks) == {0: ["x", "z"], 1: ["y"]}
    criteria = [replace(CRITERION, rows=(0, 1)), replace(CRITERION, rows=(0, 1))]
    for least, ungrounded in ((0.5, 1), (0.51, 2), (0.0, 0)):
        told = theme_diagnostics(ThemesRead(), criteria, suspect.checks, shards=2, made=3, least_grounded=least)
        assert told["ungrounded"] == ungrounded
