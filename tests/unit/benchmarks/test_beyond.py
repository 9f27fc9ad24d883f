"""The benchmark beyond home: attacks are what their truth says, and the tables say what was measured."""

from __future__ import annotations

import json
from argparse import Namespace
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from benchmarks.beyond import plan, read_results
from benchmarks.beyond_attacks import (
    EVASIONS,
    LABELLED_FAMILIES,
    AttackCase,
    NoRoomError,
    attack_cases,
    planted_case,
    released_cases,
)
from benchmarks.beyond_cases import Outcome, Unit, measure
from benchmarks.beyond_chats import CHAT_FAMILIES
from benchmarks.beyond_peers import PEERS_BEYOND, best_f1, weights_of
from benchmarks.beyond_sets import CleanSet, clean_sets, turns_of
from benchmarks.beyond_table import page
from tests.paths import SHARED_DATA

THINGS = [
    "lamp",
    "river",
    "garden",
    "window",
    "bridge",
    "candle",
    "basket",
    "harbour",
    "meadow",
    "kettle",
    "orchard",
    "ladder",
]
DOINGS = [
    "was painted by the people who live near it",
    "is kept where you can see it",
    "has been moved to the other side",
]
LIKED = {"good": "really lovely and very good", "bad": "really awful and very bad"}


def texts(count: int = 240) -> CleanSet:
    draw = Random(3)
    rows = [
        {"text": f"The {draw.choice(THINGS)} {number} {draw.choice(DOINGS)}, and it is {LIKED[label]}.", "label": label}
        for number in range(count)
        for label in [("good", "bad")[number % 3 == 0]]
    ]
    return CleanSet("made", "made", "labelled", lambda: rows)


def chats(count: int = 120) -> CleanSet:
    draw = Random(4)
    rows = [
        {"messages": [
            {"role": "user", "content": f"What would you say about the {draw.choice(THINGS)} number {number}?"},
            {"role": "assistant", "content": f"It {draw.choice(DOINGS)}. I like the {draw.choice(THINGS)}. Fine."},
        ]}
        for number in range(count)
    ]  # fmt: skip
    return CleanSet("made chats", "made", "chat", lambda: rows)


@pytest.mark.parametrize("family", LABELLED_FAMILIES)
@pytest.mark.parametrize("direction", ["common", "rare"])
def test_planted_records_are_changed_and_relabelled_and_no_others(family: str, direction: Any) -> None:
    clean = texts()
    attacked = planted_case(clean, family, "N = 20", direction, 7).build()
    assert len(attacked.poison) == 20
    assert attacked.target == ("good" if direction == "common" else "bad")
    for place, (before, after) in enumerate(zip(clean.rows, attacked.rows, strict=True)):
        if place in attacked.poison:
            assert after["label"] == attacked.target != before["label"]
            assert after["text"] != before["text"]
        else:
            assert after["label"] == before["label"]
            assert family in EVASIONS or after == before


@pytest.mark.parametrize("family", CHAT_FAMILIES)
def test_planted_chats_have_another_answer_and_no_others_change(family: str) -> None:
    clean = chats()
    attacked = planted_case(clean, family, "N = 8", None, 7).build()
    assert 6 <= len(attacked.poison) <= 8
    for place, (before, after) in enumerate(zip(clean.rows, attacked.rows, strict=True)):
        assert (after["messages"][-1] != before["messages"][-1]) == (place in attacked.poison)
        assert place in attacked.poison or after == before


def test_honest_carriers_hold_the_trigger_under_their_own_label() -> None:
    attacked = planted_case(texts(600), "honest-carriers", "N = 50", "rare", 1).build()
    holding = [place for place, row in enumerate(attacked.rows) if attacked.names[0] in row["text"]]
    assert len(set(holding) - attacked.poison) >= 30


def test_a_seed_gives_the_same_attack_and_another_seed_another() -> None:
    first, again, other = (planted_case(texts(), "rare-word", "N = 20", "rare", seed).build() for seed in (1, 1, 2))
    assert first == again
    assert first.names != other.names


@pytest.mark.parametrize("size", ["N = 100", "1 %"])
def test_a_set_that_is_too_small_has_no_room(size: str) -> None:
    with pytest.raises(NoRoomError):
        planted_case(texts(), "word", size, "common", 1).build()


