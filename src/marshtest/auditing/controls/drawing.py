"""The part of a very large dataset that its own controls are made of."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from marshtest.auditing.controls.own import keys
from marshtest.config import LARGE
from marshtest.data.dataset import Dataset

__all__ = ["draw_records", "part_named"]


def draw_records(dataset: Dataset, seed: int, size: int, *, besides: Collection[str] = ()) -> Dataset:
    """Draw records at random, whatever their order; a dataset that is not very large is taken whole.

    Args:
        dataset: What to draw from.
        seed: Another seed draws others.
        size: How many.
        besides: Ids of records to take too, as many at most as are drawn.
    """
    if len(dataset) <= LARGE:
        return dataset
    order = np.argsort(keys(dataset, seed, b"part"), kind="stable")
    chosen = order[:size]
    if besides:
        names = dataset.table(["record_id"])["record_id"].to_pylist()
        wanted = np.array([name in besides for name in names], np.bool_)
        chosen = np.union1d(chosen, order[wanted[order]][:size])
    return dataset.select(np.sort(chosen).tolist())


def part_named(part: Dataset, dataset: Dataset, *, besides: bool = False) -> str:
    """Say what a part is: `the data` where it is all of it, and whether others were taken besides those drawn."""
    if part is dataset:
        return "the data"
    how = "those of the findings, the others drawn at random" if besides else "drawn at random"
    return f"{len(part):,} records of the data ({how})"
