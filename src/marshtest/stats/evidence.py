"""How strongly contents speak for another class than the one they are labelled with. Numbers in, numbers out.

The unit everywhere is the nat: evidence e of a text is log f_other / f_own, the log density ratio of its content score
between the texts of the other classes and those of the label's own class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Bools, Floats

__all__ = ["EvidenceCurve", "chance_of_sum", "planted_fraction"]


_FRACTIONS = np.concatenate([np.linspace(0.0, 0.98, 50), [0.99, 0.999]])
_STEP, _LOW, _BINS = 0.05, -8.0, 361
_TILT_LIMIT = 80
_LEAST_UNIT = 0.05


@dataclass(frozen=True, slots=True)
class EvidenceCurve:
    """Evidence as a falling function of the score for the label's own class, estimated from the dataset itself."""

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
        """Estimate the curve from out-of-fold scores for a class and who is labelled with it.

        Bins of equal count with add-prior smoothing, then pooled to be monotone (Ayer et al. 1955).
        """
        from sklearn.isotonic import isotonic_regression

        order = np.argsort(score, kind="stable")
        bins = int(min(200, max(10, len(score) // 50)))
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
        """Give the unit of effects: the mean evidence of genuine texts of other classes, at least .05 nats."""
        return max(self.mean, _LEAST_UNIT)

    def __call__(self, score: Floats) -> Floats:
        """Give the evidence at these scores, nats."""
        return np.interp(score, self.score, self.evidence)


def planted_fraction(evidence: Floats, honest: float) -> tuple[float, float]:
    """Fit the share of carriers that are planted, and say what it gains over none being planted.

    A planted carrier has content of another class and the label; a natural one has content of its own class. `honest`
    carriers with another label can only be natural.

    Args:
        evidence: Shape (n,), nats: evidence of the carriers with the label.
        honest: Number of carriers with another label.

    Returns:
        The most likely fraction, 0 to 1, and the log likelihood ratio against fraction 0, nats.
    """
    odds = np.exp(np.minimum(evidence, 30.0))
    gain = np.log((1 - _FRACTIONS)[:, None] + _FRACTIONS[:, None] * odds[None, :]).sum(axis=1)
    gain += honest * np.log(1 - _FRACTIONS)
    best = int(gain.argmax())
    return float(_FRACTIONS[best]), float(gain[best])


def chance_of_sum(total: float, count: int, spread: Floats) -> float:
    """Give the probability that `count` texts of a label's own class reach this sum of evidence by chance.

    Since evidence is a log likelihood ratio, the own class is the other class tilted by exp(-e): the tail is summed
    under the other class, where it is no rare event, and weighted back (Esscher tilting), so that 1e-30 is exact to
    the grid of .05 nats. Beyond 80 texts the bound exp(-total) is used.
    """
    if count > _TILT_LIMIT:
        return float(np.exp(-max(total, 0.0)))
    size = 1 << int(np.ceil(np.log2(_BINS * count + 1)))
    mass = np.maximum(np.fft.irfft(np.fft.rfft(spread, size) ** count, size), 0.0)
    sums = _LOW * count + _STEP * np.arange(size)
    tail = (sums >= total - 1e-9) & (np.arange(size) <= (_BINS - 1) * count)
    return float(min(1.0, (mass[tail] * np.exp(-np.minimum(sums[tail], 700.0))).sum()))
