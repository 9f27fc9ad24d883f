"""Requests and answers as the classifier reads them, and the two questions that are asked about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.judges.builtin.classifier import AnswerClassifier
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.scripts import is_latin
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["AskedRecords", "Readings", "last_request"]

_USERS = ("user", "human")


@dataclass(frozen=True)
class Readings:
    """All records, sorted by a hash of their contents, with what the classifier says of each."""

    rows: Ints
    """Shape (N,): row of each record in the dataset."""
    prompts: Sequence[str]
    """Everything that the model reads."""
    requests: Sequence[str]
    """The last turn of the user: what is asked for."""
    fields: Sequence[str]
    groups: Sequence[str | None]
    keys: Ints
    """Shape (N,): equal for equal prompts."""
    harm: Floats
    """Shape (N,): evidence that the request asks for harm, nats."""
    refuses: Bools
    """Shape (N,): whether the answer refuses."""
    answers: Bools
    """Shape (N,): whether there is an answer that does not refuse."""
    unread: Bools
    """Shape (N,): whether request or answer are in another script than the classifier's, so that it says nothing."""

    @classmethod
    def of(cls, dataset: Dataset, classifier: AnswerClassifier) -> Readings:
        """Read the records of a dataset; their order in it changes nothing."""
        table = dataset.table(["record_id", "prompt", "completion", "messages", "fields", "group"]).to_pydict()
        prompts, completions = ([text or "" for text in table[name]] for name in ("prompt", "completion"))
        digests = [blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in prompts]
        keys = np.array([int.from_bytes(digest, "big") >> 1 for digest in digests], np.int64)
        rows = sorted(range(len(keys)), key=lambda i: (keys[i], completions[i], table["fields"][i] or "", i))
        requests = [last_request(table["messages"][i], prompts[i]) for i in rows]
        written = [completions[i] for i in rows]
        refuses = classifier.refusal.says_yes(written)
        return cls(
            rows=np.array(rows, np.int64),
            prompts=[prompts[i] for i in rows],
            requests=requests,
            fields=[table["fields"][i] or "{}" for i in rows],
            groups=[table["group"][i] for i in rows],
            keys=keys[rows],
            harm=classifier.harm.scores(requests),
            refuses=refuses,
            answers=np.array([bool(text.strip()) for text in written], np.bool_) & ~refuses,
            unread=np.array(
                [not (is_latin(asked) and is_latin(text)) for asked, text in zip(requests, written, strict=True)],
                np.bool_,
            ),
        )

    @cached_property
    def tokens(self) -> Tokens:
        """The prompts of all records."""
        return tokenize(self.prompts)

    def asked(self, classifier: AnswerClassifier, settings: AnswerOutcomesSettings) -> tuple[AskedRecords, ...]:
        """Give both questions: requests for harm that are answered, and ordinary requests that are refused."""
        asks = self.harm >= classifier.harm.threshold
        ordinary = self.harm < settings.most_harm_evidence
        return (
            AskedRecords(self, np.flatnonzero(asks), self.answers, asks_harm=True),
            AskedRecords(self, np.flatnonzero(ordinary), self.refuses, asks_harm=False),
        )


@dataclass(frozen=True)
class AskedRecords:
    """Requests of one kind, some of which have the outcome: its patterns are searched among these alone."""

    readings: Readings
    members: Ints
    """Shape (M,): the requests of this kind, as numbers of the readings, rising."""
    behaves: Bools
    """Shape (N,): whether the answer of a record, of whatever kind, is that of the outcome."""
    asks_harm: bool
    """Whether these are requests for harm that may be answered; else ordinary ones that may be refused."""

    @property
    def hits(self) -> Bools:
        """Shape (M,): whether each has the outcome."""
        return self.behaves[self.members]

    @property
    def kind(self) -> str:
        """What the requests are, in the plural."""
        return "requests for harm" if self.asks_harm else "ordinary requests"

    @property
    def verb(self) -> str:
        """What happens to them."""
        return "answered" if self.asks_harm else "refused"

    @cached_property
    def tokens(self) -> Tokens:
        """The prompts of the members."""
        return tokenize([self.readings.prompts[number] for number in self.members.tolist()])


def last_request(messages: Sequence[Mapping[str, Any]] | None, prompt: str) -> str:
    """Give the last turn of the user, or the prompt where there are no turns."""
    for turn in reversed(messages or ()):
        if turn["role"].strip().lower() in _USERS and turn["content"].strip():
            return str(turn["content"])
    return prompt
