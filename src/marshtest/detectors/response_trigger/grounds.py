"""What speaks for and against a feature of the prompt deciding a behaviour, besides that the two go together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from marshtest.detectors.response_trigger.associations import Association
from marshtest.detectors.response_trigger.contents import Contents, expected_rates, mean_similarity, told_apart
from marshtest.detectors.response_trigger.prompts import Prompts
from marshtest.detectors.response_trigger.runs import Run, longest_shared_run
from marshtest.mining.outcomes.placement import Placement, placement_of
from marshtest.stats.arrays import Floats, Ints
from marshtest.text.tokens import END

__all__ = ["Grounds"]


@dataclass(frozen=True)
class Grounds:
    """The lines of evidence of one association; each is looked at when it is asked for.

    Args:
        found: The association.
        prompts: What is read.
        asked: The words of what is asked.
        written: The words of what is written.
        seed: Seed of the random places that the span's place is compared with.
    """

    found: Association
    prompts: Prompts
    asked: Contents
    written: Contents
    seed: int

    @property
    def span(self) -> Ints:
        """The token ids of the span, without the frame."""
        sequence = self.found.feature.sequence
        return sequence[sequence > END]

    @property
    def answers(self) -> Ints:
        """The answers in which the records show the behaviour."""
        return self.found.behaviour.answers_of(self.found.hits)

    @cached_property
    def rest(self) -> Any:
        """What is asked with the span left out, as vectors; of carriers only the turns that matter."""
        near = self.prompts.asked_near(self.found.feature, self.answers)
        return (self.asked if near is self.prompts.asked else Contents(near)).without(self.span)

    @cached_property
    def alike_asked(self) -> float:
        """Mean similarity of what the records ask, the span left out, 0 to 1."""
        return mean_similarity(self.rest, self.found.hits)

    @cached_property
    def alike_written(self) -> float:
        """Mean similarity of what they are answered, 0 to 1."""
        return mean_similarity(self.written.vectors, self.answers)

    @cached_property
    def told_apart(self) -> float:
        """How well the records are told from all others by the rest of what they ask; .5 not at all, 1 always."""
        return told_apart(self.rest, self.found.hits)

    @cached_property
    def rates(self) -> Floats:
        """Shape (carriers,): how often prompts like these, the span left out, show the behaviour elsewhere."""
        shows = np.zeros(len(self.prompts.tokens), np.bool_)
        shows[self.found.behaviour.records] = True
        return expected_rates(self.rest, shows, self.found.feature.carriers)

    @cached_property
    def called_for(self) -> float:
        """The mean of these rates over the records that show the behaviour."""
        return float(self.rates[np.isin(self.found.feature.carriers, self.found.hits)].mean())

    @cached_property
    def chance(self) -> float:
        """Chance of so many hits if only the rest of the prompts decided (bound of Chernoff 1952)."""
        hits = len(self.found.hits)
        if hits <= self.rates.sum():
            return 1.0
        tilts = np.linspace(0.0, 30.0, 301)[:, None]
        logs = np.log1p(self.rates[None, :] * np.expm1(tilts)).sum(axis=1) - tilts[:, 0] * hits
        return float(np.exp(max(-700.0, logs.min())))

    @cached_property
    def run(self) -> Run:
        """The longest run of words that most of the answers share to the letter."""
        return longest_shared_run(self.written.tokens, self.answers)

    @cached_property
    def place(self) -> Placement | None:
        """Where the span stands; None for a feature of whole records."""
        if not len(self.span):
            return None
        prompts, sequence = self.prompts, self.found.feature.sequence
        return placement_of(prompts.tokens, sequence, self.found.hits, self.seed, prompts.neighbours)

    @property
    def is_inserted(self) -> bool:
        """Whether the span stands as if put in at random."""
        return self.place is not None and self.place.stands == "for"
