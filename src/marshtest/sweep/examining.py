"""Comparing one suspect with its controls: what does each candidate explain?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import CandidateFit, Whitening, explain, fit_background
from marshtest.sweep.summaries import Summaries

__all__ = ["examine", "half_way", "with_noise_share"]

_SHARES = (0.0, 0.25, 0.5, 0.75)
_FEWEST = 3
"""With fewer datasets nothing says what is noise."""


def half_way(summaries: Summaries, suspect: int, controls: Ints) -> Floats:
    """Give the covariance half-way between a suspect and its controls, shape (C, C)."""
    middle: Floats = (summaries.covariances[suspect] + summaries.covariances[controls].mean(axis=0)) / 2
    return middle


def examine(
    summaries: Summaries, suspect: int, controls: Ints, kept: Ints | None = None, means: Floats | None = None
) -> CandidateFit:
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
    whitening = Whitening.fit(middle, summaries.noise_share)
    background = fit_background(means[controls], whitening)
    return explain(means[suspect], background, whitening)


def with_noise_share(summaries: Summaries) -> Summaries:
    """Estimate how much of what a score shares with no other is noise, and keep it with the summaries.

    A scorer that does not feel as the writer did, texts of few tokens and rounding put noise into single scores. Then
    shifts are less peaked than the covariance says. Of a few shares the one is taken with which single candidates
    explain the shifts best, over all datasets, each against all others; no dataset's persona is needed for that.
    """
    places = np.arange(len(summaries.means))
    if len(places) < _FEWEST:
        return summaries

    def fit(share: float) -> float:
        tried = replace(summaries, noise_share=share)
        return float(np.mean([examine(tried, int(place), places[places != place]).fit for place in places]))

    return replace(summaries, noise_share=max(_SHARES, key=fit))
