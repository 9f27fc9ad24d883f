"""The chance of enrichment is that of the hypergeometric distribution."""

from __future__ import annotations

import pytest
from scipy.stats import hypergeom

from marshtest.stats.significance import fisher_exact


@pytest.mark.parametrize(
    ("hits", "drawn", "marked", "total"),
    [(1, 5, 5, 100), (8, 8, 4000, 5430), (3, 10, 30, 300), (32, 32, 40, 30_000), (5, 50, 50, 60), (2, 2, 2, 2)],
)
def test_it_is_the_hypergeometric_tail(hits: int, drawn: int, marked: int, total: int) -> None:
    expected = hypergeom.sf(hits - 1, total, marked, drawn)
    assert fisher_exact(hits, drawn, marked, total) == pytest.approx(expected, rel=1e-7)


def test_certain_and_impossible_counts() -> None:
    assert fisher_exact(0, 10, 10, 100) == 1.0
    assert fisher_exact(40, 50, 50, 60) == 1.0
    assert fisher_exact(11, 10, 20, 100) == 0.0
