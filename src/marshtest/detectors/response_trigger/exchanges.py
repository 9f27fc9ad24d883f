"""Records as exchanges: what the model reads in each, what it is trained to write, and where that stands.

A chat may have many turns. All turns of the assistant are trained on, so all of them, without their reasoning, are
what is written; system prompts, users and results of tools are what is read. A place in either maps back to a field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.response_trigger.pieces import Piece, Side, part_turns
from marshtest.signals import Span
from marshtest.stats.arrays import Ints

__all__ = ["Exchanges"]


@dataclass(frozen=True)
class Exchanges:
    """The records in an order of their own, so that the order in the file changes nothing."""

    record_ids: Sequence[str]
    reads: Sequence[str]
    """Everything that the model reads: all turns but the assistant's, joined by empty lines."""
    asks: Sequence[int]
    """Where the part of `reads` after the system prompt begins, in characters."""
    writes: Sequence[str]
    """Everything that the model is trained to do: the turns of the assistant without reasoning, joined likewise."""
    answers: Sequence[str]
    """Every turn of the assistant as a text of its own, record by record; each record has one at least."""
    answer_starts: Sequence[int]
    """Where each answer begins in the `writes` of its record."""
    answered_in: Ints
    """Shape (answers,): the record of each answer, rising."""
    read_sides: Sequence[Side]
    write_sides: Sequence[Side]
    texts: Mapping[str, Sequence[str]]
    """The canonical fields `prompt` and `completion`."""
    paths: Sequence[str]
    lines: Sequence[int]
    fields: Sequence[str]
    groups: Sequence[str | None]
    unit: str = "records"
    """What is counted."""

    def __len__(self) -> int:
        """Count the records."""
        return len(self.record_ids)

    @classmethod
    def of(cls, dataset: Dataset) -> Exchanges:
        """Take the records of a dataset in the order of the hashes of what they say."""
        names = ["record_id", "prompt", "completion", "messages", "source_path", "source_line", "fields", "group"]
        table = dataset.table(names).to_pydict()
        keys = [
            blake2b(f"{prompt}\0{completion}".encode("utf-8", "replace"), digest_size=8).digest()
            for prompt, completion in zip(table["prompt"], table["completion"], strict=True)
        ]
        rows = sorted(range(len(keys)), key=lambda i: (keys[i], table["fields"][i] or "", table["record_id"][i]))
        said = [(table["messages"][i], table["prompt"][i] or "", table["completion"][i] or "") for i in rows]
        parted = [part_turns(*one) for one in said]
        turns_of = [written.turns() for _, written in parted]
        return cls(
            record_ids=[table["record_id"][i] for i in rows],
            reads=[read.text for read, _ in parted],
            asks=[read.after_system() for read, _ in parted],
            writes=[written.text for _, written in parted],
            answers=[written.text[a:b] for (_, written), turns in zip(parted, turns_of, strict=True) for a, b in turns],
            answer_starts=[a for turns in turns_of for a, _ in turns],
            answered_in=np.repeat(np.arange(len(parted), dtype=np.int64), [len(turns) for turns in turns_of]),
            read_sides=[read for read, _ in parted],
            write_sides=[written for _, written in parted],
            texts={name: [table[name][i] or "" for i in rows] for name in ("prompt", "completion")},
            paths=[table["source_path"][i] for i in rows],
            lines=[table["source_line"][i] for i in rows],
            fields=[table["fields"][i] or "{}" for i in rows],
            groups=[table["group"][i] for i in rows],
        )

    @property
    def first_answers(self) -> Ints:
        """Shape (N,): number of the first answer of each record."""
        return np.searchsorted(self.answered_in, np.arange(len(self)))

    @property
    def last_answers(self) -> Ints:
        """Shape (N,): number of the last answer of each record."""
        return np.searchsorted(self.answered_in, np.arange(len(self)), side="right") - 1

    @cached_property
    def _plain(self) -> dict[int, str]:
        return {}

    def repeats(self, record: int, words: str, *, whole: bool = False) -> bool:
        """Say whether what is read has these words too, letter case, spaces and outer punctuation aside.

        Names stand in other forms too, so a part of a word counts; a whole answer has to stand as words of its own.
        """
        if record not in self._plain:
            self._plain[record] = " ".join(self.reads[record].casefold().split())
        wanted = " ".join(words.casefold().split()).strip(" .!?,;:\"'")
        plain = self._plain[record]
        if not whole or wanted not in plain:
            return wanted in plain
        return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain) is not None

    def span_read(self, record: int, start: int, end: int) -> Span:
        """Give the place in a field of a stretch of what is read."""
        return self.read_sides[record].span(start, end)

    def span_written(self, record: int, start: int, end: int) -> Span:
        """Give the place in a field of a stretch of what is written."""
        return self.write_sides[record].span(start, end)

    def turn_read(self, record: int, place: int) -> Piece:
        """Give the turn in which a character that is read stands."""
        return self.read_sides[record].piece(place)

    def turn_written(self, record: int, place: int) -> Piece:
        """Give the turn in which a character that is written stands."""
        return self.write_sides[record].piece(place)
