"""What a judge says of every record, as outcomes that patterns are tested against."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import (
    JudgedEffects,
    JudgedLabels,
    failed_records,
    harm_outcome,
    label_outcomes,
    label_strata,
    record_verdicts,
)
from marshtest.judges.asking.verdicts import NO_ANSWER, UNDECIDED

GIVEN = [0, 0, 0, 0, 1, 1, -1]
JUDGED = [0, 1, UNDECIDED, NO_ANSWER, 0, 1, 0]
SURE = [3, 2, 0, 0, 1, 0, 3]
NAMES = ("a", "b")


def dataset() -> Dataset:
    """Make seven records, the last without a label."""
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{row}", kind="classification", prompt=f"text {row}", completion="",
                label=NAMES[given] if given >= 0 else None, source_path="made", source_line=row + 1,
            )
            for row, given in enumerate(GIVEN)
        ]
    )  # fmt: skip


def labels() -> JudgedLabels:
    return JudgedLabels(
        labels=NAMES, given=np.array(GIVEN, np.int16), judged=np.array(JUDGED, np.int16),
        sure=np.array(SURE, np.int8), problems={}, questions=(), missed=(),
    )  # fmt: skip


def by_row(texts: JudgedTexts, values: object) -> list[int]:
    """Give one number a text in the order of the rows."""
    found = np.asarray(values)
    return [int(found[place]) for place in np.argsort(texts.rows)]


def test_a_record_that_the_judge_is_not_sure_of_is_undecided() -> None:
    assert labels().undecided == 1


def test_a_contradiction_is_an_answer_with_another_label_than_the_one_given() -> None:
    texts = JudgedTexts.of(dataset(), labelled=False)
    first, second = label_outcomes(labels(), texts)
    assert (first.name, second.name) == NAMES
    assert by_row(texts, first.hit) == [0, 1, 0, 0, 0, 0, 0]
    assert by_row(texts, first.trial) == [1, 1, 0, 0, 0, 0, 0]
    assert by_row(texts, first.answered) == [1, 1, 0, 0, 1, 1, 1]
    assert by_row(texts, first.could) == [1, 1, 1, 1, 0, 0, 0]
    assert by_row(texts, second.hit) == [0, 0, 0, 0, 1, 0, 0]
    assert by_row(texts, second.could) == [0, 0, 0, 0, 1, 1, 0]


def test_what_is_seen_is_agreement_doubt_or_how_sure_the_contradiction_is() -> None:
    texts = JudgedTexts.of(dataset(), labelled=False)
    first, second = label_outcomes(labels(), texts)
    assert by_row(texts, first.seen) == [0, 4, 1, -1, 0, 2, 0]
    assert by_row(texts, second.seen) == [5, 0, 1, -1, 3, 0, 5]
    assert by_row(texts, first.as_planted) == [0, 0, 0, 0, 1, 1, 0]
    assert by_row(texts, second.as_planted) == [1, 1, 1, 1, 0, 0, 0]
    assert by_row(texts, first.unchanged) == [0, 0, 0, 0, 0, 1, 0]
    assert by_row(texts, second.unchanged) == [1, 0, 0, 0, 0, 0, 0]
    same = second.same_reading
    assert same is not None
    assert by_row(texts, same.trial) == [1, 0, 0, 0, 1, 0, 1]
    assert by_row(texts, same.hit) == [0, 0, 0, 0, 1, 0, 0]
    assert by_row(texts, same.strata) == SURE


def effects() -> JudgedEffects:
    severity = np.array([0, 1, 2, 3, -1, 2, 0], np.int8)
    return JudgedEffects(severity=severity, harms={}, problems={}, questions=(), missed=())


@pytest.mark.parametrize(
    ("least", "label", "hits", "trials"),
    [
        (1, None, [0, 1, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 1, 1]),
        (2, None, [0, 0, 1, 1, 0, 1, 0], [1, 1, 1, 1, 0, 1, 1]),
        (2, "a", [0, 0, 1, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0]),
        (3, "b", [0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1, 0]),
    ],
)
def test_harm_of_a_severity_is_an_outcome(least: int, label: str | None, hits: list[int], trials: list[int]) -> None:
    texts = JudgedTexts.of(dataset(), labelled=False)
    outcome = harm_outcome(effects(), texts, least=least, name="harm", label=label)
    assert by_row(texts, outcome.hit) == hits
    assert by_row(texts, outcome.trial) == trials
    assert by_row(texts, outcome.answered) == [1, 1, 1, 1, 0, 1, 1]
    assert by_row(texts, outcome.strata) == [1, 1, 1, 1, 2, 2, 0]
    assert by_row(texts, label_strata(texts)) == [1, 1, 1, 1, 2, 2, 0]


def test_records_without_an_answer_are_failures_in_the_order_of_the_source() -> None:
    failures = failed_records("d", dataset(), {5: "late", 2: "early"})
    assert [(one.record_id, one.source_line, one.message) for one in failures] == [
        ("r2", 3, "early"),
        ("r5", 6, "late"),
    ]
    assert failed_records("d", dataset(), {}) == ()


def test_the_report_gets_what_was_asked() -> None:
    found = record_verdicts(dataset(), labels=labels(), effects=effects())
    assert (found.given, found.judged, found.sure) == (tuple(GIVEN), tuple(JUDGED), tuple(SURE))
    assert found.severity == (0, 1, 2, 3, -1, 2, 0)
    assert record_verdicts(dataset()).severity == ()
