"""What does the text say once a span is taken out of it?

A cross-fitted linear model on words and word pairs scores every text by models that have not seen it. Because the model
is linear, the share of every token in the score is known, and with running sums any span can be taken out of any text
in constant time: without that a trigger, which the other folds have learned, would vouch for its own label.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marshtest.arrays import Bools, Floats, Ints
from marshtest.features.tokens import END, Tokens

__all__ = ["ContentModel", "fit_content_model"]


_FOLDS = 5
_INVERSE_REGULARISATION = 4.0


@dataclass(frozen=True, slots=True)
class _Shares:
    """Running sums of every token's share in its text's score, and of the features that it accounts for."""

    single: Floats
    pair: Floats
    single_count: Floats
    pair_count: Floats
    total: Floats
    count: Floats

    def opposite(self) -> _Shares:
        """Give the shares in the score of the other class."""
        return replace(self, single=-self.single, pair=-self.pair, total=-self.total)


@dataclass(frozen=True, slots=True)
class ContentModel:
    """Out-of-fold scores of `N` texts for one class, and how to take spans out of them."""

    bias: Floats
    """Shape (N,): the intercept of the model that scored each text."""
    features: Any
    """Sparse (N, F), rows of unit length: the words and word pairs of each text."""
    whole: _Shares
    """Shares of all tokens."""
    words: _Shares
    """Shares of words alone: for spans that hold punctuation, all punctuation is left out of the content."""

    def opposite(self) -> ContentModel:
        """Give the model of the rest against the class: of two classes only one has to be fitted."""
        return replace(self, bias=-self.bias, whole=self.whole.opposite(), words=self.words.opposite())

    def score(self, *, words_only: bool = False) -> Floats:
        """Give the log odds of the class for every text, nothing taken out; shape (N,)."""
        shares = self.words if words_only else self.whole
        return self.bias + shares.total / np.sqrt(np.maximum(shares.count, 1.0))

    def score_without(
        self, place: Ints, order: int, pair: Ints, text: Ints, *, words_only: Bools | bool = False
    ) -> Floats:
        """Give the log odds of the class for texts with all their occurrences of an n-gram taken out.

        Args:
            place: Shape (P,): first token of each occurrence.
            order: Length of the n-gram in tokens.
            pair: Shape (P,): which (n-gram, text) pair the occurrence belongs to, 0 to C - 1.
            text: Shape (C,): the text of each pair.
            words_only: Whether to leave all punctuation out, for all pairs or by pair, shape (C,).
        """
        whole = self._without(self.whole, place, order, pair, text)
        if words_only is False:
            return whole
        return np.where(words_only, self._without(self.words, place, order, pair, text), whole)

    def _without(self, shares: _Shares, place: Ints, order: int, pair: Ints, text: Ints) -> Floats:
        # occurrences in rising order within each pair: one that touches or overlaps the one before is cut short
        rising = np.argsort(pair, kind="stable")
        place, pair = place[rising], pair[rising]
        end = place + order
        covered = np.zeros_like(place)
        covered[1:] = np.where(pair[1:] == pair[:-1], end[:-1], 0)
        start, before = np.maximum(place, covered), np.maximum(np.maximum(place - 1, 0), covered)
        share = shares.single[end] - shares.single[start] + shares.pair[end] - shares.pair[before]
        count = shares.single_count[end] - shares.single_count[start]
        count += shares.pair_count[end] - shares.pair_count[before]
        share = np.bincount(pair, share, minlength=len(text)).astype(np.float64, copy=False)
        count = np.bincount(pair, count, minlength=len(text)).astype(np.float64, copy=False)
        return self.bias[text] + (shares.total[text] - share) / np.sqrt(np.maximum(shares.count[text] - count, 1.0))


def fit_content_model(tokens: Tokens, is_class: Bools, fold_key: Ints, *, masked: Collection[int] = ()) -> ContentModel:
    """Fit the model for one class against the rest.

    Args:
        tokens: The texts.
        is_class: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): texts with the same key land in the same fold (give equal texts equal keys).
        masked: Token ids that are no content in any text.
    """
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    texts, length, vocabulary = len(tokens), len(tokens.ids), len(tokens.vocabulary)
    real = (tokens.ids > END) & ~np.isin(tokens.ids, list(masked))
    starts_pair = np.zeros(length, dtype=np.bool_)
    starts_pair[:-1] = real[:-1] & real[1:]
    at = np.flatnonzero(starts_pair)
    pairs, pair_id = np.unique(tokens.ids[at] * vocabulary + tokens.ids[at + 1], return_inverse=True)
    feature = np.concatenate([np.where(real, tokens.ids, -1), np.full(length, -1)])
    feature[length + at] = vocabulary + pair_id
    text = np.concatenate([tokens.text, tokens.text])
    columns = vocabulary + len(pairs)

    used = np.flatnonzero(feature >= 0)
    cells, cell, repeats = np.unique(text[used] * columns + feature[used], return_inverse=True, return_counts=True)
    in_texts = np.bincount(cells % columns, minlength=columns)
    kept = in_texts >= 2
    column = np.where(kept, np.cumsum(kept) - 1, -1)
    cell_kept = kept[cells % columns]
    matrix = sparse.csr_matrix(
        (np.ones(int(cell_kept.sum())), (cells[cell_kept] // columns, column[cells[cell_kept] % columns])),
        shape=(texts, int(kept.sum())),
    )
    matrix = sparse.diags(1 / np.sqrt(np.maximum(np.diff(matrix.indptr), 1))) @ matrix
    matrix = matrix.tocsr()

    fold = np.asarray(fold_key % _FOLDS)
    weights, intercepts = np.zeros((_FOLDS, matrix.shape[1])), np.zeros(_FOLDS)
    for number in range(_FOLDS):
        train = fold != number
        if matrix.shape[1] == 0 or len(np.unique(is_class[train])) < 2:
            continue
        model = LogisticRegression(C=_INVERSE_REGULARISATION, solver="liblinear", tol=1e-2)
        model.fit(matrix[train], is_class[train])
        weights[number], intercepts[number] = model.coef_[0], model.intercept_[0]

    share, count = np.zeros(2 * length), np.zeros(2 * length)
    own_column = column[feature[used]]
    has = own_column >= 0
    place = used[has]
    once = 1 / repeats[cell[has]]
    share[place] = weights[fold[text[place]], own_column[has]] * once
    count[place] = once
    punctuation = ~tokens.is_word[tokens.ids]
    pair_punctuation = punctuation.copy()
    pair_punctuation[:-1] |= punctuation[1:]
    word_part = ~np.concatenate([punctuation, pair_punctuation])
    return ContentModel(
        bias=intercepts[fold],
        features=matrix,
        whole=_running(share, count, text, texts),
        words=_running(share * word_part, count * word_part, text, texts),
    )


def _running(share: Floats, count: Floats, text: Ints, texts: int) -> _Shares:
    """Make running sums with a leading 0 of both halves (single tokens, pairs) and totals per text."""

    def sums(values: Floats) -> Floats:
        return np.concatenate([[0.0], np.cumsum(values)])

    half = len(share) // 2
    return _Shares(
        single=sums(share[:half]),
        pair=sums(share[half:]),
        single_count=sums(count[:half]),
        pair_count=sums(count[half:]),
        total=np.bincount(text, share, minlength=texts).astype(np.float64, copy=False),
        count=np.bincount(text, count, minlength=texts).astype(np.float64, copy=False),
    )
