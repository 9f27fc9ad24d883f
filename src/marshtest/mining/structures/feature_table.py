"""The matrix of features by texts: which features appear together, and which texts are typical of a class by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from marshtest.mining.structures.label_rules import Feature
from marshtest.mining.structures.settings import LabelRuleSettings
from marshtest.stats.arrays import Bools, Ints

__all__ = ["FeatureTable"]

_LEAST_SHARE = 1e-9
"""Keeps the logarithm of a share that is 0 finite; such a feature is never a partner."""


class FeatureTable:
    """Which texts show which features."""

    def __init__(self, features: Sequence[Feature], texts: int) -> None:
        """Make the matrix, one row for each feature.

        Args:
            features: At least one feature.
            texts: Number of texts, N.
        """
        from scipy import sparse

        sizes = np.array([len(feature.texts) for feature in features])
        shown = np.concatenate([feature.texts for feature in features])
        bounds = np.append(0, np.cumsum(sizes))
        self._features = features
        self._shows = sparse.csr_matrix((np.ones(len(shown)), shown, bounds), shape=(len(features), texts))

    def partners(self, planted: Ints, natural: Ints, settings: LabelRuleSettings) -> list[Feature]:
        """Find features that many of some texts show and fewer of others, by the log-likelihood ratio of the former.

        Args:
            planted: Texts that a feature should single out.
            natural: Texts that it should not include.
            settings: How many features, and how many more texts must show them.

        Returns:
            The features, the most telling first.
        """
        if len(planted) < settings.fewest_contradicting or len(natural) == 0:
            return []
        here = np.asarray(self._shows[:, planted].sum(axis=1)).ravel()
        there = np.asarray(self._shows[:, natural].sum(axis=1)).ravel()
        share, other = here / len(planted), (there + 1) / (len(natural) + 1)
        fit = (share > settings.partner_lift * other) & (here < len(planted))
        ratio = np.where(fit, here * np.log(np.maximum(share, _LEAST_SHARE) / other), 0.0)
        order = np.argsort(-ratio, kind="stable")[: settings.partners]
        return [self._features[i] for i in order if ratio[i] > 0]

    def most_typical(self, own: Bools, fold_key: Ints, share: float, folds: int) -> Ints:
        """Give the texts that are most typical of a class by their structure alone.

        A structure that decides the label makes its carriers typical, whatever they say. The score is that of naive
        Bayes on features, out of fold.

        Args:
            own: Shape (N,): whether a text is labelled with the class.
            fold_key: Shape (N,): equal for equal texts.
            share: Share of the class to give, 0 to 1.
            folds: Number of folds.

        Returns:
            Texts of the class, rising.
        """
        by_text = self._shows.T.tocsr()
        fold = np.asarray(fold_key % folds)
        score = np.zeros(len(own))
        for number in range(folds):
            train, test = fold != number, fold == number
            of_class = np.asarray(by_text[own & train].sum(axis=0)).ravel()
            others = np.asarray(by_text[~own & train].sum(axis=0)).ravel()
            sizes = np.array([(own & train).sum(), (~own & train).sum()]) + 1.0
            prior = sizes / sizes.sum()
            weights = np.log((of_class + prior[0]) / sizes[0]) - np.log((others + prior[1]) / sizes[1])
            score[test] = by_text[test] @ weights
        # Long texts have more features, and the sum of their weights grows with the root of their number by chance.
        score /= np.sqrt(np.maximum(np.diff(by_text.indptr), 1))
        members = np.flatnonzero(own)
        order = np.argsort(-score[members], kind="stable")
        return np.sort(members[order[: int(share * len(members))]])
