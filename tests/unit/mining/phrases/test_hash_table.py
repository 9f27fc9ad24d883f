"""A table finds its hashes, also those that lost their slot to another, and no others."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.phrases.hash_table import HashTable

FOLD = 0x9E3779B97F4A7C15
BACK = pow(FOLD, -1, 1 << 64)


def in_slot(slot: int, bits: int, rest: int) -> int:
    """Give a hash that the table puts into a slot."""
    return (slot << (64 - bits) | rest) * BACK % (1 << 64)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 500])
def test_keys_are_found_at_their_places_and_others_nowhere(count: int) -> None:
    hashes = np.unique(np.random.default_rng(count).integers(0, 2**63, 2 * count + 4).astype(np.uint64))
    keys, others = np.sort(hashes[:count]), hashes[count:]
    table = HashTable(keys)
    assert table.find(keys).tolist() == list(range(count))
    assert set(table.find(others).tolist()) == {-1}
    assert table.find(np.array([0, 2**64 - 1], np.uint64)).tolist() == [-1, -1]


def test_keys_that_lost_their_slot_are_found_and_strangers_in_that_slot_are_not() -> None:
    """Three keys take a table of sixteen slots (four bits)."""
    keys = np.sort(np.array([in_slot(5, 4, rest) for rest in (1, 2, 3)], np.uint64))
    table = HashTable(keys)
    assert table.find(keys[::-1]).tolist() == [2, 1, 0]
    strangers = np.array([in_slot(5, 4, 9), in_slot(6, 4, 1)], np.uint64)
    assert table.find(strangers).tolist() == [-1, -1]
    assert table.find(np.append(strangers, keys)).tolist() == [-1, -1, 0, 1, 2]
