"""Significance tests, and their correction for many hypotheses."""

from __future__ import annotations

import numpy as np

from marshtest.stats.arrays import Floats, Ints

__all__ = ["benjamini_hochberg", "binomial_test", "binomial_tests", "fisher_exact"]


def binomial_test(hits: int, trials: int, rate: float) -> float:
    """Give the one-sided p-value of the binomial test.

    Args:
        hits: Successes among the trials.
        trials: Independent trials.
        rate: Success rate under the null hypothesis, 0 to 1.

    Returns:
        The probability of at least `hits` successes, 0 to 1.
    """
    return float(binomial_tests(np.array([hits]), np.array([trials]), rate)[0])


def binomial_tests(hits: Ints, trials: Ints, rate: float) -> Floats:
    """Give the one-sided p-values of many binomial tests with one rate.

    Args:
        hits: Shape (n,): successes among the trials of each.
        trials: Shape (n,): independent trials.
        rate: Success rate under the null hypothesis, 0 to 1.

    Returns:
        Shape (n,): the probability of at least `hits` successes, 0 to 1.
    """
    from scipy.special import bdtrc

    return np.asarray(np.where(hits > 0, bdtrc(np.maximum(hits - 1, 0), trials, rate), 1.0), np.float64)


def fisher_exact(hits: int, drawn: int, marked: int, total: int) -> float:
    """Give the one-sided p-value of Fisher's exact test.

    It is the hypergeometric tail. The sum of logarithms stays exact far below the smallest p-value of `scipy.stats`.

    Args:
        hits: Marked items among those drawn.
        drawn: Items drawn without replacement.
        marked: Marked items in all.
        total: Items in all.

    Returns:
        The probability of at least `hits` marked items among those drawn, 0 to 1.
    """
    if hits <= max(0, drawn + marked - total):
        return 1.0
    if hits > min(drawn, marked):
        return 0.0
    count = np.arange(hits, min(drawn, marked) + 1, dtype=np.float64)
    logs = _log_choose(marked, count) + _log_choose(total - marked, drawn - count)
    logs = logs - _log_choose(total, np.array([float(drawn)]))
    return float(min(1.0, np.exp(logs).sum()))


def benjamini_hochberg(p_values: Floats, tried: int) -> Floats:
    """Give the q-values of p-values: the false discovery rate at each (Benjamini and Hochberg 1995).

    Args:
        p_values: Shape (n,): the smallest p-values.
        tried: Hypotheses tested, at least n; those whose p-value is not given count as p = 1.

    Returns:
        Shape (n,): q-values in the order of the p-values.
    """
    if len(p_values) == 0:
        return p_values
    order = np.argsort(p_values)
    raw = p_values[order] * tried / np.arange(1, len(p_values) + 1)
    adjusted = np.minimum(np.minimum.accumulate(raw[::-1])[::-1], 1.0)
    result = np.empty_like(adjusted)
    result[order] = adjusted
    return result


def _log_choose(of: int, take: Floats) -> Floats:
    """Give the natural logarithm of the binomial coefficient for each number taken; the same shape."""
    from scipy.special import betaln

    return np.asarray(-betaln(1 + of - take, 1 + take) - np.log1p(of), np.float64)
