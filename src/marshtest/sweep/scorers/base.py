"""What a scorer is: it says how likely a model finds completions, with a persona prompt and without."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Protocol

from marshtest.data.records import Message
from marshtest.errors import MarshtestError

__all__ = ["Likelihood", "Scorer", "ScorerError", "Size", "Text", "Unscored"]


@dataclass(frozen=True)
class Text:
    """What is scored: a completion after the turns that come before it."""

    turns: tuple[Message, ...]
    """What the model reads."""
    completion: str
    """What its likelihood is asked for."""

    @cached_property
    def key(self) -> bytes:
        """Give the hash of everything in it."""
        digest = blake2b(digest_size=16)
        for part in (*(part for turn in self.turns for part in (turn.role, turn.content)), self.completion):
            written = part.encode("utf-8", "surrogatepass")
            digest.update(len(written).to_bytes(8, "big") + written)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely one completion is."""

    tokens: int
    """Tokens of the completion that were scored; the same whatever the persona."""
    logprob: float
    """Sum of their natural log-probabilities."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """A completion without a likelihood. It is counted and never taken for zero."""

    reason: str


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens of a text, for estimates."""

    context: int
    completion: int


class ScorerError(MarshtestError):
    """The scorer cannot be used at all: no such model, no log-probabilities, no memory."""


class Scorer(Protocol):
    """A model that gives likelihoods."""

    @property
    def key(self) -> str:
        """Give everything that could change a figure: the model, how it is asked, where completions are cut."""

    def size(self, text: Text) -> Size:
        """Count the tokens of a text without a persona."""

    def persona_tokens(self, persona: str) -> int:
        """Count the tokens that a persona adds to a text."""

    def score(
        self, persona: str | None, texts: Sequence[Text]
    ) -> Iterator[Sequence[tuple[int, Likelihood | Unscored]]]:
        """Score texts, in batches as they are done: pairs of the text's place and what came out.

        Args:
            persona: What the model is told of itself, None for nothing.
            texts: What to score. Each comes back once.

        Raises:
            ScorerError: The model cannot be used at all.
        """

    def close(self) -> None:
        """Let go of the model or the connections."""
