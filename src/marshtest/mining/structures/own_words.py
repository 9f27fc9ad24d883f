"""Do some texts have contents of their own?

A source or a topic brings words that no other records have. Nobody who has read only those can say what the words mean
for the label, so that contents seem to leave it open. A rewriting of ordinary records brings few such words.
"""

from __future__ import annotations

import numpy as np

from marshtest.mining.structures.left_out import LeftOut
from marshtest.stats.arrays import Ints

__all__ = ["share_of_own_words"]

_TIMES = 5.0


def share_of_own_words(model: LeftOut, texts: Ints) -> float:
    """Give the mean share of the content words of some texts that are five times as frequent there as in other classes.

    What is frequent is told from the texts of other folds, so that a word of one text alone is nothing of its own.

    Args:
        model: Knows the words of all texts, and those of the class and of others by fold.
        texts: Texts of the class.
    """
    fold, words = model.folded.fold[texts], model.words[texts]
    sizes = np.bincount(model.folded.fold[model.known & ~model.own], minlength=len(model.counts))
    shares = np.zeros(len(texts))
    for number in np.unique(fold):
        held, size = fold == number, int(sizes.sum() - sizes[number])
        here = np.asarray(words[~held].sum(axis=0)).ravel() / max(int((~held).sum()), 1)
        there = np.maximum(model.other - model.counts[number, 1], 0.5) / (size + 1)
        shares[held] = words[held] @ (here >= _TIMES * there).astype(float)
    return float((shares / np.maximum(np.diff(words.indptr), 1)).mean())
