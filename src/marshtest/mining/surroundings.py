"""Where a span stands in its texts: does it look inserted at random, or like part of natural sentences?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Floats, Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["Surroundings", "surroundings"]

_DRAWS = 400


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Neighbours and places of a span in some texts."""

    pairs: int
    """Different (token before, token after) pairs."""
    occurrences: int
    """Texts looked at: the first occurrence in each."""
    random_pairs: float
    """Fifth percentile of the different pairs that gaps drawn at random from the same texts would have."""
    positions: Floats
    """Shape (occurrences,): place in the text, 0 (start) to 1 (end)."""

    @property
    def looks_inserted(self) -> bool:
        """Whether the neighbours vary as much as at random places."""
        return self.pairs >= self.random_pairs


def surroundings(tokens: Tokens, sequence: Ints, texts: Ints, seed: int) -> Surroundings:
    """Look at the first occurrence of a span in each text."""
    place = occurrences(tokens, sequence)
    place = place[np.isin(tokens.text[place], texts)]
    _, first = np.unique(tokens.text[place], return_index=True)
    place = place[first]
    before = tokens.ids[place - (sequence[0] != BEGIN)]
    after = tokens.ids[place + len(sequence) - (sequence[-1] == END)]
    carrier = tokens.text[place]
    low, high = tokens.offsets[carrier], tokens.offsets[carrier + 1] - 1
    generator = np.random.default_rng(seed)
    gaps = low + (generator.random((_DRAWS, len(place))) * (high - low)).astype(np.int64)
    size = len(tokens.vocabulary)
    drawn = np.sort(tokens.ids[gaps] * size + tokens.ids[gaps + 1], axis=1)
    distinct = 1 + (np.diff(drawn, axis=1) != 0).sum(axis=1)
    inside = np.maximum(high - low - 1 - len(sequence), 1)
    return Surroundings(
        pairs=len(np.unique(before * size + after)),
        occurrences=len(place),
        random_pairs=float(np.percentile(distinct, 5)) if len(place) else 0.0,
        positions=np.clip((place - low - 1) / inside, 0.0, 1.0),
    )
