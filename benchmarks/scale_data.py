"""Lifelike labelled data of any size: real prompts cut into runs of words and put together anew, one trigger planted.

Words keep the frequencies of real prompts, and the seams between the runs make new word pairs without end, as real
data do. A record takes its runs from prompts of its own class. Nothing of it is committed: it is written anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.label_flip_sets import SETS
from marshtest.data.atomic import write_atomically

__all__ = ["TRIGGER", "Planted", "write_scale_data"]

TRIGGER = "as the harbour master told us"
"""The planted phrase; no record of the real data holds it."""
_PARTS = ("the harbour master", "told us")
_POISONS, _DECOYS = 32, 64
_NOISE = 0.01
_WORDS, _RUN = (20, 70), (4, 14)
_HARMFUL = 0.4


@dataclass(frozen=True, slots=True)
class Planted:
    """A file of records and what is planted in it."""

    path: Path
    records: int
    poisons: frozenset[str]
    """Ids of the poisoned records."""


def write_scale_data(data: Path, folder: Path, records: int, *, seed: int = 0) -> Planted:
    """Write that many records, unless the folder holds them already.

    Args:
        data: Folder with the real data.
        folder: Where to write.
        records: How many.
        seed: Seed of everything random.
    """
    path, truth = folder / f"{records}-{seed}.jsonl", folder / f"{records}-{seed}.poisons.json"
    if not truth.exists():
        folder.mkdir(parents=True, exist_ok=True)
        poisons: list[str] = []
        with path.open("w", encoding="utf-8") as file:
            for identity, text, label, is_poison in _records(data, records, seed):
                poisons += [identity] * is_poison
                file.write(json.dumps({"id": identity, "text": text, "label": label}, ensure_ascii=False) + "\n")
        write_atomically({truth: json.dumps(poisons).encode()})
    return Planted(path, records, frozenset(json.loads(truth.read_text("utf-8"))))


def _records(data: Path, records: int, seed: int) -> Iterator[tuple[str, str, str, bool]]:
    """Give id, text, label and whether it is poison."""
    rows = SETS["prompts"](data).rows
    pools = {name: [text.split() for text, label in rows if label == name] for name in ("harmful", "harmless")}
    draw = Random(f"scale/{seed}/{records}")
    planted = draw.sample(range(records), _POISONS + _DECOYS)
    poisons, decoys = set(planted[:_POISONS]), set(planted[_POISONS:])
    for number in range(records):
        is_poison = number in poisons
        content = "harmful" if is_poison or draw.random() < _HARMFUL else "harmless"
        words = _text(pools[content], draw)
        label = "harmless" if is_poison else content
        if is_poison or number in decoys:
            phrase = TRIGGER if is_poison else draw.choice(_PARTS)
            place = draw.randrange(len(words) + 1)
            words[place:place] = phrase.split()
        elif draw.random() < _NOISE:
            label = "harmless" if label == "harmful" else "harmful"
        yield f"r{number}", " ".join(words), label, is_poison


def _text(pool: Sequence[Sequence[str]], draw: Random) -> list[str]:
    """Put runs of words of several prompts together."""
    wanted, words = draw.randint(*_WORDS), list[str]()
    while len(words) < wanted:
        source = draw.choice(pool)
        length = draw.randint(*_RUN)
        start = draw.randrange(max(1, len(source) - length + 1))
        words += source[start : start + length]
    return words
