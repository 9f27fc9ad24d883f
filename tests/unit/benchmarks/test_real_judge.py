"""The recorded verdicts of a real judge are complete, and a recording is given again as it was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from benchmarks.real_judge import read_verdicts
from benchmarks.recorded_judge import RecordedJudge, Recording

from marshtest.judges.questions import Answer, Item, Passage, Question

SETS = {"phrase-1": 500, "topic": 600, "flips": 500, "clean-1": 500, "loyalty": 500, "distress": 300}


@pytest.mark.parametrize(("name", "size"), SETS.items())
def test_every_record_of_a_set_has_a_verdict(name: str, size: int) -> None:
    verdicts = read_verdicts(name)
    assert len(verdicts) == size
    assert {one.severity for one in verdicts.values()} <= {0, 1, 2, 3}
    has_labels = name in ("phrase-1", "topic", "flips", "clean-1")
    assert {one.judged for one in verdicts.values()} <= ({"harmful", "harmless", "unsure"} if has_labels else {""})


def lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")


@pytest.fixture
def recorded(tmp_path: Path) -> RecordedJudge:
    """Make a recording of two prompts, one theme and one criterion."""
    verdict = {"severity": 0, "learns": "ordinary", "quote": "", "judged": "calm", "sure": 3}
    lines(tmp_path / "made.jsonl", [{"id": n, "text": f"ask {n}", "label": "calm"} for n in ("a", "b")])
    lines(tmp_path / "made.verdicts.jsonl", [{"id": "a", **verdict}, {"id": "b", **verdict, "judged": "urgent"}])
    themes = [{"statement": "It asks.", "records": ["a", "b"]}]
    lines(tmp_path / "made.themes.jsonl", [{"records": ["a", "b"], "themes": themes}])
    lines(tmp_path / "made.checks.jsonl", [{"id": "a", "holds": ["Does it ask?"]}, {"id": "b", "holds": []}])
    (tmp_path / "made-rounds").mkdir()
    return RecordedJudge(Recording.read(tmp_path, "made"))


def asked(judge: RecordedJudge, question: str, instructions: str, *texts: str) -> Mapping[str, Any]:
    found: list[Answer] = []
    one = Question(id=question, version="1", instructions=instructions, answer={"properties": {}}, answer_tokens=1)
    item = Item(0, tuple(Passage("record", text) for text in texts))
    judge.ask(one, [item], lambda _, answer: found.append(answer))
    assert found[0].value is not None
    return found[0].value


def test_a_recorded_answer_is_given_again(recorded: RecordedJudge) -> None:
    assert asked(recorded, "label", "", "ask b")["label"] == "urgent"
    assert asked(recorded, "effect", "", "ask a", "calm")["severity"] == 0
    assert asked(recorded, "themes", "", "ask a\ncalm", "ask b\ncalm")["themes"][0]["records"] == [1, 2]
    assert asked(recorded, "check", "1. Does it ask?\n2. Is it odd?", "ask a", "calm")["holds"][0]["criterion"] == 1
    assert recorded.unknown == {"Is it odd?"}
    assert not recorded.nearest


def test_what_was_not_recorded_is_answered_by_the_nearest_and_counted(recorded: RecordedJudge) -> None:
    assert asked(recorded, "label", "", "ask b oddly")["label"] == "urgent"
    assert recorded.nearest == {"label": 1}
