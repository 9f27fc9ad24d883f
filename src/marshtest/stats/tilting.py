"""Which one candidate explains a shift of many correlated scores. Numbers in, numbers out.

A dataset whose records were drawn from p(x) exp(t u_c(x)) instead of p(x), u_c being the score of candidate c, shifts
the mean of *every* score j by about t Cov(u_j, u_c): the shift is a column of the covariance between scores. Whitened
with that covariance the column of each candidate is a direction of length one, its signature, and the joint fit over
all candidates is the inverse covariance times the shift, which is zero for all candidates but the true one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats

__all__ = ["Background", "Explanation", "Whitening", "explain", "fit_background"]

_RIDGE = 0.01
_ROUNDS = 4
_TAIL = 5.0
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Whitening:
    """The change of coordinates in which scores of one dataset have unit covariance."""

    into: Floats
    """Shape (C, C): `into @ shift` is a whitened shift."""
    signatures: Floats
    """Shape (C, C): row c is the unit direction in which candidate c alone shifts the scores."""
    joint: Floats
    """Shape (C, C): `joint @ whitened shift` are the effects of the joint fit over all candidates."""

    @classmethod
    def fit(cls, covariance: Floats, noise_share: float = 0.0) -> Whitening:
        """Make it from the covariance of the scores over records, shape (C, C).

        A hundredth of the mean variance is added to the diagonal: candidates that say the same cannot be told apart,
        and shall not be told apart by rounding errors.

        Args:
            covariance: What is measured. A score that is measured with noise varies more than what it stands for, and
                no persona moves the noise.
            noise_share: How much of the variance that a score shares with no other is noise, 0 to below 1. It is left
                out of the candidate's own place in its signature.
        """
        size = len(covariance)
        level = max(float(np.trace(covariance)) / size, _LEAST)
        steady = covariance + _RIDGE * level * np.eye(size)
        into = np.linalg.inv(np.linalg.cholesky(steady))
        unique = 1.0 / np.diag(np.linalg.inv(steady))
        signatures = (steady - noise_share * np.diag(unique)) @ into.T
        signatures = signatures / np.linalg.norm(signatures, axis=1, keepdims=True)
        joint = (into / np.linalg.norm(into, axis=0)).T
        return cls(into, signatures, joint)


@dataclass(frozen=True, slots=True)
class Background:
    """How datasets differ from each other when no candidate is the reason, in whitened coordinates."""

    centre: Floats
    """Shape (C,)."""
    noise: Floats
    """Shape (C, C): covariance of datasets around the centre."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each candidate explains of one shift."""

    effects: Floats
    """Shape (C,): the joint fit, in standard deviations of what a candidate's score has and no other candidate's."""
    gains: Floats
    """Shape (C,): how much of `total` each candidate explains alone; 0 where it would have to be negative."""
    total: float
    """Squared length of the shift in units of the background noise."""
    strength: float
    """How far the shift goes along the signature of the best candidate, in standard deviations of scores."""

    @property
    def best(self) -> int:
        """Give the candidate with the largest effect in the joint fit."""
        return int(self.effects.argmax())

    @property
    def fit(self) -> float:
        """Say how much of the shift the best single candidate explains: log ratio of all to what is left over."""
        size = float(len(self.gains))
        return float(np.log((size + self.total) / (size + self.total - float(self.gains.max()))))

    @property
    def lead(self) -> float:
        """Say by how much the best candidate alone explains the shift better than any other candidate alone.

        It is the log ratio of what the two leave over, with as many units of noise added to each as there are
        candidates (the kernel of a t density), and negative when another candidate alone explains more.
        """
        best, size = self.best, float(len(self.gains))
        other = float(np.delete(self.gains, best).max(initial=0.0))
        return float(np.log((size + self.total - other) / (size + self.total - float(self.gains[best]))))


def _spikes(shifts: Floats, whitening: Whitening, precision: Floats) -> Floats:
    """Give what each row owes to the candidate with the largest effect on it, shape (K, C)."""
    best = (shifts @ whitening.joint.T).argmax(axis=1)
    direction = whitening.signatures[best]
    weighted = direction @ precision
    size = (weighted * shifts).sum(axis=1) / np.maximum((weighted * direction).sum(axis=1), _LEAST)
    spikes: Floats = np.maximum(size, 0.0)[:, None] * direction
    return spikes


def fit_background(controls: Floats, whitening: Whitening) -> Background:
    """Estimate centre and noise from controls that may each be shifted by a candidate of their own.

    In rounds, every control is freed from what its own best candidate explains; centre and noise are the location and
    scatter of what remains, downweighted where it is far out (Student t with 5 degrees of freedom). The scatter is
    shrunk towards an even one that weighs as much as one control.

    Args:
        controls: Shape (K, C): mean scores of the controls.
        whitening: The coordinates of the result.
    """
    count, size = controls.shape
    white: Floats = controls @ whitening.into.T
    centre: Floats = whitening.into @ np.median(controls, axis=0)
    if count == 1:
        return Background(centre, np.eye(size))
    noise: Floats = np.eye(size) * max(float(((white - centre) ** 2).mean()), _LEAST)
    for _ in range(_ROUNDS):
        precision = np.linalg.inv(noise).astype(np.float64)
        freed: Floats = white - _spikes(white - centre, whitening, precision)
        away: Floats = freed - centre
        distance: Floats = np.einsum("ki,ij,kj->k", away, precision, away)
        weight: Floats = (_TAIL + size) / (_TAIL + distance)
        centre = weight @ freed / weight.sum()
        away = freed - centre
        scatter: Floats = (away * weight[:, None]).T @ away / (count - 1)
        even = max(float(np.trace(scatter)) / size, _LEAST) * np.eye(size)
        noise = (count * scatter + even) / (count + 1)
    return Background(centre, noise)


def explain(mean: Floats, background: Background, whitening: Whitening) -> Explanation:
    """Say what each candidate explains of how far mean scores, shape (C,), are from the centre of the controls."""
    shift: Floats = whitening.into @ mean - background.centre
    precision = np.linalg.inv(background.noise).astype(np.float64)
    weighted = whitening.signatures @ precision
    along = weighted @ shift
    gains = np.maximum(along, 0.0) ** 2 / np.maximum((weighted * whitening.signatures).sum(axis=1), _LEAST)
    effects: Floats = whitening.joint @ shift
    strength = max(0.0, float(whitening.signatures[int(effects.argmax())] @ shift))
    return Explanation(effects, gains, float(shift @ precision @ shift), strength)
