"""Records that carry a word or phrase which by itself tells the two sides apart.

Where few records carry the difference, one name in them says it all; the models of `scoring` need more to learn from.
"""

from __future__ import annotations

import numpy as np

from marshtest.detectors.control_contrast.sides import Sides
from marshtest.detectors.control_contrast.swapping import SwapTest
from marshtest.stats.arrays import Ints

__all__ = ["named_carriers"]

_SURE = 0.01
_CHANCE = 0.5


def named_carriers(sides: Sides, test: SwapTest) -> Ints:
    """Give the suspect's records with a word or phrase that is surely the suspect's, and seldom the control's.

    Args:
        sides: Both sides.
        test: The test of `sides.content`.
    """
    sure = test.columns[test.corrected <= _SURE]
    residuals = sides.residuals(sides.content)
    scale = 1.0 if sides.is_paired else len(sides.suspect) / max(len(sides.control), 1)
    rare = residuals.control[sure] * scale <= _CHANCE * residuals.suspect[sure]
    table = sides.content[:, sure[rare]]
    if sides.is_paired:
        one, other = table[sides.pairs[:, 0]], table[sides.pairs[:, 1]]
        alone = np.asarray(((one - other) > 0).sum(axis=1)).ravel() > 0
        unmatched = np.setdiff1d(np.arange(len(sides.suspect)), sides.pairs[:, 0])
        also = unmatched[np.diff(table[unmatched].indptr) > 0]
        return np.union1d(sides.pairs[alone, 0], also).astype(np.int64)
    return np.flatnonzero(np.diff(table[: len(sides.suspect)].indptr) > 0).astype(np.int64)
