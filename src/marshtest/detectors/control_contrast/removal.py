"""How much of the shift would be gone if the records that carry most of it were taken out.

Whoever ranks records by some words and then measures the same words finds that removal helps, whatever the data. So the
word families are dealt into two halves: one half ranks the records, the other measures what is left, and the other way
round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.detectors.control_contrast.carriers import find_carriers
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.stats.arrays import Floats

__all__ = ["Removal", "measure_removal"]

_SHARES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Removal:
    """What taking records out does to the shift."""

    remaining: tuple[tuple[float, float], ...] = ()
    """(share of the records taken out, highest contribution first; share of the shift that is left)."""
    gone: float | None = None
    """Share of the shift that goes with the evidence, 0 to 1; None where no shift can be measured."""


def measure_removal(sides: Sides, distance: Floats | None) -> Removal:
    """Take records out by one half of the word families and measure the shift in the other, both ways."""
    halves = [find_carriers(sides, distance, part) for part in (0, 1)]
    compared = sides.pairs[:, 0] if sides.is_paired else np.arange(len(sides.suspect))
    curves, gone = [], []
    for chooser, measurer in (halves, halves[::-1]):
        shift = measurer.strength[compared]
        whole = float(shift.sum())
        if whole <= 0:
            return Removal()
        order = np.argsort(-chooser.contribution[compared], kind="stable")
        curves.append(_left(shift[order]))
        is_evidence = np.isin(compared, chooser.evidence)
        kept = float(shift[~is_evidence].mean()) if not is_evidence.all() else 0.0
        gone.append(1 - kept * len(shift) / whole)
    left = np.mean(curves, axis=0)
    return Removal(
        remaining=tuple((share, round(float(value), 4)) for share, value in zip(_SHARES, left, strict=True)),
        gone=float(np.clip(np.mean(gone), 0, 1)),
    )


def _left(shift: Floats) -> Floats:
    """Give the mean of what is left of a ranked shift at each share, against the mean of all."""
    count = len(shift)
    after = np.append(np.cumsum(shift[::-1])[::-1], 0.0)
    taken = np.minimum(np.round(np.array(_SHARES) * count).astype(int), count - 1)
    return np.asarray(after[taken] / (count - taken) / shift.mean(), np.float64)
