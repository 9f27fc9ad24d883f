"""Criteria are compared, ranked, tested on the half that they were not read out of, and told when one names words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from tests.scripted_inquiry import ScriptedInquiry

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.themes.criteria import Criterion, merge_criteria
from marshtest.detectors.judged.themes.criteria_associations import (
    CheckedCriteria,
    associated_criteria,
    grounded_share,
    literal_span,
    ranked_criteria,
)
from marshtest.detectors.judged.themes.settings import CriteriaSettings, JudgedThemesSettings
from marshtest.detectors.judged.themes.theme_findings import ThemeFinding
from marshtest.findings import Finding, Pattern
from marshtest.judges.questions import Item, Question
from marshtest.mining.outcomes.outcome_mining import Outcome
from marshtest.text.tokens import tokenize


def criterion(question: str, rows: Sequence[int] = (0, 1), half: int = 0) -> Criterion:
    return Criterion(question, tuple(rows), frozenset({half}), frozenset({0}))


def same(question: Question, item: Item) -> Mapping[str, Any]:
    return {"same": True}


def merged(questions: Sequence[str], **changes: Any) -> tuple[int, int]:
    """Give how many criteria are left, and how many pairs the judge compared."""
    judge = ScriptedInquiry(same)
    found, tally = merge_criteria(judge, [criterion(one) for one in questions], CriteriaSettings(**changes))
    return len(found), tally.planned


def test_criteria_with_half_of_their_words_in_common_are_compared() -> None:
    assert merged(["red green blue one", "red green two three"]) == (2, 0)  # 2 of 6
    assert merged(["red green blue one", "red green blue two"]) == (1, 1)  # 3 of 5
    assert merged(["red green one", "red green one five six seven"]) == (1, 1)  # 3 of 6
    assert merged(["red green one five", "red green two"]) == (2, 0)  # 2 of 5
    assert merged(["red green blue one", "red green two three"], similarity=0.33) == (1, 1)


def test_each_criterion_is_compared_with_its_three_nearest() -> None:
    questions = [f"red green blue word{number}" for number in range(9)]
    assert merged(questions) == (1, 1 + 2 + 6 * 3)
    assert merged(questions, most_comparisons=1) == (1, 8)


def test_criteria_of_both_halves_that_mean_the_same_are_one_and_keep_both_halves() -> None:
    judge = ScriptedInquiry(same)
    (found,), _ = merge_criteria(judge, [criterion("red green blue", (0,)), criterion("red green blue too", (9,), 1)])
    assert (found.halves, found.rows) == (frozenset({0, 1}), (0, 9))


def test_criteria_that_code_checks_are_not_compared() -> None:
    assert merged(['Does the text hold the words "red green"?', 'Does the text hold the words "red blue"?']) == (2, 0)


def outcome(hits: Sequence[int], size: int = 400) -> Outcome:
    everyone = np.ones(size, np.bool_)
    hit = np.isin(np.arange(size), hits)
    return Outcome("harm", hit, everyone, everyone, everyone)


def test_criteria_whose_records_show_an_outcome_come_first_then_the_most_frequent() -> None:
    made = [criterion("often", range(50, 70)), criterion("rare", range(50, 60)), criterion("harmful", range(5))]
    ranked = ranked_criteria(made, [outcome(range(5))], np.arange(400))
    assert [one.question for one in ranked] == ["harmful", "often", "rare"]


def associations(hits: Sequence[int], holds: Sequence[int], settings: CriteriaSettings = CriteriaSettings()) -> int:
    """Count the associations of one criterion that was read out of half 0, where all records are in half 1."""
    records = (
        Record(
            record_id=f"r{number}",
            kind="chat",
            prompt=f"question {number} about {number * 7919} things",
            completion="well",
            source_path="made",
            source_line=number + 1,
        )
        for number in range(400)
    )
    texts = JudgedTexts.of(Dataset.from_records(records), labelled=False)
    held = np.isin(np.arange(400), holds)[:, None]
    found, count = associated_criteria(
        texts,
        [outcome(hits)],
        CheckedCriteria(criteria=[criterion("is it so")], holds=held, answered=np.ones_like(held), quotes={}),
        np.ones(400, np.int64),
        settings,
    )
    assert count == 1
    return len(found)


def test_three_records_with_the_outcome_are_enough_and_two_are_not() -> None:
    assert associations(range(3), range(3)) == 1
    assert associations(range(2), range(2)) == 0
    assert associations(range(2), range(2), CriteriaSettings(fewest_with_outcome=2)) == 1


def test_an_association_within_chance_is_left_out() -> None:
    assert associations(range(40), range(31, 61)) == 0
    assert associations(range(40), range(31, 61), CriteriaSettings(largest_p_value=1.0)) == 1


TEXTS = {"prompt": tokenize(["umber gazebo here"] * 10 + ["nothing of it"] * 10)}


@pytest.mark.parametrize(("carriers", "is_words"), [(range(4, 10), True), (range(5, 10), False)])
def test_a_criterion_comes_down_to_words_that_nearly_the_same_records_have(carriers: range, is_words: bool) -> None:
    span = literal_span(TEXTS, ["umber gazebo"], np.array(carriers))
    assert (span is not None) == is_words
    assert literal_span(TEXTS, ["umber gazebo"], np.array(carriers), CriteriaSettings(same_records=0.5)) is not None


def test_a_criterion_that_holds_for_half_of_its_records_has_a_grounded_share_of_one_half() -> None:
    assert grounded_share(criterion("q", range(10)), np.arange(10) < 5) == 0.5
    assert grounded_share(criterion("q", ()), np.zeros(10, np.bool_)) == 0.0


def finding(verdict: str) -> Finding:
    return Finding(
        id="d-1",
        detector="d",
        verdict=verdict,  # type: ignore[arg-type]
        title="t",
        explanation="e",
        pattern=Pattern("theme", "q"),
        statistics={},
    )


def test_criteria_with_half_of_their_records_in_common_are_one_theme() -> None:
    theme, settings = ThemeFinding(set(range(20)), 1.0, finding("suggestive")), JudgedThemesSettings()
    assert theme.is_about(np.arange(10), settings)
    assert not theme.is_about(np.arange(9), settings)
    assert theme.is_about(np.arange(9), JudgedThemesSettings(same_theme=0.45))


def test_a_theme_is_settled_when_it_is_confirmed_or_after_four_criteria() -> None:
    settings = JudgedThemesSettings()
    theme = ThemeFinding(set(), 1.0, finding("suggestive"))
    for _ in range(3):
        assert not theme.is_settled(settings)
        theme.improve(1.0, finding("suggestive"))
    assert theme.is_settled(settings)
    assert ThemeFinding(set(), 1.0, finding("confirmed")).is_settled(settings)
