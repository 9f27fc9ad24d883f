"""What the report says of a cheap judge's misses, by a better judge's audit."""

from __future__ import annotations

import math

from marshtest.asking.cascade import Missed
from marshtest.report import MissedBound

__all__ = ["missed_bound"]


def missed_bound(detector: str, question: str, missed: Missed) -> MissedBound:
    """Bound what the cheap judge missed (Clopper and Pearson 1934, one-sided).

    Args:
        detector: Who asked.
        question: What was asked.
        missed: What the audit found.
    """
    from scipy.special import betaincinv

    share = (
        1.0
        if missed.found >= missed.audited
        else float(betaincinv(missed.found + 1, missed.audited - missed.found, 0.95))
    )
    return MissedBound(
        detector=detector,
        question=question,
        passed=missed.rest,
        audited=missed.audited,
        missed=missed.found,
        at_most=math.ceil(share * missed.rest),
    )
