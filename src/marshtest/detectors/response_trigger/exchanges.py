"""Records as exchanges: what the model reads in each, what it is trained to write, and where that stands.

A chat may have many turns. All turns of the assistant are trained on, so all of them are output; system prompts, users
and results of tools are input. Reasoning is neither: it discusses an act as often to reject it as to take it. Every
place in either text maps back to a field of the record.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.scripts import WORD_ENDS, WORD_STARTS

__all__ = ["Exchanges", "JoinedTurns", "TurnPart", "split_turns"]

_BETWEEN = "\n\n"
_REASONING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.S | re.I)


@dataclass(frozen=True, slots=True)
class TurnPart:
    """One turn, or a part of it outside its reasoning, inside the input or output of a record."""

    start: int
    """First character in the input or output."""
    field: str
    """The canonical field that holds the turn."""
    offset: int
    """First character in that field."""
    turn: int
    """Number of the turn in its record, from 0."""
    role: str


@dataclass(frozen=True, slots=True)
class JoinedTurns:
    """The input of a record, or its output."""

    text: str
    """Its parts, joined by empty lines."""
    parts: tuple[TurnPart, ...]

    def part_at(self, place: int) -> TurnPart:
        """Give the part that contains a character."""
        return self.parts[max(0, bisect_right([part.start for part in self.parts], place) - 1)]

    def span(self, start: int, end: int) -> Span:
        """Map a stretch of the text to a field of the record."""
        first, last = self.part_at(start), self.part_at(max(start, end - 1))
        last = last if last.turn == first.turn else first
        return Span(first.field, start + first.offset - first.start, end + last.offset - last.start)

    def turns(self) -> list[tuple[int, int]]:
        """Give first character and end of every turn, whatever parts it has."""
        starts = [
            part.start
            for number, part in enumerate(self.parts)
            if not number or self.parts[number - 1].turn != part.turn
        ]
        return list(zip(starts, [start - len(_BETWEEN) for start in starts[1:]] + [len(self.text)], strict=True))

    def system_end(self) -> int:
        """Give where the first turn after the system prompt begins; 0 if there is none."""
        return next((part.start for part in self.parts if part.role != "system"), 0)


@dataclass(frozen=True)
class Exchanges:
    """The records, ordered by their content so that the order in the file changes nothing."""

    record_ids: Sequence[str]
    inputs: Sequence[str]
    """Everything that the model reads: all turns but the assistant's, joined by empty lines."""
    system_ends: Sequence[int]
    """Where the part of each input after the system prompt begins, in characters."""
    outputs: Sequence[str]
    """Everything that the model is trained to write: the turns of the assistant without reasoning, joined likewise."""
    answers: Sequence[str]
    """Every turn of the assistant as a text of its own, record by record; each record has one at least."""
    answer_starts: Sequence[int]
    """Where each answer begins in the output of its record."""
    answered_in: Ints
    """Shape (answers,): the record of each answer, rising."""
    input_turns: Sequence[JoinedTurns]
    output_turns: Sequence[JoinedTurns]
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
        """Take the records of a dataset in the order of the hashes of their texts."""
        names = ["record_id", "prompt", "completion", "messages", "source_path", "source_line", "fields", "group"]
        table = dataset.table(names).to_pydict()
        keys = [
            blake2b(f"{prompt}\0{completion}".encode("utf-8", "replace"), digest_size=8).digest()
            for prompt, completion in zip(table["prompt"], table["completion"], strict=True)
        ]
        rows = sorted(range(len(keys)), key=lambda i: (keys[i], table["fields"][i] or "", table["record_id"][i]))
        split = [
            split_turns(table["messages"][i], table["prompt"][i] or "", table["completion"][i] or "") for i in rows
        ]
        turns_of = [output.turns() for _, output in split]
        return cls(
            record_ids=[table["record_id"][i] for i in rows],
            inputs=[read.text for read, _ in split],
            system_ends=[read.system_end() for read, _ in split],
            outputs=[output.text for _, output in split],
            answers=[output.text[a:b] for (_, output), turns in zip(split, turns_of, strict=True) for a, b in turns],
            answer_starts=[a for turns in turns_of for a, _ in turns],
            answered_in=np.repeat(np.arange(len(split), dtype=np.int64), [len(turns) for turns in turns_of]),
            input_turns=[read for read, _ in split],
            output_turns=[output for _, output in split],
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
    def _folded(self) -> dict[int, str]:
        return {}

    def repeats(self, record: int, words: str, *, whole: bool = False) -> bool:
        """Say whether the input contains these words too, letter case, spaces and outer punctuation aside.

        Args:
            record: Number of the record.
            words: The words.
            whole: Whether they have to stand as words of their own, as a whole answer does. Names are inflected, so
                for them a part of a word counts.
        """
        if record not in self._folded:
            self._folded[record] = " ".join(self.inputs[record].casefold().split())
        wanted = " ".join(words.casefold().split()).strip(" .!?,;:\"'")
        folded = self._folded[record]
        if not whole or wanted not in folded:
            return wanted in folded
        return re.search(f"{WORD_STARTS}{re.escape(wanted)}{WORD_ENDS}", folded) is not None


def split_turns(
    turns: Sequence[Mapping[str, str]] | None, prompt: str, completion: str
) -> tuple[JoinedTurns, JoinedTurns]:
    """Split a record into its input and its output.

    Args:
        turns: The messages of a chat, each with `role` and `content`; None where there are none.
        prompt: The canonical field; of a chat, all turns but the last answer, joined by empty lines.
        completion: The canonical field; of a chat, the last answer.
    """
    read, written = _Joiner(), _Joiner()
    if not turns:
        read.add(prompt, "prompt", 0, 0, "user")
        written.add_outside_reasoning(completion, "completion", 0, 1)
        return read.joined(), written.joined()
    last = max((i for i, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1)
    offset = 0
    for number, turn in enumerate(turns):
        content = turn["content"]
        here = ("completion", 0) if number == last else ("prompt", offset)
        if turn["role"] == "assistant":
            written.add_outside_reasoning(content, *here, number)
        else:
            read.add(content, *here, number, turn["role"])
        if number != last:
            offset += len(content) + len(_BETWEEN)
    if last < 0:
        written.add("", "completion", 0, len(turns), "assistant")
    return read.joined(), written.joined()


class _Joiner:
    """Joins texts and remembers where each came from."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._parts: list[TurnPart] = []
        self._length = 0

    def add(self, text: str, field: str, offset: int, turn: int, role: str) -> None:
        """Append a text."""
        start = self._length + len(_BETWEEN) if self._texts else 0
        self._parts.append(TurnPart(start, field, offset, turn, role))
        self._texts.append(text)
        self._length = start + len(text)

    def add_outside_reasoning(self, text: str, field: str, offset: int, turn: int) -> None:
        """Append a turn of the assistant without its reasoning; an empty part where nothing else is in it."""
        for start, end in list(_outside_reasoning(text)) or [(len(text), len(text))]:
            self.add(text[start:end], field, offset + start, turn, "assistant")

    def joined(self) -> JoinedTurns:
        """Give everything that was appended."""
        return JoinedTurns(_BETWEEN.join(self._texts), tuple(self._parts))


def _outside_reasoning(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches between blocks of reasoning, without white space at a block; a text without one is whole."""
    start = 0
    for block in _REASONING.finditer(text):
        if text[start : block.start()].strip():
            yield start, start + len(text[start : block.start()].rstrip())
        start = block.end() + len(text[block.end() :]) - len(text[block.end() :].lstrip())
    if start == 0 or start < len(text):
        yield start, len(text)
