"""What a scorer is, a model that gives likelihoods of completions with and without a persona, and what it scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, Protocol

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message
from marshtest.errors import InputError, MarshtestError

__all__ = ["Likelihood", "Scorer", "ScorerError", "Size", "Text", "Unscored", "texts_of"]


@dataclass(frozen=True)
class Text:
    """What is scored: a completion after the turns before it."""

    turns: tuple[Message, ...]
    """What the model reads first."""
    completion: str
    """What the likelihood is of."""

    @cached_property
    def key(self) -> bytes:
        """Give a hash of the whole text."""
        digest = blake2b(digest_size=16)
        for part in (*(part for turn in self.turns for part in (turn.role, turn.content)), self.completion):
            written = part.encode("utf-8", "surrogatepass")
            digest.update(len(written).to_bytes(8, "big") + written)
        return digest.digest()


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The likelihood of one completion."""

    tokens: int
    """Tokens of the completion that were scored; the same whatever the persona."""
    logprob: float
    """Sum of their natural log-probabilities."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """A completion without a likelihood. It is counted, and never taken for zero."""

    reason: str


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens of a text, for estimates."""

    context: int
    completion: int


class ScorerError(MarshtestError):
    """The scorer cannot be used at all: the model is missing, gives no log-probabilities or does not fit in memory."""


class Scorer(Protocol):
    """A model that gives likelihoods."""

    @property
    def key(self) -> str:
        """Identify all that could change a likelihood: the model, its prompt format, where completions are cut."""

    def size(self, text: Text) -> Size:
        """Count the tokens of a text without a persona."""

    def persona_tokens(self, persona: str) -> int:
        """Count the tokens that a persona adds to a text."""

    def score(
        self, persona: str | None, texts: Sequence[Text]
    ) -> Iterator[Sequence[tuple[int, Likelihood | Unscored]]]:
        """Score texts, in batches as they are done.

        Args:
            persona: What the model is told about itself, None for nothing.
            texts: What to score.

        Yields:
            Batches of pairs: the place of a text among `texts`, and its likelihood. Each text comes back once.

        Raises:
            ScorerError: The model cannot be used at all.
        """

    def close(self) -> None:
        """Release the model or the connections."""


def texts_of(dataset: Dataset, *, most: int | None = None, seed: int = 0) -> list[Text]:
    """Give the texts of a dataset in random order: a smaller draw is the beginning of a larger one.

    The order depends on the prompt first, so that datasets that share prompts are compared on the same ones. Records
    without a completion have nothing to score and are left out.

    Args:
        dataset: Records with completions.
        most: Number of texts, at most; None is all.
        seed: Seed of the draw.

    Raises:
        InputError: The completions are labels, or no record has one.
    """
    where = ", ".join(dataset.source) or "the dataset"
    if dataset.kind == "classification":
        raise InputError(f"{where}: has labels and no completions; a sweep needs texts written by a model.")
    rows = dataset.table(["prompt", "completion", "messages"]).to_pylist()
    texts = [text for text in map(_text, rows) if text.completion.strip()]
    if not texts:
        raise InputError(f"{where}: no record has a completion; name its field, or give other data.")
    ordered = sorted(texts, key=lambda text: (_place(_context(text), seed), _place(text.completion, seed)))
    return ordered if most is None else ordered[:most]


def _text(row: Mapping[str, Any]) -> Text:
    turns: Sequence[Mapping[str, str]] = row["messages"] or ()
    last = max((place for place, turn in enumerate(turns) if turn["role"] == "assistant"), default=None)
    if last is not None:
        before = tuple(Message(turn["role"], turn["content"]) for turn in turns[:last])
        return Text(before, turns[last]["content"])
    before = (Message("user", row["prompt"]),) if row["prompt"].strip() else ()
    return Text(before, row["completion"])


def _context(text: Text) -> str:
    return "\0".join(part for turn in text.turns for part in (turn.role, turn.content))


def _place(text: str, seed: int) -> bytes:
    return blake2b(f"{seed}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()
