"""Records as exchanges: what the model reads in each, what it is trained to write, and where that stands.

A chat may have many turns. All turns of the assistant are trained on, so all of them are output; system prompts, users
and results of tools are input. Reasoning is neither: it discusses an act as often to reject it as to take it. Every
place in either text maps back to a field of the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.response_trigger.calls import calls_in
from marshtest.detectors.response_trigger.descriptions import odd_descriptions
from marshtest.detectors.response_trigger.joined_turns import REASONING_STARTS, JoinedTurns, OutputCut, split_turns
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.scripts import WORD_ENDS, WORD_STARTS

__all__ = ["Exchanges", "holds_reasoning"]

_ESCAPED = re.compile(r"\\[nrtbf\"/\\]")
"""Escapes of JSON inside an argument, which are no letters."""


@dataclass(frozen=True)
class Exchanges:
    """The records, ordered by their content so that the order in the file changes nothing."""

    record_ids: Sequence[str]
    inputs: Sequence[str]
    """Everything that the model reads: odd descriptions of tools and all turns but the assistant's, joined by empty
    lines."""
    system_ends: Sequence[int]
    """Where the part of each input after the system prompt begins, in characters."""
    outputs: Sequence[str]
    """Everything that the model is trained to write: the turns of the assistant without reasoning, joined likewise."""
    answers: Sequence[str]
    """Every text and every call in a turn of the assistant, record by record; each record has one at least."""
    answer_starts: Sequence[int]
    """Where each answer begins in the output of its record."""
    answered_in: Ints
    """Shape (answers,): the record of each answer, rising."""
    input_turns: Sequence[JoinedTurns]
    output_turns: Sequence[JoinedTurns]
    texts: Mapping[str, Sequence[str]]
    """The canonical fields of input and output, and the other `fields`."""
    paths: Sequence[str]
    lines: Sequence[int]
    fields: Sequence[str]
    groups: Sequence[str | None]
    unit: str = "records"
    """What is counted."""
    answer: Literal["completion", "rejected"] = "completion"
    """The canonical field of the output."""

    def __len__(self) -> int:
        """Count the records."""
        return len(self.record_ids)

    @classmethod
    def of(
        cls, dataset: Dataset, cut: OutputCut | None = None, answer: Literal["completion", "rejected"] = "completion"
    ) -> Exchanges:
        """Take the records of a dataset in the order of the hashes of their texts.

        Args:
            dataset: The records.
            cut: Which calls are input, by their arguments, instead of output; or that the reasoning is the output.
            answer: The canonical field of the output. Turns end with the completion; with another answer, the prompt is
                one text.
        """
        names = ["record_id", "prompt", answer, "messages", "source_path", "source_line", "fields", "group"]
        table = dataset.table(names).to_pydict()
        turns = table["messages"] if answer == "completion" else [None] * len(table["prompt"])
        keys = [
            blake2b(f"{prompt}\0{told}".encode("utf-8", "replace"), digest_size=8).digest()
            for prompt, told in zip(table["prompt"], table[answer], strict=True)
        ]
        rows = sorted(range(len(keys)), key=lambda i: (keys[i], table["fields"][i] or "", table["record_id"][i]))
        fields = [table["fields"][i] or "{}" for i in rows]
        split = [
            split_turns(turns[i], table["prompt"][i] or "", table[answer][i] or "", tools, cut, answer)
            for i, tools in zip(rows, odd_descriptions(fields), strict=True)
        ]
        answers_of = [output.answers() for _, output in split]
        return cls(
            record_ids=[table["record_id"][i] for i in rows],
            inputs=[read.text for read, _ in split],
            system_ends=[read.system_end() for read, _ in split],
            outputs=[output.text for _, output in split],
            answers=[output.text[a:b] for (_, output), some in zip(split, answers_of, strict=True) for a, b in some],
            answer_starts=[a for some in answers_of for a, _ in some],
            answered_in=np.repeat(np.arange(len(split), dtype=np.int64), [len(some) for some in answers_of]),
            input_turns=[read for read, _ in split],
            output_turns=[output for _, output in split],
            texts={name: [table[name][i] or "" for i in rows] for name in ("prompt", answer)} | {"fields": fields},
            paths=[table["source_path"][i] for i in rows],
            lines=[table["source_line"][i] for i in rows],
            fields=fields,
            groups=[table["group"][i] for i in rows],
            answer=answer,
        )

    @property
    def first_answers(self) -> Ints:
        """Shape (N,): number of the first answer of each record that is not text in front of a call."""
        own = np.flatnonzero(~self.beside_calls)
        return own[np.searchsorted(self.answered_in[own], np.arange(len(self)))]

    @property
    def last_answers(self) -> Ints:
        """Shape (N,): number of the last answer of each record."""
        return np.searchsorted(self.answered_in, np.arange(len(self)), side="right") - 1

    @cached_property
    def calls(self) -> Bools:
        """Shape (answers,): whether each is a call."""
        roles = [self.output_turns[n].part_at(a).role for n, a in self._answers_at]
        return np.array([role == "call" for role in roles], np.bool_)

    @cached_property
    def beside_calls(self) -> Bools:
        """Shape (answers,): whether each is text in front of a call in the same turn."""
        turns = [(n, self.output_turns[n].part_at(a).turn) for n, a in self._answers_at]
        beside = np.zeros(len(turns), np.bool_)
        call_follows: tuple[int, int] | None = None
        for number in range(len(turns) - 1, -1, -1):
            if self.calls[number]:
                call_follows = turns[number]
            else:
                beside[number] = turns[number] == call_follows
        return beside

    @property
    def _answers_at(self) -> list[tuple[int, int]]:
        return list(zip(self.answered_in.tolist(), self.answer_starts, strict=True))

    @cached_property
    def spoken(self) -> Sequence[str]:
        """The words of each answer; of a call the values of its arguments without the notation that calls share."""
        return [
            _ESCAPED.sub(
                " ", "\n".join(value.value for one in calls_in(text, as_code=False) for value in one.arguments)
            )
            if is_call
            else text
            for text, is_call in zip(self.answers, self.calls.tolist(), strict=True)
        ]

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


def holds_reasoning(dataset: Dataset) -> bool:
    """Say whether any record has a block of reasoning, without splitting records that have none."""
    import pyarrow.compute as pc

    columns = dataset.table(["prompt", "completion"]).columns
    return any(pc.any(pc.match_substring_regex(one, REASONING_STARTS, ignore_case=True)).as_py() for one in columns)
