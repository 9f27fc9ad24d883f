"""What the contents of a pattern's carriers say together, near-duplicates counted once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.evidence import EvidenceCurve, log_chance_of_sum, planted_fraction

__all__ = ["Strength", "likely_planted", "weigh_evidence"]

_LARGEST = 30.0
"""Nats above which evidence is cut before it is exponentiated: e^30 settles every comparison and does not overflow."""


@dataclass(frozen=True, slots=True)
class Strength:
    """The evidence of distinct carriers with the label for another class."""

    distinct: int
    """Carriers with the label that are no near-duplicates of one another."""
    effect: float
    """Content effect: mean evidence of the distinct carriers; 1 is what genuine records of other classes have."""
    effect_error: float
    """Standard error of the content effect if the carriers were genuine records of other classes."""
    fraction: float
    """Most likely share of carriers that are planted, 0 to 1."""
    log_likelihood_ratio: float
    """Log-likelihood ratio of that share against none, nats."""
    p_value: float
    """Probability that as many texts of the label's own class give this evidence."""


def weigh_evidence(evidence: Floats, group: Ints, honest: int, curve: EvidenceCurve) -> Strength:
    """Add up the evidence of carriers with the label.

    Args:
        evidence: Shape (n,): evidence of each carrier with the label, nats.
        group: Shape (n,): near-duplicates share a number, 0 up. Each group counts once, with its mean evidence.
        honest: Number of carriers with another label.
        curve: The curve that the evidence was read from.
    """
    distinct = int(group.max()) + 1
    each = np.bincount(group, evidence) / np.bincount(group)
    # Carriers with another label are scaled as those with the label are, since their copies are not looked for.
    fraction, log_likelihood_ratio = planted_fraction(each, honest * distinct / len(evidence))
    total = float(each.sum())
    log_chance = log_chance_of_sum(total, distinct, curve.spread)
    return Strength(
        distinct=distinct,
        effect=float(each.mean() / curve.unit),
        effect_error=float(curve.deviation / np.sqrt(distinct) / curve.unit),
        fraction=fraction,
        log_likelihood_ratio=log_likelihood_ratio,
        # The chance is at most exp(-sum of the evidence). What carriers with another label take from the
        # log-likelihood ratio is given back here, so that they make the p-value larger.
        # In logs: with hundreds of carriers either factor leaves the range of a double.
        p_value=float(np.exp(min(0.0, log_chance + max(0.0, total - log_likelihood_ratio)))),
    )


def likely_planted(evidence: Floats, fraction: float) -> Bools:
    """Say which carriers with the label are more likely planted than natural; shape of `evidence`.

    Args:
        evidence: Shape (n,), nats.
        fraction: Share of all carriers that are planted, 0 to 1: the prior probability.
    """
    odds = fraction * np.exp(np.minimum(evidence, _LARGEST))
    return np.asarray(odds > 1 - fraction)
