"""Exponential tilting: which one candidate explains the shift of many correlated mean scores.

Suppose that records were drawn from p(x) exp(t u_c(x)) instead of p(x), where u_c is the score of candidate c. Then the
mean of *every* score j shifts by about t Cov(u_j, u_c): the shift is a column of the covariance matrix of the scores.
Whitened with that matrix, the column of each candidate is a direction of unit length, its signature. The joint fit
over all candidates is the inverse covariance times the shift; it is zero for all candidates but the true one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats

__all__ = ["Background", "CandidateFit", "Whitening", "explain", "fit_background"]

_RIDGE = 0.01
"""Share of the mean variance added to the diagonal: rounding must not tell apart candidates that score alike."""
_ROUNDS = 4
"""Rounds of freeing controls and fitting the background. Chosen by eye: no record of the data."""
_DEGREES_OF_FREEDOM = 5.0
"""Of the multivariate t: heavy enough tails that one odd control does not set the noise, and still a covariance."""
_LEAST = 1e-12
"""Guards divisions by a variance or a squared length that is zero."""


@dataclass(frozen=True, slots=True)
class Whitening:
    """The change of coordinates in which the scores of one dataset have unit covariance; C candidates."""

    into: Floats
    """Shape (C, C): `into @ shift` is a whitened shift."""
    signatures: Floats
    """Shape (C, C): row c is the unit direction in which candidate c alone shifts the scores."""
    joint: Floats
    """Shape (C, C): `joint @ whitened shift` gives the effects of the joint fit over all candidates."""

    @classmethod
    def fit(cls, covariance: Floats, noise_share: float = 0.0) -> Whitening:
        """Make it from the covariance of the scores over records.

        A hundredth of the mean variance is added to the diagonal (ridge).

        Args:
            covariance: Shape (C, C), squared units of the scores, as measured. Measurement noise is part of it,
                although no candidate moves the noise.
            noise_share: Share of the variance that a score has in common with no other which is noise, 0 to below 1.
                It is taken out of the candidate's own place in its signature.

        Raises:
            numpy.linalg.LinAlgError: The matrix is not positive definite even with the ridge.
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
    """How datasets differ from one another for other reasons than a candidate, in whitened coordinates."""

    centre: Floats
    """Shape (C,): the mean scores of an ordinary dataset."""
    noise: Floats
    """Shape (C, C): covariance of ordinary datasets around the centre."""


@dataclass(frozen=True, slots=True)
class CandidateFit:
    """How much of one shift each candidate explains."""

    effects: Floats
    """Shape (C,): the joint fit, in standard deviations of the part of a score that no other candidate shares."""
    gains: Floats
    """Shape (C,): how much of `total` each candidate explains alone; 0 where its effect would be negative."""
    total: float
    """Squared Mahalanobis length of the shift, by the background noise."""
    strength: float
    """Length of the shift along the signature of the best candidate, in standard deviations of scores."""

    @property
    def best(self) -> int:
        """Give the candidate with the largest effect in the joint fit."""
        return int(self.effects.argmax())

    @property
    def fit(self) -> float:
        """Give how well the best single candidate explains the shift: log ratio of the whole to the residual."""
        size = float(len(self.gains))
        return float(np.log((size + self.total) / (size + self.total - float(self.gains.max()))))

    @property
    def lead(self) -> float:
        """Give by how much the best candidate alone explains the shift better than any other candidate alone.

        It is the log ratio of the two residuals, with C added to each (the kernel of a t density); negative where
        another candidate alone explains more.
        """
        best, size = self.best, float(len(self.gains))
        other = float(np.delete(self.gains, best).max(initial=0.0))
        return float(np.log((size + self.total - other) / (size + self.total - float(self.gains[best]))))


def _spikes(shifts: Floats, whitening: Whitening, precision: Floats) -> Floats:
    """Give the part of each shift that its own best candidate explains; shape (K, C), as the shifts."""
    best = (shifts @ whitening.joint.T).argmax(axis=1)
    direction = whitening.signatures[best]
    weighted = direction @ precision
    size = (weighted * shifts).sum(axis=1) / np.maximum((weighted * direction).sum(axis=1), _LEAST)
    spikes: Floats = np.maximum(size, 0.0)[:, None] * direction
    return spikes


def fit_background(controls: Floats, whitening: Whitening) -> Background:
    """Estimate centre and noise from controls, each of which may be shifted by a candidate of its own.

    In rounds, the part that its own best candidate explains is taken out of every control. Centre and noise are the
    location and scatter of the rest under a multivariate t with 5 degrees of freedom (Lange, Little and Taylor 1989),
    which gives outliers less weight. The scatter is shrunk towards a multiple of the identity that counts as one
    control, since it has more dimensions than there are controls.

    Args:
        controls: Shape (K, C): mean scores of the controls, in the units of the scores.
        whitening: The coordinates of the result.

    Returns:
        The background; with one control, its noise is the identity.
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
        weight: Floats = (_DEGREES_OF_FREEDOM + size) / (_DEGREES_OF_FREEDOM + distance)
        centre = weight @ freed / weight.sum()
        away = freed - centre
        scatter: Floats = (away * weight[:, None]).T @ away / (count - 1)
        even = max(float(np.trace(scatter)) / size, _LEAST) * np.eye(size)
        noise = (count * scatter + even) / (count + 1)
    return Background(centre, noise)


def explain(mean: Floats, background: Background, whitening: Whitening) -> CandidateFit:
    """Fit every candidate, alone and jointly, to the shift of a dataset away from the centre of the controls.

    Args:
        mean: Shape (C,): mean scores of the dataset, in the units of the scores.
        background: Centre and noise of the controls.
        whitening: The coordinates of the background.
    """
    shift: Floats = whitening.into @ mean - background.centre
    precision = np.linalg.inv(background.noise).astype(np.float64)
    weighted = whitening.signatures @ precision
    along = weighted @ shift
    gains = np.maximum(along, 0.0) ** 2 / np.maximum((weighted * whitening.signatures).sum(axis=1), _LEAST)
    effects: Floats = whitening.joint @ shift
    strength = max(0.0, float(whitening.signatures[int(effects.argmax())] @ shift))
    return CandidateFit(effects, gains, float(shift @ precision @ shift), strength)
