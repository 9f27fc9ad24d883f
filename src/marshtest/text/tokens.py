"""Texts as arrays of tokens with their places, so that every span of tokens maps back to characters.

A token is a word (apostrophes inside belong to it) or a run of anything that is neither word nor space, so `--` and
`?!` are tokens too, and every character that takes no room is one by itself. Every text is framed by a begin and an
end token: first and last position are then ordinary n-grams.
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
from marshtest.text.words import TOKEN

__all__ = ["BEGIN", "END", "TokenStore", "Tokens", "distinct", "places_of", "store_tokens", "tokenize"]

BEGIN, END = 0, 1
_FRAME = {"\x02": BEGIN, "\x03": END}
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens of all texts, one after the other; `L` tokens in `N` texts."""

    ids: Ints
    """Shape (L,): vocabulary index of each token; BEGIN and END frame every text."""
    text: Ints
    """Shape (L,): the text that each token stands in."""
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

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The tokens of very many texts in a twelfth of the memory: without their places."""

    ids: NDArray[np.int32]
    """Shape (L,): vocabulary index of each token; BEGIN and END frame every text."""
    offsets: Ints
    """Shape (N + 1,): text i has the tokens offsets[i] to offsets[i + 1]."""
    vocabulary: tuple[str, ...]
    is_word: Bools
    """Shape (vocabulary,): whether the token is a word."""

    def __len__(self) -> int:
        """Give the number of texts."""
        return len(self.offsets) - 1

    def take(self, texts: Ints) -> Tokens:
        """Give the tokens of some texts, numbered from 0 in this order; their places are all 0."""
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
        )


class _Index(dict[str, int]):
    """The index of every token as it is written, with the one of its lower case."""

    def __init__(self) -> None:
        super().__init__()
        self.lower = dict(_FRAME)

    def __missing__(self, token: str) -> int:
        number = self[token] = self.lower.setdefault(token.lower(), len(self.lower))
        return number


def store_tokens(texts: Iterable[str], scratch: Path | None = None) -> TokenStore:
    """Split texts into tokens as `tokenize` does, without their places.

    Args:
        texts: The texts.
        scratch: Folder for a file of tokens, which is mapped; they are held in memory when not given.
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


def places_of(text: str) -> list[tuple[int, int]]:
    """Give first character and one past the last of every token of one text, the frame included."""
    places = [match.span() for match in TOKEN.finditer(text)]
    return [(0, 0), *places, (len(text), len(text))]


def tokenize(texts: Sequence[str]) -> Tokens:
    """Split texts into tokens; letter case is folded, places are kept."""
    index = dict(_FRAME)
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    offsets = [0]
    for text in texts:
        ids.append(BEGIN)
        starts.append(0)
        ends.append(0)
        for match in TOKEN.finditer(text):
            ids.append(index.setdefault(match.group().lower(), len(index)))
            starts.append(match.start())
            ends.append(match.end())
        ids.append(END)
        starts.append(len(text))
        ends.append(len(text))
        offsets.append(len(ids))
    bounds = np.asarray(offsets, np.int64)
    vocabulary = tuple(index)
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
    """Say which tokens are words."""
    is_word = np.array([token[0].isalnum() or token[0] == "_" for token in vocabulary])
    is_word[: END + 1] = False
    return is_word


def distinct(values: Ints) -> Ints:
    """Give the different values, rising; on millions of them by far faster than `numpy.unique`, which hashes."""
    rising = np.sort(values)
    return rising[np.append(True, rising[1:] != rising[:-1])] if len(rising) else rising
