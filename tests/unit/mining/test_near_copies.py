"""Carriers that are near-duplicates share a number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from marshtest.mining.near_copies import NearCopySettings, near_duplicates

CLOSE, APART = np.array([0.5, np.sqrt(0.75)]), np.array([0.49, np.sqrt(1 - 0.49**2)])


def rows(*vectors: list[float]) -> object:
    return sparse.csr_matrix(np.array(vectors))


@pytest.mark.parametrize(("second", "expected"), [(CLOSE, [0, 0]), (APART, [0, 1])], ids=["cosine .5", "cosine .49"])
def test_texts_with_a_cosine_of_a_half_are_near_duplicates(second: np.ndarray, expected: list[int]) -> None:
    features = rows([1.0, 0.0], second.tolist())
    assert near_duplicates(features, np.arange(2)).tolist() == expected


def test_the_least_similarity_is_that_of_the_settings() -> None:
    features = rows([1.0, 0.0], APART.tolist())
    assert near_duplicates(features, np.arange(2), NearCopySettings(similarity=0.49)).tolist() == [0, 0]


def test_a_text_joins_the_first_group_whose_first_text_it_is_like() -> None:
    features = rows([1.0, 0.0], [0.0, 1.0], [np.sqrt(0.5), np.sqrt(0.5)])
    assert near_duplicates(features, np.arange(3)).tolist() == [0, 1, 0]


def test_only_the_given_texts_are_compared() -> None:
    features = rows([1.0, 0.0], [0.0, 1.0], [1.0, 0.0])
    assert near_duplicates(features, np.array([2, 0])).tolist() == [0, 0]


@pytest.mark.parametrize(("most", "expected"), [(3, [0, 0, 0]), (2, [0, 1, 2])])
def test_more_texts_than_can_be_compared_are_all_distinct(most: int, expected: list[int]) -> None:
    features = rows([1.0, 0.0], [1.0, 0.0], [1.0, 0.0])
    assert near_duplicates(features, np.arange(3), NearCopySettings(most_compared=most)).tolist() == expected


def test_later_groups_keep_their_members() -> None:
    features = rows([1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0])
    assert near_duplicates(features, np.arange(5)).tolist() == [0, 1, 1, 0, 1]


@pytest.mark.parametrize(("texts", "groups"), [(3_000, 1), (3_001, 3_001)])
def test_by_default_up_to_3000_texts_are_compared(texts: int, groups: int) -> None:
    features = sparse.csr_matrix(np.ones((texts, 1), np.float32))
    assert len(set(near_duplicates(features, np.arange(texts)).tolist())) == groups
