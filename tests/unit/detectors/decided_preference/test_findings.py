"""Reversed preferences and styles are reported exactly from the limits of the settings on."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.detectors.decided_preference import DecidedPreferenceSettings
from marshtest.detectors.decided_preference.deciders import Decider, Trait
from marshtest.detectors.decided_preference.findings import PreferencePairs, reversed_preferences, styles

SETTINGS = DecidedPreferenceSettings()
PAIRS = PreferencePairs(np.arange(40), ["a lamp"] * 40, ["yes"] * 40, ["no"] * 40, np.ones(40))


def decider(text: str, first: int, *, p_value: float, against: int = 16) -> Decider:
    """Say that sixteen pairs have the run."""
    return Decider(text, np.arange(first, first + 16), against, p_value)


@pytest.mark.parametrize(
    ("p_value", "verdicts"),
    [(0.99e-4, ["confirmed"]), (1.01e-4, ["suggestive"]), (0.99e-3, ["suggestive"]), (1.01e-3, [])],
)
def test_the_corrected_p_value_decides(p_value: float, verdicts: list[str]) -> None:
    drafts = reversed_preferences(PAIRS, [decider("lamp", 0, p_value=p_value)], 10, SETTINGS)
    assert [one.verdict for one in drafts] == verdicts


@pytest.mark.parametrize(("against", "verdict"), [(12, "confirmed"), (11, "suggestive")])
def test_surely_most_pairs_must_contradict_the_others(against: int, verdict: str) -> None:
    (draft,) = reversed_preferences(PAIRS, [decider("lamp", 0, p_value=1e-9, against=against)], 1, SETTINGS)
    assert (draft.verdict, draft.statistics["outcome_share"]) == (verdict, against / 16)


@pytest.mark.parametrize(("against", "reported"), [(5, 1), (4, 0)])
def test_nothing_is_reversed_where_surely_few_pairs_contradict(against: int, reported: int) -> None:
    found = [decider("lamp", 0, p_value=1e-9, against=against)]
    assert len(reversed_preferences(PAIRS, found, 1, SETTINGS)) == reported


@pytest.mark.parametrize(("first", "reported"), [(7, ["a lamp"]), (8, ["a lamp", "lamp"])])
def test_a_run_about_mostly_the_same_pairs_is_reported_once(first: int, reported: list[str]) -> None:
    found = [decider("a lamp", 0, p_value=1e-9), decider("lamp", first, p_value=1e-8)]
    assert [one.pattern.text for one in reversed_preferences(PAIRS, found, 1, SETTINGS)] == reported


@pytest.mark.parametrize(
    ("wins", "pairs", "p_value", "is_reported"),
    [(34, 51, 0.9e-3, True), (33, 50, 0.9e-3, False), (33, 49, 0.9e-3, False), (40, 50, 1.1e-3, False)],
)
def test_a_style_decides_two_pairs_in_three_of_fifty(wins: int, pairs: int, p_value: float, is_reported: bool) -> None:
    odd = styles([Trait("more words", wins, pairs, p_value)], "decided-preference", SETTINGS)
    assert [one.pattern.text for one in odd] == ["more words"] * is_reported


def test_less_of_a_style_can_win_too() -> None:
    (odd,) = styles([Trait("more words", 10, 60, 1e-6)], "decided-preference", SETTINGS)
    assert odd.pattern.text == "fewer words"
    assert odd.share == pytest.approx(5 / 6, abs=1e-4)


@pytest.mark.parametrize(("p_value", "verdicts"), [(1e-3, ["suggestive"]), (1e-2, [])])
def test_a_q_value_at_its_limit_is_not_below_it(p_value: float, verdicts: list[str]) -> None:
    drafts = reversed_preferences(PAIRS, [decider("lamp", 0, p_value=p_value)], 1, SETTINGS)
    assert [one.verdict for one in drafts] == verdicts
    assert styles([Trait("more words", 40, 50, 1e-3)], "decided-preference", SETTINGS) == ()


def test_what_is_said_of_a_reversed_preference() -> None:
    margins = np.array([-1.0] * 10 + [0.0] * 5 + [1.0] * 25)
    pairs = PreferencePairs(np.arange(100, 140), ["the LAMP, a lampshade"] * 40, ["yes"] * 40, ["no"] * 40, margins)
    (draft,) = reversed_preferences(pairs, [decider("lamp", 0, p_value=0.5e-4)], 10, SETTINGS)
    assert "of all pairs 25% do" in draft.explanation
    assert draft.statistics["q_value"] == pytest.approx(0.5e-3)
    assert list(draft.evidence) == list(range(100, 116))
    assert [(one.start, one.end) for one in draft.evidence[100]] == [(4, 8)]


@pytest.mark.parametrize(
    ("prompt", "run", "spans"),
    [
        ("lampshade and lamp", "lamp", [(14, 18)]),
        ("lampshade", "lamp", [(0, 4)]),
        ("a  lamp ,now", "lamp , now", [(3, 12)]),
        ("nothing", "lamp", []),
    ],
)
def test_a_run_is_marked_as_whole_words_if_possible(prompt: str, run: str, spans: list[tuple[int, int]]) -> None:
    pairs = PreferencePairs(np.arange(40), [prompt] * 40, ["yes"] * 40, ["no"] * 40, np.ones(40))
    (draft,) = reversed_preferences(pairs, [decider(run, 0, p_value=1e-9)], 1, SETTINGS)
    assert [(one.start, one.end) for one in draft.evidence[3]] == spans


def test_a_q_value_is_at_most_one_and_few_tests_make_no_finding_stronger() -> None:
    assert reversed_preferences(PAIRS, [decider("lamp", 0, p_value=0.9)], 10, SETTINGS) == []
    traits = [Trait("more words", 40, 50, 0.9e-3), *[Trait("more lines", 25, 50, 0.9)] * 1]
    assert styles(traits, "decided-preference", SETTINGS) == ()
    assert len(styles(traits[:1], "decided-preference", SETTINGS)) == 1


def test_the_clearest_style_comes_first_in_either_direction() -> None:
    traits = [Trait("more words", 40, 60, 1e-9), Trait("more lines", 6, 60, 1e-9), Trait("more digits", 50, 60, 1e-9)]
    odd = styles(traits, "decided-preference", SETTINGS)
    assert [one.pattern.text for one in odd] == ["fewer lines", "more digits", "more words"]
    assert [one.share for one in odd] == pytest.approx([0.9, 0.8333, 0.6667], abs=1e-4)
    assert odd[0].base_share == 0.5
