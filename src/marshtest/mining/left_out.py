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
class _Folded:
    """The texts by fold, which stay the same whatever is left out."""

    fold: Ints
    """Shape (N,)."""
    tests: tuple[Ints, ...]
    """The texts of each fold."""
    rows: tuple[Any, ...]
    """Their words, sparse."""

    @classmethod
    def of(cls, words: Any, fold_key: Ints) -> _Folded:
        """Cut the texts into folds."""
        fold = np.asarray(fold_key % _FOLDS)
        tests = tuple(np.flatnonzero(fold == number) for number in range(_FOLDS))
        return cls(fold, tests, tuple(words[test] for test in tests))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Word counts of one class and of the rest, and what each text says by them."""

    words: Any
    """Sparse (N, F) of ones: the content words of each text."""
    own: Bools
    """Shape (N,): whether a text is labelled with the class."""
    known: Bools
    """Shape (N,): texts that count; those known to be planted do not."""
    folded: _Folded
    counts: Ints
    """Shape (folds, 2, F): known texts with each word, by fold, of the class and others."""
    of_class: Ints
    """Shape (F,): the same of the class in all folds."""
    other: Ints
    """Shape (F,): and of other texts."""
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
        folded = _Folded.of(words, fold_key)
        return cls._of(words, own, known, folded, _count(words, own, folded.fold, np.flatnonzero(known)))

    def without(self, texts: Ints) -> LeftOut:
        """Give the model, and with it the evidence curve, of somebody who has never seen these texts."""
        known = self.known.copy()
        known[texts] = False
        gone = np.flatnonzero(self.known & ~known)
        counts = self.counts - _count(self.words, self.own, self.folded.fold, gone)
        return LeftOut._of(self.words, self.own, known, self.folded, counts)

    @classmethod
    def _of(cls, words: Any, own: Bools, known: Bools, folded: _Folded, counts: Ints) -> LeftOut:
        """Estimate the evidence curve of counts."""
        of_class, other = counts.sum(axis=0)
        sizes = np.bincount(2 * folded.fold[known] + ~own[known], minlength=2 * _FOLDS).reshape(-1, 2)
        score = np.zeros(len(own))
        for number, (test, rows) in enumerate(zip(folded.tests, folded.rows, strict=True)):
            own_size, other_size = (sizes.sum(axis=0) - sizes[number]).tolist()
            shares = _log_share(of_class - counts[number, 0], own_size, own_size + other_size)
            score[test] = rows @ (shares - _log_share(other - counts[number, 1], other_size, own_size + other_size))
        score /= np.sqrt(np.maximum(np.diff(words.indptr), 1))
        class_size, other_size = sizes.sum(axis=0).tolist()
        return cls(
            words=words,
            own=own,
            known=known,
            folded=folded,
            counts=counts,
            of_class=of_class,
            other=other,
            curve=EvidenceCurve.fit(score[known], own[known]),
            class_size=class_size,
            other_size=other_size,
            score=score,
        )

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
        texts = np.append(labelled, honest)
        rows = self.words[texts]
        own, other = self._sizes(labelled, honest)
        seen = self._seen(rows, texts, len(labelled))
        length = np.diff(rows.indptr)
        if rows.nnz > len(self.other):  # each word is worth the same wherever it stands
            total = rows @ self._weights(slice(None), seen, own, other)
        else:
            row = np.repeat(np.arange(len(length)), length)
            total = np.bincount(row, self._weights(rows.indices, seen, own, other), minlength=len(length))
        return np.asarray(total / np.sqrt(np.maximum(length, 1)))

    def _weights(self, word: Ints | slice, seen: tuple[Ints, Ints], own: int, other: int) -> Floats:
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

    def _seen(self, rows: Any, texts: Ints, labelled: int) -> tuple[Ints, Ints]:
        """Count the known ones of some texts with each word: those with the label, which come first, and the others."""
        size = len(self.other)
        known = self.known[texts]
        if known.all():
            middle = rows.indptr[labelled]
            words = rows.indices[:middle], rows.indices[middle:]
        else:
            kept = rows[known]
            middle = kept.indptr[int(np.count_nonzero(known[:labelled]))]
            words = kept.indices[:middle], kept.indices[middle:]
        return np.bincount(words[0], minlength=size), np.bincount(words[1], minlength=size)


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


def _words_of(words: Any, texts: Ints) -> tuple[Ints, Ints, Ints]:
    """Give the words of some texts: which of these texts, and which word; and how many words each text has."""
    low = words.indptr[texts]
    length = words.indptr[texts + 1] - low
    ends = np.cumsum(length)
    row = np.repeat(np.arange(len(texts)), length)
    return row, words.indices[np.arange(len(row)) + (low - ends + length)[row]], length


def _count(words: Any, own: Bools, fold: Ints, texts: Ints) -> Ints:
    """Count some texts with each word, by fold, of the class and others; shape (folds, 2, F)."""
    row, word, _ = _words_of(words, texts)
    size = words.shape[1]
    part = 2 * fold[texts] + ~own[texts]
    return np.bincount(part[row] * size + word, minlength=2 * _FOLDS * size).reshape(_FOLDS, 2, size)


def _log_share(count: Ints, total: int, texts: int) -> Floats:
    """Give the log share of the texts of a class with a word; a word of neither class speaks for neither.

    Args:
        count: Texts of the class with each word.
        total: Texts of the class.
        texts: Texts of all classes.
    """
    return np.asarray(np.log((count + max(total, 0.5) / max(texts, 1)) / (total + 1.0)))
