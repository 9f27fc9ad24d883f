"""A likelihood is learned from datasets with known poison, and each group of them is judged by the others alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.toy_likelihoods import stumps

from marshtest.calibration import learning
from marshtest.calibration.learning import CalibrationTable, Jackknife, LearningSettings
from marshtest.calibration.likelihood import CalibratedLikelihood
from marshtest.calibration.trees import Trees
from marshtest.stats.arrays import Floats

SETTINGS = LearningSettings(trees=10, fewest_in_leaf=5)
NAMES = ("true", "quirk")
GROUPS = ("a", "b", "c")


def table(group: str, attack: str | None, seed: int, *, quirk: bool = False) -> CalibrationTable:
    """Give 40 candidates, each a family; the poison, if any, is the first.

    It stands out by its first feature, or by the second where the group has a quirk.
    """
    features = np.random.default_rng(seed).normal(size=(40, 2))
    planted = np.zeros(40, np.bool_)
    if attack is not None:
        planted[0] = True
        features[0] = (0.0, 8.0) if quirk else (8.0, 0.0)
    return CalibrationTable(group, attack, features, np.arange(40), planted, ~planted)


def tables(quirk: str = "") -> list[CalibrationTable]:
    return [
        table(group, attack, 10 * place + number, quirk=group == quirk)
        for place, group in enumerate(GROUPS)
        for number, attack in enumerate([None, None, *["word"] * 6])
    ]


def learned(these: Sequence[CalibrationTable] | None = None, **directions: int) -> CalibratedLikelihood:
    known = tables() if these is None else these
    return Jackknife.of("toy", known, dict.fromkeys(NAMES, 0) | directions, SETTINGS).likelihood()


def odds(likelihood: CalibratedLikelihood, rows: list[tuple[float, float]]) -> Floats:
    values = np.array(rows)
    return likelihood.log_odds({"true": values[:, 0], "quirk": values[:, 1]})


def test_what_was_planted_is_told_from_what_is_natural() -> None:
    one = learned()
    assert (len(one.clean), len(one.planted)) == (6, 18)
    assert one.planted.min() > one.clean.max()
    planted, natural = odds(one, [(8.0, 0.0), (0.0, 8.0)])
    assert planted > 0 > natural


def test_samples_rise_and_nothing_speaks_against_standing_out() -> None:
    one = learned()
    assert one.clean.tolist() == sorted(one.clean)
    assert one.planted.tolist() == sorted(one.planted)
    assert (one.weights >= 0).all()
    assert one.weights.max() > 0


def test_the_floor_is_that_of_an_ordinary_natural_candidate() -> None:
    one = learned()
    assert one.floor == pytest.approx(float(np.median(odds(one, [(0.0, 0.0), (0.5, 0.5), (-0.5, -0.5)]))), abs=2)
    assert one.floor < 0


def test_a_feature_speaks_only_in_its_direction() -> None:
    rising = [(value, 0.0) for value in np.linspace(-3, 9, 60).tolist()]
    assert (np.diff(odds(learned(true=1), rising)) >= 0).all()
    against = odds(learned(true=-1), rising)
    assert (np.diff(against) <= 0).all()
    # The poison has exactly 0 as its second feature, which tells it as well; so that is asked elsewhere.
    far = [(9.0, 0.5)]
    assert odds(learned(true=1), far)[0] > odds(learned(true=-1), far)[0]


def test_the_same_tables_give_the_same_likelihood() -> None:
    one, other = learned().arrays(), learned().arrays()
    assert {name: value.tolist() for name, value in one.items()} == {
        name: value.tolist() for name, value in other.items()
    }


def test_what_marks_the_poison_of_one_group_alone_does_not_help_that_group() -> None:
    with_quirk = learned(tables(quirk="a"))
    at_home = odds(with_quirk, [(0.0, 8.0)])[0]
    away = learned([one for one in tables(quirk="a") if one.group != "a"])
    assert at_home > 0 > odds(away, [(0.0, 8.0)])[0]
    # The six of the group with the quirk are the only ones that do not stand out from clean data.
    assert (with_quirk.planted <= with_quirk.clean.max()).sum() == 6


def test_no_group_is_scored_by_what_was_learned_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    grown: list[set[str]] = []
    weighed: list[set[str]] = []

    def grow(these: Sequence[CalibrationTable], signs: Sequence[int], settings: LearningSettings) -> Trees:
        grown.append({one.group for one in these})
        # Says which call it was: 1, 2, 3 for the groups that were left out.
        return stumps(baseline=float(len(grown)))

    def weigh(
        these: Sequence[CalibrationTable], odds: Sequence[Floats], floor: float, settings: LearningSettings
    ) -> tuple[Floats, float]:
        weighed.append({one.group for one in these})
        assert [len(one) for one in odds] == [len(one.features) for one in these]
        return np.array([1.0, 0.0, 0.0]), 100.0 * len(weighed)

    monkeypatch.setattr(learning, "_grow", grow)
    monkeypatch.setattr(learning, "_weigh", weigh)
    one = learned()
    left_out = [{"b", "c"}, {"a", "c"}, {"a", "b"}, set(GROUPS)]
    assert grown == left_out
    assert weighed == left_out
    assert one.clean.tolist() == [101.0] * 2 + [202.0] * 2 + [303.0] * 2
    assert one.planted.tolist() == [101.0] * 6 + [202.0] * 6 + [303.0] * 6
    assert (one.trees.baseline, one.intercept, one.floor) == (4.0, 400.0, 2.0)


def test_datasets_without_a_candidate_have_the_lowest_score() -> None:
    nothing = CalibrationTable("a", None, np.zeros((0, 2)), np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0, bool))
    one = learned([*tables(), nothing, replace(nothing, attack="word")])
    assert (one.clean[0], one.planted[0]) == (-np.inf, -np.inf)
    assert np.isfinite(one.clean[1:]).all()
    assert np.isfinite(one.planted[1:]).all()


def test_what_is_neither_planted_nor_natural_teaches_nothing() -> None:
    # The second candidate of each poisoned copy reads like the poison; called natural, it would speak against it.
    partly, natural = [], []
    for one in tables():
        features, is_natural = one.features.copy(), one.natural.copy()
        if one.attack is not None:
            features[1:8], is_natural[1:8] = (8.0, 0.0), False
        partly.append(replace(one, features=features, natural=is_natural))
        natural.append(replace(one, features=features, natural=~one.planted))
    assert odds(learned(partly), [(8.0, 0.0)])[0] > odds(learned(natural), [(8.0, 0.0)])[0]


def test_a_dataset_weighs_as_much_as_another_however_many_candidates_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Floats] = {}

    class Model:
        def __init__(self, **settings: object) -> None:
            pass

        def fit(self, rows: Floats, answers: Floats, sample_weight: Floats) -> None:
            seen["rows"], seen["answers"], seen["weights"] = rows, answers, sample_weight

    monkeypatch.setattr("sklearn.ensemble.HistGradientBoostingClassifier", Model)
    monkeypatch.setattr(Trees, "of", lambda model: stumps())
    clean, poisoned = table("a", None, 1), table("b", "word", 2)
    few = replace(clean, features=clean.features[:10], planted=np.zeros(10, bool), natural=np.ones(10, bool))
    learning._grow([clean, few, poisoned], [0, 0], SETTINGS)
    weights = seen["weights"]
    # 40 natural ones, 10 natural ones, the poison, and the 39 natural ones beside it.
    parts = [float(part.sum()) for part in np.split(weights, [40, 50, 51])]
    assert np.array(parts) / parts[2] == pytest.approx([3.0, 3.0, 1.0, 1.0])
    assert weights.mean() == pytest.approx(1.0)
    assert np.flatnonzero(seen["answers"]).tolist() == [50]


def test_groups_and_attacks_that_are_left_out_are_in_neither_sample() -> None:
    mixed = [replace(one, attack="phrase") if number % 8 == 7 else one for number, one in enumerate(tables())]
    jackknife = Jackknife.of("toy", mixed, dict.fromkeys(NAMES, 0), SETTINGS)
    sizes = [
        (len(one.clean), len(one.planted))
        for one in (
            jackknife.likelihood(),
            jackknife.likelihood(groups=["a"]),
            jackknife.likelihood(attacks=["phrase"]),
            jackknife.likelihood(groups=["a"], attacks=["phrase"]),
        )
    ]
    assert sizes == [(6, 18), (4, 12), (6, 15), (4, 10)]


def test_trees_are_grown_without_what_is_left_out() -> None:
    jackknife = Jackknife.of("toy", tables(quirk="a"), dict.fromkeys(NAMES, 0), SETTINGS)
    assert odds(jackknife.likelihood(), [(0.0, 8.0)])[0] > 0 > odds(jackknife.likelihood(["a"]), [(0.0, 8.0)])[0]


def test_trees_are_grown_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """The weights that are shipped were grown so; a change to a default is one to what the next ones say."""
    asked: dict[str, object] = {}

    class Model:
        def __init__(self, **settings: object) -> None:
            asked.update(settings)

        def fit(self, rows: Floats, answers: Floats, sample_weight: Floats) -> None:
            assert np.isfinite(rows).all()

    monkeypatch.setattr("sklearn.ensemble.HistGradientBoostingClassifier", Model)
    monkeypatch.setattr(Trees, "of", lambda model: stumps())
    learning._grow([table("a", None, 1), table("b", "word", 2)], [1, 0], LearningSettings())
    assert asked == {
        "max_iter": 150,
        "learning_rate": 0.08,
        "max_leaf_nodes": 8,
        "min_samples_leaf": 30,
        "l2_regularization": 5.0,
        "monotonic_cst": [1, 0],
        "early_stopping": False,
        "random_state": 0,
    }


def test_standing_out_is_learned_from_the_strongest_candidates_of_ten_families(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of twelve families of two the second two are partly poison; those after the tenth are left out."""
    seen: dict[str, Floats] = {}

    class Model:
        coef_ = np.array([[1.0, -2.0, 3.0]])
        intercept_ = np.array([0.25])

        def __init__(self, **settings: object) -> None:
            assert settings == {"C": 10.0}

        def fit(self, rows: Floats, answers: Floats, sample_weight: Floats) -> None:
            seen.update(rows=rows, answers=answers, weights=sample_weight)

    monkeypatch.setattr("sklearn.linear_model.LogisticRegression", Model)
    odds = np.arange(24.0)[::-1]
    family = np.repeat(np.arange(12), 2)
    planted, natural = np.arange(24) < 2, np.arange(24) >= 4
    poisoned = CalibrationTable("a", "word", np.zeros((24, 2)), family, planted, natural)
    clean = CalibrationTable("b", None, np.zeros((24, 2)), family, planted & False, natural | True)
    weights, intercept = learning._weigh([poisoned, clean], [odds, odds], -1.0, LearningSettings())
    assert (weights.tolist(), intercept) == ([1.0, 0.0, 3.0], 0.25)
    assert seen["rows"][:, 0].tolist() == [23.0, *range(19, 3, -2), *range(23, 3, -2)]
    assert seen["rows"][0].tolist() == [23.0, 2.0, 12.0]
    assert seen["answers"].tolist() == [True] + [False] * 18
    assert seen["weights"].tolist() == [1.0] * 9 + [3.0] * 10
