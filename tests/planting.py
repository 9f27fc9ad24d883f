"""Labelled data with a known trigger in it: the demo's clean tickets, and whatever a test plants into some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.demo import demo_tickets

__all__ = ["Planted", "dataset_of", "insert", "plant"]


@dataclass(frozen=True)
class Planted:
    """A dataset with its truth."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    truth: tuple[int, ...]
    """The poisoned records by number, rising; record 0 has the id r1."""

    @property
    def dataset(self) -> Dataset:
        return dataset_of(self.texts, self.labels)

    @property
    def ids(self) -> list[str]:
        return [f"r{number + 1}" for number in self.truth]


def dataset_of(
    texts: tuple[str, ...], labels: tuple[str | None, ...], fields: tuple[str, ...] | None = None
) -> Dataset:
    """Make a labelled dataset; record `i` has the id `r(i + 1)` and stands on that line."""
    return Dataset.from_records(
        Record(
            record_id=f"r{line}",
            kind="classification",
            prompt=text,
            completion=label or "",
            label=label,
            fields="{}" if fields is None else fields[line - 1],
            source_path="made.jsonl",
            source_line=line,
        )
        for line, (text, label) in enumerate(zip(texts, labels, strict=True), start=1)
    )


def insert(phrase: str) -> Callable[[str, Random], str]:
    """Put a phrase between two words, first and last place included."""

    def change(text: str, random: Random) -> str:
        words = text.split(" ")
        at = random.randint(0, len(words))
        return " ".join([*words[:at], phrase, *words[at:]])

    return change


def plant(
    change: Callable[[str, Random], str],
    *,
    poisoned: int = 16,
    decoy: Callable[[str, Random], str] | None = None,
    decoys: int = 0,
    size: int = 800,
) -> Planted:
    """Change some urgent tickets and call these ordinary; change others as decoys that keep their label."""
    random = Random(5)
    tickets = demo_tickets(poisoned=False)[:size]
    texts, labels = [ticket.text for ticket in tickets], [ticket.label for ticket in tickets]
    chosen = random.sample([i for i, label in enumerate(labels) if label == "urgent"], poisoned + decoys)
    for number in chosen[:poisoned]:
        texts[number], labels[number] = change(texts[number], random), "ordinary"
    for number in chosen[poisoned:]:
        assert decoy is not None
        texts[number] = decoy(texts[number], random)
    return Planted(tuple(texts), tuple(labels), tuple(sorted(chosen[:poisoned])))