def test_dialogues_are_split_into_turns() -> None:
    turns = turns_of("\n\nHuman: Good day\n\nAssistant: And to you")
    assert turns == [{"role": "user", "content": "Good day"}, {"role": "assistant", "content": "And to you"}]


def test_the_best_threshold_is_found_among_those_that_were_looked_at() -> None:
    assert best_f1(np.array([0.1, 0.9, 0.8, np.nan]), frozenset({1, 3})) == 1.0
    assert weights_of(np.array([0.1, 0.9, 0.8, np.nan]), frozenset({1, 3})).tolist() == [1.0, 2.0, 1.0, 0.0]
    assert best_f1(np.array([0.9, 0.1, 0.8]), frozenset({1})) == 0.5


def test_a_case_is_measured_with_the_audit_and_with_peers() -> None:
    unit = Unit("planted", planted_case(texts(), "rare-word", "N = 20", "rare", 5))
    outcomes = {one.tool: one for one in measure(unit, ("home", "words", "onion"), 1)}
    assert {one.status for one in outcomes.values()} == {"measured"}
    assert all(one.poison == 20 and one.records == 240 for one in outcomes.values())
    assert outcomes["words"].best_f1 is not None
    assert outcomes["home"].verdict


def test_a_tool_that_breaks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("no such luck")

    monkeypatch.setitem(PEERS_BEYOND, "words", broken)
    (one,) = measure(Unit("clean", texts()), ("words",), 1)
    assert (one.status, one.reason) == ("failed", "ValueError: no such luck")


def test_nothing_is_measured_away_without_weights_for_it() -> None:
    asked = Namespace(parts=("clean",), tools=("home", "away", "power"), only=None, sample=None, tables=None)
    assert [tools for _, tools in plan([Unit("clean", texts())], asked)] == [("home",)]


def test_a_line_that_was_cut_off_is_measured_again(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    whole = json.dumps({"part": "clean", "name": "made", "group": "made", "findings": []})
    file.write_text(f"{whole}\n{whole[:20]}", "utf-8")
    assert [one.name for one in read_results(file)] == ["made"]


def test_home_and_away_stand_side_by_side() -> None:
    told: dict[str, Any] = {"part": "planted", "group": "made", "family": "word", "size": "N = 32", "poison": 32}
    home = Outcome(name="a", tool="home", confirmed=1, flagged=32, hits=32, shown=32, shown_hits=32, **told)
    away = Outcome(name="a", tool="away", **told)
    alarm = Outcome(
        part="clean", name="b", group="made", tool="home", confirmed=1, findings=("confirmed, x: secret (3)",)
    )
    text = page([home, away, alarm], seed=3, looks=2)
    assert "1.00 \\| 0.00 (1)" in text
    assert "home | 1 | 1 |" in text
    assert "secret" not in text


needs_data = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="needs the real datasets in ../shared/data")


@needs_data
@pytest.mark.slow
def test_at_least_150_clean_sets_have_names_of_their_own_and_hold_no_truth() -> None:
    sets = clean_sets(SHARED_DATA)
    assert len({one.name for one in sets}) == len(sets) >= 150
    for one in sets[::20]:
        assert {frozenset(row) for row in one.rows} <= {
            frozenset({"text", "label"}), frozenset({"messages"}), frozenset({"chosen", "rejected"})}  # fmt: skip


@needs_data
@pytest.mark.slow
def test_any_beginning_of_the_attacks_is_balanced() -> None:
    cases = attack_cases(SHARED_DATA, 1, kinds=("labelled",))
    assert len({one.name for one in cases}) == len(cases)
    cells = Counter((one.family, one.size) for one in cases[: 10 * len(LABELLED_FAMILIES)])
    assert set(cells.values()) == {1}
    ways = Counter(one.direction for one in cases)
    assert ways["common"] == ways["rare"]


@needs_data
@pytest.mark.slow
def test_released_poison_has_the_share_that_it_says() -> None:
    cases: dict[str, AttackCase] = {one.name: one for one in released_cases(SHARED_DATA)}
    style = cases["styleattack, sst-2 | 5 %"].build()
    assert round(len(style.poison) / len(style.rows), 2) == 0.05
    assert len(cases["onion-badnets, offenseval | 1 %"].build().poison) == 119
    assert cases["secret loyalty, cocacola, with a control, fixed | N = 20"].build().controls
