"""A habit of the judge in a control, and which data are enough to read the carriers' contents."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.judged.assessment import habit_in_control
from marshtest.detectors.judged.carrier_content import ContentReadings, label_of
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.settings import ContentSettings, ControlHabitSettings
from marshtest.mining.near_copies import NearCopySettings
from marshtest.mining.outcomes.outcome_mining import Association, CarriedPattern, Outcome, associate
from marshtest.stats.proportions import Proportion

PHRASE = "umber gazebo"


def texts_of(carriers: int, size: int, labels: int = 0) -> JudgedTexts:
    """Make chats, or labelled texts of which the first few have the label `odd`; the first carry the phrase."""
    records = [
        Record(
            record_id=f"r{number}",
            kind="classification" if labels else "chat",
            prompt=f"question {number * 7919} {PHRASE if number < carriers else 'plain'} thing",
            completion="even" if labels else "well",
            label=("odd" if number < labels else "even") if labels else None,
            source_path="made",
            source_line=number + 1,
        )
        for number in range(size)
    ]
    return JudgedTexts.of(Dataset.from_records(records), labelled=bool(labels))


def outcome_of(texts: JudgedTexts, hits: int) -> Outcome:
    """Make an outcome that the first few records of the source show."""
    everyone = np.ones(len(texts), np.bool_)
    return Outcome("harm", texts.rows < hits, everyone, everyone, everyone)


def association_of(texts: JudgedTexts, carriers: int, hits: int) -> Association:
    tokens = texts.tokens["prompt"]
    sequence = np.array([tokens.vocabulary.index(word) for word in PHRASE.split()])
    rows = np.flatnonzero(texts.rows < carriers)
    return associate(
        tokens, CarriedPattern("phrase", PHRASE, sequence), rows, [outcome_of(texts, hits)], 0, NearCopySettings()
    )


def habit(carriers: int, hits: int, size: int = 2000, **changes: float) -> Proportion | None:
    suspect, control = texts_of(20, 200), texts_of(carriers, size)
    settings = ControlHabitSettings(**changes)  # type: ignore[arg-type]
    return habit_in_control(association_of(suspect, 20, 20), suspect, control, outcome_of(control, hits), settings)


def test_three_carriers_with_the_outcome_are_a_habit_and_two_are_not() -> None:
    assert habit(3, 3) == Proportion(3, 3)
    assert habit(2, 2) is None
    assert habit(2, 2, fewest_carriers=2) == Proportion(2, 2)


@pytest.mark.parametrize(("hits", "expected"), [(10, Proportion(10, 40)), (9, None)])
def test_a_quarter_of_the_carriers_is_a_habit(hits: int, expected: Proportion | None) -> None:
    assert habit(40, hits) == expected
    assert habit(40, hits, least_share=0.2) is not None


def test_what_is_within_chance_in_the_control_is_no_habit() -> None:
    # Nearly half of the other records show the outcome: six carriers have a p-value of .005, five of .015.
    assert habit(6, 20, size=40) == Proportion(6, 6)
    assert habit(5, 20, size=40) is None
    assert habit(5, 20, size=40, largest_p_value=0.02) == Proportion(5, 5)


def test_a_phrase_that_the_control_does_not_have_is_no_habit() -> None:
    assert habit(0, 10) is None


@pytest.mark.parametrize(
    ("size", "labels", "is_read"),
    [(100, 20, True), (99, 20, False), (100, 19, False), (100, 80, True), (100, 81, False)],
)
def test_contents_are_read_from_a_hundred_records_with_twenty_of_either_side(
    size: int, labels: int, is_read: bool
) -> None:
    texts = texts_of(12, size, labels)
    association = association_of(texts, 12, 12)
    trial = np.asarray(texts.labels == "odd", np.bool_)
    found = ContentReadings(texts, ContentSettings()).by_label(association, "odd", trial)
    assert (found is not None) == is_read


@pytest.mark.parametrize(("hits", "is_read"), [(20, True), (19, False)])
def test_without_labels_contents_are_read_from_twenty_records_with_the_outcome(hits: int, is_read: bool) -> None:
    texts = texts_of(12, 100)
    association, outcome = association_of(texts, 12, 12), outcome_of(texts, hits)
    assert label_of(association, texts) is None
    by_label, by_outcome = ContentReadings(texts, ContentSettings()).of_harm(association, outcome, None)
    assert by_label is None
    assert (by_outcome is not None) == is_read
