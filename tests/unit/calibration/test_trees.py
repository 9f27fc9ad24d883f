"""Trees that were copied say what the model said that they are from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from tests.toy_likelihoods import stumps

from marshtest.calibration.trees import Trees
from marshtest.stats.arrays import Floats


def rows(count: int = 400) -> Floats:
    """Give rows of which the third column has few values, so that many lie on either side of one threshold."""
    random = np.random.default_rng(1)
    return np.column_stack([random.normal(size=count), random.uniform(size=count), random.integers(0, 5, count)])


def model(**changes: object) -> HistGradientBoostingClassifier:
    settings: dict[str, object] = {"max_iter": 20, "max_leaf_nodes": 6, "min_samples_leaf": 10, "random_state": 0}
    data = rows()
    answer = data[:, 0] + data[:, 2] + np.random.default_rng(2).normal(size=len(data)) > 2
    return HistGradientBoostingClassifier(**{**settings, **changes}).fit(data, answer)


def chain(length: int) -> Trees:
    """Give one tree whose leaf to the left is so many steps away."""
    nodes = np.arange(2 * length + 1)
    inner = nodes < length
    after = np.where(nodes == length - 1, length, nodes + 1)
    return Trees(
        roots=np.array([0]),
        feature=np.where(inner, 0, -1),
        threshold=np.zeros(len(nodes)),
        left=np.where(inner, after, 0),
        right=np.where(inner, length + 1 + nodes, 0) % len(nodes),
        value=np.where(inner, 0.0, 1.0),
        baseline=0.0,
    )


@pytest.mark.parametrize(
    "changes", [{}, {"max_iter": 1}, {"max_leaf_nodes": 2}, {"monotonic_cst": [1, 0, -1]}], ids=str
)
def test_the_log_odds_are_those_of_the_model(changes: dict[str, object]) -> None:
    learned = model(**changes)
    assert Trees.of(learned)(rows(900)) == pytest.approx(learned.decision_function(rows(900)), abs=1e-9)


def test_rows_on_a_threshold_go_where_the_model_sends_them() -> None:
    learned = model()
    trees = Trees.of(learned)
    inner = trees.feature >= 0
    on = np.repeat(rows(1), inner.sum(), axis=0)
    on[np.arange(len(on)), trees.feature[inner]] = trees.threshold[inner]
    assert trees(on) == pytest.approx(learned.decision_function(on), abs=1e-9)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, -2.0), (np.nextafter(0.5, 1), 3.0), (-np.inf, -2.0), (np.inf, 3.0)], ids=str
)
def test_values_up_to_a_threshold_go_left(value: float, expected: float) -> None:
    assert stumps((0, 0.5, -2.0, 3.0))(np.array([[value]])).tolist() == [expected]


def test_trees_and_the_baseline_add_up() -> None:
    trees = stumps((0, 0.5, -2.0, 3.0), (1, 0.0, 10.0, 20.0), baseline=0.25)
    assert trees(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])).tolist() == [8.25, 13.25, 23.25]


def test_no_rows_have_no_log_odds_and_no_trees_say_the_baseline() -> None:
    assert stumps((0, 0.5, -2.0, 3.0))(np.zeros((0, 1))).shape == (0,)
    assert stumps(baseline=0.25)(np.zeros((2, 1))).tolist() == [0.25, 0.25]


def test_what_was_stored_is_what_was_learned() -> None:
    trees = Trees.of(model())
    again = Trees.from_arrays(trees.arrays())
    assert again(rows(900)).tolist() == trees(rows(900)).tolist()
    for name, value in trees.arrays().items():
        assert again.arrays()[name].tolist() == value.tolist()


def test_trees_of_63_steps_end_and_longer_ones_are_refused() -> None:
    assert chain(63)(np.array([[-1.0], [1.0]])).tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="do not end"):
        chain(64)(np.array([[-1.0]]))


def test_trees_that_go_round_are_refused() -> None:
    round_trip = replace(stumps((0, 0.5, -2.0, 3.0)), left=np.zeros(3, np.int64))
    assert round_trip(np.array([[1.0]])).tolist() == [3.0]
    with pytest.raises(ValueError, match="do not end"):
        round_trip(np.array([[0.0]]))


@pytest.mark.parametrize("name", ["roots", "left", "right"])
def test_stored_trees_that_point_outside_are_refused(name: str) -> None:
    arrays = stumps((0, 0.5, -1.0, 1.0)).arrays()
    arrays[name] = arrays[name] + len(arrays["feature"])
    with pytest.raises(ValueError, match=name):
        Trees.from_arrays(arrays)
