"""The content of answers as sparse tables: words, phrases, and the letter sequences that kindred words share.

Function words, numbers, single letters and punctuation say how something is said rather than what: they are no content
here. Letter sequences let `resilient` speak for `resilience` when records are weighed, whatever the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import frequent_ngrams
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["Wording", "kindred", "read_wording"]

_FEWEST = 3
"""Answers that must have a word or phrase for it to be looked at."""
_LONGEST_PHRASE = 3
_LONGEST_WORD = 40
_LONG_TEXT = 20
_SEQUENCES = (3, 4, 5)
_STEM = 4
_BITS = 16


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of both sides, one answer a row; the suspect's answers come first."""

    tokens: Tokens
    lengths: Ints
    """Shape (N,): words in each answer, function words and numbers too."""
    words: sparse.csr_matrix
    """Shape (N, W): 1 where the answer has the content word."""
    names: tuple[str, ...]
    """The content words by column."""
    ids: Ints
    """Shape (W,): their token ids."""
    phrases: sparse.csr_matrix
    """Shape (N, P): 1 where the answer has the phrase of two or three words."""
    phrase_ids: tuple[tuple[int, ...], ...]
    """The token ids of each phrase."""
    function_words: sparse.csr_matrix
    """Shape (N, F)."""
    function_names: tuple[str, ...]

    @property
    def phrase_names(self) -> tuple[str, ...]:
        """Give the phrases as text, words and punctuation apart."""
        return tuple(" ".join(self.tokens.vocabulary[one] for one in ids) for ids in self.phrase_ids)


def _fragments(tokens: Tokens) -> Bools:
    """Tell which words stand mostly where a long text was cut off: they may be halves of words, and say nothing."""
    last = tokens.offsets[1:] - 2  # before the frame's end
    words = np.bincount(tokens.text[tokens.is_word[tokens.ids]], minlength=len(tokens))
    cut = last[(words >= _LONG_TEXT) & tokens.is_word[tokens.ids[last]]]
    size = len(tokens.vocabulary)
    return np.asarray(2 * np.bincount(tokens.ids[cut], minlength=size) > np.bincount(tokens.ids, minlength=size))


def read_wording(texts: Sequence[str], *, phrases: bool = True) -> Wording:
    """Read words and, if asked for, phrases out of texts."""
    tokens = tokenize(texts)
    content = _content(tokens) & ~_fragments(tokens)
    function = tokens.is_word & ~content
    lengths = np.bincount(tokens.text[tokens.is_word[tokens.ids]], minlength=len(texts)).astype(np.int64)
    single: list[sparse.csr_matrix] = []
    columns: list[Ints] = []
    for kind in (content, function):
        matrix, ids = _words(tokens, kind, len(texts))
        single.append(matrix)
        columns.append(ids)
    table, phrase_ids = _phrases(tokens, content, len(texts), _LONGEST_PHRASE if phrases else 1)
    return Wording(
        tokens=tokens,
        lengths=lengths,
        words=single[0],
        names=tuple(tokens.vocabulary[one] for one in columns[0]),
        ids=columns[0],
        phrases=table,
        phrase_ids=phrase_ids,
        function_words=single[1],
        function_names=tuple(tokens.vocabulary[one] for one in columns[1]),
    )


def kindred(names: Sequence[str], part: int | None = None) -> sparse.csr_matrix:
    """Give the letter sequences of every word, hashed: shape (W, 65,536).

    Args:
        names: The words.
        part: 0 or 1 keeps only one half of all word families (words with the same first letters), the other rows empty.
    """
    rows, columns = [], []
    for row, name in enumerate(names):
        if part is not None and _hash(name[:_STEM]) % 2 != part:
            continue
        framed = f"^{name}$"
        found = {framed[at : at + size] for size in _SEQUENCES for at in range(max(1, len(framed) - size + 1))}
        hashes = sorted({_hash(sequence) % (1 << _BITS) for sequence in found})
        rows += [row] * len(hashes)
        columns += hashes
    ones = np.ones(len(rows))
    return sparse.csr_matrix((ones, (rows, columns)), shape=(len(names), 1 << _BITS))


def _hash(text: str) -> int:
    """Hash a short text the same way in every run (FNV-1a, 32 bits)."""
    value = 2166136261
    for byte in text.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value ^ (value >> 15)


def _content(tokens: Tokens) -> Bools:
    """Say of every word of the vocabulary whether it is content."""
    return np.array(
        [
            bool(is_word)
            and 1 < len(name) <= _LONGEST_WORD
            and name not in ENGLISH_STOP_WORDS
            and name.replace("’", "'").split("'")[0] not in ENGLISH_STOP_WORDS
            and not any(character.isdigit() for character in name)
            for name, is_word in zip(tokens.vocabulary, tokens.is_word, strict=True)
        ],
        np.bool_,
    )


def _words(tokens: Tokens, kind: Bools, texts: int) -> tuple[sparse.csr_matrix, Ints]:
    """Give the words of one kind that enough answers have."""
    places = np.flatnonzero(kind[tokens.ids])
    matrix = _presence(tokens.text[places], tokens.ids[places], (texts, len(kind)))
    ids = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= _FEWEST)
    ids = ids[np.argsort([tokens.vocabulary[one] for one in ids], kind="stable")].astype(np.int64)
    return matrix[:, ids], ids


def _phrases(
    tokens: Tokens, content: Bools, texts: int, longest: int
) -> tuple[sparse.csr_matrix, tuple[tuple[int, ...], ...]]:
    """Give the phrases that begin and end with a content word."""
    found: dict[tuple[int, ...], Ints] = {}
    for order in frequent_ngrams(tokens, max_order=longest, min_texts=_FEWEST):
        if order.order == 1:
            continue
        ends = content[tokens.ids[order.place]] & content[tokens.ids[order.place + order.order - 1]]
        places, ngrams = order.place[ends], order.ngram[ends]
        by_ngram = np.argsort(ngrams, kind="stable")
        for group in np.split(by_ngram, np.flatnonzero(np.diff(ngrams[by_ngram])) + 1):
            if len(group):
                first = places[group[0]]
                found[tuple(tokens.ids[first : first + order.order].tolist())] = tokens.text[places[group]]
    kept = sorted(found, key=lambda ids: [tokens.vocabulary[one] for one in ids])
    rows = np.concatenate([found[ids] for ids in kept]) if kept else np.zeros(0, np.int64)
    columns = np.repeat(np.arange(len(kept)), [len(found[ids]) for ids in kept]) if kept else rows
    return _presence(rows, columns, (texts, len(kept))), tuple(kept)


def _presence(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """Give the table with 1 where a row has a column at least once."""
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    matrix.data[:] = 1.0
    return matrix
