"""Labelled records as a miner reads them: prompts, labels and where they come from, in an order of their own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marshtest.config import LARGE
from marshtest.data.dataset import Dataset
from marshtest.data.labels import NO_LABEL, absence_of, absent_in, labels_in
from marshtest.data.rows import Rows, shared_values
from marshtest.findings import EvidenceRecord
from marshtest.mining.drawing import DrawSettings, draw_texts
from marshtest.settings import Settings
from marshtest.signals import Failure, Span
from marshtest.stats.arrays import Bools, Ints

__all__ = [
    "ClassSettings",
    "LabelledTexts",
    "class_counts",
    "classes_of",
    "draw_labelled",
    "labelled_texts",
    "no_classes",
    "not_examined",
    "too_many_classes",
    "unfit",
]

_MOST_NAMED = 8
"""Labels that a sentence names. Chosen by eye: a line or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSettings(Settings):
    """Which labelled data can be mined, and for which classes."""

    fewest_records: int = 100
    """Minimum number of records; with fewer the detector does not run. Chosen by eye: the evidence curve has at least
    ten bins, which then hold ten records each."""
    fewest_of_class: int = 20
    """Minimum number of records of a class, and of all other classes together, for the class to be mined. Chosen by
    eye: with five folds, four in each."""
    most_classes: int = 200
    """Maximum number of classes that are mined, those with the most records first; of more, the audit is incomplete.
    Measured: 20,000 short records cost 0.1 CPU seconds a class, controls apart; honest sets have up to 150."""
    shared_labels: float = 0.5
    """Minimum share (0 to 1) of the labelled records whose class has `fewest_of_class`, however many classes there are;
    below it the labels are free text, or numbers, and the detector does not run. Convention: a majority."""
    labelled: float = 0.5
    """Minimum share (0 to 1) of the records that have a label; below it the detector does not run. Convention: a
    majority."""


@dataclass(frozen=True)
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
    settings: ClassSettings
    """Which classes are mined."""

    @cached_property
    def classes(self) -> list[str]:
        """The classes that are large enough, and leave enough records of others, to be mined; sorted.

        Of several labels each is held against the rest, both ways: the records with it and those without it are classes
        of their own. Of classes with the same records only the first counts.
        """
        large = sorted(self._by_size[: self._most])
        if not self.several:
            return large
        both_ways = [name for label in large for name in (label, absence_of(label)) if name != absence_of(NO_LABEL)]
        found: dict[bytes, str] = {}
        for name in both_ways:
            found.setdefault(self.having(name).tobytes(), name)
        return list(found.values())

    @property
    def crowded_out(self) -> list[str]:
        """The labels that are large enough and not mined all the same, since there are too many; sorted."""
        return sorted(self._by_size[self._most :])

    @property
    def too_small(self) -> list[str]:
        """The labels that too few records have, or lack, to be mined; sorted."""
        return sorted(set(self._counts).difference(self._by_size))

    @property
    def _most(self) -> int:
        """The most labels that are mined; of several labels each makes two classes."""
        return self.settings.most_classes // 2 if self.several else self.settings.most_classes

    @cached_property
    def _by_size(self) -> list[str]:
        """The labels that enough records have, and lack, to be mined; the largest first."""
        counts, size, fewest = self._counts, len(self.labels), self.settings.fewest_of_class
        large = [label for label in counts if min(counts[label], size - counts[label]) >= fewest]
        return sorted(large, key=lambda label: (-counts[label], label))

    @cached_property
    def _counts(self) -> dict[str, int]:
        return class_counts(Counter(self.labels.tolist()))

    @cached_property
    def several(self) -> bool:
        """Whether any record has several labels, or none of them."""
        return any(classes_of(label) != (label,) for label in set(self.labels.tolist()))

    def having(self, name: str) -> Bools:
        """Say which records are of a class, have a label alone or among others, or lack it; shape (N,)."""
        absent = absent_in(name) if self.several else None
        label = name if absent is None else absent
        found = np.zeros(len(self.labels), np.bool_)
        found[self._texts_of.get(label, [])] = True
        return found if absent is None else ~found

    @cached_property
    def _texts_of(self) -> dict[str, list[int]]:
        """The texts of each class."""
        texts: dict[str, list[int]] = defaultdict(list)
        known = {label: classes_of(label) for label in set(self.labels.tolist())}
        for text, label in enumerate(self.labels.tolist()):
            for one in known[label]:
                texts[one].append(text)
        return dict(texts)

    def others_of(self, name: str) -> str:
        """Name what the records read like that contradict a class, as it follows “like”."""
        if self.several and (absent := absent_in(name)) is not None:
            return f"“{absent}”"
        others = [other for other in sorted(set(self.labels.tolist())) if other != name]
        return f"“{others[0]}”" if len(others) == 1 else "other classes"

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
            settings=self.settings,
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


def class_counts(labels: Mapping[str, int]) -> dict[str, int]:
    """Count the records of each class; a record with several labels is in the class of each.

    Args:
        labels: Number of records by label.
    """
    counts: Counter[str] = Counter()
    for label, count in labels.items():
        for one in classes_of(label):
            counts[one] += count
    return dict(counts)


def classes_of(label: str) -> tuple[str, ...]:
    """Give the classes of a record with this label: each of several labels, or that of records without any."""
    return labels_in(label) or (NO_LABEL,)


