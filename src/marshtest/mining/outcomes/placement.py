"""Is a span placed in its records like inserted words? That is evidence of planting from the texts alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from marshtest.mining.surroundings import Rejoining, Surroundings, SurroundingsSettings, rejoining, surroundings
from marshtest.settings import Settings
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import END, Tokens

__all__ = ["Placement", "PlacementSettings", "Stands", "placement_of"]

Stands = Literal["for", "against", "open"]
"""How a line of evidence stands to a claim: for it, against it, or undecided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementSettings(Settings):
    """How many records are needed for the placement of a span to count as evidence."""

    fewest_records_of_phrase: int = 16
    """Minimum number of records that must contain a span of several tokens for its placement to count as evidence that
    it was inserted. Chosen by eye: on development data, where 3 to 5 of 100 natural spans with 20 carriers are placed
    like inserted words, and more of those with fewer carriers."""
    fewest_records_of_word: int = 20
    """Minimum number of records that must contain a single token for its placement to count as evidence that it was
    inserted. Chosen by eye: on the same development data as for phrases; single words have more varied neighbours."""
    surroundings: SurroundingsSettings = SurroundingsSettings()


@dataclass(frozen=True, slots=True)
class Placement:
    """The places of a span in the records that show the outcome."""

    around: Surroundings
    rejoining: Rejoining
    words: int
    """Tokens of the span."""
    settings: PlacementSettings = PlacementSettings()

    @property
    def looks_inserted(self) -> bool:
        """Whether both signs say so, however few the places."""
        return self.around.looks_inserted and self.rejoining.looks_inserted

    @property
    def stands(self) -> Stands:
        """Whether this speaks for planting. It never speaks against: an attacker may choose a natural place."""
        settings = self.settings
        fewest = settings.fewest_records_of_word if self.words == 1 else settings.fewest_records_of_phrase
        return "for" if self.looks_inserted and self.around.occurrences >= fewest else "open"


def placement_of(
    tokens: Tokens,
    sequence: Ints,
    texts: Ints,
    seed: int,
    known: tuple[Ints, Ints] | None = None,
    *,
    settings: PlacementSettings = PlacementSettings(),
) -> Placement:
    """Examine the places of a span in some texts.

    Args:
        tokens: All texts.
        sequence: Token ids of the span.
        texts: The texts to examine.
        seed: Seed of the random places that the span's places are compared with.
        known: The `neighbours` of all texts, if they were computed before.
        settings: How many records are enough.
    """
    return Placement(
        around=surroundings(tokens, sequence, texts, seed, settings.surroundings),
        rejoining=rejoining(tokens, sequence, texts, seed, known, settings=settings.surroundings),
        words=int((sequence > END).sum()),
        settings=settings,
    )
