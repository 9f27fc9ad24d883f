"""Labelled records as a miner reads them: prompts, labels and where they come from, in an order of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marshtest.config import LARGE
from marshtest.data.dataset import Dataset
from marshtest.data.rows import Rows, shared_values
from marshtest.findings import EvidenceRecord
from marshtest.settings import Settings
from marshtest.signals import Failure, Span
from marshtest.stats.arrays import Ints

__all__ = ["ClassSettings", "LabelledTexts", "labelled_texts", "unfit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSettings(Settings):
    """Which labelled data can be mined, and for which classes."""

    fewest_records: int = 100
    """Minimum number of records; with fewer the detector does not run. Chosen by eye: the evidence curve has at least
    ten bins, which then hold ten records each."""
    fewest_of_class: int = 20
    """Minimum number of records of a class, and of all other classes together, for the class to be mined. Chosen by
    eye: with five folds, four in each."""
    most_classes: int = 500
    """Maximum number of classes; with more, the labels are treated as free text and the detector does not run. Chosen
    by eye: free text has more; no record of the data."""


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
    fewest_of_class: int
    """Records of a class, and of all others together, for the class to be mined."""

    @property
    def classes(self) -> list[str]:
        """The classes that are large enough, and leave enough records of others, to be mined; sorted."""
        counts, size, fewest = Counter(self.labels.tolist()), len(self.labels), self.fewest_of_class
        return [label for label in sorted(counts) if min(counts[label], size - counts[label]) >= fewest]

    def take(self, texts: Ints) -> LabelledTexts:
        """Give some of the texts, in this order."""

        def some(values: Sequence[Any]) -> list[Any]:
            if isinstance(values, Rows):
                return values.take(texts)
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
            fewest_of_class=self.fewest_of_class,
        )

    def evidence(self, text: int, spans: tuple[Span, ...], score: float) -> EvidenceRecord:
        """Give a record as evidence, with an excerpt around its first span."""
        return EvidenceRecord.quoting(
            self.prompts[text],
            spans,
            record_id=self.record_ids[text],
            source=(self.paths[text], self.lines[text]),
            label=str(self.labels[text]),
            score=round(score, 4),
        )


def unfit(dataset: Dataset, settings: ClassSettings = ClassSettings()) -> str | None:
    """Say why a dataset has no classes to mine (one class, or too few records), or None when it has.

    Args:
        dataset: Labelled data.
        settings: What it takes.
    """
    labels = dataset.labels
    if len(labels) == 1:
        return f"all records have the same label, {next(iter(labels))!r}"
    if len(dataset) < settings.fewest_records:
        return f"{len(dataset)} records are too few; it needs {settings.fewest_records}"
    if len(labels) > settings.most_classes:
        return f"{len(labels):,} different labels are no classes; it takes up to {settings.most_classes}"
    if sum(count >= settings.fewest_of_class for count in labels.values()) < 2:
        return f"fewer than two classes have {settings.fewest_of_class} records"
    return None


def labelled_texts(
    dataset: Dataset, detector: str, settings: ClassSettings = ClassSettings()
) -> tuple[LabelledTexts, tuple[Failure, ...]]:
    """Take the labelled records in the order of their content hashes.

    Args:
        dataset: The records.
        detector: Id of the detector that failures name.
        settings: Which classes can be mined.

    Returns:
        The labelled records, and a failure for each record without a label.
    """
    columns = ["record_id", "prompt", "label", "source_path", "source_line", "fields", "group"]
    whole, everything = dataset.table(columns), np.arange(len(dataset))
    table = {name: Rows(whole[name], everything) for name in columns}
    keys = np.fromiter(map(_key, table["prompt"]), np.int64, len(dataset))
    labels = shared_values(whole["label"])
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
    rows = np.array([i for i, label in enumerate(labels) if label is not None], np.int64)
    order = _ordered(rows, keys, lambda i: (labels[i], table["fields"][i] or "", table["record_id"][i]))

    def column(name: str, missing: str | None = None) -> Sequence[Any]:
        # Lists are faster to read one by one; columns of very many records stay where they are mapped.
        values = Rows(whole[name], order, missing)
        return values if len(order) > LARGE else list(values)

    texts = LabelledTexts(
        record_ids=column("record_id"),
        prompts=column("prompt", ""),
        labels=labels[order],
        paths=column("source_path"),
        lines=column("source_line"),
        fields=column("fields", "{}"),
        groups=column("group"),
        fold_key=keys[order],
        fewest_of_class=settings.fewest_of_class,
    )
    return texts, failures


def _key(prompt: str | None) -> int:
    """Give equal prompts equal keys."""
    return int.from_bytes(blake2b((prompt or "").encode("utf-8", "replace"), digest_size=8).digest(), "big") >> 1


def _ordered(rows: Ints, keys: Ints, tie: Callable[[int], tuple[str, ...]]) -> Ints:
    """Sort rows by their keys; rows with equal keys by `tie`, which is only evaluated for these."""
    order = rows[np.argsort(keys[rows], kind="stable")]
    same = np.flatnonzero(np.diff(keys[order]) == 0)
    ends = np.append(np.flatnonzero(np.diff(same) > 1), len(same) - 1)
    start = 0
    for end in ends[: len(same)]:
        part = slice(same[start], same[end] + 2)
        order[part] = sorted(order[part].tolist(), key=tie)
        start = end + 1
    return order
