"""A cheap judge on every record, a better one on what that finds suspicious and on an audit of the rest."""

from __future__ import annotations

from random import Random

import numpy as np

from marshtest.arrays import Bools, Ints
from marshtest.report import MissedBound

__all__ = ["AUDITED", "audit_rows", "missed_bound"]

AUDITED = 300
"""Records that the better judge looks at among those that the cheap one passed."""


def audit_rows(suspicious: Bools, answered: Bools, seed: int) -> tuple[Ints, Ints]:
    """Choose what the better judge looks at.

    Args:
        suspicious: Shape (N,): what the cheap judge found suspicious.
        answered: Shape (N,): what it answered.
        seed: Decides the audit.

    Returns:
        The suspicious records and the audited ones, both rising.
    """
    passed = np.flatnonzero(answered & ~suspicious)
    drawn = Random(f"{seed}/audit").sample(passed.tolist(), min(AUDITED, len(passed)))
    return np.flatnonzero(suspicious), np.array(sorted(drawn), np.int64)


def missed_bound(detector: str, question: str, *, passed: int, audited: int, missed: int) -> MissedBound:
    """Bound what the cheap judge missed (Clopper and Pearson 1934, one-sided).

    Args:
        detector: Who asked.
        question: What was asked.
        passed: Records that the cheap judge passed.
        audited: Those of them that the better judge answered about.
        missed: Those of these that it found suspicious.
    """
    from scipy.special import betaincinv

    share = 1.0 if missed >= audited else float(betaincinv(missed + 1, audited - missed, 0.95))
    return MissedBound(
        detector=detector,
        question=question,
        passed=passed,
        audited=audited,
        missed=missed,
        at_most=int(np.ceil(share * passed)),
    )
