"""What is kept of a score matrix: bounded scores, their means and their covariance, at equal mix of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints

__all__ = ["RADIUS", "STRATA", "Summaries", "summarise"]

RADIUS = 0.5
"""Where scores are bounded, in units of the median size of a record's scores."""
STRATA = 2
"""Into how many groups records are put by the mean of their scores."""

_BLOCKS = 40
_FEWEST = 20
_LOOKED_AT = 2_000
_AT_ZERO = 0.5
_TO_SD = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Summaries:
    """Means and covariances of D datasets."""

    blocks: Floats
    """Shape (D, S, 40, C): mean scores of 40 random blocks of the records of each stratum."""
    means: Floats
    """Shape (D, C): mean scores, every stratum weighing the same."""
    covariances: Floats
    """Shape (D, C, C): covariance of the scores over the records of a stratum, averaged over strata."""
    noise_share: float = 0.0
    """How much of the variance that a candidate shares with no other is noise of the measurement."""

    def resampled(self, rng: np.random.Generator) -> Floats:
        """Give the means, shape (D, C), of one bootstrap draw of the records."""
        datasets, strata, blocks, _ = self.blocks.shape
        times = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=(datasets, strata)) / blocks
        means: Floats = np.einsum("dsb,dsbc->dsc", times, self.blocks).mean(axis=1)
        return means


def summarise(
    scores: Sequence[Floats],
    *,
    tokens: Sequence[Ints] | None = None,
    radius: float = RADIUS,
    strata: int = STRATA,
    seed: int = 0,
) -> Summaries:
    """Summarise score matrices of the same candidates.

    Mean scores over few tokens are large and carry little, so the scores of a record are pulled in to a common size
    when they are larger (which bounds the influence of any record), keeping their direction. How records mix, long and
    short, differs from dataset to dataset and moves all scores together: the records are put into strata by their
    mean score and every stratum weighs the same in every dataset.

    Args:
        scores: For each dataset, shape (C, records): mean score per token.
        tokens: For each dataset, shape (records,): number of tokens behind each score, where it is known. Scores are
            then multiplied by its square root, so that they are about equally noisy.
        radius: Where scores are bounded, in units of the median size of a record's scores; may be infinite.
        strata: Number of strata; 1 is none.
        seed: Seed of the blocks.
    """
    if tokens is not None:
        scores = [one * np.sqrt(many)[None, :] for one, many in zip(scores, tokens, strict=True)]
    offsets = _offsets(scores)
    scores = [one - offsets[:, None] for one in scores]
    sizes = [np.sqrt((one**2).mean(axis=0)) for one in scores]
    shown = np.concatenate([_some(size[size > 0]) for size in sizes])  # a record that no candidate moves has no size
    bound = radius * float(np.median(shown))
    levels = [one.mean(axis=0) for one in scores]
    cuts = np.quantile(np.concatenate([_some(level) for level in levels]), np.arange(1, strata) / strata)
    groups = [np.searchsorted(cuts, level) for level in levels]
    if min(int(np.bincount(group, minlength=strata).min()) for group in groups) < _FEWEST:
        groups, strata = [np.zeros_like(group) for group in groups], 1
    rng = np.random.default_rng(seed)
    blocks, means, covariances = [], [], []
    for one, size, group in zip(scores, sizes, groups, strict=True):
        bounded = one * np.minimum(1.0, bound / np.maximum(size, 1e-12)) if np.isfinite(bound) else one
        parts = [bounded[:, group == stratum] for stratum in range(strata)]
        blocks.append([_block_means(part, rng) for part in parts])
        means.append(np.mean([part.mean(axis=1) for part in parts], axis=0))
        covariances.append(np.mean([np.cov(part) for part in parts], axis=0))
    return Summaries(np.array(blocks), np.array(means), np.array(covariances))


def _offsets(scores: Sequence[Floats]) -> Floats:
    """Give what is taken away from each candidate's scores, shape (C,), before they are bounded.

    A score of 0 says that the persona changes nothing, and such records are to stay near 0. But where a scorer finds
    everything likelier, or less likely, under a persona, the size of a record would be little else than that: so what
    the median has beyond half a standard deviation is taken away.
    """
    medians = np.array([np.median(one, axis=1) for one in scores])
    spreads = [np.median(np.abs(one - m[:, None]), axis=1) for one, m in zip(scores, medians, strict=True)]
    usual, spread = np.median(medians, axis=0), _TO_SD * np.median(spreads, axis=0)
    result: Floats = np.sign(usual) * np.maximum(0.0, np.abs(usual) - _AT_ZERO * spread)
    return result


def _some(values: Floats) -> Floats:
    """Give at most 2,000 values, evenly from the whole, so that each dataset has the same say."""
    return values[:: max(1, len(values) // _LOOKED_AT)]


def _block_means(part: Floats, rng: np.random.Generator) -> Floats:
    """Give the mean scores of 40 random blocks, shape (40, C); fewer records than blocks are blocks drawn anew."""
    count = part.shape[1]
    order = rng.permutation(count) if count >= _BLOCKS else rng.integers(count, size=_BLOCKS)
    return np.array([part[:, chosen].mean(axis=1) for chosen in np.array_split(order, _BLOCKS)])
