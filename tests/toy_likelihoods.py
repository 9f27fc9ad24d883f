"""Likelihoods made by hand, so that a test knows what they say without any that were learned."""

from __future__ import annotations

import numpy as np

from marshtest.calibration.likelihood import NEIGHBOURS, CalibratedLikelihood
from marshtest.calibration.shipped import Calibration
from marshtest.calibration.trees import Trees
from marshtest.detectors.near_duplicates.claims import CLAIM_DIRECTIONS
from marshtest.mining.phrases.evidence_lines import FEATURES

__all__ = ["copies_by_hand", "made_likelihood", "spans_by_hand", "stumps", "weighed_by_hand"]

ALONE = (1.0, *[0.0] * len(NEIGHBOURS))
"""Weights under which a score is the log odds alone."""


def stumps(*questions: tuple[int, float, float, float], baseline: float = 0.0) -> Trees:
    """Give trees of one question each: a column, its threshold, and what is added up to it and beyond it."""
    count = len(questions)
    roots = 3 * np.arange(count)
    feature = np.full(3 * count, -1)
    threshold, value = np.zeros(3 * count), np.zeros(3 * count)
    left, right = np.zeros(3 * count, np.int64), np.zeros(3 * count, np.int64)
    for root, (column, limit, low, high) in zip(roots.tolist(), questions, strict=True):
        feature[root], threshold[root], left[root], right[root] = column, limit, root + 1, root + 2
        value[root + 1], value[root + 2] = low, high
    return Trees(roots, feature, threshold, left, right, value, baseline)


def made_likelihood(**changes: object) -> CalibratedLikelihood:
    """Give one of two features, of which only the first counts: 2 above 0.5, -2 up to it."""
    facts: dict[str, object] = {
        "kind": "toy",
        "features": ("first", "second"),
        "trees": stumps((0, 0.5, -2.0, 2.0)),
        "floor": -2.0,
        "weights": np.array(ALONE),
        "intercept": 0.0,
        "clean": np.linspace(-3.0, -1.0, 150),
        "planted": np.full(150, 2.0),
    }
    return CalibratedLikelihood(**{**facts, **changes})  # type: ignore[arg-type]


def spans_by_hand(**changes: object) -> CalibratedLikelihood:
    """Give one of spans by which contents, purity and likelihood ratio must all speak for poison.

    A span that has all of it, and turns labels one way only, scores 4 to 5.
    """
    column = FEATURES.index
    trees = stumps(
        (column("content"), 0.5, -2.0, 1.0),
        (column("label_share"), 0.8, -2.0, 1.0),
        (column("likelihood_ratio"), 2.0, -2.0, 1.0),
        (column("turned_back"), 2.0, 1.0, -2.0),
        # A little more for every bit of content, so that few candidates are equal.
        *((column("content"), limit, 0.0, 0.01) for limit in np.linspace(0.5, 1.5, 101).tolist()),
    )
    facts: dict[str, object] = {
        "kind": "span",
        "features": FEATURES,
        "trees": trees,
        "floor": -8.0,
        "clean": np.linspace(-8.0, 1.0, 150),
        "planted": np.full(150, 4.0),
    }
    return made_likelihood(**{**facts, **changes})


def weighed_by_hand(**changes: object) -> Calibration:
    """Give a calibration of spans alone."""
    return Calibration({"span": spans_by_hand(**changes)}, "", "by hand")


def copies_by_hand(clean: float) -> Calibration:
    """Give a calibration of decisive words alone, by which a pure word scores 4.

    Args:
        clean: Score of the strongest word of every clean dataset.
    """
    facts: dict[str, object] = {
        "kind": "decisive-word",
        "features": tuple(CLAIM_DIRECTIONS),
        "trees": stumps((list(CLAIM_DIRECTIONS).index("purity"), 0.95, 0.0, 4.0)),
        "clean": np.full(150, clean),
        "planted": np.full(150, 4.0),
    }
    return Calibration({"decisive-word": made_likelihood(**facts)}, "", "by hand")
