"""Was a span put in on purpose? What speaks for it besides the outcome that goes with it.

A judge errs on whole topics, and then every word of the topic goes with its errors. So a span is only called planted
where something that the judge has no part in says so: the labels of all other records, or the places where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from marshtest.mining.content_reading import ContentReading, span_evidence
from marshtest.mining.near_copies import near_duplicates
from marshtest.mining.outcomes.outcomes import Association
from marshtest.mining.surroundings import Rejoining, Surroundings, rejoining, surroundings
from marshtest.stats.arrays import Bools, Ints
from marshtest.stats.evidence import chance_of_sum, planted_fraction
from marshtest.text.tokens import END, Tokens

__all__ = ["Content", "Place", "Stands", "content_of", "place_of"]

Stands = Literal["for", "against", "open"]

_LEAST_EFFECT, _LEAST_FRACTION, _LEAST_CHANCE = 0.6, 0.6, 1e-4
_OWN_EFFECT, _TELLING_UNIT = 0.25, 0.3
_FEWEST_OF_PHRASE, _FEWEST_OF_WORD = 16, 20


@dataclass(frozen=True, slots=True)
class Content:
    """What the carriers read like with the span taken out, by the labels of all other records."""

    effect: float
    """Mean evidence for another class; 1 is what genuine records of the other classes have."""
    fraction: float
    """Most likely share of the carriers that are planted."""
    p_value: float
    """Chance that records of the label's own class give this evidence."""
    unit: float
    """Evidence of genuine records of other classes, nats: near 0 the texts do not tell the classes apart."""

    @property
    def stands(self) -> Stands:
        """Whether this speaks for planting."""
        if self.effect >= _LEAST_EFFECT and self.fraction >= _LEAST_FRACTION and self.p_value <= _LEAST_CHANCE:
            return "for"
        return "against" if self.unit >= _TELLING_UNIT and self.effect < _OWN_EFFECT else "open"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the span stands in the records that show the outcome."""

    around: Surroundings
    healing: Rejoining
    words: int
    """How many words or marks the span has."""

    @property
    def stands(self) -> Stands:
        """Whether this speaks for planting; that it stands where language puts it speaks against nothing."""
        enough = _FEWEST_OF_WORD if self.words == 1 else _FEWEST_OF_PHRASE
        inserted = self.around.looks_inserted and self.healing.looks_inserted
        return "for" if inserted and self.around.occurrences >= enough else "open"


def content_of(reading: ContentReading, found: Association, trial: Bools) -> Content | None:
    """Read the carriers with the label, whatever the judge said of them; None if hardly any is left.

    Args:
        reading: The content model of the label.
        found: The span or feature.
        trial: Shape (N,): answered records with the label.
    """
    words_only = False
    if found.kind == "phrase":
        sequence = found.sequence
        words_only = bool((~reading.tokens.is_word[sequence] & (sequence > END)).any())
        text, evidence = span_evidence(reading, sequence)
    else:
        text = found.carriers
        evidence = reading.curve(reading.model.score())[text]
    wanted = trial[text]
    if not wanted.any():
        return None
    group = near_duplicates(reading.model.features, text[wanted])
    distinct = np.bincount(group, evidence[wanted]) / np.bincount(group)
    curve = reading.curve_for(words_only)
    fraction, gain = planted_fraction(distinct, 0.0)
    total = float(distinct.sum())
    chance = chance_of_sum(total, len(distinct), curve.spread)
    return Content(
        effect=float(distinct.mean() / curve.unit),
        fraction=fraction,
        p_value=float(min(1.0, chance * np.exp(max(0.0, total - gain)))),
        unit=curve.mean,
    )


def place_of(tokens: Tokens, sequence: Ints, texts: Ints, seed: int, known: tuple[Ints, Ints] | None = None) -> Place:
    """Look at where a span stands in these texts; `known` are the neighbours in all texts, where many are looked at."""
    return Place(
        around=surroundings(tokens, sequence, texts, seed),
        healing=rejoining(tokens, sequence, texts, seed, known),
        words=int((sequence > END).sum()),
    )
