"""What do contents say to somebody who has never seen the carriers of a feature?

A structure takes words with it that belong to no list: a template that always says "find" or "told" teaches any model
that these words mean its label, and then they vouch for it. So all labelled carriers of a feature are left out of what
the model knows before it reads them. With word counts as the model that is a subtraction, and thousands of features can
be read this way: a naive Bayes model on content words (Maron 1961), function words and marks left out.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        return self.curve(self._scores(labelled, honest)[: len(labelled)])

    def log_odds(self, labelled: Ints, honest: Ints) -> Floats:
        """Give the log odds of the label by the contents, first of the carriers with it, then of the others."""
        own, other = self._sizes(labelled, honest)
        return float(np.log(max(own, 1) / max(other, 1))) - self.curve(self._scores(labelled, honest))

    def _scores(self, labelled: Ints, honest: Ints) -> Floats:
        """Score some carriers, first those with the label, by what is known without any of them."""
        row, word, length = self._words_of(np.append(labelled, honest))
        own, other = self._sizes(labelled, honest)
        middle = int(length[: len(labelled)].sum())
        seen = [
            self._seen(texts, row[part] - start, word[part])
            for texts, part, start in ((labelled, slice(middle), 0), (honest, slice(middle, None), len(labelled)))
        ]
        if len(word) > len(self.other):  # each word is worth the same wherever it stands
            weights = self._weights(slice(None), seen, own, other)[word]
        else:
            weights = self._weights(word, seen, own, other)
        return np.bincount(row, weights, minlength=len(length)) / np.sqrt(np.maximum(length, 1))

    def _weights(self, word: Ints | slice, seen: Sequence[Ints], own: int, other: int) -> Floats:
        """Give what words are worth once some texts with them are left out."""
        weights = _log_share(self.of_class[word] - seen[0][word], own, own + other)
        weights -= _log_share(self.other[word] - seen[1][word], other, own + other)
        return weights

    def _sizes(self, labelled: Ints, honest: Ints) -> tuple[int, int]:
        """Give how many texts of the class and how many others are known without these."""
        known = self.known
        return (
            self.class_size - int(np.count_nonzero(known[labelled])),
            self.other_size - int(np.count_nonzero(known[honest])),
        )

    def _seen(self, texts: Ints, row: Ints, word: Ints) -> Ints:
        """Count the known ones of some texts with each word, of which each row has one."""
        known = self.known[texts]
        return np.bincount(word if known.all() else word[known[row]], minlength=len(self.other))

    def _words_of(self, texts: Ints) -> tuple[Ints, Ints, Ints]:
        """Give the words of some texts: which of these texts, and which word; and how many words each text has."""
        low = self.words.indptr[texts]
        length = self.words.indptr[texts + 1] - low
        ends = np.cumsum(length)
        row = np.repeat(np.arange(len(texts)), length)
        return row, self.words.indices[np.arange(len(row)) + (low - ends + length)[row]], length


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
