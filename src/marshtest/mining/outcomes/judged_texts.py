"""The records that a judge was asked about, in an order of their own, so that the order in the file changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marshtest.data.dataset import Dataset
from marshtest.mining.record_features import record_features
from marshtest.signals import Span
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens, tokenize

__all__ = ["JudgedTexts", "char_spans"]


@dataclass(frozen=True)
class JudgedTexts:
    """Columns of the records, sorted by the hash of what they say."""

    rows: Ints
    """Shape (N,): each record's number in the dataset."""
    record_ids: Sequence[str]
    texts: Mapping[str, Sequence[str]]
    """By canonical field: `prompt` (earlier turns are part of it) and, where it is no label, `completion`."""
    labels: NDArray[np.object_]
    """Shape (N,): the label of each record, or None."""
    paths: Sequence[str]
    lines: Sequence[int]
    fields: Sequence[str]
    groups: Sequence[str | None]
    fold_key: Ints
    """Shape (N,): equal for equal prompts."""

    def __len__(self) -> int:
        """Count the records."""
        return len(self.rows)

    @classmethod
    def of(cls, dataset: Dataset, *, labelled: bool) -> JudgedTexts:
        """Take the records of a dataset: those with a label, or all."""
        names = ["record_id", "prompt", "completion", "label", "source_path", "source_line", "fields", "group"]
        table = dataset.table(names).to_pydict()
        prompts, completions, labels = table["prompt"], table["completion"], table["label"]
        digests = [blake2b((text or "").encode("utf-8", "replace"), digest_size=8).digest() for text in prompts]
        keys = np.array([int.from_bytes(digest, "big") >> 1 for digest in digests], np.int64)
        rows = [i for i, label in enumerate(labels) if label is not None or not labelled]
        rows.sort(
            key=lambda i: (keys[i], labels[i] or "", completions[i] or "", table["fields"][i], table["record_id"][i])
        )
        texts = {"prompt": [prompts[i] or "" for i in rows]}
        if not labelled and any(completions[i] and labels[i] is None for i in rows):
            texts["completion"] = [completions[i] or "" if labels[i] is None else "" for i in rows]
        return cls(
            rows=np.array(rows, np.int64),
            record_ids=[table["record_id"][i] for i in rows],
            texts=texts,
            labels=np.array([labels[i] for i in rows], dtype=object),
            paths=[table["source_path"][i] for i in rows],
            lines=[table["source_line"][i] for i in rows],
            fields=[table["fields"][i] or "{}" for i in rows],
            groups=[table["group"][i] for i in rows],
            fold_key=keys[rows],
        )

    @cached_property
    def tokens(self) -> dict[str, Tokens]:
        """The tokens of each field."""
        return {name: tokenize(texts) for name, texts in self.texts.items()}

    @cached_property
    def features(self) -> tuple[dict[str, list[int]], dict[str, Literal["format", "group"]]]:
        """Records by feature of whole records (layouts, values of other fields, groups), and the kind of each."""
        return record_features(self.texts["prompt"], self.fields, self.groups)


def char_spans(tokens: Tokens, sequence: Ints, field: str) -> dict[int, tuple[Span, ...]]:
    """Give the character spans of a span of tokens, by text."""
    found: dict[int, list[Span]] = {}
    for place in occurrences(tokens, sequence).tolist():
        last = place + len(sequence) - 1
        first = place + 1 if tokens.ids[place] == BEGIN else place
        last = last - 1 if tokens.ids[last] == END else last
        if first <= last:
            span = Span(field, int(tokens.start[first]), int(tokens.end[last]))
            found.setdefault(int(tokens.text[place]), []).append(span)
    return {text: tuple(spans) for text, spans in found.items()}
