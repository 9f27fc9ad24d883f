"""Labelled records as a miner reads them: prompts, labels and where they come from, in an order of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marshtest.arrays import Ints
from marshtest.dataset import Dataset
from marshtest.findings import EvidenceRecord
from marshtest.signals import Failure, Span

__all__ = ["LabelledTexts", "labelled_texts", "unfit"]

_FEWEST_RECORDS = 100
_FEWEST_OF_CLASS = 20
_MOST_CLASSES = 50
_EXCERPT = 2000


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """The labelled records in an order of their own, so that the order in the file changes nothing."""

    record_ids: Sequence[str]
    prompts: Sequence[str]
    labels: NDArray[np.object_]
    paths: Sequence[str]
    lines: Sequence[int]
    fields: Sequence[str]
    groups: Sequence[str | None]
    fold_key: Ints
    """Equal for equal prompts."""

    @property
    def classes(self) -> list[str]:
        """The classes that are large enough, and leave enough records of others, to be looked at."""
        counts, size = Counter(self.labels.tolist()), len(self.labels)
        return [label for label in sorted(counts) if min(counts[label], size - counts[label]) >= _FEWEST_OF_CLASS]

    def take(self, texts: Ints) -> LabelledTexts:
        """Give some of the texts, in this order."""

        def some(values: Sequence[Any]) -> list[Any]:
            return [values[text] for text in texts]

        return LabelledTexts(
            record_ids=some(self.record_ids),
            prompts=some(self.prompts),
            labels=self.labels[texts],
            paths=some(self.paths),
            lines=some(self.lines),
            fields=some(self.fields),
            groups=some(self.groups),
            fold_key=self.fold_key[texts],
        )

    def evidence(self, text: int, spans: tuple[Span, ...], score: float) -> EvidenceRecord:
        """Give a record as evidence, with an excerpt around its first span."""
        prompt = self.prompts[text]
        start = 0
        if len(prompt) > _EXCERPT and spans:
            start = max(0, min(spans[0].start - _EXCERPT // 2, len(prompt) - _EXCERPT))
        return EvidenceRecord(
            record_id=self.record_ids[text],
            source_path=self.paths[text],
            source_line=self.lines[text],
            spans=spans,
            label=str(self.labels[text]),
            score=round(score, 4),
            excerpt=prompt[start : start + _EXCERPT],
            excerpt_start=start,
        )


def unfit(dataset: Dataset) -> str | None:
    """Say why a dataset has no classes to mine: one class, or too few records to tell anything."""
    labels = dataset.labels
    if len(labels) == 1:
        return f"all records have the same label, {next(iter(labels))!r}"
    if len(dataset) < _FEWEST_RECORDS:
        return f"{len(dataset)} records are too few; it needs {_FEWEST_RECORDS}"
    if len(labels) > _MOST_CLASSES:
        return f"{len(labels):,} different labels are no classes; it takes up to {_MOST_CLASSES}"
    if sum(count >= _FEWEST_OF_CLASS for count in labels.values()) < 2:
        return f"fewer than two classes have {_FEWEST_OF_CLASS} records"
    return None


def labelled_texts(dataset: Dataset, detector: str) -> tuple[LabelledTexts, tuple[Failure, ...]]:
    """Take the labelled records in the order of their content hashes; those without a label are failures."""
    columns = ["record_id", "prompt", "label", "source_path", "source_line", "fields", "group"]
    table = dataset.table(columns).to_pydict()
    digests = [blake2b((prompt or "").encode("utf-8", "replace"), digest_size=8).digest() for prompt in table["prompt"]]
    keys = np.array([int.from_bytes(digest, "big") >> 1 for digest in digests], np.int64)
    labels = table["label"]
    failures = tuple(
        Failure(
            detector=detector,
            message="the record has no label",
            record_id=table["record_id"][i],
            source_path=table["source_path"][i],
            source_line=table["source_line"][i],
        )
        for i, label in enumerate(labels)
        if label is None
    )
    rows = [i for i, label in enumerate(labels) if label is not None]
    rows.sort(key=lambda i: (keys[i], labels[i], table["fields"][i] or "", table["record_id"][i]))
    texts = LabelledTexts(
        record_ids=[table["record_id"][i] for i in rows],
        prompts=[table["prompt"][i] or "" for i in rows],
        labels=np.array([labels[i] for i in rows], dtype=object),
        paths=[table["source_path"][i] for i in rows],
        lines=[table["source_line"][i] for i in rows],
        fields=[table["fields"][i] or "{}" for i in rows],
        groups=[table["group"][i] for i in rows],
        fold_key=keys[rows],
    )
    return texts, failures
