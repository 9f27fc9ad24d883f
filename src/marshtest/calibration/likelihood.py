"""The calibrated likelihood: from the evidence lines of candidates to an estimated false-discovery rate.

A detector measures every candidate (a span, a structure, a behaviour) by some features that mean the same in every
dataset. Trees learned on other datasets, with poison planted into copies of them, turn features into log odds. Then the
dataset speaks for itself: what counts is how far a candidate stands out from the other candidates of its own dataset,
which are its natural ones. The score that comes of both is held against two samples from datasets that the trees had
not seen: the strongest candidate of every clean one, and the planted candidate of every poisoned one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from marshtest.calibration.trees import Trees
from marshtest.stats.arrays import Floats, Ints
from marshtest.stats.proportions import clopper_pearson_upper

__all__ = ["LEVEL", "NEIGHBOURS", "CalibratedLikelihood", "CalibratedVerdict", "DiscoveryRate", "standing"]

CalibratedVerdict = Literal["confirmed", "suggestive"]

LEVEL = 0.05
"""Most false-discovery rate of a finding. Convention: 5%."""
NEIGHBOURS = (1, 6)
"""Ranks of the other families that a family must stand out from. Chosen by eye: the strongest other one, and the sixth,
since one attack may have up to five triggers."""
_SURE = 0.95
"""Level of the one-sided bounds of a rate. Convention."""


@dataclass(frozen=True, slots=True)
class DiscoveryRate:
    """How often a finding this strong is false."""

    false_alarm: float
    """Share of clean datasets with a candidate as strong, one more counted than were seen, 0 to 1."""
    false_alarm_below: float
    """Upper 95% bound of the share of clean datasets with a candidate as strong (Clopper and Pearson 1934)."""
    rate: float
    """Estimated false-discovery rate if every second dataset is poisoned, 0 to 1."""
    below: float
    """The same with the upper bound of the false alarms and the lower bound of what is found."""

    @property
    def verdict(self) -> CalibratedVerdict | None:
        """Confirmed where the bound of the rate is low enough, suggestive where only its estimate is."""
        if self.below <= LEVEL:
            return "confirmed"
        return "suggestive" if self.rate <= LEVEL else None


@dataclass(frozen=True, slots=True)
class CalibratedLikelihood:
    """What was learned about one kind of candidate."""

    kind: str
    """The kind of candidate, e.g. `span`."""
    features: tuple[str, ...]
    """Names of the features, in the order of the trees' columns."""
    trees: Trees
    floor: float
    """Log odds that missing families are given: those of an ordinary natural candidate."""
    weights: Floats
    """Shape (1 + number of NEIGHBOURS,): weight of the log odds, and of the distance to each of these neighbours."""
    intercept: float
    clean: Floats
    """Shape (C,): highest score of each clean dataset, rising; by trees and weights that had not seen its group."""
    planted: Floats
    """Shape (P,): score of the planted candidate of each poisoned dataset, rising; minus infinity where it was none."""

    def log_odds(self, features: Mapping[str, Floats]) -> Floats:
        """Weigh candidates by what was learned on other datasets alone.

        Args:
            features: Shape (n,) of each feature, by its name; NaN counts as 0.

        Returns:
            Shape (n,): log odds of being planted.

        Raises:
            KeyError: A feature is missing.
        """
        columns = [np.nan_to_num(np.asarray(features[name], np.float64)) for name in self.features]
        return self.trees(np.column_stack(columns)) if len(columns[0]) else np.zeros(0)

    def scores(self, log_odds: Floats, family: Ints) -> Floats:
        """Weigh candidates among those of their own dataset.

        Args:
            log_odds: Shape (n,): of all candidates of one dataset.
            family: Shape (n,): candidates that claim the same records share a number, 0 up.

        Returns:
            Shape (n,).
        """
        return np.asarray(self.intercept + standing(log_odds, family, self.floor) @ self.weights)

    def rates(self, scores: Floats) -> list[DiscoveryRate]:
        """Say how often findings this strong are false: the least rate of any limit that each passes, as for q-values.

        Args:
            scores: Shape (n,).
        """
        # The number of clean datasets falls just above each clean score: at these limits alone a rate can be least.
        limits = np.append(-np.inf, np.unique(self.clean[np.isfinite(self.clean)]))
        passed = len(self.clean) - np.searchsorted(self.clean, limits, "right")
        found = len(self.planted) - np.searchsorted(self.planted, limits, "right")
        estimate, bound = _rate(passed, len(self.clean), found, len(self.planted))
        least_estimate, least_bound = np.minimum.accumulate(estimate), np.minimum.accumulate(bound)
        result = []
        for score in scores.tolist():
            # A limit is passed by what lies above it.
            place = max(int(np.searchsorted(limits, score, "left")) - 1, 0)
            alarms = len(self.clean) - int(np.searchsorted(self.clean, score, "left"))
            result.append(
                DiscoveryRate(
                    false_alarm=(alarms + 1) / (len(self.clean) + 1),
                    false_alarm_below=clopper_pearson_upper(alarms, len(self.clean), _SURE),
                    rate=float(least_estimate[place]),
                    below=float(least_bound[place]),
                )
            )
        return result

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give everything as arrays, to be stored."""
        return {
            **self.trees.arrays(),
            "kind": np.array([self.kind]),
            "features": np.array(self.features),
            "floor": np.array([self.floor]),
            "weights": self.weights,
            "intercept": np.array([self.intercept]),
            "clean": self.clean,
            "planted": self.planted,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> CalibratedLikelihood:
        """Take everything from arrays that were stored.

        Raises:
            ValueError: They do not fit together.
        """
        if arrays["feature"].max(initial=-1) >= len(arrays["features"]):
            raise ValueError("the trees ask for features that have no name")
        if arrays["weights"].shape != (1 + len(NEIGHBOURS),):
            raise ValueError(f"{len(arrays['weights'])} weights are not {1 + len(NEIGHBOURS)}")
        return cls(
            kind=str(arrays["kind"][0]),
            features=tuple(str(name) for name in arrays["features"]),
            trees=Trees.from_arrays(arrays),
            floor=float(arrays["floor"][0]),
            weights=arrays["weights"].astype(np.float64),
            intercept=float(arrays["intercept"][0]),
            clean=arrays["clean"].astype(np.float64),
            planted=arrays["planted"].astype(np.float64),
        )


def _rate(passed: Ints, clean: int, found: Ints, planted: int) -> tuple[Floats, Floats]:
    """Give the false-discovery rate and its upper bound at some limits, if every second dataset is poisoned.

    One false alarm more is counted than was seen, and at least one planted candidate as found.
    """
    alarms, share = (passed + 1) / (clean + 1), np.maximum(found, 1) / (planted + 1)
    most = np.array([clopper_pearson_upper(int(count), clean, _SURE) for count in passed])
    missed = np.array([clopper_pearson_upper(planted - int(count), planted, _SURE) for count in found])
    return alarms / (alarms + share), most / np.maximum(most + 1 - missed, np.finfo(np.float64).tiny)


def standing(log_odds: Floats, family: Ints, floor: float) -> Floats:
    """Say how far candidates stand out from the other families of their dataset.

    Args:
        log_odds: Shape (n,).
        family: Shape (n,): candidates of one family share a number, 0 up.
        floor: Log odds of families that are missing.

    Returns:
        Shape (n, 1 + number of NEIGHBOURS): the log odds, and their distances to the neighbours.
    """
    if len(log_odds) == 0:
        return np.zeros((0, 1 + len(NEIGHBOURS)))
    best = np.full(int(family.max()) + 1, -np.inf)
    np.maximum.at(best, family, log_odds)
    padded = np.concatenate([np.maximum(best, floor), np.full(max(NEIGHBOURS), floor)])
    falling = np.argsort(-padded, kind="stable")
    place = np.empty(len(padded), np.int64)
    place[falling] = np.arange(len(padded))
    ranked = padded[falling]
    columns = [log_odds]
    for rank in NEIGHBOURS:
        # Of the others, the one of this rank: one further down for families that stand before it themselves.
        other = np.where(place[family] < rank, rank, rank - 1)
        columns.append(log_odds - ranked[other])
    return np.column_stack(columns)