def unfit(dataset: Dataset, settings: ClassSettings = ClassSettings()) -> str | None:
    """Say why a dataset has no classes to mine (one class, too few records, or scores), or None when it has.

    Args:
        dataset: Labelled data.
        settings: What it takes.
    """
    labels, labelled = dataset.labels, sum(dataset.labels.values())
    if labelled < settings.labelled * len(dataset):
        return f"{len(dataset) - labelled:,} of {len(dataset):,} records have no label, and most need one"
    if len(labels) == 1:
        return f"all records have the same label, {next(iter(labels))!r}"
    if labelled < settings.fewest_records:
        return f"{labelled} records are too few; it needs {settings.fewest_records}"
    reason = no_classes(labels, settings)
    if reason is None and sum(count >= settings.fewest_of_class for count in class_counts(labels).values()) < 2:
        return f"fewer than two classes have {settings.fewest_of_class} records"
    return reason


def no_classes(labels: Mapping[str, int], settings: ClassSettings = ClassSettings()) -> str | None:
    """Say why labels are no classes but scores or free text, or None where they are classes.

    Numbers are scores if one of them has a fraction, or if hardly any repeats as often as a class needs. Texts are free
    texts if hardly any repeats as often. The number of classes does not matter.

    Args:
        labels: Number of records by label.
        settings: How many records a class needs.
    """
    counts = class_counts(labels)
    in_classes = sum(count for label, count in labels.items() if _shared(label, counts, settings.fewest_of_class))
    rare = in_classes < settings.shared_labels * sum(labels.values()) and len(counts) > settings.fewest_of_class
    numbers = [number for label in counts if (number := _number(label)) is not None]
    if counts and len(numbers) == len(counts) and (rare or not all(number.is_integer() for number in numbers)):
        return (
            f"the label is a number ({len(numbers):,} different values from {min(numbers):g} to {max(numbers):g}): no "
            "claim about classes; give --label-field with classes, or bin it"
        )
    if rare:
        return (
            f"{len(labels):,} different labels are no classes: only {in_classes:,} of {sum(labels.values()):,} records "
            f"have one that {settings.fewest_of_class} share"
        )
    return None


def too_many_classes(texts: LabelledTexts, detector: str) -> tuple[Failure, ...]:
    """Say that classes were not mined since there are too many; nothing where all were.

    Args:
        texts: The records.
        detector: Id of the detector that mines them.
    """
    if not texts.crowded_out:
        return ()
    message = (
        f"{len(texts.crowded_out):,} classes were not mined, since there are more than {texts.settings.most_classes}: "
        f"the largest come first. Give a coarser label with --label-field, or audit some classes at a time"
    )
    return (Failure(detector=detector, message=message),)


def not_examined(labels: Sequence[str], settings: ClassSettings = ClassSettings()) -> str:
    """Say which labels no claim is made about; empty for none.

    Args:
        labels: Those that too few records have, or lack.
        settings: How many records a class needs.
    """
    if not labels:
        return ""
    more = f" and {len(labels) - _MOST_NAMED} more" if len(labels) > _MOST_NAMED else ""
    named = ", ".join(f"“{label}”" for label in labels[:_MOST_NAMED])
    return f"not examined, as fewer than {settings.fewest_of_class} records have the label, or lack it: {named}{more}."


def _shared(label: str, counts: Mapping[str, int], fewest: int) -> bool:
    return any(counts[one] >= fewest for one in classes_of(label))


def _number(label: str) -> float | None:
    """Give the number that a label is, if it is one."""
    try:
        number = float(label)
    except ValueError:
        return None
    return number if np.isfinite(number) else None


def labelled_texts(dataset: Dataset, settings: ClassSettings = ClassSettings()) -> LabelledTexts:
    """Take the labelled records in the order of their content hashes.

    Args:
        dataset: The records.
        settings: Which classes can be mined.

    Returns:
        The labelled records; those without a label are left out, which is no failure.
    """
    columns = ["record_id", "prompt", "label", "source_path", "source_line", "fields", "group"]
    whole, everything = dataset.table(columns), np.arange(len(dataset))
    table = {name: Rows(whole[name], everything) for name in columns}
    keys = np.fromiter(map(_key, table["prompt"]), np.int64, len(dataset))
    labels = shared_values(whole["label"])
    rows = np.array([i for i, label in enumerate(labels) if label is not None], np.int64)
    order = _ordered(rows, keys, lambda i: (labels[i], table["fields"][i] or "", table["record_id"][i]))

    def column(name: str, missing: str | None = None) -> Sequence[Any]:
        # Lists are faster to read one by one; columns of very many records stay where they are mapped.
        values = Rows(whole[name], order, missing)
        return values if len(order) > LARGE else list(values)

    return LabelledTexts(
        record_ids=column("record_id"),
        prompts=column("prompt", ""),
        labels=labels[order],
        paths=column("source_path"),
        lines=column("source_line"),
        fields=column("fields", "{}"),
        groups=column("group"),
        fold_key=keys[order],
        settings=settings,
    )


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


def draw_labelled(texts: LabelledTexts, seed: int, settings: DrawSettings) -> Ints:
    """Draw some of very many texts; rare classes are topped up by no more than an equal share of the draw each.

    Args:
        texts: All texts.
        seed: Another seed draws others.
        settings: How many.

    Returns:
        The texts, rising.
    """
    each = max(settings.size // len(set(texts.labels.tolist())), texts.settings.fewest_of_class)
    settings = replace(settings, of_class=min(settings.of_class, each))
    return draw_texts(texts.labels.tolist(), texts.fold_key, seed, settings)
