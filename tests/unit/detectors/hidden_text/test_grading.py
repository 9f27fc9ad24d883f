"""What a kind of hidden text amounts to changes exactly at the limits of the settings."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.hidden_text import HiddenTextSettings
from marshtest.detectors.hidden_text.grading import (
    KindEvidence,
    OutcomeAssociation,
    deliberate_texts,
    first_of_each,
    is_deliberate,
    recurring,
    strongest_association,
)
from marshtest.detectors.hidden_text.stretches import Hidden, HiddenPlace, HidingKind
from marshtest.stats.significance import fisher_exact

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


def place(row: int, text: str, around: str = "", kind: HidingKind = "width", spells: str = "") -> HiddenPlace:
    """Put a stretch into a record."""
    return HiddenPlace(row, "prompt", Hidden(kind, 0, len(text), text, spells), around or f"around {row}")


@pytest.mark.parametrize(
    ("hidden_one", "expected"),
    [
        (Hidden("tags", 0, 1, ONE), True),
        (Hidden("width", 0, 1, ONE, "word"), True),
        (Hidden("width", 0, 1, ONE), False),
        (Hidden("encoded", 0, 3, THREE, "word"), False),
        (Hidden("lookalikes", 0, 3, THREE), False),
    ],
)
def test_tags_and_what_spells_are_deliberate_and_what_can_be_read_is_not(hidden_one: Hidden, *, expected: bool) -> None:
    assert is_deliberate(hidden_one, SETTINGS) is expected


def test_what_is_spelt_is_confirmed_by_its_records_alone() -> None:
    places = [place(0, ONE, spells="word"), place(1, ONE), place(2, ONE, spells="word")]
    assert KindEvidence("width", places, {}, None, 0, True).grade(1, SETTINGS) == ("confirmed", (0, 2))
    encoded = [place(row, "abc", kind="encoded", spells="word") for row in range(2)]
    assert KindEvidence("encoded", encoded, {}, None, 0, True).grade(1, SETTINGS) == (None, ())


@pytest.mark.parametrize(("tested", "expected"), [(0, 0.01), (1, 0.01), (2, 0.02), (200, 1.0)])
def test_a_q_value_is_corrected_for_all_tests_and_at_most_one(tested: int, expected: float) -> None:
    assert evidence([ONE], p_value=0.01).q_value(tested) == expected
    assert evidence([ONE]).q_value(tested) is None


@pytest.mark.parametrize(("records", "deliberate"), [(4, True), (3, False)])
@pytest.mark.parametrize("text", [TWO, ONE + ONE])
def test_two_characters_of_two_kinds_are_deliberate_where_four_records_have_them(
    text: str, records: int, *, deliberate: bool
) -> None:
    places = [place(row, text) for row in range(records)]
    expected = {text} if text == TWO and deliberate else set()
    assert deliberate_texts(places, {text: tuple(range(records))}, SETTINGS) == expected
    readable = [place(row, text, kind="lookalikes") for row in range(records)]
    assert deliberate_texts(readable, {text: tuple(range(records))}, SETTINGS) == set()


def test_two_characters_that_recur_are_suggestive_with_all_their_records() -> None:
    one = evidence([TWO] * 4 + [ONE])
    assert one.grade(0, SETTINGS) == ("suggestive", (0, 1, 2, 3))
    assert evidence([TWO] * 3 + [ONE]).grade(0, SETTINGS) == (None, ())


@pytest.mark.parametrize("kind", ["encoded", "lookalikes"])
def test_what_can_be_read_is_suggestive_where_it_recurs(kind: HidingKind) -> None:
    places = [place(row, "abc", kind=kind) for row in range(2)]
    recurs = KindEvidence(kind, places, {"abc": (0, 1)}, None, 0, False)
    assert recurs.grade(0, SETTINGS) == ("suggestive", (0, 1))
    assert KindEvidence(kind, places, {}, None, 0, False).grade(0, SETTINGS) == (None, ())


def test_what_recurs_stands_in_two_records_with_two_surroundings_the_most_frequent_first() -> None:
    places = [place(0, "x", "a"), place(1, "x", "b"), place(2, "y", "a"), place(3, "y", "a"), place(4, "z", "a")]
    places += [place(4, "z", "b"), place(5, "w", "a"), place(6, "w", "b"), place(7, "w", "a")]
    assert recurring(places) == {"w": (5, 6, 7), "x": (0, 1)}
    assert list(recurring(places)) == ["w", "x"]
    alike = [place(0, "z", "a"), place(1, "z", "b"), place(2, "y", "a"), place(3, "y", "b")]
    assert list(recurring(alike)) == ["y", "z"]


def test_the_first_of_equal_texts_counts() -> None:
    assert first_of_each(["a", "b", "a", "a", "c", "b"]).tolist() == [True, True, False, False, True, False]


def test_an_association_is_that_of_the_smallest_p_value_among_distinct_texts() -> None:
    """Of twenty texts four are distinct carriers, all four good; of the sixteen others four are."""
    signs = [("good",) if row < 4 or row >= 16 else ("bad", "bad") for row in range(20)]
    counted = np.ones(21, np.bool_)
    counted[20] = False
    groups = {"x": [0, 1, 2, 3, 20], "y": [1, 2, 3]}
    best, tests = strongest_association(groups, [*signs, ("good",)], counted, SETTINGS)
    assert best is not None
    assert (best.sign, best.rows, best.carriers, best.share_elsewhere, tests) == ("good", (0, 1, 2, 3, 20), 5, 0.25, 1)
    assert best.p_value == fisher_exact(4, 4, 8, 20)
    assert best.share == 1.0
    assert strongest_association({"y": [1, 2, 3]}, signs, counted[:20], SETTINGS) == (None, 0)


def test_of_equal_associations_the_first_counts_and_a_stronger_one_wins() -> None:
    signs = [("a", "b")] * 4 + [("a",)] * 2 + [()] * 14
    everyone = np.ones(20, np.bool_)
    best, tests = strongest_association({"x": [0, 1, 2, 3]}, signs, everyone, SETTINGS)
    assert best is not None
    assert (best.sign, tests) == ("b", 2)
    alike = [("a", "b")] * 4 + [()] * 16
    first, _ = strongest_association({"x": [0, 1, 2, 3], "y": [0, 1, 2, 3]}, alike, everyone, SETTINGS)
    assert first is not None
    assert first.sign == "a"
    everybody, _ = strongest_association({"x": list(range(4))}, [("a",)] * 4, np.ones(4, np.bool_), SETTINGS)
    assert everybody is not None
    assert everybody.share_elsewhere == 0.0
