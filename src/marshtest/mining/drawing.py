"""A random part of very many labelled texts that does not depend on their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.settings import Settings
from marshtest.stats.arrays import Ints

__all__ = ["DrawSettings", "draw_texts"]

_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
"""Odd multipliers that spread keys over 64 bits (the increment and first multiplier of SplitMix64)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSettings(Settings):
    """How many texts are drawn from a very large dataset."""

    size: int = 30_000
    """Number of texts drawn at random; rare classes may add to it (see `of_class`). Where texts hardly separate the
    classes, more would help. Chosen by eye: no record of the data."""
    of_class: int = 1_000
    """Minimum number of texts drawn from each class, or all its texts if it has fewer, so that rare classes can be
    learned. Chosen by eye: no record of the data."""


def draw_texts(labels: Sequence[str], fold_key: Ints, seed: int, settings: DrawSettings = DrawSettings()) -> Ints:
    """Draw texts by their keys, so that their order changes nothing; copies of one text are drawn together.

    Args:
        labels: The label of each text.
        fold_key: Shape (N,): equal for equal texts.
        seed: Another seed draws others.
        settings: How many.

    Returns:
        The texts, rising.
    """
    size, of_class = settings.size, settings.of_class
    mixed = (fold_key.astype(np.uint64) + np.uint64(2 * (seed % 2**31) + 1)) * _MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * _MIX[1]
    order = np.argsort(mixed, kind="stable")
    chosen = np.zeros(len(labels), np.bool_)
    chosen[order[:size]] = True
    of = np.asarray(labels, object)[order]
    for label in set(labels):
        chosen[order[of == label][:of_class]] = True
    return np.flatnonzero(chosen)
