"""Do some records have a mark more often than the rest? Numbers in, numbers out."""

from __future__ import annotations

import numpy as np

from marshtest.arrays import Floats

__all__ = ["enrichment"]


def enrichment(hits: int, drawn: int, marked: int, total: int) -> float:
    """Give the probability of at least `hits` marked ones among `drawn` of `total`, of which `marked` are marked.

    The draw is without replacement (hypergeometric): Fisher's exact test, one-sided.
    """
    if hits <= max(0, drawn + marked - total):
        return 1.0
    if hits > min(drawn, marked):
        return 0.0
    count = np.arange(hits, min(drawn, marked) + 1, dtype=np.float64)
    logs = _ways(marked, count) + _ways(total - marked, drawn - count) - _ways(total, np.array([float(drawn)]))
    return float(min(1.0, np.exp(logs).sum()))


def _ways(of: int, take: Floats) -> Floats:
    """Give the logarithm of the number of ways to take so many of so many."""
    from scipy.special import betaln

    return np.asarray(-betaln(1 + of - take, 1 + take) - np.log1p(of), np.float64)
