"""What the report says of a cheap judge's misses, by a better judge's audit."""

from __future__ import annotations

from marshtest.judges.asking.cascade import Missed
from marshtest.report import MissedBound

__all__ = ["missed_bound"]

_DOUBT = 0.05


def missed_bound(detector: str, question: str, missed: Missed) -> MissedBound:
    """Bound what the cheap judge missed: exact, one-sided, and zero doubt where every record was audited.

    The audit draws without replacement, so the bound is the hypergeometric one: the greatest number of suspicious
    records with which so few would turn up in one of twenty audits.

    Args:
        detector: Who asked.
        question: What was asked.
        missed: What the audit found.
    """
    from scipy.stats import hypergeom

    low, high = missed.found, missed.rest - (missed.audited - missed.found)
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeom.cdf(missed.found, missed.rest, middle, missed.audited) >= _DOUBT:
            low = middle
        else:
            high = middle - 1
    return MissedBound(
        detector=detector,
        question=question,
        passed=missed.rest,
        audited=missed.audited,
        missed=missed.found,
        at_most=low,
    )
