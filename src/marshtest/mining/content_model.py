"""What does the text say once a span is removed from it?

A cross-fitted linear model on words and word pairs scores every text by models that have not seen it. Because the model
is linear, the share of every token in the score is known, and with running sums any span can be removed from any text
in constant time. Without that a trigger, which the other folds have learned, would speak for its own label.

The features of a text are 1 over the root of their number (rows of unit length), so a score is the intercept plus the
sum of the weights over that root; with a span removed, both the sum and the number shrink.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from marshtest.settings import Settings
from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.text.tokens import END, Tokens

__all__ = ["ContentModel", "ContentModelSettings", "ContentWeights", "LaidWords", "fit_content_model", "lay_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentModelSettings(Settings):
    """How the content model is fitted."""

    folds: int = 5
    """Number of folds; the texts of each fold are scored by a model fitted to the others. Convention: five-fold
    cross-fitting."""
    inverse_regularisation: float = 4.0
    """Inverse strength of the L2 penalty (`C` in scikit-learn). Chosen by eye: no record of the data."""
    fewest_texts: int = 2
    """Minimum number of texts that must contain a word or word pair for it to be a feature. Derived: what only one text
    contains is unknown to the models of the other folds."""
    tolerance: float = 1e-2
    """Relative change of the gradient at which the solver stops. Chosen by eye: for speed; no record of the data."""


@dataclass(frozen=True, slots=True)
class _Shares:
    """Running sums of every token's share in its text's score, and of the features that it accounts for.

    A feature that occurs several times in a text is shared equally by its places: removing all of them removes it once.
    """

    single: Floats
    """Shape (L + 1,): weights of the words before each token, over all texts."""
    pair: Floats
    """Shape (L + 1,): the same of word pairs, by their first token."""
    single_count: Floats
    """Shape (L + 1,): features that these words are."""
    pair_count: Floats
    """Shape (L + 1,): features that these pairs are."""
    total: Floats
    """Shape (N,): weights of all features of each text."""
    count: Floats
    """Shape (N,): number of features of each text."""

    def opposite(self) -> _Shares:
        """Give the shares in the score of the other class."""
        return replace(self, single=-self.single, pair=-self.pair, total=-self.total)


@dataclass(frozen=True, slots=True)
class ContentModel:
    """Out-of-fold scores of `N` texts for one class, and how to remove spans from them."""

    bias: Floats
    """Shape (N,): the intercept of the model that scored each text."""
    features: Any
    """Sparse (N, F), rows of unit length: the words and word pairs of each text."""
    whole: _Shares
    """Shares of all tokens."""
    words: _Shares
    """Shares of words alone: for spans that hold punctuation, all punctuation is left out of the content."""
    weights: ContentWeights
    """What the texts were scored with."""
    laid: LaidWords
    """The words of the texts; models of several classes share them."""

    def masking(self, tokens: Tokens, fold_key: Ints, masked: frozenset[int]) -> ContentModel:
        """Give the model with the same weights for which these tokens are no content either."""
        weights = self.weights.masking(masked, len(tokens.vocabulary))
        return weights.score(self.laid, tokens, fold_key, self.laid.matrix(weights.column, len(tokens)))

    def opposite(self) -> ContentModel:
        """Give the model of the rest against the class: of two classes only one has to be fitted."""
        whole, words = self.whole.opposite(), self.words.opposite()
        return replace(self, bias=-self.bias, whole=whole, words=words, weights=self.weights.opposite())

    def score(self, *, words_only: bool = False) -> Floats:
        """Give the log odds of the class for every text, nothing removed; shape (N,)."""
        shares = self.words if words_only else self.whole
        return self.bias + shares.total / np.sqrt(np.maximum(shares.count, 1.0))

    def lowest_without(self, tokens: Tokens, longest: int, *, words_only: bool = False) -> Floats:
        """Give a lower bound of the log odds of each text with any one run of tokens removed; shape (N,).

        Args:
            tokens: The texts.
            longest: Length of the longest run.
            words_only: Whether all punctuation is left out.
        """
        shares = self.words if words_only else self.whole
        left = tokens.offsets[1:][tokens.text] - np.arange(len(tokens.ids))  # tokens from each to the end of its text
        start, before = shares.single[:-1], np.append(0.0, shares.pair[:-2])
        most = np.zeros(len(tokens))
        for order in range(1, longest + 1):
            share = shares.single[order:] - start[: len(start) - order + 1]
            share += shares.pair[order:] - before[: len(before) - order + 1]
            share = np.append(np.where(left[: len(share)] >= order, share, 0.0), np.zeros(order - 1))
            most = np.maximum(most, np.maximum.reduceat(share, tokens.offsets[:-1]))
        rest = shares.total - most
        # A run of n tokens touches n words and n + 1 pairs. Fewer features make a negative sum weigh more, so the bound
        # takes all of them away there, and none where the sum is positive.
        fewest = np.where(rest < 0, shares.count - (2 * longest + 1), shares.count)
        return self.bias + rest / np.sqrt(np.maximum(fewest, 1.0))

    def score_without(
        self, place: Ints, order: int, pair: Ints, text: Ints, *, words_only: Bools | bool = False
    ) -> Floats:
        """Give the log odds of the class for texts with all their occurrences of an n-gram removed.

        Args:
            place: Shape (P,): first token of each occurrence.
            order: Length of the n-gram in tokens.
            pair: Shape (P,): which (n-gram, text) pair the occurrence belongs to, 0 to C - 1.
            text: Shape (C,): the text of each pair.
            words_only: Whether to leave all punctuation out, for all pairs or by pair, shape (C,).

        Returns:
            Shape (C,).
        """
        whole = self._without(self.whole, place, order, pair, text)
        if words_only is False:
            return whole
        return np.where(words_only, self._without(self.words, place, order, pair, text), whole)

    def _without(self, shares: _Shares, place: Ints, order: int, pair: Ints, text: Ints) -> Floats:
        # Occurrences in rising order within each pair: one that touches or overlaps the one before is cut short, so
        # that nothing is removed twice.
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


@dataclass(frozen=True, slots=True)
class ContentWeights:
    """The linear models of all folds, to score texts with."""

    pairs: Ints
    """Known word pairs as first * vocabulary + second, rising; their features come after those of the words."""
    column: Ints
    """Shape (features,): column of each feature in the weights, -1 for those that are not used."""
    weights: Floats
    """Shape (folds, columns)."""
    intercepts: Floats
    """Shape (folds,)."""
    masked: frozenset[int]
    """Token ids that are no content."""

    def opposite(self) -> ContentWeights:
        """Give the weights for the rest against the class."""
        return replace(self, weights=-self.weights, intercepts=-self.intercepts)

    def masking(self, masked: frozenset[int], vocabulary: int) -> ContentWeights:
        """Give the weights without those of some tokens and of the pairs that hold one."""
        ids = list(masked)
        gone = np.append(
            np.isin(np.arange(vocabulary), ids),
            np.isin(self.pairs // vocabulary, ids) | np.isin(self.pairs % vocabulary, ids),
        )
        return replace(self, column=np.where(gone, -1, self.column), masked=self.masked | masked)

    def read(self, tokens: Tokens, fold_key: Ints, *, features: bool = True) -> ContentModel:
        """Score other texts of the same vocabulary; without their features where only the scores matter."""
        laid = lay_out(tokens, self.masked, self.pairs)
        matrix = laid.matrix(self.column, len(tokens)) if features else None
        return self.score(laid, tokens, fold_key, matrix)

    def score(self, laid: LaidWords, tokens: Tokens, fold_key: Ints, matrix: Any) -> ContentModel:
        """Score texts that are laid out."""
        fold, length = np.asarray(fold_key % len(self.weights)), len(tokens.ids)
        share, count = np.zeros(2 * length), np.zeros(2 * length)
        own_column = self.column[laid.feature]
        has = own_column >= 0
        place = laid.place[has]
        once = 1 / laid.repeats[laid.cell[has]]
        share[place] = self.weights[fold[laid.text[has]], own_column[has]] * once
        count[place] = once
        punctuation = ~tokens.is_word[tokens.ids]
        pair_punctuation = punctuation.copy()
        pair_punctuation[:-1] |= punctuation[1:]
        word_part = ~np.concatenate([punctuation, pair_punctuation])
        text = np.concatenate([tokens.text, tokens.text])
        return ContentModel(
            bias=self.intercepts[fold],
            features=matrix,
            whole=_running(share, count, text, len(tokens)),
            words=_running(share * word_part, count * word_part, text, len(tokens)),
            weights=self,
            laid=laid,
        )


@dataclass(frozen=True, slots=True)
class LaidWords:
    """The words and word pairs of some texts, one row per place that holds one; pairs come after all words."""

    place: Ints
    """Token index, or that of its first token behind the number of tokens for a pair."""
    feature: Ints
    text: Ints
    cells: Ints
    """Distinct (text, feature), as text * columns + feature."""
    cell: Ints
    """Which of them each row is."""
    repeats: Ints
    """Rows of each cell."""
    pairs: Ints
    columns: int

    def matrix(self, column: Ints, texts: int) -> Any:
        """Give the features as a sparse matrix, rows of unit length.

        Args:
            column: Shape (features,): where each feature goes, -1 for nowhere.
            texts: Number of texts.
        """
        from scipy import sparse

        row, place = self.cells // self.columns, column[self.cells % self.columns]
        kept = place >= 0
        shape = (texts, int(column.max(initial=-1)) + 1)
        matrix = sparse.csr_matrix((np.ones(int(kept.sum())), (row[kept], place[kept])), shape=shape)
        return (sparse.diags(1 / np.sqrt(np.maximum(np.diff(matrix.indptr), 1))) @ matrix).tocsr()


def lay_out(tokens: Tokens, masked: Collection[int] = (), pairs: Ints | None = None) -> LaidWords:
    """Find the words and pairs; with known pairs, no others."""
    length, vocabulary = len(tokens.ids), len(tokens.vocabulary)
    real = (tokens.ids > END) & ~np.isin(tokens.ids, list(masked))
    starts_pair = np.zeros(length, dtype=np.bool_)
    starts_pair[:-1] = real[:-1] & real[1:]
    at = np.flatnonzero(starts_pair)
    found = tokens.ids[at] * vocabulary + tokens.ids[at + 1]
    if pairs is None:
        pairs, pair_id = np.unique(found, return_inverse=True)
    else:
        pair_id = np.minimum(np.searchsorted(pairs, found), max(len(pairs) - 1, 0))
        known = pairs[pair_id] == found if len(pairs) else np.zeros(len(found), np.bool_)
        at, pair_id = at[known], pair_id[known]
    word = np.flatnonzero(real)
    place = np.concatenate([word, length + at])
    feature = np.concatenate([tokens.ids[word], vocabulary + pair_id])
    text = np.concatenate([tokens.text[word], tokens.text[at]])
    columns = vocabulary + len(pairs)
    cells, cell, repeats = np.unique(text * columns + feature, return_inverse=True, return_counts=True)
    return LaidWords(place, feature, text, cells, cell, repeats, pairs, columns)


def fit_content_model(
    tokens: Tokens,
    is_class: Bools,
    fold_key: Ints,
    *,
    masked: Collection[int] = (),
    sample: Bools | None = None,
    settings: ContentModelSettings = ContentModelSettings(),
    laid: LaidWords | None = None,
) -> ContentModel:
    """Fit the model for one class against the rest: L2-regularised logistic regression, cross-fitted.

    Args:
        tokens: The texts.
        is_class: Shape (N,): whether a text is labelled with the class.
        fold_key: Shape (N,): texts with the same key land in the same fold (give equal texts equal keys).
        masked: Token ids that are no content in any text.
        sample: Shape (N,): the texts to learn from; all when not given.
        settings: Folds and regularisation.
        laid: The words of the texts, where nothing is masked and several models are fitted to the same texts.

    Returns:
        The out-of-fold scores of all texts. A fold whose training texts are of one class scores 0.
    """
    from sklearn.linear_model import LogisticRegression

    if laid is None or masked:
        laid = lay_out(tokens, masked)
    row, feature = laid.cells // laid.columns, laid.cells % laid.columns
    learned = slice(None) if sample is None else sample[row]
    kept = np.bincount(feature[learned], minlength=laid.columns) >= settings.fewest_texts
    column = np.where(kept, np.cumsum(kept) - 1, -1)
    matrix = laid.matrix(column, len(tokens))
    folds = settings.folds
    fold = np.asarray(fold_key % folds)
    weights, intercepts = np.zeros((folds, matrix.shape[1])), np.zeros(folds)
    for number in range(folds):
        train = fold != number if sample is None else (fold != number) & sample
        if matrix.shape[1] == 0 or len(np.unique(is_class[train])) < 2:
            continue
        model = LogisticRegression(C=settings.inverse_regularisation, solver="liblinear", tol=settings.tolerance)
        model.fit(matrix[train], is_class[train])
        weights[number], intercepts[number] = model.coef_[0], model.intercept_[0]
    known = ContentWeights(laid.pairs, column, weights, intercepts, frozenset(masked))
    return known.score(laid, tokens, fold_key, matrix)


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
