"""A content model that reads the carriers of a feature without having seen any of them.

A structure brings words with it that are in no list. A template that always says "find" or "told" teaches any model
that these words mean its label, and then they vouch for it. So all carriers of a feature are left out of the model
before it reads them. For word counts that is a subtraction, so thousands of features can be read in this way: the model
is naive Bayes on content words (Maron 1961), without function words and marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Bools, Floats, Ints
from marshtest.stats.evidence import EvidenceCurve
from marshtest.text.function_words import word_classes
from marshtest.text.tokens import Tokens, distinct

__all__ = ["HeldOutModel", "content_words"]

_TOGETHER, _ROWS = 64, 50_000
"""Features, and words of their carriers, that are read at once: enough to be fast, and a few MB of memory."""
_LEAST_APART = 1e-9
"""Guards a division where contents do not tell the classes apart."""
_LEAST_TEXTS = 0.5
"""Guards a logarithm where a class has no texts left."""


@dataclass(frozen=True, slots=True)
class _Folded:
    """The texts by fold, which stay the same whatever is left out of the model."""

    fold: Ints
    """Shape (N,)."""
    tests: tuple[Ints, ...]
    """The texts of each fold, rising."""
    rows: tuple[Any, ...]
    """Their words, sparse, by fold."""

    @classmethod
    def of(cls, words: Any, fold_key: Ints, folds: int) -> _Folded:
        """Cut the texts into folds."""
        fold = np.asarray(fold_key % folds)
        tests = tuple(np.flatnonzero(fold == number) for number in range(folds))
        return cls(fold, tests, tuple(words[test] for test in tests))


@dataclass(frozen=True, slots=True)
class HeldOutModel:
    """Word counts of one class and of the rest, and the out-of-fold score of each text by them."""

    words: Any
    """Sparse (N, F) of ones: the content words of each text."""
    own: Bools
    """Shape (N,): whether a text is labelled with the class."""
    known: Bools
    """Shape (N,): texts that are counted; those known to be planted are not."""
    folded: _Folded
    counts: Ints
    """Shape (folds, 2, F): known texts with each word by fold, of the class (0) and of others (1)."""
    of_class: Ints
    """Shape (F,): known texts of the class with each word."""
    other: Ints
    """Shape (F,): known texts of other classes with each word."""
    curve: EvidenceCurve
    """Evidence for another class by the score, estimated from the known texts."""
    class_size: int
    """Known texts of the class."""
    other_size: int
    """Known texts of other classes."""
    score: Floats
    """Shape (N,): log odds of the class over the root of the number of words, by the other folds."""

    @classmethod
    def fit(cls, words: Any, own: Bools, fold_key: Ints, known: Bools, folds: int) -> HeldOutModel:
        """Count words and estimate the evidence curve out of fold.

        Args:
            words: Sparse (N, F) of ones, from `content_words`.
            own: Shape (N,): whether a text is labelled with the class.
            fold_key: Shape (N,): equal for equal texts.
            known: Shape (N,): texts to count.
            folds: Number of folds.
        """
        folded = _Folded.of(words, fold_key, folds)
        return cls._of(words, own, known, folded, _count(words, own, folded.fold, np.flatnonzero(known), folds))

    def without(self, texts: Ints) -> HeldOutModel:
        """Give the model, and with it the evidence curve, that has not seen these texts."""
        known = self.known.copy()
        known[texts] = False
        gone = np.flatnonzero(self.known & ~known)
        counts = self.counts - _count(self.words, self.own, self.folded.fold, gone, len(self.counts))
        return HeldOutModel._of(self.words, self.own, known, self.folded, counts)

    @classmethod
    def _of(cls, words: Any, own: Bools, known: Bools, folded: _Folded, counts: Ints) -> HeldOutModel:
        """Make the model of these counts: out-of-fold scores and their evidence curve."""
        of_class, other = counts.sum(axis=0)
        sizes = np.bincount(2 * folded.fold[known] + ~own[known], minlength=2 * len(counts)).reshape(-1, 2)
        score = np.zeros(len(own))
        for number, (test, rows) in enumerate(zip(folded.tests, folded.rows, strict=True)):
            own_size, other_size = (sizes.sum(axis=0) - sizes[number]).tolist()
            shares = _log_share(of_class - counts[number, 0], own_size, own_size + other_size)
            score[test] = rows @ (shares - _log_share(other - counts[number, 1], other_size, own_size + other_size))
        # A sum of weights grows with the root of the number of words by chance alone.
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
        """Give the evidence of the carriers with the label for another class, with all carriers left out of the model.

        Carriers with another label are left out too; otherwise words that come with the feature would speak against the
        label.

        Args:
            labelled: Carriers with the label.
            honest: Carriers with another label.

        Returns:
            Shape of `labelled`, nats.
        """
        return self.curve(self._scores(labelled, honest)[: len(labelled)])

    def evidence_of_rest(self, labelled: Ints, honest: Ints, shared_by: float) -> Floats:
        """Give what `evidence` gives, but without the words that many of the carriers with the label have.

        Args:
            labelled: Carriers with the label.
            honest: Carriers with another label.
            shared_by: Share (0 to 1) of the carriers with the label from which a word is not read.
        """
        _, word, _ = _words_of(self.words, labelled)
        shared = np.bincount(word, minlength=len(self.other)) >= shared_by * len(labelled)
        return self.curve(self._scores(labelled, honest, shared)[: len(labelled)])

    def way(self, labelled: Ints, honest: Ints) -> tuple[float, float]:
        """Say how far the carriers with the label are on the way from genuine records of the class to those of others.

        Args:
            labelled: Carriers with the label.
            honest: Carriers with another label.

        Returns:
            The share of the way between the mean scores of both, and the share of the genuine records of other classes
            whose score is nearer to the class than the carriers' mean score.
        """
        score = float(self._scores(labelled, honest)[: len(labelled)].mean())
        own, other = self.score[self.known & self.own], self.score[self.known & ~self.own]
        apart = max(float(own.mean() - other.mean()), _LEAST_APART)
        return (float(own.mean()) - score) / apart, float((other >= score).mean())

    def log_odds(self, labelled: Ints, honest: Ints) -> Floats:
        """Give the log odds of the label by contents, nats, first of the carriers with it, then of the others."""
        return self.log_odds_by(self._scores(labelled, honest), labelled, honest)

    def evidence_of(self, carriers: Iterable[tuple[Ints, Ints]]) -> Iterator[Floats]:
        """Give what `evidence` gives, for one feature after another, from their carriers with the label and without."""
        for labelled, _, score in self._scores_of(carriers):
            yield self.curve(score[: len(labelled)])

    def scores_of(self, carriers: Iterable[tuple[Ints, Ints]]) -> Iterator[Floats]:
        """Give the scores that `log_odds` is computed from, for one feature after another.

        With the rest of the texts as the class, the scores have the opposite sign.
        """
        for _, _, score in self._scores_of(carriers):
            yield score

    def log_odds_by(self, score: Floats, labelled: Ints, honest: Ints) -> Floats:
        """Give what `log_odds` gives, from scores that were computed before."""
        own, other = self._sizes(labelled, honest)
        return float(np.log(max(own, 1) / max(other, 1))) - self.curve(score)

    def _scores_of(self, carriers: Iterable[tuple[Ints, Ints]]) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Score the carriers of one feature after another, many features at a time."""
        length = np.diff(self.words.indptr)
        together: list[tuple[Ints, Ints]] = []
        rows, seen = 0, np.zeros((2, _TOGETHER * len(self.other)), np.int32)
        for labelled, honest in carriers:
            more = int(length[labelled].sum() + length[honest].sum())
            if together and (rows + more > _ROWS or len(together) == _TOGETHER):
                yield from self._scores_together(together, seen)
                together, rows = [], 0
            together.append((labelled, honest))
            rows += more
        if together:
            yield from self._scores_together(together, seen)

    def _scores_together(
        self, carriers: Sequence[tuple[Ints, Ints]], seen: NDArray[np.int32]
    ) -> Iterator[tuple[Ints, Ints, Floats]]:
        """Score the carriers of some features; `seen` holds counts of words by feature, all 0 before and after."""
        if len(carriers) == 1:
            yield *carriers[0], self._scores(*carriers[0])
            return
        texts = np.concatenate([texts for pair in carriers for texts in pair])
        part = np.repeat(np.arange(2 * len(carriers)), [len(texts) for pair in carriers for texts in pair])
        row, word, length = _words_of(self.words, texts)
        known = self.known[texts]
        left = np.bincount(part[known], minlength=2 * len(carriers)).reshape(-1, 2)
        sizes = np.array([self.class_size, self.other_size]) - left
        feature = (part // 2)[row]
        cell = feature * len(self.other) + word
        weights = []
        for number, count in enumerate((self.of_class, self.other)):
            here = cell[(known & (part % 2 == number))[row]]
            np.add.at(seen[number], here, np.ones(len(here), np.int32))
            total = sizes[:, number]
            weights.append(_log_share(count[word] - seen[number][cell], total, sizes.sum(axis=1), feature))
            seen[number][here] = 0
        score = np.bincount(row, weights[0] - weights[1], minlength=len(texts)) / np.sqrt(np.maximum(length, 1))
        ends = np.cumsum([len(labelled) + len(honest) for labelled, honest in carriers])
        for (labelled, honest), own in zip(carriers, np.split(score, ends[:-1]), strict=True):
            yield labelled, honest, own

    def _scores(self, labelled: Ints, honest: Ints, unread: Bools | None = None) -> Floats:
        """Score some carriers, first those with the label, by the model without any of them, and without some words."""
        texts = np.append(labelled, honest)
        row, word, length = _words_of(self.words, texts)
        own, other = self._sizes(labelled, honest)
        known, middle = self.known[texts][row], int(length[: len(labelled)].sum())
        left = (word[:middle][known[:middle]], word[middle:][known[middle:]])
        of_class, others = (np.bincount(gone, minlength=len(self.other)) for gone in left)
        weights = _log_share(self.of_class - of_class, own, own + other)
        weights -= _log_share(self.other - others, other, own + other)
        if unread is not None:
            weights[unread] = 0.0
            length = np.bincount(row, ~unread[word], minlength=len(texts))
        return np.bincount(row, weights[word], minlength=len(texts)) / np.sqrt(np.maximum(length, 1))

    def _sizes(self, labelled: Ints, honest: Ints) -> tuple[int, int]:
        """Count the known texts of the class and of others without these."""
        known = self.known
        return (
            self.class_size - int(np.count_nonzero(known[labelled])),
            self.other_size - int(np.count_nonzero(known[honest])),
        )


def content_words(tokens: Tokens) -> Any:
    """Find the content words that at least two texts have.

    Args:
        tokens: N texts.

    Returns:
        Sparse matrix of ones, shape (N, F): which texts have which words.
    """
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
    """Give the words of some texts: by word the place of its text among these and its index; by text its length."""
    low = words.indptr[texts]
    length = words.indptr[texts + 1] - low
    ends = np.cumsum(length)
    row = np.repeat(np.arange(len(texts)), length)
    return row, words.indices[np.arange(len(row)) + (low - ends + length)[row]], length


def _count(words: Any, own: Bools, fold: Ints, texts: Ints, folds: int) -> Ints:
    """Count the texts with each word among some, by fold, of the class and of others; shape (folds, 2, F)."""
    row, word, _ = _words_of(words, texts)
    size = words.shape[1]
    part = 2 * fold[texts] + ~own[texts]
    return np.bincount(part[row] * size + word, minlength=2 * folds * size).reshape(folds, 2, size)


def _log_share(count: Ints, total: int | Ints, texts: int | Ints, of: Ints | tuple[()] = ()) -> Floats:
    """Give the log share of the texts of a class that have a word, with the share of the class added as a prior.

    So a word that neither class has speaks for neither.

    Args:
        count: Shape (words,): texts of the class with each word.
        total: Texts of the class; shape (parts,) if the words are of several parts.
        texts: Texts of all classes, likewise.
        of: Shape (words,): the part that each word is of.

    Returns:
        Shape (words,), nats.
    """
    prior, scale = np.maximum(total, _LEAST_TEXTS) / np.maximum(texts, 1), np.asarray(total) + 1.0
    return np.asarray(np.log((count + prior[of]) / scale[of]))
