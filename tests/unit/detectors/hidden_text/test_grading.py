"""What a kind of hidden text amounts to changes exactly at the limits of the settings."""

from __future__ import annotations

import pytest

from marshtest.detectors.hidden_text import HiddenTextSettings
from marshtest.detectors.hidden_text.grading import KindEvidence, OutcomeAssociation, is_deliberate
from marshtest.detectors.hidden_text.stretches import Hidden, HiddenPlace

SETTINGS = HiddenTextSettings()
ONE, TWO, THREE = "\u200b", "\u200b\u200d", "\u200b\u200d\u2060"


def hidden(text: str) -> Hidden:
    return Hidden("width", 0, len(text), text)


def evidence(
    texts: list[str], *, p_value: float | None = None, outcome: tuple[int, ...] = (), has_outcomes: bool = False
) -> KindEvidence:
    """Put each text into a record of its own; those that occur twice recur."""
    places = [HiddenPlace(row, "prompt", hidden(text), f"around {row}") for row, text in enumerate(texts)]
    rows = {text: tuple(row for row, other in enumerate(texts) if other == text) for text in texts}
    repeated = {text: where for text, where in rows.items() if len(where) > 1}
    association = None if p_value is None else OutcomeAssociation("a label", outcome, len(texts), 0.1, p_value)
    return KindEvidence("width", places, repeated, association, 1, has_outcomes)


@pytest.mark.parametrize(("text", "expected"), [(ONE * 9, False), (TWO, False), (THREE, True)])
def test_three_characters_of_more_than_one_kind_are_deliberate(text: str, expected: bool) -> None:
    assert is_deliberate(hidden(text), SETTINGS) is expected


@pytest.mark.parametrize(("p_value", "verdict"), [(0.99e-4, "confirmed"), (1.01e-4, "suggestive")])
def test_an_association_counts_below_one_in_a_thousand_corrected(p_value: float, verdict: str) -> None:
    one = evidence([THREE] * 6, p_value=p_value, outcome=(0, 1, 2), has_outcomes=True)
    assert one.grade(10, SETTINGS)[0] == verdict


@pytest.mark.parametrize(("deliberate", "verdict"), [(2, "suggestive"), (3, "confirmed")])
def test_most_records_with_the_outcome_must_carry_a_deliberate_sequence(deliberate: int, verdict: str) -> None:
    texts = [THREE] * deliberate + [ONE] * (4 - deliberate)
    one = evidence(texts, p_value=1e-9, outcome=(0, 1, 2, 3), has_outcomes=True)
    assert one.grade(1, SETTINGS) == (verdict, (0, 1, 2, 3))


@pytest.mark.parametrize(("records", "verdict"), [(3, "suggestive"), (4, "confirmed")])
def test_without_outcomes_a_deliberate_sequence_must_recur_in_four_records(records: int, verdict: str) -> None:
    assert evidence([THREE] * records).grade(0, SETTINGS)[0] == verdict
    assert evidence([THREE] * records, has_outcomes=True).grade(0, SETTINGS)[0] == "suggestive"
