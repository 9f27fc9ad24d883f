"""Every n-gram that enough texts carry, order by order.

An n-gram can only be frequent where both of its (n-1)-grams are (Agrawal & Srikant 1994), so each order looks only at
the places that survived the one before: nothing frequent is lost and memory stays near that of the tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from marshtest.arrays import Ints
from marshtest.features.tokens import END, Tokens, distinct

__all__ = ["NgramOrder", "frequent_ngrams", "occurrences"]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_PRIME = np.uint64(0x100000001B3)


@dataclass(frozen=True, slots=True)
class NgramOrder:
    """All frequent n-grams of one order; `P` places, `G` distinct n-grams."""

    order: int
    place: Ints
    """Shape (P,): index of the first token of each occurrence."""
    ngram: Ints
    """Shape (P,): which n-gram stands there, 0 to G - 1."""


def frequent_ngrams(tokens: Tokens, *, max_order: int, min_texts: int) -> Iterator[NgramOrder]:
    """Give the n-grams of order 1 to `max_order` that at least `min_texts` different texts carry."""
    length = len(tokens.ids)
    if length == 0:
        return
    text_end = tokens.offsets[1:][tokens.text]
    token_hash = tokens.ids.astype(np.uint64) * _MIX
    hashes = token_hash.copy()
    alive = np.ones(length, dtype=np.bool_)
    for order in range(1, max_order + 1):
        if order == 1:
            place = np.flatnonzero(tokens.ids > END)
        else:
            both = alive.copy()
            both[:-1] &= alive[1:]
            both[-1] = False
            place = np.flatnonzero(both)
            place = place[place + order <= text_end[place]]
            last = token_hash[place + order - 1]
            hashes[place] = (hashes[place] * _PRIME) ^ last ^ (last >> np.uint64(7))
        if len(place) == 0:
            return
        _, ngram = np.unique(hashes[place], return_inverse=True)
        pairs = distinct(ngram * len(tokens) + tokens.text[place])
        carriers = np.bincount(pairs // len(tokens), minlength=int(ngram.max()) + 1)
        keep = carriers[ngram] >= min_texts
        alive = np.zeros(length, dtype=np.bool_)
        alive[place[keep]] = True
        if order == 1:
            alive[tokens.ids <= END] = True
        if not keep.any():
            return
        _, ngram = np.unique(ngram[keep], return_inverse=True)
        yield NgramOrder(order=order, place=place[keep], ngram=ngram)


def occurrences(tokens: Tokens, sequence: Ints) -> Ints:
    """Give the places where a sequence of token ids begins."""
    place = np.flatnonzero(tokens.ids == sequence[0])
    place = place[place + len(sequence) <= len(tokens.ids)]
    for step in range(1, len(sequence)):
        place = place[tokens.ids[place + step] == sequence[step]]
    return place
