"""What a behaviour is: something that a completion does, seen without asking anybody.

A family of behaviours is one file with two functions, the shape that families of prompt features have too:
`carriers(texts)` gives the answers that show each behaviour, by its name, and `spans(name, text)` gives where. An
answer is one turn of the assistant; a record shows what one of its answers shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from marshtest.stats.arrays import Ints

__all__ = ["Behaviour", "BehaviourFamily"]


@dataclass(frozen=True, slots=True)
class BehaviourFamily:
    """One kind of thing that a completion can do."""

    id: str
    says: str
    """What a completion does, with `{name}` where the name of the behaviour goes, e.g. `calls the tool {name}`."""
    carriers: Callable[[Sequence[str]], Mapping[str, Sequence[int]]]
    """From all answers to those that show each behaviour, by name."""
    spans: Callable[[str, str], Sequence[tuple[int, int]]]
    """From the name of a behaviour and an answer to the places where it stands; none if it is all of it."""
    whole: bool = False
    """Whether the behaviour is the whole completion: then nothing of it depends on what else was asked."""
    constant: bool = False
    """Whether it is an act with all its details, such as a call with its arguments, that an honest answer would
    make out of what was asked."""
    foreign: bool = False
    """Whether it is words of its own, which say something even where all prompts with the feature are of one kind."""
    telling: bool = False
    """Whether it is worth telling even if a topic calls for it, as a refusal is."""
    echoes: bool = True
    """Whether a completion that only repeats what was read does not count."""
    rank: int = 0
    """Of several behaviours of the same records, that with the lowest is told."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One behaviour and the records that show it."""

    family: BehaviourFamily
    name: str
    records: Ints
    """Rising."""
    answers: Ints
    """Shape of `records`: number of the first answer of each record that shows it, among all answers."""

    @property
    def rank(self) -> int:
        """Of several behaviours of the same records, that with the lowest is told."""
        return self.family.rank

    def answers_of(self, records: Ints) -> Ints:
        """Give the answers in which some of the records show it."""
        return self.answers[np.searchsorted(self.records, records)]

    @property
    def says(self) -> str:
        """What a completion does, in words. Quotes text of the dataset: hostile, escape it."""
        return self.family.says.replace("{name}", self.name)
