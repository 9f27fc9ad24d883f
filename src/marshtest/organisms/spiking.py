"""Planting into a dataset that is in memory: what an audit does to learn what it would have caught."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.organisms.base import Organism, Recipe, TrueRecord
from marshtest.organisms.pool import pool_of_dataset

__all__ = ["SpikedDataset", "plant_in_dataset", "with_records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpikedDataset:
    """A dataset with an organism in it, and the truth."""

    dataset: Dataset
    truth: tuple[TrueRecord, ...]
    recipe: Recipe

    def twin(self) -> Dataset:
        """Give the honest twin: the same inputs, triggers and decoys included, with honest outcomes."""
        return with_records(self.dataset, [(true.index, true.twin) for true in self.truth])


def plant_in_dataset(
    organism: Organism,
    dataset: Dataset,
    count: int,
    *,
    seed: int = 0,
    source_label: str | None = None,
    target_label: str | None = None,
    avoid: Collection[int] = (),
) -> SpikedDataset:
    """Plant an organism into a copy of a dataset that shares every record that does not change.

    The arguments and errors are those of `Organism.plant`; records at the indices in `avoid` stay as they are. Ids stay
    what they were. The fingerprint of the copy is made of that of the dataset and the changes, since hashing every
    record again would cost more than planting.
    """
    sown = organism.sow(
        pool_of_dataset(dataset),
        count,
        seed=seed,
        source_label=source_label,
        target_label=target_label,
        avoid=avoid,
    )
    changed = with_records(dataset, [(true.index, true.after) for true in sown.truth])
    return SpikedDataset(dataset=changed, truth=sown.truth, recipe=sown.recipe)


def with_records(dataset: Dataset, changes: Sequence[tuple[int, Record]]) -> Dataset:
    """Give a copy of a dataset in which some records are others; the rest is shared, not copied.

    Args:
        dataset: The dataset, which stays as it is.
        changes: New records by index, each index once.
    """
    if not changes:
        return dataset
    import pyarrow as pa

    ordered = sorted(changes, key=lambda change: change[0])
    table = dataset.table()
    new = Dataset.from_records(record for _, record in ordered)
    new_rows = new.table().set_column(
        table.schema.get_field_index("anomalies"),
        table.schema.field("anomalies"),
        table["anomalies"].take(pa.array([index for index, _ in ordered])),
    )
    slices = []
    done = 0
    for number, (index, _) in enumerate(ordered):
        slices += [table.slice(done, index - done), new_rows.slice(number, 1)]
        done = index + 1
    changed = pa.concat_tables([*slices, table.slice(done)])
    digest = hashlib.sha256(f"{dataset.fingerprint} {[index for index, _ in ordered]} {new.fingerprint}".encode())
    return Dataset(
        changed,
        fingerprint=f"sha256:{digest.hexdigest()}",
        source=dataset.source,
        files=dataset.files,
        fields=dataset.fields,
        failures=dataset.failures,
    )
