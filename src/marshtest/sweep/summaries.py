"""Summaries of score matrices: means and covariances of bounded scores, with an equal mix of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.sweep.settings import SweepSettings

__all__ = ["Summaries", "summarise"]

_TO_SD = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""
_TINY = 1e-12
"""Stands for a size of 0 in a division."""


@dataclass(frozen=True, slots=True)
class Summaries:
    """Means and covariances of D datasets."""

    blocks: Floats
    """Shape (D, S, B, C): mean scores of B random blocks of the records of each of S strata."""
    means: Floats
    """Shape (D, C): mean scores, with equal weights of the strata."""
    covariances: Floats
    """Shape (D, C, C): covariance of the scores over the records of a stratum, averaged over strata."""
    plain: Floats
    """Shape (D, C): plain mean scores, neither bounded nor evened out."""
    plain_blocks: Floats
    """Shape (D, B, C): plain mean scores of B random blocks of all records."""
    noise_share: float = 0.0
    """Share of a candidate's own variance, shared with no other candidate, that is noise of the scorer."""

    def resampled(self, rng: np.random.Generator) -> Summaries:
        """Give the summaries of one bootstrap draw of the records; the covariances stay."""
        datasets, strata, blocks, _ = self.blocks.shape
        times = rng.multinomial(blocks, np.full(blocks, 1 / blocks), size=(datasets, strata)) / blocks
        means: Floats = np.einsum("dsb,dsbc->dsc", times, self.blocks).mean(axis=1)
        plain: Floats = np.einsum("db,dbc->dc", times[:, 0], self.plain_blocks)
        return replace(self, means=means, plain=plain)

    def of(self, candidates: Ints) -> Summaries:
        """Give the summaries of some candidates alone."""
        return Summaries(
            self.blocks[..., candidates],
            self.means[:, candidates],
            self.covariances[:, candidates[:, None], candidates],
            self.plain[:, candidates],
            self.plain_blocks[..., candidates],
            self.noise_share,
        )


def summarise(
    scores: Sequence[Floats],
    settings: SweepSettings,
    *,
    tokens: Sequence[Ints] | None = None,
    seed: int = 0,
) -> Summaries:
    """Summarise score matrices of the same candidates.

    Mean scores over few tokens are large and carry little, so the scores of a record are shrunk to a common size when
    they are larger, keeping their direction; this bounds the influence of any record. The mix of short and long records
    differs between datasets and moves all scores together, so the records are put into strata by their mean score, and
    every stratum has the same weight in every dataset.

    Args:
        scores: For each dataset, shape (C, records): mean score per token.
        settings: Bound, strata and blocks.
        tokens: For each dataset, shape (records,): number of tokens behind each score, where it is known. Scores are
            then multiplied by its square root, so that they are about equally noisy.
        seed: Seed of the blocks.
    """
    plain_rng = np.random.default_rng([seed, 1])
    plain = np.array([one.mean(axis=1) for one in scores])
    plain_blocks = np.array([_block_means(one, settings.blocks, plain_rng) for one in scores])
    if tokens is not None:
        scores = [one * np.sqrt(many)[None, :] for one, many in zip(scores, tokens, strict=True)]
    offsets = _offsets(scores, settings.offset_tolerance)
    scores = [one - offsets[:, None] for one in scores]
    sizes = [np.sqrt((one**2).mean(axis=0)) for one in scores]
    most, strata = settings.sampled_records, settings.strata
    sampled = np.concatenate([_some(size[size > 0], most) for size in sizes])  # 0: no candidate moves the record
    bound = settings.radius * float(np.median(sampled))
    levels = [one.mean(axis=0) for one in scores]
    cuts = np.quantile(np.concatenate([_some(level, most) for level in levels]), np.arange(1, strata) / strata)
    groups = [np.searchsorted(cuts, level) for level in levels]
    if min(int(np.bincount(group, minlength=strata).min()) for group in groups) < settings.fewest_in_stratum:
        groups, strata = [np.zeros_like(group) for group in groups], 1
    rng = np.random.default_rng(seed)
    blocks, means, covariances = [], [], []
    for one, size, group in zip(scores, sizes, groups, strict=True):
        bounded = one * np.minimum(1.0, bound / np.maximum(size, _TINY)) if np.isfinite(bound) else one
        parts = [bounded[:, group == stratum] for stratum in range(strata)]
        blocks.append([_block_means(part, settings.blocks, rng) for part in parts])
        means.append(np.mean([part.mean(axis=1) for part in parts], axis=0))
        covariances.append(np.mean([np.cov(part) for part in parts], axis=0))
    return Summaries(np.array(blocks), np.array(means), np.array(covariances), plain, plain_blocks)


def _offsets(scores: Sequence[Floats], tolerance: float) -> Floats:
    """Give what is subtracted from each candidate's scores, shape (C,), before they are bounded.

    A score of 0 means that the persona changes nothing, and such records are to stay near 0. But a scorer may find
    everything likelier, or less likely, under some persona, and the size of every record would then be little more than
    that offset. So what the median has beyond the tolerance is subtracted.
    """
    medians = np.array([np.median(one, axis=1) for one in scores])
    spreads = [np.median(np.abs(one - m[:, None]), axis=1) for one, m in zip(scores, medians, strict=True)]
    usual, spread = np.median(medians, axis=0), _TO_SD * np.median(spreads, axis=0)
    result: Floats = np.sign(usual) * np.maximum(0.0, np.abs(usual) - tolerance * spread)
    return result


def _some(values: Floats, most: int) -> Floats:
    """Give about that many values, evenly from the whole, so that datasets of any size weigh about the same."""
    return values[:: max(1, len(values) // most)]


def _block_means(part: Floats, blocks: int, rng: np.random.Generator) -> Floats:
    """Give the mean scores of random blocks, shape (blocks, C); of fewer records than blocks each is one record."""
    count = part.shape[1]
    order = rng.permutation(count) if count >= blocks else rng.integers(count, size=blocks)
    return np.array([part[:, chosen].mean(axis=1) for chosen in np.array_split(order, blocks)])
