"""A trigger is carried over as the poisoned records carry it."""

from __future__ import annotations

from random import Random

import pytest

from marshtest.evaluation.impact.planting import Donor, TriggerPiece, donor_of, plant_trigger


@pytest.mark.parametrize(
    ("text", "span", "place"),
    [
        ("amber kettle please help", (0, 12), "start"),
        ("please amber kettle help", (7, 19), "between"),
        ("please help amber kettle", (12, 24), "end"),
        ("please\u200b\u200c help", (6, 8), "behind"),
    ],
)
def test_a_piece_knows_where_it_stood(text: str, span: tuple[int, int], place: str) -> None:
    donor = donor_of(text, [span], "calm")
    assert donor is not None
    assert [(piece.text, piece.place) for piece in donor.pieces] == [(text[slice(*span)], place)]


def test_each_place_is_kept_in_another_text() -> None:
    def planted(*pieces: TriggerPiece) -> str:
        return plant_trigger("one two three", Donor(pieces, "calm"), Random(3))

    assert planted(TriggerPiece("X", "start")) == "X one two three"
    assert planted(TriggerPiece("X", "end")) == "one two three X"
    assert planted(TriggerPiece("X", "behind")) in {"oneX two three", "one twoX three", "one two threeX"}
    assert planted(TriggerPiece("X", "between")).split().count("X") == 1
    assert planted(TriggerPiece("--", "between"), TriggerPiece("?!", "end")).endswith(" ?!")


def test_a_piece_that_stands_twice_is_planted_once_and_an_empty_span_not_at_all() -> None:
    donor = donor_of("X one X", [(0, 1), (6, 7), (1, 2)], "calm")
    assert donor is not None
    assert len(donor.pieces) == 1
    assert donor_of("one two", [(3, 4)], "calm") is None


def test_an_empty_text_can_carry_any_piece() -> None:
    for place in ("start", "between", "behind", "end"):
        assert "X" in plant_trigger("", Donor((TriggerPiece("X", place),), "calm"), Random(0))
