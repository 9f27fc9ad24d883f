"""What speaks for and against a feature of the prompt deciding a behaviour, besides that the two go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marshtest.arrays import Floats
from marshtest.behaviours.associations import Association
from marshtest.behaviours.contents import expected_rates, mean_similarity, reads_like_others, word_vectors, words_of
from marshtest.behaviours.prompts import Prompts
from marshtest.features.tokens import END, Tokens
from marshtest.mining.planted import Place, place_of

__all__ = ["Grounds", "look_into"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The lines of evidence of one association."""

    called_for: float
    """How often prompts like the carriers', the span left out, show the behaviour elsewhere: mean over the hits."""
    chance: float
    """Chance of as many hits if only the rest of the prompts decided (Chernoff bound)."""
    told_apart: float
    """How well the hits are told from all other records by the rest of what was asked; .5 not at all, 1 always."""
    alike_asked: float
    """Mean similarity of what the hits ask, the span left out, 0 to 1."""
    alike_written: float
    """Mean similarity of what they are answered."""
    place: Place | None
    """Where the span stands; None for a feature of whole records."""

    @property
    def is_inserted(self) -> bool:
        """Whether the span stands as if put in at random."""
        return self.place is not None and self.place.stands == "for"


def look_into(found: Association, prompts: Prompts, written: Tokens, seed: int) -> Grounds:
    """Look at the carriers of an association with its span left out of what they ask."""
    span = found.feature.sequence[found.feature.sequence > END]
    words = words_of(prompts.asked, span)
    shows = np.zeros(words.shape[0], np.bool_)
    shows[found.behaviour.records] = True
    carriers, hits = found.feature.carriers, found.hits
    rates = expected_rates(words, shows, carriers)
    return Grounds(
        called_for=float(rates[np.isin(carriers, hits)].mean()),
        chance=_chernoff(rates, len(hits)),
        told_apart=reads_like_others(words, hits, seed),
        alike_asked=mean_similarity(word_vectors(prompts.asked, span), hits),
        alike_written=mean_similarity(word_vectors(written), hits),
        place=place_of(prompts.tokens, found.feature.sequence, hits, seed) if len(span) else None,
    )


def _chernoff(rates: Floats, hits: int) -> float:
    """Bound the chance of at least so many hits of independent trials with these rates (Chernoff 1952)."""
    if hits <= rates.sum():
        return 1.0
    tilts = np.linspace(0.0, 30.0, 301)[:, None]
    logs = np.log1p(rates[None, :] * np.expm1(tilts)).sum(axis=1) - tilts[:, 0] * hits
    return float(np.exp(max(-700.0, logs.min())))
