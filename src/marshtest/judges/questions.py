"""What a judge is asked: a question with a fixed part, about items with hostile texts, answered one by one.

A stage of judging knows only these nouns and `Inquiry`. Packing items into calls, fencing, sending, retrying, paying
and storing happen behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Literal, Protocol, runtime_checkable

from marshtest.judges.tokens import estimate_tokens

__all__ = ["Answer", "Inquiry", "Item", "Passage", "Problem", "Question", "Tally"]

Problem = Literal["refused", "truncated", "malformed", "unreachable", "over_budget", "waiting"]
"""Why there is no answer: the model declined, ran out of tokens, answered nonsense even after the repair attempt, could
not be reached in time, the money was spent, or the answer is still to come from a batch file."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that is shown to the judge inside a fence."""

    heading: str
    """Trusted: what the text is, e.g. `user turn 2` or `record 17`."""
    text: str
    """Hostile."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """The fixed part of what is asked: it stands first in every call, so that providers can cache it."""

    id: str
    """Short name in reports, requests and ledgers, e.g. `effect`."""
    version: str
    """Raised whenever the words or the answer's schema change: answers to other versions are not reused."""
    instructions: str
    """Trusted text: what the judge is to do, charter included. Never holds text of the dataset unless fenced."""
    answer: Mapping[str, Any]
    """JSON Schema of the answer about one item: an object, every property required, nothing else allowed."""
    answer_tokens: int
    """How long an answer about one item usually is: for estimates and for the limit of a call."""
    items_per_call: int = 1
    """Most items in one call."""
    fenced: tuple[Passage, ...] = ()
    """What belongs to the question and is of the dataset, such as names of labels: hostile. It stands first in the
    message, inside fences."""
    usual: Callable[[Item], Mapping[str, Any]] | None = None
    """Gives the answer to expect about an item, for estimates; where not given, the one that says nothing. No part of
    the key."""

    @cached_property
    def key(self) -> str:
        """Give the hash of everything that could change an answer, but for the model and the item."""
        fenced = [text for passage in self.fenced for text in (passage.heading, passage.text)]
        parts = [self.id, self.version, self.instructions, json.dumps(self.answer, sort_keys=True), *fenced]
        return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Item:
    """One thing that a question is asked of: a record, a window of it, a shard of records, a pair of criteria."""

    index: int
    """The caller's number for it; no part of the key."""
    passages: tuple[Passage, ...]

    @cached_property
    def key(self) -> str:
        """Give the hash of what is shown."""
        texts = [text for passage in self.passages for text in (passage.heading, passage.text)]
        unambiguous = " ".join([*map(str, (len(texts), *map(len, texts))), *texts])
        return sha256(unambiguous.encode("utf-8", "surrogatepass")).hexdigest()

    @cached_property
    def tokens(self) -> int:
        """Estimate the tokens of its texts."""
        return sum(estimate_tokens(passage.text) for passage in self.passages)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back about one item: a value that fits the question's schema, or the reason why there is none."""

    value: Mapping[str, Any] | None
    problem: Problem | None = None


@dataclass(slots=True)
class Tally:
    """What became of the items of one question. planned = answered + the sum of `problems`."""

    planned: int = 0
    answered: int = 0
    remembered: int = 0
    """Of the answered, how many were in the store already and cost nothing."""
    problems: dict[Problem, int] = field(default_factory=dict)


@runtime_checkable
class Inquiry(Protocol):
    """Puts questions to one judge and gets one answer or problem for every item, whatever fails on the way."""

    @property
    def model(self) -> str:
        """The model's name, as reports give it."""

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,
    ) -> Tally:
        """Ask a question of every item and hand each answer over as it comes, in any order, each item once.

        Items are read as they are needed and let go when answered, so memory stays flat. An item whose key was
        answered before (in this run or an earlier one) is not asked again.

        Args:
            question: What is asked.
            items: What it is asked of.
            take: Called in this thread with each item and its answer or problem.
            stage: Name for the progress bar.
            total: Number of items, where known, for the progress bar.
        """
