"""A logistic model of soft targets, each text scored by what had not seen its fold, refitted from where it stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.stats.arrays import Floats, Ints

__all__ = ["SoftModel", "straightened"]

_WIDE = 30.0
"""Log odds beyond which nothing changes: guards an exponential."""
_GUARD = 1e-3
"""Guards a division where the scores are all the same."""


@dataclass(slots=True)
class SoftModel:
    """Cross-fitted logistic regression with an L2 penalty, whose targets are shares from 0 to 1."""

    rows: Any
    """Sparse (N, F)."""
    fold: Ints
    """Shape (N,)."""
    penalty: float
    weights: list[Floats | None]
    """By fold, the intercept last; None before the first fit."""

    @classmethod
    def of(cls, rows: Any, fold: Ints, penalty: float) -> SoftModel:
        """Make a model that nothing was fitted to."""
        return cls(rows, fold, penalty, [None] * (int(fold.max()) + 1))

    @property
    def mean(self) -> Floats:
        """The mean weights of all folds, for texts that are in none."""
        return np.asarray(np.mean([one for one in self.weights if one is not None], axis=0))

    def scores(
        self, target: Floats, steps: int, *, weight: Floats | None = None, known: Floats | None = None
    ) -> Floats:
        """Fit by some steps from where the last fit ended, and score every text by the other folds.

        Args:
            target: Shape (N,): 0 to 1.
            steps: Most steps of the solver (L-BFGS).
            weight: Shape (N,): how much each text counts; 1 when not given.
            known: Shape (N,): log odds that each text has already, which the model adds to.

        Returns:
            Shape (N,): log odds, without `known`.
        """
        from scipy.optimize import minimize

        weight = np.ones(len(target)) if weight is None else weight
        found = np.zeros(len(target))
        for number, before in enumerate(self.weights):
            inside, outside = np.flatnonzero(self.fold != number), np.flatnonzero(self.fold == number)
            rows, wanted, counts = self.rows[inside], target[inside], weight[inside]
            columns, added = rows.T.tocsr(), np.zeros(len(inside)) if known is None else known[inside]

            def loss(
                of: Floats,
                rows: Any = rows,
                columns: Any = columns,
                wanted: Floats = wanted,
                counts: Floats = counts,
                added: Floats = added,
            ) -> tuple[float, Floats]:
                odds = rows @ of[:-1] + of[-1] + added
                away = counts * (1 / (1 + np.exp(-np.clip(odds, -_WIDE, _WIDE))) - wanted)
                lost = float((counts * (np.logaddexp(0, odds) - wanted * odds)).sum())
                slope = np.append(columns @ away + self.penalty * of[:-1], away.sum())
                return lost + 0.5 * self.penalty * float(of[:-1] @ of[:-1]), slope

            start = np.zeros(rows.shape[1] + 1) if before is None else before
            if before is None and known is None:
                share = np.clip(np.average(wanted, weights=counts + _GUARD), _GUARD, 1 - _GUARD)
                start[-1] = np.log(share / (1 - share))
            fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
            self.weights[number] = fitted
            found[outside] = self.rows[outside] @ fitted[:-1] + fitted[-1]
        return found


def straightened(score: Floats, target: Floats, weight: Floats) -> tuple[Floats, float]:
    """Turn out-of-fold scores into log odds that hold (Platt 1999).

    Args:
        score: Shape (N,).
        target: Shape (N,): 0 to 1.
        weight: Shape (N,).

    Returns:
        Shape (N,): log odds; and the slope, which is not above 0 where the scores say nothing.
    """
    from scipy.optimize import minimize

    scale = (score - score.mean()) / max(float(score.std()), _GUARD)
    share = float(np.clip(np.average(target, weights=weight + _GUARD), _GUARD, 1 - _GUARD))

    def loss(of: Floats) -> tuple[float, Floats]:
        odds = of[0] * scale + of[1]
        away = weight * (1 / (1 + np.exp(-np.clip(odds, -_WIDE, _WIDE))) - target)
        lost = float((weight * (np.logaddexp(0, odds) - target * odds)).sum()) + 0.5 * _GUARD * float(of @ of)
        return lost, np.array([away @ scale, away.sum()]) + _GUARD * of

    fitted = minimize(loss, np.array([0.0, np.log(share / (1 - share))]), jac=True, method="L-BFGS-B").x
    return fitted[0] * scale + fitted[1], float(fitted[0])
