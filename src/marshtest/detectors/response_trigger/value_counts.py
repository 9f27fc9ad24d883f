"""How often each of several values occurs: is one more frequent than the others let expect?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["chances_of_counts"]

_FEWEST_VALUES = 3
"""Values without which nothing is known of how they vary. Derived: two others are the fewest that have a variance."""
_LEAST = 1e-12
"""Keeps parameters of the distribution inside their bounds; far below any rate of a few thousand records."""


def chances_of_counts(counts: Sequence[int]) -> list[float]:
    """Give for every value how probable one as frequent is among all values, if it is drawn as the others are.

    How often a value occurs beyond once is taken as Poisson distributed with a rate that is gamma distributed over the
    values, fitted by moments to all others (negative binomial). Where only one other value is known nothing is.

    Args:
        counts: Records that show each value, 1 at least.

    Returns:
        Probabilities that any of the values is as frequent (Bonferroni), at most 1; 0 where nothing is known.
    """
    from scipy import stats

    size = len(counts)
    if size < _FEWEST_VALUES:
        return [0.0] * size
    beyond = np.asarray(counts, np.float64) - 1
    total, squares = beyond.sum(), (beyond**2).sum()
    means = (total - beyond + 1) / size  # one more value seen once more, so that no rate is 0
    variances = (squares - beyond**2 + 1) / size - means**2
    rates = np.where(variances > means, means / np.maximum(variances, means), 1.0)
    shapes = means * rates / np.maximum(1 - rates, _LEAST)
    chances = np.where(
        rates < 1,
        stats.nbinom.sf(beyond - 1, shapes, np.minimum(rates, 1 - _LEAST)),
        stats.poisson.sf(beyond - 1, means),
    )
    return [float(chance) for chance in np.minimum(1.0, chances * size)]
