"""Tools of others, each as it is used in the field, at its own threshold and without a clean reference."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.errors import ConfigError
from marshtest.evaluation.stress.protocol import Flagged, Tool
from marshtest.stats.arrays import Ints

__all__ = ["PEERS", "Cleanlab", "Neighbours"]


class _LabelledOnly:
    """What the peers share: they look for labels that go against the text."""

    name: str
    version: str

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse what has not two labels with five records each: there is nothing to cross-validate."""
        counts = dataset.labels.values()
        return None if len(counts) > 1 and min(counts) >= 5 else "it needs two labels with five records each"

    def _columns(self, dataset: Dataset) -> tuple[list[str], Any, Ints]:
        """Give ids, texts as TF-IDF of words and pairs of words, and labels as numbers."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        table = dataset.table(["record_id", "prompt", "label"])
        names = sorted(dataset.labels)
        labels = np.array([names.index(label) for label in table["label"].to_pylist()], np.int64)
        vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        return table["record_id"].to_pylist(), vectorizer.fit_transform(table["prompt"].to_pylist()), labels


class Cleanlab(_LabelledOnly):
    """Label issues of cleanlab, on cross-validated probabilities of logistic regression over TF-IDF."""

    name = "cleanlab"

    def __init__(self) -> None:
        if importlib.util.find_spec("cleanlab") is None:
            raise ConfigError("cleanlab is not installed and no part of marshtest; try `pip install cleanlab`.")
        self.version = importlib.metadata.version("cleanlab")

    def examine(self, dataset: Dataset, *, seed: int) -> Flagged:
        """Flag what cleanlab calls a label issue, with its own defaults."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import StratifiedKFold, cross_val_predict

        find_label_issues = importlib.import_module("cleanlab.filter").find_label_issues
        ids, features, labels = self._columns(dataset)
        folds = StratifiedKFold(5, shuffle=True, random_state=seed % 2**32)
        model = LogisticRegression(max_iter=1000, C=10.0)
        chances = cross_val_predict(model, features, labels, cv=folds, method="predict_proba")
        issues = find_label_issues(labels, chances, return_indices_ranked_by="self_confidence", n_jobs=1)
        return Flagged(records=frozenset(ids[int(index)] for index in issues))


class Neighbours(_LabelledOnly):
    """Records most of whose ten nearest neighbours have one other label."""

    name = "neighbours"
    version = "1"

    def examine(self, dataset: Dataset, *, seed: int) -> Flagged:  # noqa: ARG002  nothing in it is random
        """Flag records of which at least eight of the ten nearest by cosine have another label."""
        from sklearn.neighbors import NearestNeighbors

        ids, features, labels = self._columns(dataset)
        near = min(10, len(ids) - 1)
        _, found = NearestNeighbors(n_neighbors=near, metric="cosine").fit(features).kneighbors()
        other = (labels[found] != labels[:, None]).sum(axis=1)
        return Flagged(records=frozenset(ids[int(index)] for index in np.flatnonzero(other >= 0.8 * near)))


PEERS: dict[str, Callable[[], Tool]] = {"cleanlab": Cleanlab, "neighbours": Neighbours}
