"""Comparing one suspect with its controls: what does each candidate explain?"""

from __future__ import annotations

import numpy as np

from marshtest.arrays import Floats, Ints
from marshtest.stats.tilting import Explanation, Whitening, explain, fit_background
from marshtest.sweep.summaries import Summaries

__all__ = ["examine", "half_way"]


def half_way(summaries: Summaries, suspect: int, controls: Ints) -> Floats:
    """Give the covariance half-way between a suspect and its controls, shape (C, C)."""
    middle: Floats = (summaries.covariances[suspect] + summaries.covariances[controls].mean(axis=0)) / 2
    return middle


def examine(
    summaries: Summaries, suspect: int, controls: Ints, kept: Ints | None = None, means: Floats | None = None
) -> Explanation:
    """Say what each candidate explains of how the suspect differs from its controls.

    Coordinates come from the covariance half-way between suspect and controls, which makes the signatures right to
    second order in the size of the shift.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        kept: Places of the candidates to look at; None is all.
        means: Means to use instead of the summaries' own, for bootstrap draws.
    """
    means = summaries.means if means is None else means
    middle = half_way(summaries, suspect, controls)
    if kept is not None:
        middle, means = middle[np.ix_(kept, kept)], means[:, kept]
    whitening = Whitening.fit(middle)
    background = fit_background(means[controls], whitening)
    return explain(means[suspect], background, whitening)
