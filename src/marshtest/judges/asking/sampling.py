"""Random choices that depend on the seed and on what records say, never on their order or file."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from marshtest.data.dataset import Dataset
from marshtest.stats.arrays import Ints

__all__ = ["content_keys", "draw"]

_CONTENT = ("prompt", "completion", "label", "rejected")


def content_keys(dataset: Dataset, seed: int) -> NDArray[np.uint64]:
    """Give each record a random number that is drawn from its contents and the seed.

    Returns:
        Shape (records,): records that say the same have the same number.
    """
    keys = np.empty(len(dataset), np.uint64)
    salt = (seed % 2**64).to_bytes(8, "little")
    start = 0
    for batch in dataset.batches(_CONTENT, 8_192):
        columns = [batch.column(name).to_pylist() for name in _CONTENT]
        for row, parts in enumerate(zip(*columns, strict=True), start=start):
            text = "\0".join(part or "" for part in parts).encode("utf-8", "surrogatepass")
            keys[row] = int.from_bytes(blake2b(text, digest_size=8, salt=salt).digest(), "little")
        start += batch.num_rows
    return keys


def draw(keys: NDArray[np.uint64], rows: Sequence[int] | Ints, size: int) -> Ints:
    """Draw rows by the least keys; of fewer rows than wanted all are taken.

    Returns:
        Shape (at most size,): the rows, those drawn first standing first.
    """
    candidates = np.asarray(rows, np.int64)
    order = np.lexsort((candidates, keys[candidates]))
    return candidates[order[:size]]
