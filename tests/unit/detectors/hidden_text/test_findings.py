"""What is said of one kind of hidden text."""

from __future__ import annotations

import pytest

from marshtest.detectors.hidden_text import HiddenTextSettings
from marshtest.detectors.hidden_text.findings import hidden_text_draft
from marshtest.detectors.hidden_text.grading import KindEvidence, OutcomeAssociation
from marshtest.detectors.hidden_text.stretches import Hidden, HiddenPlace
from marshtest.findings import FindingVerdict
from marshtest.signals import Span

SETTINGS = HiddenTextSettings()
ODD, THREE = "\u200b", "\u200b\u200d\u2060"


def place(row: int, text: str, start: int = 0, spells: str = "") -> HiddenPlace:
    """Put a stretch into a record."""
    return HiddenPlace(row, "prompt", Hidden("width", start, start + len(text), text, spells), f"around {row}")


PLACES = [place(0, ODD), place(1, THREE), place(2, THREE, 4), place(2, ODD, 9), place(3, ODD), place(4, ODD)]


def evidence(p_value: float | None = None, places: list[HiddenPlace] | None = None) -> KindEvidence:
    """Say what is known of the places."""
    association = None if p_value is None else OutcomeAssociation("a label", (1, 2), 4, 0.125, p_value)
    return KindEvidence("width", places or PLACES, {}, association, 1, True)


def test_the_deliberate_stretch_that_recurs_is_shown_though_another_is_more_frequent() -> None:
    verdict: FindingVerdict = "suggestive"
    draft = hidden_text_draft(evidence(), verdict, [1, 2, 3], tested=1, records=10, settings=SETTINGS)
    assert draft.pattern.text == THREE
    assert draft.title.startswith("3 of 10 records")
    assert draft.evidence == {
        1: (Span("prompt", 0, 3),),
        2: (Span("prompt", 4, 7), Span("prompt", 9, 10)),
        3: (Span("prompt", 0, 1),),
    }
    assert (draft.statistics["records"], draft.statistics["all_records_of_this_kind"]) == (3, 5)
    copies = draft.other_explanations[1]
    assert (copies.stands, "appears in 2 records" in copies.text) == ("against", True)


def test_where_nothing_recurs_the_first_stretch_is_shown_and_copies_stay_open() -> None:
    draft = hidden_text_draft(evidence(), "suggestive", [1], tested=1, records=10, settings=SETTINGS)
    assert (draft.pattern.text, draft.other_explanations[1].stands) == (THREE, "open")
    lone = evidence(places=[place(0, ODD), place(1, "\u200d")])
    assert hidden_text_draft(lone, "suggestive", [0, 1], tested=1, records=2, settings=SETTINGS).pattern.text == ODD


@pytest.mark.parametrize(("p_value", "told"), [(0.99e-4, True), (1e-4, False), (2e-4, False), (None, False)])
def test_an_association_is_told_below_one_in_a_thousand_corrected(p_value: float | None, *, told: bool) -> None:
    draft = hidden_text_draft(evidence(p_value), "suggestive", [1], tested=10, records=10, settings=SETTINGS)
    assert ("Of 4 prompts with it, 2 have a label; elsewhere 12.5% do." in draft.explanation) is told
    assert draft.statistics["outcome_share"] == (None if p_value is None else 0.5)


def test_200_characters_of_what_is_spelt_are_quoted() -> None:
    spelt = [place(0, ODD), place(1, ODD, spells="a" * 199 + "bc")]
    draft = hidden_text_draft(evidence(places=spelt), "confirmed", [0, 1], tested=0, records=2, settings=SETTINGS)
    assert "it says “" + "a" * 199 + "b”" in draft.explanation
