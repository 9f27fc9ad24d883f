"""What do contents say to somebody who has never seen the carriers of a feature?

A structure takes words with it that belong to no list: a template that always says "find" or "told" teaches any model
that these words mean its label, and then they vouch for it. So all labelled carriers of a feature are left out of what
the model knows before it reads them. With word counts as the model that is a subtraction, and thousands of features can
be read this way: a naive Bayes model on content words (Maron 1961), function words and marks left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from marshtest.arrays import Bools, Floats, Ints
from marshtest.features.function_words import word_classes
from marshtest.features.tokens import Tokens, distinct
from marshtest.stats.evidence import EvidenceCurve

__all__ = ["LeftOut", "content_words"]

_FOLDS = 5


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Word counts of one class and of the rest, and what each text says by them."""

    words: Any
    """Sparse (N, F) of ones: the content words of each text."""
    own: Bools
    """Shape (N,): whether a text is labelled with the class."""
    fold_key: Ints
    """Shape (N,): equal for equal texts."""
    known: Bools
    """Shape (N,): texts that count; those known to be planted do not."""
    of_class: Ints
    """Shape (F,): texts of the class with each word, among the known."""
    other: Ints
    """Shape (F,): other texts with each word, among the known."""
    curve: EvidenceCurve
    class_size: int
    """Texts of the class, among the known."""
    other_size: int
    """Other texts, among the known."""
    score: Floats
    """Shape (N,): log odds of the class per root of the number of words, by the other folds."""

    @classmethod
    def fit(cls, words: Any, own: Bools, fold_key: Ints, known: Bools) -> LeftOut:
        """Count words and estimate the evidence curve out of fold.

        Args:
            words: What `content_words` gave.
            own: Shape (N,): whether a text is labelled with the class.
            fold_key: Shape (N,): equal for equal texts.
            known: Shape (N,): texts to count.
        """
        length = np.sqrt(np.maximum(np.diff(words.indptr), 1))
        fold = np.asarray(fold_key % _FOLDS)
        score = np.zeros(len(own))
        for number in range(_FOLDS):
            train, test = known & (fold != number), fold == number
            shares = [
                _log_share(_count(words, side & train), int((side & train).sum()), int(train.sum()))
                for side in (own, ~own)
            ]
            score[test] = words[test] @ (shares[0] - shares[1])
        score /= length
        return cls(
            words=words,
            own=own,
            fold_key=fold_key,
            known=known,
            of_class=_count(words, own & known),
            other=_count(words, ~own & known),
            curve=EvidenceCurve.fit(score[known], own[known]),
            class_size=int((own & known).sum()),
            other_size=int((~own & known).sum()),
            score=score,
        )

    def without(self, texts: Ints) -> LeftOut:
        """Give the model, and with it the evidence curve, of somebody who has never seen these texts."""
        known = self.known.copy()
        known[texts] = False
        return LeftOut.fit(self.words, self.own, self.fold_key, known)

    def evidence(self, labelled: Ints, honest: Ints) -> Floats:
        """Give the evidence of the carriers with the label, nats, with all carriers left out of what is known.

        Those with another label are left out too: else words that only go with the feature would speak for them.
        """
        return self.curve(self._scores(labelled, labelled, honest))

    def log_odds(self, labelled: Ints, honest: Ints) -> Floats:
        """Give the log odds of the label by the contents, first of the carriers with it, then of the others."""
        scores = self._scores(np.append(labelled, honest), labelled, honest)
        own, other = self._sizes(labelled, honest)
        return float(np.log(max(own, 1) / max(other, 1))) - self.curve(scores)

    def _scores(self, texts: Ints, labelled: Ints, honest: Ints) -> Floats:
        """Score texts by what is known without some others."""
        row, word = self._words_of(texts)
        own, other = self._sizes(labelled, honest)
        weights = _log_share(self.of_class[word] - self._seen(labelled)[word], own, own + other)
        weights -= _log_share(self.other[word] - self._seen(honest)[word], other, own + other)
        length = np.bincount(row, minlength=len(texts))
        return np.bincount(row, weights, minlength=len(texts)) / np.sqrt(np.maximum(length, 1))

    def _sizes(self, labelled: Ints, honest: Ints) -> tuple[int, int]:
        """Give how many texts of the class and how many others are known without these."""
        return self.class_size - int(self.known[labelled].sum()), self.other_size - int(self.known[honest].sum())

    def _seen(self, texts: Ints) -> Ints:
        """Count the known ones of some texts with each word."""
        row, word = self._words_of(texts)
        return np.bincount(word[self.known[texts][row]], minlength=len(self.other))

    def _words_of(self, texts: Ints) -> tuple[Ints, Ints]:
        """Give the words of some texts: which of these texts, and which word."""
        low, high = self.words.indptr[texts], self.words.indptr[texts + 1]
        length = high - low
        row = np.repeat(np.arange(len(texts)), length)
        at = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length) + np.repeat(low, length)
        return row, self.words.indices[at]


def content_words(tokens: Tokens) -> Any:
    """Give the content words that at least two texts have, as a sparse matrix of ones, shape (N, F)."""
    from scipy import sparse

    content = np.array([name is None for name in word_classes(tokens)]) & tokens.is_word
    size = len(tokens.vocabulary)
    real = content[tokens.ids]
    cells = distinct(tokens.text[real] * size + tokens.ids[real])
    kept = np.bincount(cells % size, minlength=size) >= 2
    cells = cells[kept[cells % size]]
    column = np.cumsum(kept) - 1
    shape = (len(tokens), max(int(kept.sum()), 1))
    return sparse.csr_matrix((np.ones(len(cells)), (cells // size, column[cells % size])), shape=shape)


def _count(words: Any, texts: Bools) -> Ints:
    """Count the texts with each word."""
    return np.asarray(words[texts].sum(axis=0)).ravel().astype(np.int64)


def _log_share(count: Ints, total: int, texts: int) -> Floats:
    """Give the log share of the texts of a class with a word; a word of neither class speaks for neither.

    Args:
        count: Texts of the class with each word.
        total: Texts of the class.
        texts: Texts of all classes.
    """
    return np.asarray(np.log((count + max(total, 0.5) / max(texts, 1)) / (total + 1.0)))
