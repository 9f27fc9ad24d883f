"""How sure a share is that was counted on a sample."""

from __future__ import annotations

__all__ = ["clopper_pearson"]


def clopper_pearson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Give the exact two-sided interval of a share (Clopper and Pearson 1934); 0 to 1 when nothing was tried.

    With no hits the upper bound is about 3.7 / trials at 95 %.
    """
    from scipy.special import betaincinv

    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials")
    rest = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, rest))
    high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - rest))
    return low, high
