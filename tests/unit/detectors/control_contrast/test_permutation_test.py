"""Swapping the sides gives exact p-values, for all features together and corrected for single ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from marshtest.detectors.control_contrast.permutation_test import PermutationTest, permutation_test
from marshtest.detectors.control_contrast.residuals import paired_residuals


def swapped(suspect: list[list[int]], control: list[list[int]], named: int | None = None) -> PermutationTest:
    """Test pairs of answers, one per row, in features by column."""
    residuals = paired_residuals(
        sparse.csr_matrix(np.array(suspect, float)), sparse.csr_matrix(np.array(control, float)), 3
    )
    return permutation_test(residuals, seed=0, swaps=9999, most_entries=1000, named=named)


@pytest.mark.parametrize("pairs", [4, 6, 8])
def test_a_feature_of_one_side_alone_has_the_p_value_of_the_sign_test(pairs: int) -> None:
    found = swapped([[1]] * pairs, [[0]] * pairs)
    assert found.p == pytest.approx(2 / 2**pairs, rel=0.2)
    assert found.corrected.tolist() == [pytest.approx(found.p)]


def test_two_answers_are_too_few_to_test_a_feature_and_three_are_not() -> None:
    assert len(swapped([[1]] * 2 + [[0]] * 5, [[0]] * 7).columns) == 0
    assert len(swapped([[1]] * 3 + [[0]] * 5, [[0]] * 8).columns) == 1


def test_equal_sides_have_a_p_value_of_one() -> None:
    found = swapped([[1, 0]] * 9, [[1, 0]] * 9)
    assert (found.p, found.excess) == (1.0, 0.0)


def test_features_without_a_name_add_to_the_sum_and_are_not_tested_by_themselves() -> None:
    suspect, control = [[1, 1]] * 8, [[0, 0]] * 8
    assert swapped(suspect, control).corrected.tolist() == [pytest.approx(2 / 2**8, rel=0.3)] * 2
    assert swapped(suspect, control, named=1).corrected[1] == 1.0


def test_of_a_large_table_an_even_choice_of_rows_is_tested() -> None:
    residuals = paired_residuals(sparse.csr_matrix(np.ones((12, 1))), sparse.csr_matrix((12, 1)), 3)
    p_values = [permutation_test(residuals, seed=0, swaps=9999, most_entries=entries).p for entries in (12, 11)]
    assert p_values == [pytest.approx(2 / 2**12, rel=0.9), pytest.approx(2 / 2**6, rel=0.2)]


def test_a_direction_of_other_records_is_tested_exactly_and_joins_the_others() -> None:
    residuals = paired_residuals(sparse.csr_matrix(np.eye(10)), sparse.csr_matrix(np.zeros((10, 10))), 1)
    found = permutation_test(residuals, seed=0, swaps=9999, most_entries=1000, guided=np.ones(10))
    assert found.guided_p == pytest.approx(1 / 2**10, rel=0.5)
    assert found.guided_p is not None
    assert found.p <= 4 * found.guided_p + 1e-9


def test_p_values_are_uniform_where_the_sides_are_alike_whatever_the_direction() -> None:
    rng = np.random.default_rng(0)
    p_values = []
    for seed in range(200):
        suspect, control = (sparse.csr_matrix((rng.random((40, 12)) < 0.3).astype(float)) for _ in range(2))
        residuals = paired_residuals(suspect, control, 3)
        found = permutation_test(residuals, seed=seed, swaps=99, most_entries=10_000, guided=rng.normal(size=40))
        p_values.append(found.p)
    assert sum(p <= 0.05 for p in p_values) <= 17  # 10 are expected; 18 or more have a chance of .013
    assert sum(p <= 0.5 for p in p_values) >= 80
