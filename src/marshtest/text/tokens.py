"""Texts as arrays of tokens with their places, so that every span of tokens maps back to characters.

A token is a match of `words.TOKEN`: a word, a run of marks, or one unseen character. Every text is framed by a begin
and an end token, so that the first and last position in a text are ordinary n-grams.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Bools, Ints
from marshtest.text.words import TOKEN, UNGLUED

__all__ = ["BEGIN", "END", "TokenStore", "Tokens", "distinct", "places_of", "store_tokens", "tokenize"]

BEGIN, END = 0, 1
"""Vocabulary indices of the frame of every text."""
_FRAME = {"\x02": BEGIN, "\x03": END}
_PIECE = 1 << 20
"""Tokens held in memory before they are written to the file: 4 MiB."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens of all texts, one after the other; `L` tokens in `N` texts."""

    ids: Ints
    """Shape (L,): vocabulary index of each token; BEGIN and END frame every text."""
    text: Ints
    """Shape (L,): the text that each token is in."""
    start: Ints
    """Shape (L,): first character of each token in its text."""
    end: Ints
    """Shape (L,): one past its last character."""
    offsets: Ints
    """Shape (N + 1,): text i has the tokens offsets[i] to offsets[i + 1]."""
    vocabulary: tuple[str, ...]
    """The tokens in lower case by index."""
    is_word: Bools
    """Shape (vocabulary,): whether the token is a word; False for punctuation and the frame."""
    glued: frozenset[str] = frozenset()
    """Words that were taken apart, in lower case; see `TokenStore.unglued`."""

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The tokens of very many texts without their places, in a twelfth of the memory."""

    ids: NDArray[np.int32]
    """Shape (L,): vocabulary index of each token; BEGIN and END frame every text."""
    offsets: Ints
    """Shape (N + 1,): text i has the tokens offsets[i] to offsets[i + 1]."""
    vocabulary: tuple[str, ...]
    is_word: Bools
    """Shape (vocabulary,): whether the token is a word."""
    glued: frozenset[str] = frozenset()
    """Words that were taken apart, in lower case."""

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self.offsets) - 1

    def unglued(self, fewest: int) -> TokenStore:
        """Take rare words apart where an apostrophe or an underscore glues their parts together.

        A word that somebody glued to its neighbours is in many rare words and in no frequent one.

        Args:
            fewest: Occurrences from which a word stays whole, such as `don't`.
        """
        counts = np.bincount(self.ids, minlength=len(self.vocabulary))
        index = {word: number for number, word in enumerate(self.vocabulary)}
        parts = {
            number: [index.setdefault(piece, len(index)) for piece in pieces]
            for number, word in enumerate(self.vocabulary)
            if number > END and counts[number] < fewest and len(pieces := UNGLUED.findall(word)) > 1
        }
        if not parts:
            return self
        size = np.ones(len(self.vocabulary), np.int64)
        size[list(parts)] = [len(pieces) for pieces in parts.values()]
        first = np.cumsum(np.append(0, size[self.ids]))
        ids = np.repeat(self.ids, size[self.ids])
        for place in np.flatnonzero(size[self.ids] > 1).tolist():
            ids[first[place] : first[place + 1]] = parts[int(self.ids[place])]
        vocabulary = tuple(index)
        glued = frozenset(self.vocabulary[number] for number in parts)
        return TokenStore(ids, first[self.offsets], vocabulary, _is_word(vocabulary), glued)

    def take(self, texts: Ints) -> Tokens:
        """Give the tokens of some texts, numbered from 0 in this order; start and end of all tokens are 0."""
        low, length = self.offsets[texts], self.offsets[texts + 1] - self.offsets[texts]
        offsets = np.append(0, np.cumsum(length))
        text = np.repeat(np.arange(len(texts), dtype=np.int64), length)
        nowhere = np.zeros(len(text), np.int64)
        return Tokens(
            ids=self.ids[np.arange(len(text)) + (low - offsets[:-1])[text]].astype(np.int64),
            text=text,
            start=nowhere,
            end=nowhere,
            offsets=offsets,
            vocabulary=self.vocabulary,
            is_word=self.is_word,
            glued=self.glued,
        )


class _Index(dict[str, int]):
    """The vocabulary index of every token as written, which is that of its lower case."""

    def __init__(self) -> None:
        super().__init__()
        self.lower = dict(_FRAME)

    def __missing__(self, token: str) -> int:
        number = self[token] = self.lower.setdefault(_lower(token), len(self.lower))
        return number


def _lower(token: str) -> str:
    """Give a token in small letters; the Turkish capital İ becomes a plain i, as it does in İstanbul and istanbul."""
    return token.lower() if token.isascii() else token.lower().replace("i\u0307", "i")


def store_tokens(texts: Iterable[str], scratch: Path | None = None) -> TokenStore:
    """Split texts into tokens as `tokenize` does, without their places.

    Args:
        texts: The texts.
        scratch: Folder for a temporary file of the tokens, which is memory-mapped. Without one they stay in memory.
    """
    with TemporaryFile(dir=scratch) if scratch is not None else nullcontext() as file:
        return _stored(texts, file)


def _stored(texts: Iterable[str], file: IO[bytes] | None) -> TokenStore:
    index, ids, offsets = _Index(), array("i"), array("q", [0])
    findall, number = TOKEN.findall, index.__getitem__
    written = 0
    for text in texts:
        ids.append(BEGIN)
        ids.extend(map(number, findall(text)))
        ids.append(END)
        offsets.append(written + len(ids))
        if file is not None and len(ids) > _PIECE:
            written += len(ids)
            ids.tofile(file)
            del ids[:]
    vocabulary = tuple(index.lower)
    held: NDArray[np.int32] = np.frombuffer(ids, np.int32)
    if file is not None:
        ids.tofile(file)
        file.flush()
        held = np.memmap(file, np.int32, "r")  # the mapping outlives the file, which has no name
    return TokenStore(held, np.frombuffer(offsets, np.int64), vocabulary, _is_word(vocabulary))


def places_of(text: str, glued: frozenset[str] = frozenset()) -> list[tuple[int, int]]:
    """Give start and end of every token of one text in characters, the frame included; ends are exclusive.

    Args:
        text: The text.
        glued: Words that were taken apart, in lower case.
    """
    places = [(0, 0)]
    for match in TOKEN.finditer(text):
        if glued and _lower(match.group()) in glued:
            places += [part.span() for part in UNGLUED.finditer(text, *match.span())]
        else:
            places.append(match.span())
    return [*places, (len(text), len(text))]


def tokenize(texts: Sequence[str]) -> Tokens:
    """Split texts into tokens in lower case, with their places in the texts."""
    index = _Index()
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    offsets = [0]
    for text in texts:
        ids.append(BEGIN)
        starts.append(0)
        ends.append(0)
        for match in TOKEN.finditer(text):
            ids.append(index[match.group()])
            starts.append(match.start())
            ends.append(match.end())
        ids.append(END)
        starts.append(len(text))
        ends.append(len(text))
        offsets.append(len(ids))
    bounds = np.asarray(offsets, np.int64)
    vocabulary = tuple(index.lower)
    return Tokens(
        ids=np.asarray(ids, np.int64),
        text=np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(bounds)),
        start=np.asarray(starts, np.int64),
        end=np.asarray(ends, np.int64),
        offsets=bounds,
        vocabulary=vocabulary,
        is_word=_is_word(vocabulary),
    )


def _is_word(vocabulary: Sequence[str]) -> Bools:
    """Tell which tokens are words; shape (vocabulary,)."""
    is_word = np.array([token[0].isalnum() or token[0] == "_" for token in vocabulary])
    is_word[: END + 1] = False
    return is_word


def distinct(values: Ints) -> Ints:
    """Give the different values, rising. For millions of values it is far faster than `numpy.unique`, which hashes."""
    rising = np.sort(values)
    return rising[np.append(True, rising[1:] != rising[:-1])] if len(rising) else rising
