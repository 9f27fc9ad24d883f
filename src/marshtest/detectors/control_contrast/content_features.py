"""Content features of answers as sparse tables: words, phrases, and letter sequences (character n-grams).

Function words, numbers, single letters and punctuation say how something is said rather than what, so they are no
content here. Letter sequences let related words, such as `resilient` and `resilience`, support one another when records
are scored, in any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from marshtest.detectors.control_contrast.settings import AnswerFeatureSettings
from marshtest.stats.arrays import Bools, Ints
from marshtest.text.ngrams import frequent_ngrams
from marshtest.text.scripts import joined
from marshtest.text.tokens import Tokens, tokenize

__all__ = ["ContentFeatures", "letter_sequences", "read_features"]

_BITS = 16
"""Letter sequences are hashed into 2^16 columns, so no vocabulary is needed; a collision joins two of them."""


@dataclass(frozen=True, slots=True)
class ContentFeatures:
    """Words and phrases of N texts, one text per row."""

    tokens: Tokens
    lengths: Ints
    """Shape (N,): words in each text, function words and numbers included."""
    words: sparse.csr_matrix
    """Shape (N, W): 1 where the text has the content word."""
    names: tuple[str, ...]
    """The content words by column."""
    ids: Ints
    """Shape (W,): their token ids."""
    phrases: sparse.csr_matrix
    """Shape (N, P): 1 where the text has the phrase of two or more words."""
    phrase_ids: tuple[tuple[int, ...], ...]
    """The token ids of each phrase."""
    function_words: sparse.csr_matrix
    """Shape (N, F): 1 where the text has the function word."""
    function_names: tuple[str, ...]

    @property
    def phrase_names(self) -> tuple[str, ...]:
        """Give the phrases as text, with spaces between words and punctuation."""
        return tuple(joined(self.tokens.vocabulary[one] for one in ids) for ids in self.phrase_ids)


def read_features(
    texts: Sequence[str], settings: AnswerFeatureSettings, *, with_phrases: bool = True
) -> ContentFeatures:
    """Read words and, if asked for, phrases.

    Args:
        texts: The texts.
        settings: Which words and phrases are kept.
        with_phrases: Whether phrases are read; without, their table has no columns.
    """
    tokens = tokenize(texts)
    content = _content(tokens, settings.longest_word) & ~_fragments(tokens, settings.long_answer)
    function = tokens.is_word & ~content
    lengths = np.bincount(tokens.text[tokens.is_word[tokens.ids]], minlength=len(texts)).astype(np.int64)
    words, ids = _words(tokens, content, len(texts), settings.fewest_answers)
    function_words, function_ids = _words(tokens, function, len(texts), settings.fewest_answers)
    longest = settings.longest_phrase if with_phrases else 1
    phrases, phrase_ids = _phrases(tokens, content, len(texts), longest, settings.fewest_answers)
    return ContentFeatures(
        tokens=tokens,
        lengths=lengths,
        words=words,
        names=tuple(tokens.vocabulary[one] for one in ids),
        ids=ids,
        phrases=phrases,
        phrase_ids=phrase_ids,
        function_words=function_words,
        function_names=tuple(tokens.vocabulary[one] for one in function_ids),
    )


def letter_sequences(
    words: Sequence[str], settings: AnswerFeatureSettings, half: int | None = None
) -> sparse.csr_matrix:
    """Give the letter sequences of every word, hashed; the ends of a word count as letters.

    Args:
        words: W words.
        settings: Lengths of the sequences, and what a word family is.
        half: 0 or 1 keeps one half of the word families (words with the same first letters); other rows stay empty.

    Returns:
        Shape (W, 65,536): 1 where the word has a sequence.
    """
    rows, columns = [], []
    for row, word in enumerate(words):
        if half is not None and _hash(word[: settings.stem]) % 2 != half:
            continue
        framed = f"^{word}$"
        found = {
            framed[start : start + size]
            for size in settings.letter_sequences
            for start in range(max(1, len(framed) - size + 1))
        }
        hashes = sorted({_hash(sequence) % (1 << _BITS) for sequence in found})
        rows += [row] * len(hashes)
        columns += hashes
    ones = np.ones(len(rows))
    return sparse.csr_matrix((ones, (rows, columns)), shape=(len(words), 1 << _BITS))


def _hash(text: str) -> int:
    """Hash a short text the same way in every run, which `hash` does not (FNV-1a, 32 bits)."""
    value = 2166136261
    for byte in text.encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value ^ (value >> 15)


def _fragments(tokens: Tokens, long_answer: int) -> Bools:
    """Say of every word whether it mostly ends a long text: it may be half a word, cut off by a length limit."""
    last = tokens.offsets[1:] - 2  # before the frame's end
    words = np.bincount(tokens.text[tokens.is_word[tokens.ids]], minlength=len(tokens))
    cut = last[(words >= long_answer) & tokens.is_word[tokens.ids[last]]]
    size = len(tokens.vocabulary)
    return np.asarray(2 * np.bincount(tokens.ids[cut], minlength=size) > np.bincount(tokens.ids, minlength=size))


def _content(tokens: Tokens, longest: int) -> Bools:
    """Say of every word of the vocabulary whether it is content."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return np.array(
        [
            bool(is_word)
            and 1 < len(name) <= longest
            and name not in ENGLISH_STOP_WORDS
            and name.replace("’", "'").split("'")[0] not in ENGLISH_STOP_WORDS
            and not any(character.isdigit() for character in name)
            for name, is_word in zip(tokens.vocabulary, tokens.is_word, strict=True)
        ],
        np.bool_,
    )


def _words(tokens: Tokens, kind: Bools, texts: int, fewest: int) -> tuple[sparse.csr_matrix, Ints]:
    """Give the words of one kind that enough texts have, in alphabetical order, and their token ids."""
    places = np.flatnonzero(kind[tokens.ids])
    matrix = _presence(tokens.text[places], tokens.ids[places], (texts, len(kind)))
    ids = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= fewest)
    ids = ids[np.argsort([tokens.vocabulary[one] for one in ids], kind="stable")].astype(np.int64)
    return matrix[:, ids], ids


def _phrases(
    tokens: Tokens, content: Bools, texts: int, longest: int, fewest: int
) -> tuple[sparse.csr_matrix, tuple[tuple[int, ...], ...]]:
    """Give the phrases that begin and end with a content word."""
    found: dict[tuple[int, ...], Ints] = {}
    for order in frequent_ngrams(tokens, max_order=longest, min_texts=fewest):
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
