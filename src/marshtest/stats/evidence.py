"""Evidence: how strongly the contents of a text speak for another class than the one it is labelled with.

The evidence of a text is log(f_other / f_own) in nats: the log density ratio of its content score between texts of the
other classes and texts of the label's own class. Positive evidence contradicts the label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Bools, Floats

__all__ = ["EvidenceCurve", "chance_of_sum", "log_chance_of_sum", "planted_fraction"]

_FRACTIONS = np.concatenate([np.linspace(0.0, 0.98, 50), [0.99, 0.999]])
"""Grid of planted fractions. It stops short of 1, where one carrier with another label would be impossible."""
_BINS_OF_CURVE = 10, 200
"""Fewest and most bins of an evidence curve: with fewer it has no shape, and more are noise that pooling removes."""
_TEXTS_PER_BIN = 50
"""Texts in a bin of an evidence curve. Chosen by eye: the log ratio of two counts near 25 has an error of .3 nats."""
_STEP, _LOW, _BINS = 0.05, -8.0, 361
"""Grid of the distribution of evidence: -8 to 10 nats in steps of .05. Evidence outside is counted at the end."""
_TILT_LIMIT = 80
"""Most texts whose evidence is convolved. Chosen by eye: for more, the array grows and the bound serves as well."""
_LEAST_UNIT = 0.05
"""Least unit of effects, nats: where contents hardly tell classes apart, an effect must not be a ratio of noise."""
_LARGEST_EVIDENCE = 30.0
"""Most evidence of one text, nats: exp(30) already outweighs any number of others, and larger values overflow."""
_ROUNDING = 1e-9
"""Tolerance when a sum of grid values is compared with the total, nats."""


@dataclass(frozen=True, slots=True)
class EvidenceCurve:
    """Evidence as a decreasing function of the score for the label's own class, estimated from the dataset itself."""

    score: Floats
    """Shape (B,): mean score of each bin, rising."""
    evidence: Floats
    """Shape (B,): log density ratio there, never rising (isotonic), nats."""
    mean: float
    """Mean evidence of genuine texts of the other classes: what a planted text should reach."""
    deviation: float
    """Standard deviation of the same."""
    spread: Floats
    """Shape (361,): distribution of the evidence of genuine texts of the other classes, -8 to 10 nats."""

    @classmethod
    def fit(cls, score: Floats, own: Bools) -> EvidenceCurve:
        """Estimate the curve: a log density ratio in bins of equal count, made monotone by pooling (Ayer et al. 1955).

        Each bin has the prior of its class added, so that a bin without texts of one class keeps a finite ratio.

        Args:
            score: Shape (N,): out-of-fold score of each text for the class, any unit.
            own: Shape (N,): whether the text is labelled with the class; both values must occur.
        """
        from sklearn.isotonic import isotonic_regression

        order = np.argsort(score, kind="stable")
        bins = int(min(_BINS_OF_CURVE[1], max(_BINS_OF_CURVE[0], len(score) // _TEXTS_PER_BIN)))
        edges = np.linspace(0, len(score), bins + 1).astype(int)
        size = np.diff(edges).astype(np.float64)
        own_in_bin = np.add.reduceat(own[order].astype(np.float64), edges[:-1])
        other_in_bin = size - own_in_bin
        prior = float(other_in_bin.sum() / size.sum())
        ratio = np.log((other_in_bin + prior) / (other_in_bin.sum() + prior * bins))
        ratio -= np.log((own_in_bin + 1 - prior) / (own_in_bin.sum() + (1 - prior) * bins))
        evidence = np.asarray(isotonic_regression(ratio, sample_weight=size, increasing=False), np.float64)
        centre = np.add.reduceat(score[order], edges[:-1]) / size
        genuine = np.interp(score[~own], centre, evidence)
        slot = np.clip(((genuine - _LOW) / _STEP).round().astype(int), 0, _BINS - 1)
        spread = np.bincount(slot, minlength=_BINS) / max(len(slot), 1)
        return cls(centre, evidence, float(genuine.mean()), float(genuine.std()), spread)

    @property
    def unit(self) -> float:
        """Give the unit of effects, nats: the mean evidence of genuine texts of other classes, at least .05."""
        return max(self.mean, _LEAST_UNIT)

    def __call__(self, score: Floats) -> Floats:
        """Give the evidence at these scores, nats; the same shape. Beyond the outermost bins it is constant."""
        return np.interp(score, self.score, self.evidence)


def planted_fraction(evidence: Floats, honest: float) -> tuple[float, float]:
    """Fit the share of carriers that are planted, by maximum likelihood on a grid.

    A planted carrier has the label and content of another class; a natural one has content of its own class. Carriers
    with another label can only be natural, so they lower the fraction.

    Args:
        evidence: Shape (n,), nats: evidence of the carriers with the label.
        honest: Number of carriers with another label; may be fractional.

    Returns:
        The most likely fraction, 0 to 1, and its log-likelihood ratio against fraction 0, nats.
    """
    odds = np.exp(np.minimum(evidence, _LARGEST_EVIDENCE))
    gain = np.log((1 - _FRACTIONS)[:, None] + _FRACTIONS[:, None] * odds[None, :]).sum(axis=1)
    gain += honest * np.log(1 - _FRACTIONS)
    best = int(gain.argmax())
    return float(_FRACTIONS[best]), float(gain[best])


def chance_of_sum(total: float, count: int, spread: Floats) -> float:
    """Give `log_chance_of_sum` as a probability, 0 to 1."""
    return float(np.exp(log_chance_of_sum(total, count, spread)))


def log_chance_of_sum(total: float, count: int, spread: Floats) -> float:
    """Give the log of the p-value of a sum of evidence: how probably texts of the label's own class reach it by chance.

    Evidence is a log-likelihood ratio, so the distribution under the own class is that under the other class tilted by
    exp(-e). The tail is summed under the other class, where it is not rare, and weighted back (Esscher 1932), in logs,
    since sums reach thousands of nats. So a p-value of 1e-30 is exact to the grid of .05 nats. Beyond 80 texts, and for
    sums beyond the grid, the Chernoff bound exp(-total) is used.

    Args:
        total: Sum of the evidence, nats.
        count: How many independent texts it is the sum of.
        spread: Shape (361,): the `spread` of the curve that the evidence was read from.

    Returns:
        The log, nats, at most 0.
    """
    from scipy.special import logsumexp

    bound = -max(total, 0.0)
    if count > _TILT_LIMIT:
        return bound
    size = 1 << int(np.ceil(np.log2(_BINS * count + 1)))
    mass = np.maximum(np.fft.irfft(np.fft.rfft(spread, size) ** count, size), 0.0)
    sums = _LOW * count + _STEP * np.arange(size)
    tail = (sums >= total - _ROUNDING) & (np.arange(size) <= (_BINS - 1) * count) & (mass > 0)
    return min(0.0, float(logsumexp(np.log(mass[tail]) - sums[tail]))) if tail.any() else bound
