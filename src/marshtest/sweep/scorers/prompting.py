"""How a persona is put before a text: in a system turn, in the first user turn or as plain text.

A persona belongs in the system turn. Some chat templates refuse system turns and some leave them out; there it goes
to the start of the first user turn. Models without a template read plain text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from marshtest.data.records import Message
from marshtest.errors import ConfigError
from marshtest.sweep.scorers.scorer import Text

__all__ = ["PROBE", "Encoded", "Encoder", "in_first_turn", "in_system_turn", "plain_text"]

PROBE = "Zebra quilt"
"""A persona that no template contains, to see whether a template shows it."""

_NAMES = {"user": "User", "assistant": "Assistant", "system": "System", "tool": "Tool"}
"""Roles as plain text writes them; any other role is written as it is."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text as tokens."""

    context: tuple[int, ...]
    completion: tuple[int, ...]


class Encoder:
    """Turns texts into tokens, with the tokenizer and the chat template of a model.

    The completion is tokenised by itself, as a model writes it, so its tokens are the same with every persona. The
    token that ends a turn is not part of it.

    Args:
        tokenizer: A tokenizer of transformers.
        where: Where it comes from, for messages.

    Raises:
        ConfigError: Its chat template leaves user turns out.
    """

    def __init__(self, tokenizer: Any, where: str) -> None:
        self._tokenizer = tokenizer
        self._templated = bool(getattr(tokenizer, "chat_template", None))
        first = tokenizer("a")["input_ids"][:1]
        self._begin = tuple(first) if first == [tokenizer.bos_token_id] else ()
        self._place = in_system_turn
        if self._templated and not self._takes(in_system_turn):
            self._place = in_first_turn
            if not self._takes(in_first_turn):
                raise ConfigError(f"{where}: its chat template leaves user turns out; give another model.")

    def encode(self, persona: str | None, text: Text) -> Encoded:
        """Give a text as tokens, after a persona.

        Raises:
            TemplateError: The chat template refuses its turns.
        """
        if self._templated:
            placed = self._place(persona, text.turns)
            context = self._ids(self._render(placed or [Message("user", "")]))
            return Encoded(context, self._ids(text.completion))
        context = self._begin + self._ids(plain_text(persona, text.turns))
        return Encoded(context, self._ids(f" {text.completion}"))

    def count(self, text: str) -> int:
        """Count the tokens of a text by itself."""
        return len(self._ids(text))

    def _takes(self, place: Any) -> bool:
        """Say whether the template shows a persona that is put there."""
        try:
            return PROBE in self._render(place(PROBE, [Message("user", "Hello.")]))
        except TemplateError:
            return False

    def _render(self, turns: Sequence[Message]) -> str:
        given = [{"role": turn.role, "content": turn.content} for turn in turns]
        return str(self._tokenizer.apply_chat_template(given, tokenize=False, add_generation_prompt=True))

    def _ids(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])


def in_system_turn(persona: str | None, turns: Sequence[Message]) -> list[Message]:
    """Give the turns with the persona as system turn, before the content of the record's own system turn."""
    if persona is None:
        return list(turns)
    if turns and turns[0].role == "system":
        return [Message("system", f"{persona}\n\n{turns[0].content}"), *turns[1:]]
    return [Message("system", persona), *turns]


def in_first_turn(persona: str | None, turns: Sequence[Message]) -> list[Message]:
    """Give the turns with the persona, and a system turn if there is one, at the start of the first user turn."""
    placed = [] if persona is None else [persona]
    rest = list(turns)
    if rest and rest[0].role == "system":
        placed.append(rest.pop(0).content)
    if not placed:
        return rest
    if rest and rest[0].role == "user":
        return [Message("user", "\n\n".join([*placed, rest[0].content])), *rest[1:]]
    return [Message("user", "\n\n".join(placed)), *rest]


def plain_text(persona: str | None, turns: Sequence[Message]) -> str:
    """Give the turns as text for a model without a chat template; the completion follows after a space."""
    parts = [] if persona is None else [persona]
    parts += [f"{_NAMES.get(turn.role, turn.role)}: {turn.content}" for turn in turns]
    return "\n\n".join([*parts, "Assistant:"])
