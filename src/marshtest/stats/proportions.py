"""Proportions: hits among trials, with their confidence intervals.

Two intervals for two uses. A bound that must hold whatever the true rate is, such as that of a false-alarm rate, is the
exact one of Clopper and Pearson (1934), which covers more than its nominal level. Proportions shown to a reader have
the interval of Wilson (1927), whose coverage is right on average.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Proportion", "clopper_pearson", "clopper_pearson_upper", "predicted_upper", "wald_lower"]

_Z_TWO_SIDED = 1.96
"""97.5% quantile of the standard normal distribution: a two-sided 95% interval."""
_UPPER = 0.975
"""Quantile at the upper end of a two-sided 95% interval."""
_Z_ONE_SIDED = 1.645
"""95% quantile of the standard normal distribution: a one-sided 95% bound."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Hits among trials."""

    hits: int
    trials: int

    @property
    def value(self) -> float | None:
        """The proportion itself, 0 to 1; None without trials."""
        return self.hits / self.trials if self.trials else None

    @property
    def interval(self) -> tuple[float, float]:
        """The two-sided 95% interval of Wilson (1927); 0 to 1 without trials."""
        if not self.trials:
            return 0.0, 1.0
        share, spread = self.hits / self.trials, _Z_TWO_SIDED**2 / self.trials
        centre = share + spread / 2
        width = _Z_TWO_SIDED * np.sqrt(share * (1 - share) / self.trials + spread / (4 * self.trials))
        low, high = (centre - width) / (1 + spread), (centre + width) / (1 + spread)
        return float(max(0.0, low)), float(min(1.0, high))

    def __str__(self) -> str:
        """Write it with its interval, as a sentence needs it."""
        low, high = self.interval
        return f"{self.hits:,} of {self.trials:,} (95% interval {low:.0%} to {high:.0%})"


def clopper_pearson(hits: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Give the exact two-sided confidence interval of a proportion (Clopper and Pearson 1934).

    With no hits the upper end is about 3.7 / trials at 95%.

    Args:
        hits: Successes among the trials.
        trials: Independent trials, 0 or more.
        level: Confidence level, 0 to 1.

    Returns:
        Lower and upper end, 0 to 1; 0 and 1 without trials.

    Raises:
        ValueError: There are more hits than trials, or fewer than none.
    """
    from scipy.special import betaincinv

    if not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials")
    rest = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, trials - hits + 1, rest))
    high = 1.0 if hits == trials else float(betaincinv(hits + 1, trials - hits, 1 - rest))
    return low, high


def clopper_pearson_upper(hits: int, trials: int, level: float = 0.95) -> float:
    """Give the exact one-sided upper bound of a proportion (Clopper and Pearson 1934).

    Args:
        hits: Successes among the trials.
        trials: Independent trials, 0 or more.
        level: Confidence level, 0 to 1.

    Returns:
        The bound, 0 to 1; 1 without trials.
    """
    from scipy.special import betaincinv

    return 1.0 if hits >= trials else float(betaincinv(hits + 1, trials - hits, level))


def predicted_upper(hits: int, trials: int, further: int) -> int:
    """Give the upper end of the two-sided 95% prediction interval of the hits among further trials of the same rate.

    Unlike the interval of a rate it covers chance in the further trials too: with very many known trials and few
    further ones that is nearly all of it. It is the quantile of the beta-binomial distribution under the prior of
    Jeffreys, for independent trials.

    Args:
        hits: Successes among the known trials.
        trials: Known trials.
        further: Further trials.
    """
    from scipy.stats import betabinom

    return int(betabinom.ppf(_UPPER, further, hits + 0.5, trials - hits + 0.5))


def wald_lower(hits: float, trials: float) -> float:
    """Give the one-sided lower 95% bound of a proportion by the normal approximation.

    Half a hit and half a miss are added. For few trials it is narrower than an exact bound, so it serves to rank and to
    cut, never as a published error rate.

    Args:
        hits: Successes; may be fractional.
        trials: Trials; may be fractional.

    Returns:
        The bound, at most 1; it may fall below 0.
    """
    share = (hits + 0.5) / (trials + 1)
    return float(share - _Z_ONE_SIDED * np.sqrt(share * (1 - share) / (trials + 1)))
