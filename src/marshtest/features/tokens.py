"""Texts as arrays of tokens with their places, so that every span of tokens maps back to characters.

A token is a word (apostrophes inside belong to it) or a run of anything that is neither word nor space, so `--` and
`?!` are tokens too, and every character that takes no room is one by itself. Every text is framed by a begin and an
end token: first and last position are then ordinary n-grams.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.arrays import Bools, Ints

__all__ = ["BEGIN", "END", "Tokens", "distinct", "tokenize"]

BEGIN, END = 0, 1
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f"  # take no room
_TOKEN = re.compile(rf"\w+(?:['’]\w+)*|[{_UNSEEN}]|[^\w\s{_UNSEEN}]+")


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


def tokenize(texts: Sequence[str]) -> Tokens:
    """Split texts into tokens; letter case is folded, places are kept."""
    index = {"\x02": BEGIN, "\x03": END}
    ids: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    offsets = [0]
    for text in texts:
        ids.append(BEGIN)
        starts.append(0)
        ends.append(0)
        for match in _TOKEN.finditer(text):
            ids.append(index.setdefault(match.group().lower(), len(index)))
            starts.append(match.start())
            ends.append(match.end())
        ids.append(END)
        starts.append(len(text))
        ends.append(len(text))
        offsets.append(len(ids))
    bounds = np.asarray(offsets, np.int64)
    vocabulary = tuple(index)
    is_word = np.array([token[0].isalnum() or token[0] == "_" for token in vocabulary])
    is_word[: END + 1] = False
    return Tokens(
        ids=np.asarray(ids, np.int64),
        text=np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(bounds)),
        start=np.asarray(starts, np.int64),
        end=np.asarray(ends, np.int64),
        offsets=bounds,
        vocabulary=vocabulary,
        is_word=is_word,
    )


def distinct(values: Ints) -> Ints:
    """Give the different values, rising; on millions of them by far faster than `numpy.unique`, which hashes."""
    rising = np.sort(values)
    return rising[np.append(True, rising[1:] != rising[:-1])] if len(rising) else rising
