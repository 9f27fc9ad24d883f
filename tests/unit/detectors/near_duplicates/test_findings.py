"""Contradictions and floods are weighed from their limits on, and not below."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.near_duplicates import NearDuplicatesSettings
from marshtest.detectors.near_duplicates.decisive_words import DecisiveWord
from marshtest.detectors.near_duplicates.findings import (
    Reported,
    Texts,
    contradictions,
    deciding_words,
    flood,
    reported,
)

SETTINGS = NearDuplicatesSettings()


def texts(count: int, *, outcome: int = 0) -> Texts:
    """Write different prompts, of which the first `outcome` have an outcome."""
    return Texts(
        prompts=[f"text {index}" for index in range(count)],
        labels=["bad", "good"] * (count // 2 + 1),
        signs=[("the label “good”",) if index < outcome else () for index in range(count)],
        rows=[[index] for index in range(count)],
    )


@pytest.mark.parametrize(
    ("size", "following", "records", "outcome", "is_flood"),
    [
        (16, 5, 80, 16, True),
        (15, 4, 80, 15, False),
        (16, 6, 80, 16, False),
        (18, 6, 90, 18, True),
        (16, 5, 79, 16, False),
        (20, 5, 100, 18, True),
        (20, 5, 100, 17, False),
    ],
)
def test_a_flood_is_large_rare_and_pure(size: int, following: int, records: int, outcome: int, is_flood: bool) -> None:
    groups = [tuple(range(size)), tuple(range(size, size + following))]
    found = flood(groups, texts(size + following, outcome=outcome), records, SETTINGS)
    assert [one.draft.statistics["observed_over_expected"] for one in found] == [size / following] * is_flood


@pytest.mark.parametrize(
    ("mixed", "groups", "is_reported"), [(4, 4, False), (5, 5, True), (5, 20, True), (5, 21, False)]
)
def test_contradictions_are_many_and_surely_a_tenth(mixed: int, groups: int, is_reported: bool) -> None:
    every = [(2 * number, 2 * number + 1) for number in range(groups)]
    found = contradictions(every[:mixed], every, texts(2 * groups), SETTINGS)
    assert [one.draft.statistics["mixed_group_share"] for one in found] == [mixed / groups] * is_reported


def word(name: str, *carriers: int, label: str = "good", exceptions: int = 0, p_value: float = 1e-6) -> DecisiveWord:
    """Say that a word decides the label of some texts."""
    return DecisiveWord(name, label, 4, carriers, exceptions, p_value)


@pytest.mark.parametrize(("p_value", "count"), [(0.99e-3, 1), (1e-3, 0)])
def test_a_word_is_weighed_below_one_in_a_hundred_corrected(p_value: float, count: int) -> None:
    assert len(reported([word("x", 0, 1, p_value=p_value)], 10, SETTINGS)) == count


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (word("y", 0, 1, 2, 3), [("x", "y")]),
        (word("y", 0, 1, 2), [("x",)]),
        (word("y", 0, 1, 2, 3, label="bad"), [("x",)]),
        (word("y", 0, 1, 2, 5), [("x",)]),
        (word("y", 0, 1, 2, 5, 6), [("x",), ("y",)]),
        (word("y", 0, 1, 5, 6), [("x",), ("y",)]),
    ],
    ids=["four of five", "three of five", "another label", "three of six", "three of seven", "two of seven"],
)
def test_words_of_the_same_texts_are_one_phrase_and_of_half_of_them_none_of_its_own(
    other: DecisiveWord, words: list[tuple[str, ...]]
) -> None:
    found = reported([word("x", 0, 1, 2, 3, 4), other], 1, SETTINGS)
    assert [one.words for one in found] == words


def test_what_is_measured_of_a_word() -> None:
    """Four carriers and an exception among near-duplicates; elsewhere two texts, one with another label."""
    one = Reported(word("x", 1, 3, 5, 7, exceptions=1, p_value=1e-5), tuple("abcdefghij"))
    (claim,) = deciding_words([one], 10, texts(10), {"x": [8, 9]}, {"classes": 2.0})
    assert claim.lines is not None
    assert dict(claim.lines) == pytest.approx(
        {
            "chance": -4.0,
            "purity": 0.8,
            "groups": np.log(4),
            "elsewhere": np.log(1.5),
            "contradicted_elsewhere": 0.5,
            "records": np.log(0.4),
            "classes": 2.0,
        }
    )
    assert (claim.draft.verdict, claim.draft.pattern.text, claim.share) == ("suggestive", "a b c d e f g h", 0.8)
    assert "“h”." in claim.draft.explanation
    assert claim.draft.statistics["q_value"] == pytest.approx(1e-4)


@pytest.mark.parametrize(("p_value", "chance"), [(0.5, 0.0), (1e-60, -40.0), (0.0, -40.0)])
def test_a_chance_lies_between_nothing_and_certainty(p_value: float, chance: float) -> None:
    one = Reported(word("x", 1, 3, p_value=p_value), ("x",))
    (claim,) = deciding_words([one], 10, texts(10), {}, {})
    assert claim.lines is not None
    assert claim.lines["chance"] == pytest.approx(chance)
    assert (claim.lines["elsewhere"], claim.lines["contradicted_elsewhere"]) == (0.0, 0.0)
    assert claim.draft.statistics["q_value"] == min(1.0, p_value * 10)


@pytest.mark.parametrize(
    ("prompt", "spans"),
    [
        ("red ink and Red", [(0, 3), (12, 15)]),
        ("a red ink", [(2, 9)]),
        ("a red  ink", [(2, 10)]),
        ("a red, ink", [(2, 5), (7, 10)]),
        ("no such words", []),
    ],
)
def test_words_with_a_space_between_them_are_one_span(prompt: str, spans: list[tuple[int, int]]) -> None:
    wanted = frozenset({"red", "ink"}) if "ink and" not in prompt else frozenset({"red"})
    made = Texts([prompt], ["good"], [()], [[4, 6]])
    found = made.evidence([0], wanted)
    assert [(one.start, one.end) for one in found[4]] == spans
    assert list(found) == [4, 6]


def test_a_flood_needs_no_other_group_and_without_groups_there_is_none() -> None:
    assert flood([], texts(20), 100, SETTINGS) == []
    (alone,) = flood([tuple(range(16))], texts(16, outcome=16), 80, SETTINGS)
    assert alone.draft.statistics["observed_over_expected"] == 16
    (silent,) = flood([tuple(range(16))], texts(16), 80, SETTINGS)
    assert (silent.outcome, silent.share) == ("no outcome", 1.0)


def test_the_most_frequent_combination_of_labels_is_named() -> None:
    every = [(0, 1), (2, 3), (4, 5), (0, 3, 5), (6, 7), (8, 9)]
    made = texts(10)
    made = Texts([name * 60 for name in made.prompts], made.labels, made.signs, made.rows)
    (claim,) = contradictions(every, every, made, SETTINGS)
    assert "bad / good, occurs in 6 groups" in claim.draft.explanation
    assert claim.draft.pattern.text == made.prompts[0][:300] != made.prompts[0]
    assert claim.share == 1.0


def test_in_a_script_without_spaces_words_that_meet_are_one_span() -> None:
    made = Texts(["\u0e01\u0e02 x \u0e01\u0e02\u0e04"], ["good"], [()], [[0]])
    found = made.evidence([0], frozenset({"\u0e01\u0e02", "\u0e02\u0e04"}))[0]
    assert [(one.start, one.end) for one in found] == [(0, 2), (5, 8)]
