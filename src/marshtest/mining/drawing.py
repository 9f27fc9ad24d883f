"""Draw some of very many labelled texts, whatever their order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.stats.arrays import Ints

__all__ = ["draw_texts"]

_SIZE, _OF_CLASS = 30_000, 1_000
_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)


def draw_texts(labels: Sequence[str], fold_key: Ints, seed: int) -> Ints:
    """Draw 30,000 texts by their keys; at least 1,000 of every class, or all it has.

    Args:
        labels: The label of each text.
        fold_key: Shape (N,): equal for equal texts.
        seed: Another seed draws others.

    Returns:
        The texts, rising.
    """
    mixed = (fold_key.astype(np.uint64) + np.uint64(2 * (seed % 2**31) + 1)) * _MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _MIX[1]
    order = np.argsort(mixed, kind="stable")
    chosen = np.zeros(len(labels), np.bool_)
    chosen[order[:_SIZE]] = True
    of = np.asarray(labels, object)[order]
    for label in set(labels):
        chosen[order[of == label][:_OF_CLASS]] = True
    return np.flatnonzero(chosen)
