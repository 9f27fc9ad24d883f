"""How a calibrated likelihood is learned: across datasets, each group of them scored by what had not seen it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.calibration.likelihood import NEIGHBOURS, CalibratedLikelihood, standing
from marshtest.calibration.trees import Trees
from marshtest.settings import Settings
from marshtest.stats.arrays import Bools, Floats, Ints

__all__ = ["CalibrationTable", "Jackknife", "LearningSettings"]

_QUANTILES = 254
"""Values that are told apart in a column. Derived: scikit-learn's trees tell 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningSettings(Settings):
    """How the trees are grown and weighed."""

    trees: int = 150
    """Number of trees. Convention."""
    rate: float = 0.08
    """Learning rate. Convention."""
    leaves: int = 8
    """Most leaves of a tree. Convention: three questions in a row."""
    fewest_in_leaf: int = 30
    """Fewest candidates in a leaf. Convention."""
    penalty: float = 5.0
    """L2 penalty of the leaves. Convention."""
    clean_weight: float = 3.0
    """Weight of the candidates of a clean dataset, those of a poisoned copy having 1. Chosen by eye: three to four
    copies of each set are planted."""
    families: int = 10
    """Families of each dataset that the weights of standing out are learned from, the strongest. Convention: weaker
    ones decide nothing."""


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """All candidates of one dataset, clean or with poison that somebody planted."""

    group: str
    """Where the dataset is from; groups are left out as a whole."""
    attack: str | None
    """The family of the planted poison; None for a clean dataset."""
    features: Floats
    """Shape (n, columns)."""
    family: Ints
    """Shape (n,): candidates that claim the same records share a number, 0 up."""
    planted: Bools
    """Shape (n,): whether the candidate is the poison. One that is partly the poison is neither planted nor natural."""
    natural: Bools
    """Shape (n,): whether it has nothing to do with the poison."""


@dataclass(frozen=True, slots=True)
class Jackknife:
    """Calibration tables, each scored by trees that had not seen its group."""

    kind: str
    features: tuple[str, ...]
    signs: tuple[int, ...]
    """For each feature 1 if it can only speak for poison as it rises, -1 if only against it, else 0."""
    tables: tuple[CalibrationTable, ...]
    outside: tuple[Floats, ...]
    """Log odds of the candidates of each table."""
    settings: LearningSettings

    @classmethod
    def of(
        cls,
        kind: str,
        tables: Sequence[CalibrationTable],
        directions: Mapping[str, int],
        settings: LearningSettings = LearningSettings(),
    ) -> Jackknife:
        """Grow trees without each group in turn.

        Args:
            kind: The kind of candidate.
            tables: Clean and poisoned datasets of at least two groups.
            directions: The features by name, in the order of the columns: 1 for those that can only speak for poison as
                they rise, -1 for those that can only speak against it, else 0. Signs keep the trees from learning the
                quirks of single datasets.
            settings: How trees are grown.
        """
        signs = list(directions.values())
        outside: list[Floats] = [np.zeros(0)] * len(tables)
        for group in sorted({table.group for table in tables}):
            trees = _grow([table for table in tables if table.group != group], signs, settings)
            for number, table in enumerate(tables):
                if table.group == group and len(table.features):
                    outside[number] = trees(np.nan_to_num(table.features))
        return cls(kind, tuple(directions), tuple(signs), tuple(tables), tuple(outside), settings)

    def likelihood(self, groups: Sequence[str] = (), attacks: Sequence[str] = ()) -> CalibratedLikelihood:
        """Learn a likelihood; the samples that it is held against are scored with their group left out.

        What is left out besides is in no tree of the likelihood and in neither sample. But the log odds of the tables
        that are kept come from trees that had seen it: the limits know it at second hand.

        Args:
            groups: Groups of datasets to leave out as well: of the trees, and of both samples.
            attacks: Families of attacks to leave out in the same way.
        """
        kept = [
            number
            for number, table in enumerate(self.tables)
            if table.group not in groups and (table.attack is None or table.attack not in attacks)
        ]
        tables, outside = [self.tables[i] for i in kept], [self.outside[i] for i in kept]
        naturals = [odds[table.natural] for odds, table in zip(outside, tables, strict=True)]
        floor = float(np.median(np.concatenate(naturals)))
        clean, planted = _samples(tables, outside, floor, self.settings)
        weights, intercept = _weigh(tables, outside, floor, self.settings)
        return CalibratedLikelihood(
            kind=self.kind,
            features=self.features,
            trees=_grow(tables, self.signs, self.settings),
            floor=floor,
            weights=weights,
            intercept=intercept,
            clean=np.sort(clean),
            planted=np.sort(planted),
        )


