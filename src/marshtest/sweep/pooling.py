"""Ranking candidates by several ways at once, each weighed by how clearly it works on these scores.

Which way is best depends on the scorer. The joint fit undoes the likeness of candidates, but it amplifies whatever else
moves datasets; the plain centred mean does neither. So four ways vote, from the plain mean to the joint fit:

- `plain`: the mean score minus the mean of the controls;
- `ridge`: the joint fit of bounded scores, with the correlations shrunk;
- `joint`: the joint fit (`examine`);
- `alone`: how much of the shift a candidate explains alone, against the noise between the controls.

Without knowing any persona one can see how well a way works: it then lets one candidate stand out in each dataset, and
not the same one in all. Both are measured on all datasets, each against all others, and enter the weight of a way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.tilting import CandidateFit, Whitening, explain, fit_background
from marshtest.sweep.examining import half_way
from marshtest.sweep.settings import PoolingSettings
from marshtest.sweep.summaries import Summaries

__all__ = ["PooledFit", "Trust", "pool", "trust_in_ways", "ways_of"]

_LEAST = 1e-12
"""Guards divisions by a spread that is zero and logarithms of it."""
_MOST = 4.0
"""Bound of the logarithm of a weight: no way outweighs another by more than the range that was seen in learning."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How well each way works on the datasets at hand, less how well the plain mean does; W ways."""

    clear: Floats
    """Shape (W,): mean log clearness, see `_clearness`."""
    distinct: Floats
    """Shape (W,): number of different candidates that come first, as a share of the datasets."""


@dataclass(frozen=True, slots=True)
class PooledFit:
    """The candidates of one suspect, by all ways together."""

    scores: Floats
    """Shape (C,): weighted mean of the ways' scores, each in standard deviations over candidates."""
    alone: CandidateFit
    """What each candidate explains alone and in the joint fit."""

    @property
    def best(self) -> int:
        """Give the first candidate."""
        return int(self.scores.argmax())

    @property
    def lead(self) -> float:
        """Give by how much the first candidate alone explains the shift better than any other candidate alone.

        As `CandidateFit.lead`, which is of the first candidate of the joint fit.
        """
        gains, size = self.alone.gains, float(len(self.scores))
        other = float(np.delete(gains, self.best).max(initial=0.0))
        whole = size + self.alone.total
        return float(np.log((whole - other) / (whole - float(gains[self.best]))))


def ways_of(
    summaries: Summaries, suspect: int, controls: Ints, settings: PoolingSettings
) -> tuple[Floats, CandidateFit]:
    """Score the candidates of one suspect in every way.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        settings: How far correlations and noise are shrunk.

    Returns:
        Shape (W, C): the scores of each way, with mean 0 and standard deviation 1 over candidates; and the fit.
    """
    plain = summaries.plain[suspect] - summaries.plain[controls].mean(axis=0)
    middle = half_way(summaries, suspect, controls)
    size = len(middle)
    spread = np.sqrt(np.maximum(np.diag(middle), _LEAST))
    shift = (summaries.means[suspect] - summaries.means[controls].mean(axis=0)) / spread
    shrunk = np.linalg.inv(middle / np.outer(spread, spread) + settings.ridge * np.eye(size))
    whitening = Whitening.fit(middle, summaries.noise_share)
    background = fit_background(summaries.means[controls], whitening)
    found = explain(summaries.means[suspect], background, whitening)
    even = float(np.trace(background.noise)) / size * np.eye(size)
    count = len(controls)
    noise = (count * background.noise + settings.even_controls * even) / (count + settings.even_controls)
    weighted = whitening.signatures @ np.linalg.inv(noise)
    along = weighted @ (whitening.into @ summaries.means[suspect] - background.centre)
    alone = along / np.sqrt(np.maximum((weighted * whitening.signatures).sum(axis=1), _LEAST))
    ways = np.array([plain, shrunk @ shift / np.sqrt(np.diag(shrunk)), found.effects, alone])
    ways = ways - ways.mean(axis=1, keepdims=True)
    return np.asarray(ways / np.maximum(ways.std(axis=1, keepdims=True), _LEAST), np.float64), found


def trust_in_ways(summaries: Summaries, datasets: Ints, settings: PoolingSettings) -> Trust:
    """Measure how well each way works, over datasets, each against all others; no persona needs to be known.

    Args:
        summaries: All datasets.
        datasets: Places of the suspect and of its controls; with fewer than `fewest_datasets` every way counts the
            same.
        settings: How many datasets are enough.
    """
    if len(datasets) < settings.fewest_datasets:
        return Trust(np.zeros(len(settings.weights)), np.zeros(len(settings.weights)))
    ways = np.array([ways_of(summaries, int(one), datasets[datasets != one], settings)[0] for one in datasets])
    first = ways.argmax(axis=2)
    clear = np.array([_clearness(one) for one in ways]).mean(axis=0)
    distinct = np.array([len(np.unique(column)) for column in first.T]) / len(datasets)
    return Trust(clear - clear[0], distinct - distinct[0])


def pool(summaries: Summaries, suspect: int, controls: Ints, trust: Trust, settings: PoolingSettings) -> PooledFit:
    """Score the candidates of one suspect by all ways together.

    Args:
        summaries: All datasets.
        suspect: The suspect's place among them.
        controls: Places of the controls.
        trust: What `trust_in_ways` gives.
        settings: The weights.
    """
    ways, found = ways_of(summaries, suspect, controls, settings)
    own = _clearness(ways)
    logs = (
        np.log(np.array(settings.weights))
        + settings.clear_weight * trust.clear
        + settings.own_clear_weight * (own - own[0])
        + settings.distinct_weight * trust.distinct
    )
    weights = np.exp(np.clip(logs - logs.max(), -_MOST, 0.0))
    return PooledFit(weights @ ways / weights.sum(), found)


def _clearness(ways: Floats) -> Floats:
    """Say how clearly one candidate stands out in each way, shape (W,).

    It is the log of its distance from the median of the others, in root mean squares of their distances.
    """
    ordered = np.sort(ways, axis=1)
    rest = ordered[:, :-1]
    middle = np.median(rest, axis=1)
    spread = np.sqrt(((rest - middle[:, None]) ** 2).mean(axis=1))
    return np.asarray(np.log(np.maximum(ordered[:, -1] - middle, _LEAST) / np.maximum(spread, _LEAST)), np.float64)
