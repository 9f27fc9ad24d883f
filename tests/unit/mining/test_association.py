"""How an outcome is spread over carriers, and which patterns are one claim."""

from __future__ import annotations

import numpy as np
import pytest

from marshtest.mining.association import claim_families, exact_members, jaccard, log_likelihood_ratio, purity
from marshtest.mining.outcomes.distinct_carriers import DistinctCarriers
from marshtest.stats.arrays import Ints
from marshtest.stats.proportions import wald_lower


def distinct(hits: int, answered: int) -> DistinctCarriers:
    """Make carriers that are all distinct."""
    return DistinctCarriers(answered=answered, trials=answered, hits=hits)


def test_purity_is_the_lower_bound_of_the_share_of_answered_carriers() -> None:
    assert purity(DistinctCarriers(answered=8, trials=7, hits=6)) == wald_lower(6, 8)


@pytest.mark.parametrize(
    ("hits", "answered", "rate"), [(3, 8, 0.1), (1, 8, 0.5), (1, 1, 0.25), (8, 8, 0.25), (0, 8, 0.25)]
)
def test_the_ratio_is_that_of_two_binomial_likelihoods(hits: int, answered: int, rate: float) -> None:
    share = hits / answered
    own, elsewhere = (one**hits * (1 - one) ** (answered - hits) for one in (share, rate))
    assert log_likelihood_ratio(distinct(hits, answered), rate) == pytest.approx(np.log(own / elsewhere), abs=1e-6)


def test_without_an_answer_there_is_no_evidence() -> None:
    assert log_likelihood_ratio(distinct(0, 0), 0.3) == 0.0


def test_pure_carriers_count_where_the_rest_is_nearly_pure_too() -> None:
    assert log_likelihood_ratio(distinct(4, 4), 0.5) == pytest.approx(4 * np.log(2))
    assert np.isfinite(log_likelihood_ratio(distinct(3, 4), 1 - 1e-15))


SETS = {"a": [1, 2, 3], "b": [2, 3], "c": [7], "d": [3, 7], "e": [7, 8]}


def rows(name: str) -> Ints:
    return np.array(SETS[name], np.int64)


def test_a_pattern_joins_the_first_leader_it_is_one_claim_with() -> None:
    seen: list[tuple[int, int, int]] = []

    def is_same(shared: int, own: int, leader: int) -> bool:
        seen.append((shared, own, leader))
        return shared >= 1

    assert claim_families(list("abcde"), rows, is_same) == [["a", "b", "d"], ["c", "e"]]
    assert seen[0] == (2, 2, 3)
    assert (1, 2, 3) in seen


@pytest.mark.parametrize(("least", "expected"), [(0.75, ["x", "y"]), (0.76, ["x"])])
def test_members_have_the_hits_of_the_leader_and_nearly_its_carriers(least: float, expected: list[str]) -> None:
    carriers = {"x": [1, 2, 3], "y": [1, 2, 3, 4], "w": [1, 2, 3]}
    hits = {"x": [1, 2], "y": [1, 2], "w": [1]}

    def members(names: str) -> list[str]:
        return exact_members(list(names), lambda one: np.array(hits[one]), lambda one: np.array(carriers[one]), least)

    assert members("xwy") == expected
    assert members("wxy") == ["w"]


def test_the_similarity_of_two_sets() -> None:
    assert jaccard(np.array([1, 2, 3]), np.array([2, 3, 4])) == 0.5
    assert jaccard(np.array([1]), np.array([2])) == 0.0
    assert jaccard(np.array([1, 2]), np.array([1, 2])) == 1.0
