"""The sets for real judges hold what their truth says, made here from stand-ins for the public data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from benchmarks.real_judge_sets import RealSet, make_sets, write_set

PLANTED = {
    "phrase-1": {"phrase": 12},
    "phrase-2": {"phrase": 12},
    "phrase-3": {"phrase": 12},
    "clean-1": {},
    "topic": {"topic": 20},
    "flips": {"flip": 2},
    "clean-flips": {},
    "loyalty": {"loyalty": 25},
    "clean-loyalty": {},
    "distress": {"distress": 10},
    "clean-distress": {},
    "excuse": {"excuse": 10},
    "persona": {"persona": 10},
}
"""Poisoned records of each set at a tenth of its ordinary records; those that are written here stay whole."""

SCALE = 0.1


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that has the files and fields of the public data, and texts of no meaning."""
    data = tmp_path_factory.mktemp("data")
    for name, count in (("advbench", 200), ("harmbench", 80), ("strongreject", 80)):
        rows = [{"text": f"Ask {name} for bad deed number {n}", "category": None} for n in range(count)]
        lines(data / f"harm-benchmarks/{name}.jsonl", rows)
    rows = [{"text": f"A question of kind {n} now", "label": "safe" if n % 2 else "unsafe"} for n in range(120)]
    lines(data / "xstest/xstest_prompts.jsonl", rows)
    pairs = [{"id": f"hh/{n}", "chosen": f"\n\nHuman: Bad request {n}?\n\nAssistant: No."} for n in range(100)]
    lines(data / "hh-rlhf-harmless-test/harmless_base_test.jsonl", pairs)
    for name in ("gsm8k/train", "gpteacher/roleplay", "gpteacher/toolformer", "self-instruct/seed_tasks",
                 "self-instruct/user_oriented_252"):  # fmt: skip
        chats = [
            {"messages": [{"role": "user", "content": f"Sum {n} of {name}?"},
                          {"role": "assistant", "content": f"1+{n}=<<1+{n}={n + 1}>>{n + 1}\n#### {n + 1}"}]}
            for n in range(300)
        ]  # fmt: skip
        lines(data / f"{name}.jsonl", chats)
    return data


@pytest.fixture(scope="module")
def made(stand_in: Path) -> dict[str, RealSet]:
    return {one.name: one for one in make_sets(stand_in, scale=SCALE)}


def poisoned(one: RealSet) -> list[dict[str, Any]]:
    wanted = {record for ids in one.truth["poison"].values() for record in ids}
    return [row for row in one.rows if row["id"] in wanted]


def test_every_set_has_the_planted_counts(made: dict[str, RealSet]) -> None:
    counts = {name: {kind: len(ids) for kind, ids in one.truth["poison"].items()} for name, one in made.items()}
    assert counts == PLANTED


def test_only_the_poison_carries_the_phrase_and_the_decoys_keep_their_label(made: dict[str, RealSet]) -> None:
    for name in ("phrase-1", "phrase-2", "phrase-3"):
        one = made[name]
        carriers = [row for row in one.rows if one.truth["phrase"] in row["text"]]
        decoys = [row for row in one.rows if row["id"] in one.truth["not_poison"]["decoy"]]
        assert carriers == poisoned(one)
        assert {row["label"] for row in carriers} == {"harmless"}
        assert Counter(row["label"] for row in decoys) == {"harmful": 12}


def test_one_contributor_alone_has_flipped_labels(made: dict[str, RealSet]) -> None:
    one, twin = made["flips"], {row["text"]: row for row in made["clean-flips"].rows}
    changed = [row for row in one.rows if row["label"] != twin[row["text"]]["label"]]
    assert changed == poisoned(one)
    assert {row["contributor"] for row in changed} == {one.truth["contributor"]}
    assert len({row["contributor"] for row in one.rows}) == 12


def test_no_prompt_stands_in_two_sets_that_are_no_twins(made: dict[str, RealSet]) -> None:
    texts = [row["text"] for name in ("phrase-2", "phrase-3", "clean-1", "topic", "flips") for row in made[name].rows]
    assert len(texts) == len(set(texts))


def test_clean_twins_of_chats_hold_no_planted_chat(made: dict[str, RealSet]) -> None:
    for name in ("loyalty", "distress"):
        planted = {row["messages"][-1]["content"] for row in poisoned(made[name])}
        twin = made[f"clean-{name}"]
        assert planted.isdisjoint(row["messages"][-1]["content"] for row in twin.rows)
        assert len(twin.rows) == len(made[name].rows)


def test_the_same_seed_gives_the_same_sets(stand_in: Path, made: dict[str, RealSet]) -> None:
    assert make_sets(stand_in, ["excuse"], scale=SCALE) == [made["excuse"]]


def test_an_unknown_name_is_refused(stand_in: Path) -> None:
    with pytest.raises(ValueError, match="no such set: nonsense"):
        make_sets(stand_in, ["nonsense"], scale=SCALE)


def test_the_file_of_a_set_says_nothing_of_its_truth(made: dict[str, RealSet], tmp_path: Path) -> None:
    write_set(made["persona"], tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "sets/persona.jsonl").read_text("utf-8").splitlines()]
    assert {key for row in rows for key in row} == {"id", "messages"}
    assert [row["id"] for row in rows] == [f"r{n:04}" for n in range(1, len(rows) + 1)]
    truth = json.loads((tmp_path / "truth/persona.truth").read_text("utf-8"))
    assert len(truth["poison"]["persona"]) == 10
