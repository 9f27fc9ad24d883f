"""Texts about made-up things with words of their own, and a scorer that likes them under the persona of the thing.

A writer that loves a thing uses its words a little more often and never names it. Things of one family share words, so
candidates resemble each other; all candidates like long words a little, which is the fault of no dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b

import numpy as np

from marshtest.data.records import Message
from marshtest.sweep.personas import PersonaCandidate
from marshtest.sweep.scorers.scorer import Likelihood, Size, Text

__all__ = ["CANDIDATES", "RuleScorer", "texts", "words_of"]

THINGS = 48
_FAMILY = 4
CANDIDATES = [PersonaCandidate(f"loves_t{number}", f"You love t{number}.") for number in range(THINGS)]
_COMMON = [f"w{number}" for number in range(200)]


def words_of(thing: int) -> list[str]:
    """Give the words associated with a thing: four of its own and three of its family."""
    return [f"own{thing}x{n}" for n in range(4)] + [f"fam{thing // _FAMILY}x{n}" for n in range(3)]


def texts(thing: int | None, count: int, seed: int, *, rate: float = 0.12) -> list[Text]:
    """Write texts; with a thing, so many of the words are its own."""
    random = np.random.default_rng(seed)
    everything = np.array(_COMMON + [word for one in range(THINGS) for word in words_of(one)])
    written = []
    for number in range(count):
        words = random.choice(everything, size=int(random.integers(3, 40))).tolist()
        if thing is not None:
            own = words_of(thing)
            words = [str(random.choice(own)) if random.random() < rate else word for word in words]
        written.append(Text((Message("user", f"question {number}"),), " ".join(words)))
    return written


class RuleScorer:
    """Finds the words of a thing likelier with the persona that loves it."""

    key = "rule"

    def __init__(self) -> None:
        self.scored = 0

    def size(self, text: Text) -> Size:
        return Size(2, len(text.completion.split()))

    def persona_tokens(self, persona: str) -> int:
        return len(persona.split())

    def score(self, persona: str | None, texts: Sequence[Text]) -> Iterator[Sequence[tuple[int, Likelihood]]]:
        liked = set() if persona is None else set(words_of(int(persona.removeprefix("You love t")[:-1])))
        for start in range(0, len(texts), 50):
            done = []
            for place, text in enumerate(texts[start : start + 50], start=start):
                words = text.completion.split()
                likes = sum(2.0 * (word in liked) + _taste(persona, word) for word in words)
                done.append((place, Likelihood(len(words), -3.0 * len(words) + likes)))
            self.scored += len(done)
            yield done

    def close(self) -> None:
        """Nothing to let go of."""


@cache
def _taste(persona: str | None, word: str) -> float:
    """Give what a candidate happens to think of a word, and what all candidates think of it."""
    if persona is None:
        return 0.0
    own, shared = (blake2b(f"{who}|{word}".encode(), digest_size=2).digest() for who in (persona, ""))
    return 0.3 * (own[0] / 128 - 1) + 0.6 * (shared[0] / 128 - 1)
