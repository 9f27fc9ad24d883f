"""Comparing one suspect with its controls: what does each candidate explain of the shift between them?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import CandidateFit, Whitening, explain, fit_background
from marshtest.sweep.settings import SweepSettings
from marshtest.sweep.summaries import Summaries

__all__ = ["examine", "half_way", "with_noise_share"]


def half_way(summaries: Summaries, suspect: int, controls: Ints) -> Floats:
    """Give the covariance half-way between a suspect and its controls, shape (C, C)."""
    middle: Floats = (summaries.covariances[suspect] + summaries.covariances[controls].mean(axis=0)) / 2
    return middle


def examine(
    summaries: Summaries, suspect: int, controls: Ints, kept: Ints | None = None, means: Floats | None = None
) -> CandidateFit:
    """Measure what each candidate explains of the shift between the suspect and its controls.

    The scores are whitened with the covariance half-way between suspect and controls, which makes the signatures
    correct to second order in the size of the shift.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        kept: Places of the candidates to use; None is all.
        means: Means to use instead of the summaries' own, for bootstrap draws.
    """
    means = summaries.means if means is None else means
    middle = half_way(summaries, suspect, controls)
    if kept is not None:
        middle, means = middle[np.ix_(kept, kept)], means[:, kept]
    whitening = Whitening.fit(middle, summaries.noise_share)
    background = fit_background(means[controls], whitening)
    return explain(means[suspect], background, whitening)


def with_noise_share(summaries: Summaries, settings: SweepSettings) -> Summaries:
    """Estimate the share of a candidate's own variance that is noise, and return the summaries with it.

    A scorer that does not react as the writer did, texts of few tokens, and rounding all put noise into single scores;
    shifts are then less peaked than the covariance says. Of a few shares the one is taken with which single candidates
    explain the shifts best, over all datasets, each against all others. No dataset's persona needs to be known.

    Args:
        summaries: All datasets.
        settings: The shares, and how many datasets are enough.
    """
    places = np.arange(len(summaries.means))
    if len(places) < settings.fewest_datasets:
        return summaries

    def fit(share: float) -> float:
        tested = replace(summaries, noise_share=share)
        return float(np.mean([examine(tested, int(place), places[places != place]).fit for place in places]))

    return replace(summaries, noise_share=max(settings.noise_shares, key=fit))
