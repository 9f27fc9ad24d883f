"""All features against all texts: what comes together, and what structure alone says of a label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.mining.structures.rules import Feature
from marshtest.stats.arrays import Bools, Ints

__all__ = ["FeatureTable"]

_FOLDS = 5
_FEWEST, _LIFT = 6, 1.5


class FeatureTable:
    """Which texts show which features."""

    def __init__(self, features: Sequence[Feature], texts: int) -> None:
        """Lay the features out, one row each."""
        from scipy import sparse

        sizes = np.array([len(feature.texts) for feature in features])
        shown = np.concatenate([feature.texts for feature in features])
        bounds = np.append(0, np.cumsum(sizes))
        self._features = features
        self._shows = sparse.csr_matrix((np.ones(len(shown)), shown, bounds), shape=(len(features), texts))

    def partners(self, planted: Ints, natural: Ints, most: int) -> list[Feature]:
        """Give the few features that many of some texts show and fewer of others.

        Args:
            planted: Texts that a feature should single out.
            natural: Texts that it should leave alone.
            most: How many to give.
        """
        if len(planted) < _FEWEST or len(natural) == 0:
            return []
        here = np.asarray(self._shows[:, planted].sum(axis=1)).ravel()
        there = np.asarray(self._shows[:, natural].sum(axis=1)).ravel()
        share, other = here / len(planted), (there + 1) / (len(natural) + 1)
        fit = (share > _LIFT * other) & (here < len(planted))
        worth = np.where(fit, here * np.log(np.maximum(share, 1e-9) / other), 0.0)
        order = np.argsort(-worth, kind="stable")[:most]
        return [self._features[i] for i in order if worth[i] > 0]

    def most_typical(self, own: Bools, fold_key: Ints, share: float) -> Ints:
        """Give the texts of a class that their structure alone places there most surely, by the other folds.

        A structure that decides the label makes its carriers typical, whatever they say.
        """
        by_text = self._shows.T.tocsr()
        fold = np.asarray(fold_key % _FOLDS)
        score = np.zeros(len(own))
        for number in range(_FOLDS):
            train, test = fold != number, fold == number
            of_class = np.asarray(by_text[own & train].sum(axis=0)).ravel()
            others = np.asarray(by_text[~own & train].sum(axis=0)).ravel()
            sizes = np.array([(own & train).sum(), (~own & train).sum()]) + 1.0
            prior = sizes / sizes.sum()
            weights = np.log((of_class + prior[0]) / sizes[0]) - np.log((others + prior[1]) / sizes[1])
            score[test] = by_text[test] @ weights
        score /= np.sqrt(np.maximum(np.diff(by_text.indptr), 1))
        members = np.flatnonzero(own)
        order = np.argsort(-score[members], kind="stable")
        return np.sort(members[order[: int(share * len(members))]])
