"""Does a sentence close again when a span is taken out? Around planted words it does, around natural ones seldom.

Different neighbours alone tell little: of natural spans with 8 to 60 carriers a third to a half have neighbours as
different as random places have. That the token before and the token after then also stand side by side elsewhere as
often as any two neighbours do is rare: 1 to 6 in 100 natural spans with at least 20 carriers meet both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["Healing", "healing", "neighbours"]

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Healing:
    """How often the tokens around a span are neighbours elsewhere."""

    closed: float
    """Share of the places of the span whose two neighbours stand side by side elsewhere in the dataset."""
    random_closed: float
    """Fifth percentile of the same share at gaps drawn at random from the same texts."""

    @property
    def heals(self) -> bool:
        """Whether taking the span out leaves the text as whole as it is at random places."""
        return self.closed >= self.random_closed


def neighbours(tokens: Tokens) -> tuple[Ints, Ints]:
    """Give every pair of tokens that stand side by side in a text, as one number each, rising, and how often."""
    size = len(tokens.vocabulary)
    inside = tokens.text[:-1] == tokens.text[1:]
    return np.unique((tokens.ids[:-1] * size + tokens.ids[1:])[inside], return_counts=True)


def healing(tokens: Tokens, sequence: Ints, texts: Ints, seed: int, known: tuple[Ints, Ints] | None = None) -> Healing:
    """Look at the first occurrence of a span in each text.

    Args:
        tokens: The texts.
        sequence: Token ids of the span.
        texts: The texts to look at.
        seed: Seed of the random places.
        known: The `neighbours` of the texts, where many spans are looked at.
    """
    place = occurrences(tokens, sequence)
    place = place[np.isin(tokens.text[place], texts)]
    _, first = np.unique(tokens.text[place], return_index=True)
    place = place[first]
    if len(place) == 0:
        return Healing(0.0, 0.0)
    size = len(tokens.vocabulary)
    pairs, counts = known or neighbours(tokens)
    before = tokens.ids[place - (sequence[0] != BEGIN)]
    after = tokens.ids[place + len(sequence) - (sequence[-1] == END)]
    carrier = tokens.text[place]
    low, high = tokens.offsets[carrier], tokens.offsets[carrier + 1] - 1
    generator = np.random.default_rng(seed)
    gaps = low + (generator.random((_DRAWS, len(place))) * (high - low)).astype(np.int64)
    at_random = (_count(pairs, counts, tokens.ids[gaps] * size + tokens.ids[gaps + 1]) >= 2).mean(axis=1)
    closed = (_count(pairs, counts, before * size + after) >= 1).mean()
    return Healing(float(closed), float(np.percentile(at_random, 5)))


def _count(pairs: Ints, counts: Ints, wanted: Ints) -> Ints:
    """Say how often each pair of tokens stands side by side in the dataset."""
    slot = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    return np.where(pairs[slot] == wanted, counts[slot], 0)
