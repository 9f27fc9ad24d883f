"""What a judge is: one call in, one reply out, or a failure whose type says whether a retry can help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from marshtest.errors import MarshtestError
from marshtest.judges.questions import Item, Passage

__all__ = ["Broken", "Busy", "Call", "CallFailed", "Judge", "JudgeError", "Refused", "Reply", "TooLong", "Unreachable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a model: several items of one question."""

    question: str
    """The question's id."""
    system: str
    """The fixed part: the same text in every call of a question, so that providers can cache it."""
    user: str
    """The items, each text in a fence."""
    schema: Mapping[str, Any]
    """JSON Schema of the whole answer."""
    max_tokens: int
    items: tuple[tuple[str, Item], ...]
    """What is asked about, each with the id that the answer has to give back."""
    fenced: tuple[Passage, ...] = ()
    """What of the dataset belongs to the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model wrote, and what it cost."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    """Of the input tokens, how many the provider had cached."""
    cut: bool = False
    """Whether the answer ended because it reached `max_tokens`."""


class JudgeError(MarshtestError):
    """The judge cannot be used at all: a wrong key, an unknown model, no money. A retry would not help."""


class CallFailed(Exception):
    """A call that brought no answer."""


class Busy(CallFailed):
    """The server asks to wait."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds that the server asks for; 0 where it does not say."""


class Unreachable(CallFailed):
    """No connection, a timeout, or a connection that broke."""


class Broken(CallFailed):
    """The server failed (5xx), or what came was no answer of the protocol."""


class Refused(CallFailed):
    """The model or its provider declined to answer about these items."""


class TooLong(CallFailed):
    """The call does not fit into the model."""


@runtime_checkable
class Judge(Protocol):
    """A language model that can be called. Calls of one audit overlap, all in one event loop."""

    @property
    def model(self) -> str:
        """Name in reports, and part of every key in the store."""

    async def complete(self, call: Call) -> Reply:
        """Make one attempt.

        Raises:
            CallFailed: It brought no answer; which kind says what to do.
            JudgeError: No call to this judge can succeed.
        """

    async def close(self) -> None:
        """Close all connections, in the event loop of the calls; called once an audit is over."""
