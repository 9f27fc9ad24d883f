"""Boosted regression trees as arrays: they are learned with scikit-learn and applied without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Floats, Ints

__all__ = ["Trees"]

_DEEPEST = 64
"""Steps from a root to a leaf after which trees are taken for damaged; ours have fewer than ten."""


@dataclass(frozen=True, slots=True)
class Trees:
    """An additive model of `T` trees with `M` nodes in all, one tree after the other."""

    roots: Ints
    """Shape (T,): the node at which each tree begins."""
    feature: Ints
    """Shape (M,): the column that a node asks for; -1 for a leaf."""
    threshold: Floats
    """Shape (M,): values up to it go left."""
    left: Ints
    """Shape (M,): the node to the left, counted from the first of all."""
    right: Ints
    """Shape (M,): the node to the right."""
    value: Floats
    """Shape (M,): what a leaf adds to the log odds."""
    baseline: float
    """Log odds without any tree."""

    def __call__(self, rows: Floats) -> Floats:
        """Give the log odds of each row.

        Args:
            rows: Shape (n, columns), without NaN.

        Returns:
            Shape (n,).

        Raises:
            ValueError: The trees have no leaf where one is due.
        """
        node = np.repeat(self.roots[None, :], len(rows), axis=0)
        every = np.arange(len(rows))[:, None]
        for _ in range(_DEEPEST):
            feature = self.feature[node]
            if (feature < 0).all():
                return np.asarray(self.baseline + self.value[node].sum(axis=1), np.float64)
            goes_left = rows[every, np.maximum(feature, 0)] <= self.threshold[node]
            step = np.where(goes_left, self.left[node], self.right[node])
            node = np.where(feature < 0, node, step)
        raise ValueError("the trees of a calibration are damaged: they do not end")

    @classmethod
    def of(cls, model: Any) -> Trees:
        """Copy the trees of a fitted `HistGradientBoostingClassifier` of two classes, without categorical columns."""
        parts: list[NDArray[Any]] = [trees[0].nodes for trees in model._predictors]
        roots = np.cumsum([0, *(len(part) for part in parts)])[:-1]
        shift = np.repeat(roots, [len(part) for part in parts])
        nodes = np.concatenate(parts)
        leaf = nodes["is_leaf"].astype(np.bool_)
        return cls(
            roots=roots.astype(np.int64),
            feature=np.where(leaf, -1, nodes["feature_idx"].astype(np.int64)),
            threshold=np.where(leaf, 0.0, nodes["num_threshold"]),
            left=nodes["left"].astype(np.int64) + shift,
            right=nodes["right"].astype(np.int64) + shift,
            value=np.where(leaf, nodes["value"], 0.0),
            baseline=float(np.ravel(model._baseline_prediction)[0]),
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give everything as arrays, to be stored."""
        return {
            "roots": self.roots.astype(np.int32),
            "feature": self.feature.astype(np.int16),
            "threshold": self.threshold,
            "left": self.left.astype(np.int32),
            "right": self.right.astype(np.int32),
            "value": self.value,
            "baseline": np.array([self.baseline]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Trees:
        """Take everything from arrays that were stored.

        Raises:
            ValueError: A node leads nowhere.
        """
        nodes = len(arrays["feature"])
        for name in ("roots", "left", "right"):
            if not ((arrays[name] >= 0) & (arrays[name] < nodes)).all():
                raise ValueError(f"{name} of the trees point outside of {nodes} nodes")
        return cls(
            roots=arrays["roots"].astype(np.int64),
            feature=arrays["feature"].astype(np.int64),
            threshold=arrays["threshold"].astype(np.float64),
            left=arrays["left"].astype(np.int64),
            right=arrays["right"].astype(np.int64),
            value=arrays["value"].astype(np.float64),
            baseline=float(arrays["baseline"][0]),
        )
