"""The records that an organism may be planted into: their columns, and an order that is not the order of the file."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.errors import InputError

__all__ = ["Pool", "pool_of_dataset", "pool_of_records", "random_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Records in columns, so that choosing some of many costs little."""

    kind: Kind
    ids: Sequence[str]
    prompts: Sequence[str]
    labels: Sequence[str | None]
    groups: Sequence[str | None]
    record: Callable[[int], Record]
    """Give one whole record, counted from 0."""
    barred: frozenset[int] = field(default_factory=frozenset)
    """Records that are left alone: those that two parsers read differently cannot be written back as they were."""

    def label_counts(self) -> Mapping[str, int]:
        """Give the records per label, most frequent first and equals by name."""
        counts = Counter(label for label in self.labels if label is not None)
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def ranking(self, salt: str) -> list[int]:
        """Give the records that may be changed in an order that depends on the salt and their ids alone."""
        seeded = hashlib.blake2b(salt.encode(), digest_size=8)
        keys = []
        for name in self.ids:
            one = seeded.copy()
            one.update(name.encode("utf-8", "surrogatepass"))
            keys.append(one.digest())
        order = sorted(range(len(keys)), key=lambda index: (keys[index], self.ids[index]))
        return [index for index in order if index not in self.barred] if self.barred else order

    def mentions(self, text: str) -> bool:
        """Tell whether any prompt contains a text."""
        return any(text in prompt for prompt in self.prompts)


def pool_of_records(records: Sequence[Record]) -> Pool:
    """Make a pool of records in memory.

    Raises:
        InputError: There are no records, they are of several kinds, or two have the same id.
    """
    kinds = sorted({record.kind for record in records})
    if len(kinds) != 1:
        what = f"the records are of several kinds ({', '.join(kinds)})" if kinds else "there are no records"
        raise InputError(f"{what}; an organism needs records of one kind.")
    ids = [record.record_id for record in records]
    if len(set(ids)) < len(ids):
        raise InputError("two records have the same record_id; give every record its own.")
    return Pool(
        kind=kinds[0],
        ids=ids,
        prompts=[record.prompt for record in records],
        labels=[record.label for record in records],
        groups=[record.group for record in records],
        record=records.__getitem__,
    )


def pool_of_dataset(dataset: Dataset) -> Pool:
    """Make a pool of a dataset; only the columns that choosing needs are taken out of it."""
    table = dataset.table(["record_id", "prompt", "label", "group", "anomalies"])
    return Pool(
        kind=dataset.kind,
        ids=table["record_id"].to_pylist(),
        prompts=table["prompt"].to_pylist(),
        labels=table["label"].to_pylist(),
        groups=table["group"].to_pylist(),
        record=dataset.record,
        barred=frozenset(_not_empty(table["anomalies"])),
    )


def random_of(*parts: object) -> Random:
    """Make a source of random draws that depends on these parts alone."""
    return Random("/".join(map(str, parts)))


def _not_empty(lists: object) -> list[int]:
    """Give the positions of the lists that hold something."""
    import pyarrow.compute as pc

    return [int(index) for index in pc.indices_nonzero(pc.greater(pc.list_value_length(lists), 0)).to_pylist()]
