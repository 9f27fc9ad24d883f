"""Which criteria are worth asking of every record? Those whose own records already show an outcome come first.

Reading brings more criteria than anybody would pay to check. Ranking uses only the records that were named for a
criterion, which lie in the half that it was read out of. The test is made on the other half, so ranking does not touch
it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.mining.outcomes.outcomes import Outcome
from marshtest.stats.arrays import Ints
from marshtest.stats.significance import binomial_test

__all__ = ["ranked"]


def ranked(criteria: Sequence[Criterion], outcomes: Sequence[Outcome], rows: Ints) -> list[Criterion]:
    """Give the criteria, those whose named records show an outcome least by chance first; then the most frequent.

    Args:
        criteria: In any order.
        outcomes: What a judge said of the records, in the order of the texts.
        rows: Shape (N,): the row of each text.
    """
    place = np.zeros(int(rows.max()) + 1, np.int64)
    place[rows] = np.arange(len(rows))

    def chance(criterion: Criterion) -> float:
        named = place[list(criterion.rows)]
        counts = [(int(one.hit[named].sum()), int(one.trial[named].sum()), one.rate_without(named)) for one in outcomes]
        return min((binomial_test(*one) for one in counts), default=1.0)

    return sorted(criteria, key=lambda one: (chance(one), -len(one.rows), one.half, one.question))
