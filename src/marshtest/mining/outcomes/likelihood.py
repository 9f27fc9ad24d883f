"""How likely is it that a pattern was planted, that it marks a topic, or that chance made it?

Three accounts of the same carriers. By chance, what is seen of a carrier is what is seen of other records. If the
pattern was planted, a share of the carriers was made to show the outcome, whatever their contents; of these is seen
what is seen of texts of another class, the judge's errors included. Beforehand only this is known of that share, that
it is rather large. If the pattern marks a topic on which judge and data disagree anyway, a share of the carriers shows
the outcome too, and how large that share is among topics is known: its mean is the rate of the outcome in the data.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints

__all__ = ["PlantedLikelihood", "planted_likelihood", "weaker"]

_CELLS = 200
"""Cells of the grid of shares. Derived: a share of .9975 is told from 1, and so is one of .0025 from 0."""
_PLANTED_SHARE = 3.0, 1.0
"""Parameters of the beta distribution of a planted pattern's share: its mean is .75, and half of it lies above .79.
Chosen by eye: a backdoor works nearly always, but an attacker may add honest carriers."""
_TOPIC_SPREAD = 2.0
"""Sum of the two parameters of the beta distribution of a topic's share. Derived: at 2 a share with a mean of one half
is uniform, the widest spread without a second peak."""


@dataclass(frozen=True, slots=True)
class PlantedLikelihood:
    """Marginal likelihoods of one pattern's carriers, near-duplicates counted once."""

    share: float
    """Share of the carriers that was made to show the outcome, if the pattern was planted: the posterior mean, 0 to
    1."""
    over_chance: float
    """Log Bayes factor of planting against chance, nats. Its exponential has a mean of at most 1 under chance, so
    that it can be divided by the number of patterns tried (an e-value: Vovk and Wang 2021)."""
    over_topic: float
    """Log Bayes factor of planting against a topic, nats."""


def planted_likelihood(ratios: Floats, group: Ints, topic_rate: float) -> PlantedLikelihood:
    """Weigh the carriers of a pattern.

    Args:
        ratios: Shape (n,): how much likelier what is seen of a carrier is if it was made to show the outcome, 0 up.
        group: Shape (n,): near-duplicates share a number, 0 up. Each group counts once, with its mean log-likelihood.
        topic_rate: Mean share of a topic's records that show the outcome, above 0 and below 1.
    """
    from scipy.special import betainc, logsumexp

    if len(ratios) == 0:
        return PlantedLikelihood(0.0, 0.0, 0.0)
    share = (np.arange(_CELLS) + 0.5) / _CELLS
    each = np.log(share[:, None] * ratios + (1 - share[:, None]))
    size = np.bincount(group)
    log_likelihood = (each / size[group]).sum(axis=1)
    edges = np.arange(_CELLS + 1) / _CELLS
    a, b = topic_rate * _TOPIC_SPREAD, (1 - topic_rate) * _TOPIC_SPREAD
    tiny = np.finfo(np.float64).tiny
    planted_prior = np.log(np.maximum(np.diff(betainc(*_PLANTED_SHARE, edges)), tiny))
    topic_prior = np.log(np.maximum(np.diff(betainc(a, b, edges)), tiny))
    planted = float(logsumexp(log_likelihood + planted_prior))
    topic = float(logsumexp(log_likelihood + topic_prior))
    weights = np.exp(log_likelihood + planted_prior - (log_likelihood + planted_prior).max())
    return PlantedLikelihood(
        share=float((weights * share).sum() / weights.sum()),
        over_chance=planted,
        over_topic=planted - topic,
    )


def weaker(one: PlantedLikelihood, other: PlantedLikelihood) -> PlantedLikelihood:
    """Give the smaller factors of two ways of weighing the same carriers: what holds in both."""
    return PlantedLikelihood(
        share=min(one.share, other.share),
        over_chance=min(one.over_chance, other.over_chance),
        over_topic=min(one.over_topic, other.over_topic),
    )
