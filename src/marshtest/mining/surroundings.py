"""Where a span appears in its texts: was it inserted, or is it part of natural sentences?

Two signs. An inserted span has neighbours as different as random places have. And its neighbours are adjacent elsewhere
too: with the span removed, the sentence rejoins. Different neighbours alone tell little: of natural spans with 8 to 60
carriers, a third to a half have them. Both signs together are rare: 1 to 6 in 100 natural spans with at least 20
carriers have both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.settings import Settings
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.tokens import BEGIN, END, Tokens

__all__ = ["Rejoining", "Surroundings", "SurroundingsSettings", "neighbours", "rejoining", "surroundings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurroundingsSettings(Settings):
    """How the places of a span are compared with random places in the same texts."""

    draws: int = 400
    """Number of times that a random place is drawn in every text. Chosen by eye: the 5th percentile is then the 20th
    smallest value."""
    percentile: float = 5.0
    """Percentile of the values at random places that a span must reach to look inserted. Convention: a test at the 5%
    level."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Neighbours and positions of a span in some texts."""

    pairs: int
    """Different (token before, token after) pairs."""
    occurrences: int
    """Texts examined: the first occurrence in each."""
    random_pairs: float
    """Fifth percentile of the different pairs at random places in the same texts."""
    positions: Floats
    """Shape (occurrences,): position in the text, 0 (start) to 1 (end)."""

    @property
    def looks_inserted(self) -> bool:
        """Whether the neighbours vary as much as at random places."""
        return self.pairs >= self.random_pairs


@dataclass(frozen=True, slots=True)
class Rejoining:
    """How often the tokens around a span are adjacent elsewhere."""

    rejoined: float
    """Share of the places of the span whose two neighbours are adjacent elsewhere in the dataset, 0 to 1."""
    random_rejoined: float
    """Fifth percentile of the same share at random places in the same texts."""

    @property
    def looks_inserted(self) -> bool:
        """Whether removing the span leaves the text as whole as it is at random places."""
        return self.rejoined >= self.random_rejoined


def surroundings(
    tokens: Tokens, sequence: Ints, texts: Ints, seed: int, settings: SurroundingsSettings = SurroundingsSettings()
) -> Surroundings:
    """Examine the neighbours and the position of the first occurrence of a span in each text.

    Args:
        tokens: The texts.
        sequence: Token ids of the span.
        texts: The texts to examine.
        seed: Seed of the random places.
        settings: How many random places, and which share of them may lie below.
    """
    place = _first_places(tokens, sequence, texts)
    before, after = _around(tokens, sequence, place)
    gaps = _random_gaps(tokens, place, seed, settings.draws)
    size = len(tokens.vocabulary)
    drawn = np.sort(tokens.ids[gaps] * size + tokens.ids[gaps + 1], axis=1)
    distinct = 1 + (np.diff(drawn, axis=1) != 0).sum(axis=1)
    low, high = _bounds(tokens, place)
    inside = np.maximum(high - low - 1 - len(sequence), 1)
    return Surroundings(
        pairs=len(np.unique(before * size + after)),
        occurrences=len(place),
        random_pairs=float(np.percentile(distinct, settings.percentile)) if len(place) else 0.0,
        positions=np.clip((place - low - 1) / inside, 0.0, 1.0),
    )


def neighbours(tokens: Tokens) -> tuple[Ints, Ints]:
    """Give every pair of adjacent tokens in a text.

    Returns:
        The pairs as first * vocabulary + second, rising, and how often each occurs.
    """
    size = len(tokens.vocabulary)
    inside = tokens.text[:-1] == tokens.text[1:]
    return np.unique((tokens.ids[:-1] * size + tokens.ids[1:])[inside], return_counts=True)


def rejoining(
    tokens: Tokens,
    sequence: Ints,
    texts: Ints,
    seed: int,
    known: tuple[Ints, Ints] | None = None,
    settings: SurroundingsSettings = SurroundingsSettings(),
) -> Rejoining:
    """Say how often the neighbours of the first occurrence of a span in each text are adjacent elsewhere.

    Args:
        tokens: The texts.
        sequence: Token ids of the span.
        texts: The texts to examine.
        seed: Seed of the random places.
        known: The `neighbours` of the texts, where many spans are examined.
        settings: How many random places, and which share of them may lie below.
    """
    place = _first_places(tokens, sequence, texts)
    if len(place) == 0:
        return Rejoining(0.0, 0.0)
    size = len(tokens.vocabulary)
    pairs, counts = known or neighbours(tokens)
    before, after = _around(tokens, sequence, place)
    gaps = _random_gaps(tokens, place, seed, settings.draws)
    # The two tokens at a random gap are adjacent there, so they have to be adjacent once more.
    at_random = (_count(pairs, counts, tokens.ids[gaps] * size + tokens.ids[gaps + 1]) >= 2).mean(axis=1)
    rejoined = (_count(pairs, counts, before * size + after) >= 1).mean()
    return Rejoining(float(rejoined), float(np.percentile(at_random, settings.percentile)))


def _first_places(tokens: Tokens, sequence: Ints, texts: Ints) -> Ints:
    """Give the first token of the first occurrence of a span in each of these texts that carries it."""
    place = occurrences(tokens, sequence)
    place = place[np.isin(tokens.text[place], texts)]
    _, first = np.unique(tokens.text[place], return_index=True)
    return place[first]


def _around(tokens: Tokens, sequence: Ints, place: Ints) -> tuple[Ints, Ints]:
    """Give the ids of the token before and the token after; a span at the border of a text has the border itself."""
    before = tokens.ids[place - (sequence[0] != BEGIN)]
    after = tokens.ids[place + len(sequence) - (sequence[-1] == END)]
    return before, after


def _bounds(tokens: Tokens, place: Ints) -> tuple[Ints, Ints]:
    """Give the first and the last token of the text that each place is in."""
    carrier = tokens.text[place]
    return tokens.offsets[carrier], tokens.offsets[carrier + 1] - 1


def _random_gaps(tokens: Tokens, place: Ints, seed: int, draws: int) -> Ints:
    """Draw gaps between tokens, given by the token before, from the texts of these places; shape (draws, places).

    What all these texts begin or end with, such as the JSON around a result, is no place for an insertion.
    """
    low, high = _bounds(tokens, place)
    if len(place):
        room = int((high - low).min()) // 2
        low = low + max(0, _shared(tokens, low, 1, room) - 1)
        high = high - max(0, _shared(tokens, high, -1, room) - 1)
    generator = np.random.default_rng(seed)
    return low + (generator.random((draws, len(place))) * (high - low)).astype(np.int64)


def _shared(tokens: Tokens, start: Ints, step: int, most: int) -> int:
    """Count the tokens, from these places on, that are the same in all texts."""
    if len(np.unique(start)) == 1:
        return 0
    for number in range(most):
        here = tokens.ids[start + step * number]
        if (here != here[0]).any():
            return number
    return most


def _count(pairs: Ints, counts: Ints, wanted: Ints) -> Ints:
    """Say how often each pair of tokens is adjacent in the dataset."""
    slot = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    return np.where(pairs[slot] == wanted, counts[slot], 0)
