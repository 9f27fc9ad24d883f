"""Frequent n-grams, order by order.

An n-gram can only be frequent where both of its (n-1)-grams are (Apriori, Agrawal and Srikant 1994). So each order
examines only the places that survived the order before; no frequent n-gram is lost, and memory stays near that of the
tokens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Bools, Ints
from marshtest.text.tokens import END, Tokens, distinct

__all__ = ["Hashes", "NgramOrder", "RollingHashes", "frequent_ngrams", "occurrences"]

Hashes = NDArray[np.uint64]
"""Hashes of n-grams."""

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: spreads consecutive token ids over all bits (Knuth 1973)."""
_PRIME = np.uint64(0x100000001B3)
"""The multiplier of the FNV hash, 64 bits (Fowler, Noll and Vo 1991)."""


@dataclass(frozen=True, slots=True)
class NgramOrder:
    """All frequent n-grams of one order; `P` places, `G` distinct n-grams."""

    order: int
    place: Ints
    """Shape (P,): index of the first token of each occurrence."""
    ngram: Ints
    """Shape (P,): which n-gram stands there, 0 to G - 1."""


def frequent_ngrams(
    tokens: Tokens, *, max_order: int, min_texts: int, only: Sequence[Hashes] | None = None
) -> Iterator[NgramOrder]:
    """Find the n-grams of each order that enough different texts carry.

    Args:
        tokens: The texts.
        max_order: Length of the longest n-grams, in tokens.
        min_texts: Different texts that must carry an n-gram.
        only: Hashes of the n-grams to give, rising, one array per order; all frequent ones if not given.

    Yields:
        The n-grams of order 1, 2 and so on; orders without any are skipped.
    """
    if len(tokens.ids) == 0:
        return
    rolling = RollingHashes(tokens)
    alive = np.ones(len(tokens.ids), dtype=np.bool_)
    for order in range(1, max_order + 1):
        place, hashes = rolling.next_order(alive)
        if len(place) == 0:
            return
        _, ngram = np.unique(hashes, return_inverse=True)
        pairs = distinct(ngram * len(tokens) + tokens.text[place])
        carriers = np.bincount(pairs // len(tokens), minlength=int(ngram.max()) + 1)
        keep = carriers[ngram] >= min_texts
        alive = rolling.alive(place[keep])
        if not keep.any():
            return
        if only is not None:
            keep &= np.isin(hashes, only[order - 1])
        if keep.any():
            _, ngram = np.unique(ngram[keep], return_inverse=True)
            yield NgramOrder(order=order, place=place[keep], ngram=ngram)


class RollingHashes:
    """The hash of the n-gram at every place, one order after the other.

    Equal n-grams have equal hashes in all texts that share one vocabulary.
    """

    def __init__(self, tokens: Tokens) -> None:
        """Start before the first order."""
        self._ids = tokens.ids
        self._text_end = tokens.offsets[1:][tokens.text]
        self._token_hash = tokens.ids.astype(np.uint64) * _MIX
        self._hashes = self._token_hash.copy()
        self._order = 0

    def next_order(self, alive: Bools) -> tuple[Ints, Hashes]:
        """Give the places of the next order that lie inside one text, and the hashes there.

        Args:
            alive: Shape (L,): places whose n-gram of the order before is of interest; for the first order, all are.
        """
        self._order += 1
        if self._order == 1:
            place = np.flatnonzero(self._ids > END)
        else:
            both = alive.copy()
            both[:-1] &= alive[1:]
            both[-1] = False
            place = np.flatnonzero(both)
            place = place[place + self._order <= self._text_end[place]]
            last = self._token_hash[place + self._order - 1]
            self._hashes[place] = (self._hashes[place] * _PRIME) ^ last ^ (last >> np.uint64(7))
        return place, self._hashes[place]

    def alive(self, place: Ints) -> Bools:
        """Mark the places from which n-grams of the next order may grow; those of the frame always are among them."""
        alive = np.zeros(len(self._ids), dtype=np.bool_)
        alive[place] = True
        if self._order == 1:
            alive[self._ids <= END] = True
        return alive


def occurrences(tokens: Tokens, sequence: Ints) -> Ints:
    """Find where a sequence of token ids begins.

    Args:
        tokens: The texts.
        sequence: Shape (n,): token ids, at least one.

    Returns:
        Indices of first tokens, rising.
    """
    place = np.flatnonzero(tokens.ids == sequence[0])
    place = place[place + len(sequence) <= len(tokens.ids)]
    for step in range(1, len(sequence)):
        place = place[tokens.ids[place + step] == sequence[step]]
    return place