def _samples(
    tables: Sequence[CalibrationTable], outside: Sequence[Floats], floor: float, settings: LearningSettings
) -> tuple[list[float], list[float]]:
    """Score the strongest candidate of each clean table, and the planted one of each other, without their group."""
    clean, planted = [], []
    for group in sorted({table.group for table in tables}):
        others = [number for number, table in enumerate(tables) if table.group != group]
        weights, intercept = _weigh([tables[i] for i in others], [outside[i] for i in others], floor, settings)
        for odds, table in zip(outside, tables, strict=True):
            if table.group != group:
                continue
            score = intercept + standing(odds, table.family, floor) @ weights
            if table.attack is None:
                clean.append(float(score.max(initial=-np.inf)))
            else:
                planted.append(float(score[table.planted].max(initial=-np.inf)))
    return clean, planted


def _grow(tables: Sequence[CalibrationTable], signs: Sequence[int], settings: LearningSettings) -> Trees:
    """Grow trees; every dataset weighs the same, however many candidates it has."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    rows, answers, weights = [], [], []
    for table in tables:
        for chosen, answer in ((table.planted, 1), (table.natural, 0)):
            number = int(chosen.sum())
            if number:
                rows.append(np.nan_to_num(table.features[chosen]))
                answers.append(np.full(number, answer))
                weights.append(np.full(number, (settings.clean_weight if table.attack is None else 1.0) / number))
    weight = np.concatenate(weights)
    model = HistGradientBoostingClassifier(
        max_iter=settings.trees,
        learning_rate=settings.rate,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.fewest_in_leaf,
        l2_regularization=settings.penalty,
        monotonic_cst=list(signs),
        early_stopping=False,
        random_state=0,
    )
    every = _coarse(np.concatenate(rows), weight)
    model.fit(every, np.concatenate(answers), sample_weight=weight * len(weight) / weight.sum())
    return Trees.of(model)


def _coarse(rows: Floats, weight: Floats) -> Floats:
    """Move the values of each column to the nearest of its weighted quantiles.

    Trees ask where a value lies among as many quantiles, so they lose nothing; scikit-learn would find these one by
    one, which took five sixths of the time.
    """
    coarse = np.empty_like(rows)
    levels = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    for number, column in enumerate(rows.T):
        order = np.argsort(column, kind="stable")
        cumulated = np.cumsum(weight[order])
        place = np.searchsorted(cumulated, levels * cumulated[-1])
        values = np.unique(column[order[np.minimum(place, len(order) - 1)]])
        coarse[:, number] = values[np.searchsorted((values[1:] + values[:-1]) / 2, column)]
    return coarse


def _weigh(
    tables: Sequence[CalibrationTable], odds: Sequence[Floats], floor: float, settings: LearningSettings
) -> tuple[Floats, float]:
    """Learn how much standing out counts, by logistic regression over the strongest candidate of each family."""
    from sklearn.linear_model import LogisticRegression

    rows, answers, weights = [np.zeros((0, 1 + len(NEIGHBOURS)))], list[Bools](), list[Floats]()
    for table, mine in zip(tables, odds, strict=True):
        leaders = _leaders(mine, table.family)[: settings.families]
        leaders = leaders[table.planted[leaders] | table.natural[leaders]]
        rows.append(standing(mine, table.family, floor)[leaders])
        answers.append(table.planted[leaders])
        weights.append(np.full(len(leaders), settings.clean_weight if table.attack is None else 1.0))
    model = LogisticRegression(C=10.0)
    model.fit(np.concatenate(rows), np.concatenate(answers), sample_weight=np.concatenate(weights))
    # More log odds, and standing out further, never speak against poison.
    return np.maximum(model.coef_[0], 0.0), float(model.intercept_[0])


def _leaders(odds: Floats, family: Ints) -> Ints:
    """Give the strongest candidate of each family, the strongest family first."""
    order = np.argsort(-odds, kind="stable")
    _, first = np.unique(family[order], return_index=True)
    return order[np.sort(first)]
