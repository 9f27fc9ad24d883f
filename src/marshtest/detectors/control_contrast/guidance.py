"""A direction learned on answers without a pair, to be tested on the pairs.

Most records of a large suspect and a large control answer different prompts. Comparing them directly is not safe: which
prompts a pipeline keeps may depend on their answers. But they can say *where to look*. Words that distinguish the sides
there, among similar prompts and lengths, give a direction, and each pair is measured along it.
No pair had a part in learning it, so swapping the sides of the pairs tests it exactly, whatever distinguishes the
prompts: those can make the direction worse, never the test wrong.
"""

from __future__ import annotations

import numpy as np

from marshtest.detectors.control_contrast.residuals import unpaired_residuals
from marshtest.detectors.control_contrast.sides import Sides
from marshtest.stats.arrays import Floats, Ints

__all__ = ["guided_scores"]


def guided_scores(sides: Sides, among: Ints | None = None) -> Floats | None:
    """Measure every pair along the direction that answers without a pair lean to.

    A word weighs what it has more on the suspect's side, over its variance (shrunk: naive Bayes, nearly). The residuals
    of a pair are used, so the lengths of the answers are conditioned on.

    Args:
        sides: Both sides, paired.
        among: Measure these pairs only; None is all.

    Returns:
        Shape (n,): above 0 where the suspect's answer of the pair leans as the suspect's other answers do; None where
        either side has too few answers without a pair.
    """
    settings = sides.settings
    rows = sides.unmatched
    is_suspect = sides.is_suspect[rows]
    smaller = min(int(is_suspect.sum()), len(rows) - int(is_suspect.sum()))
    if not sides.is_paired or smaller < settings.fewest_unmatched:
        return None
    words = sides.features.words
    apart = unpaired_residuals(words[rows], is_suspect, sides.unmatched_strata, settings.features.fewest_answers)
    tested = apart.tested
    if len(tested) == 0:
        return None
    floor = settings.features.shrinkage * float(np.median(apart.variance[tested]))
    sums = np.asarray(apart.rows.T @ apart.side).ravel()
    weights = np.zeros(words.shape[1])
    weights[tested] = sums[tested] / (apart.variance[tested] + floor)
    return np.asarray(sides.residuals(words, among).rows @ weights, np.float64)
