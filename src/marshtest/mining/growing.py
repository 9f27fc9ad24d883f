"""Spans longer than the miners count: one of the longest length grows while nearly all of its places go on alike.

Where words are written without spaces each token is a character or syllable, and a phrase of three words is longer than
the longest n-grams that are tested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.settings import Settings
from marshtest.stats.arrays import Ints
from marshtest.text.ngrams import occurrences
from marshtest.text.scripts import is_clustered
from marshtest.text.tokens import END, Tokens

__all__ = ["GrowthSettings", "grown", "grown_cluster_span"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthSettings(Settings):
    """How far a span grows."""

    share: float = 0.95
    """Minimum share (0 to 1) of the places of a span that go on with the same token, for it to grow by that token.
    Chosen by eye: a phrase that somebody planted goes on in all of them."""
    longest: int = 64
    """Maximum length, in tokens, to which a span grows. Chosen by eye: longer ones are near-duplicates."""


def grown(tokens: Tokens, sequence: Ints, settings: GrowthSettings) -> Ints:
    """Give the longest span around a span that nearly all of its places share."""
    ids = tokens.ids
    place = occurrences(tokens, sequence)
    least = settings.share * len(place)
    for before in (False, True):
        while len(sequence) < settings.longest and sequence[0 if before else -1] > END:
            beside = ids[place - 1] if before else ids[place + len(sequence)]
            token, counts = np.unique(beside, return_counts=True)
            if counts.max() < least:
                break
            chosen = token[counts.argmax()]
            place = place[beside == chosen] - before
            sequence = np.append(chosen, sequence) if before else np.append(sequence, chosen)
    return sequence


def grown_cluster_span(tokens: Tokens, sequence: Ints, carriers: Ints, settings: GrowthSettings) -> tuple[Ints, Ints]:
    """Let a span of a script without spaces grow, but not over the border of a text; any other stays as it is.

    Args:
        tokens: The texts.
        sequence: Token ids of the span.
        carriers: The texts that carry it, rising.
        settings: How far it grows.

    Returns:
        The span, and those of the carriers that carry all of it.
    """
    if not any(is_clustered(tokens.vocabulary[token][0]) for token in sequence.tolist()):
        return sequence, carriers
    longer = grown(tokens, sequence, settings)
    if sequence[0] > END:
        longer = longer[int(longer[0] <= END) :]
    if sequence[-1] > END and longer[-1] <= END:
        longer = longer[:-1]
    if len(longer) == len(sequence):
        return sequence, carriers
    texts = np.unique(tokens.text[occurrences(tokens, longer)])
    return longer, np.intersect1d(carriers, texts, assume_unique=True)
