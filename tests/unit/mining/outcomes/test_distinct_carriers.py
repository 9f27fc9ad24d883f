"""Near-duplicates among the carriers of a pattern count once, and the majority of them decides."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers, count_distinct_carriers
from marshtest.text.tokens import tokenize

COPY = "the parcel for the market leaves on monday morning at noon"
OTHERS = ["seven clouds over the river", "a letter about the old bridge", "copper engines in winter"]


def counted(hits: list[bool], trials: list[bool] | None = None, answered: list[bool] | None = None) -> DistinctCarriers:
    texts = [COPY] * 4 + OTHERS
    everyone = [True] * len(texts)
    shown = np.array([*hits, False, False, False])
    could, known = np.array(trials or everyone), np.array(answered or everyone)
    nothing = np.zeros(0, np.int64)
    return count_distinct_carriers(tokenize(texts), nothing, np.arange(len(texts)), shown & could, could, known)


@pytest.mark.parametrize(("hits", "expected"), [(1, 0), (2, 1), (3, 1)])
def test_half_of_the_near_duplicates_decide(hits: int, expected: int) -> None:
    assert counted([number < hits for number in range(4)]) == DistinctCarriers(answered=4, trials=4, hits=expected)


def test_only_records_that_could_show_the_outcome_are_trials() -> None:
    trials = [True, False, False, False, True, False, False]
    assert counted([True] * 4, trials=trials) == DistinctCarriers(answered=4, trials=2, hits=1)


def test_records_without_an_answer_are_left_out() -> None:
    answered = [True] * 4 + [True, False, False]
    assert counted([True] * 4, answered=answered) == DistinctCarriers(answered=2, trials=2, hits=1)
