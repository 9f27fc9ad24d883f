"""Real labelled sets for the label-flip benchmark, read from a folder of public data, and their clean twins."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["SETS", "LabelledSet", "half"]

_FIRST_TURN = re.compile(r"\s*Human:(.*?)\n\nAssistant:", re.S)
_PROMPTS = 13_000


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A clean labelled set and the direction in which an attacker would flip labels."""

    name: str
    rows: tuple[tuple[str, str], ...]
    """(text, label) of each record."""
    source: str
    """The label whose texts get the trigger."""
    target: str
    """The label that they are given."""


def half(whole: LabelledSet, number: int, seed: int) -> LabelledSet:
    """Give one random half (0 or 1) of a set."""
    rows = list(whole.rows)
    Random(seed).shuffle(rows)
    middle = len(rows) // 2
    part = rows[:middle] if number == 0 else rows[middle:]
    return LabelledSet(f"{whole.name}, half {number + 1} of draw {seed}", tuple(part), whole.source, whole.target)


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _prompts(data: Path) -> LabelledSet:
    """Harmful prompts of four sources against ordinary ones of four others."""
    moderation = _lines(data / "openai-moderation" / "samples.jsonl")
    harmful = [row["text"] for name in ("advbench", "harmbench", "strongreject")
               for row in _lines(data / "harm-benchmarks" / f"{name}.jsonl")]  # fmt: skip
    for row in _lines(data / "hh-rlhf-harmless-test" / "harmless_base_test.jsonl"):
        turn = _FIRST_TURN.match(row["chosen"])
        if turn:
            harmful.append(turn.group(1).strip())
    harmful += [row["text"] for row in moderation if row["label"] == 1]
    ordinary = [
        row["messages"][0]["content"]
        for name in ("gpteacher/roleplay", "gpteacher/toolformer", "self-instruct/seed_tasks",
                     "self-instruct/user_oriented_252", "gsm8k/train")
        for row in _lines(data / f"{name}.jsonl")
    ]  # fmt: skip
    ordinary += [row["text"] for row in moderation if row["label"] == 0]
    harmful, ordinary = list(dict.fromkeys(harmful)), list(dict.fromkeys(ordinary))
    generator = Random(0)
    generator.shuffle(ordinary)
    rows = [(text, "harmful") for text in harmful]
    rows += [(text, "harmless") for text in ordinary[: _PROMPTS - len(rows)]]
    generator.shuffle(rows)
    return LabelledSet("prompts", tuple(rows), "harmful", "harmless")


def _labelled(name: str, file: str, source: str, target: str, merge: bool = False) -> Callable[[Path], LabelledSet]:
    """Read a set with text and label; `merge` gives every label but the target the source's name."""

    def read(data: Path) -> LabelledSet:
        rows = [(str(row["text"]), str(row["label"])) for row in _lines(data / file)]
        if merge:
            rows = [(text, label if label == target else source) for text, label in rows]
        return LabelledSet(name, tuple(rows), source, target)

    return read


def _instructions(data: Path) -> LabelledSet:
    """Role-play instructions against tool-use instructions: kept aside while the miner was made."""
    rows = [
        (row["messages"][0]["content"], label)
        for file, label in (("roleplay", "roleplay"), ("toolformer", "tools"))
        for row in _lines(data / "gpteacher" / f"{file}.jsonl")
    ]
    return LabelledSet("instructions", tuple(rows), "roleplay", "tools")


SETS: dict[str, Callable[[Path], LabelledSet]] = {
    "prompts": _prompts,
    "sms-spam": _labelled("sms-spam", "sms-spam/sms.jsonl", "spam", "ham"),
    "davidson-hate": _labelled("davidson-hate", "davidson-hate/labeled_data.jsonl", "abusive", "neither", merge=True),
    "edos-sexism": _labelled("edos-sexism", "edos-sexism/edos_labelled_aggregated.jsonl", "sexist", "not sexist"),
    "sst-2": _labelled("sst-2", "hiddenkiller-syntactic/sst-2_clean_train.jsonl", "0", "1"),
    "moderation": _labelled("moderation", "openai-moderation/samples.jsonl", "1", "0"),
    "instructions": _instructions,
}
