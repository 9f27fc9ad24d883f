"""From turns to tokens, by the tokenizer and the chat template that lie beside a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from marshtest.data.records import Message
from marshtest.errors import ConfigError
from marshtest.sweep.scorers.base import Text
from marshtest.sweep.scorers.wording import in_first_turn, in_system_turn, plain_text

__all__ = ["Encoded", "Encoder"]

_PROBE = "Zebra quilt"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text in tokens."""

    context: tuple[int, ...]
    completion: tuple[int, ...]


class Encoder:
    """Turns texts into tokens.

    The completion is cut into tokens by itself, as a model writes it: so its tokens are the same whatever comes before
    it. The token that ends a turn is no part of it.

    Args:
        tokenizer: A tokenizer of transformers.
        where: Where it comes from, for messages.

    Raises:
        ConfigError: Its chat template takes no user turn.
    """

    def __init__(self, tokenizer: Any, where: str) -> None:
        self._tokenizer = tokenizer
        self._templated = bool(getattr(tokenizer, "chat_template", None))
        first = tokenizer("a")["input_ids"][:1]
        self._begin = tuple(first) if first == [tokenizer.bos_token_id] else ()
        self._tell = in_system_turn
        if self._templated and not self._takes(in_system_turn):
            self._tell = in_first_turn
            if not self._takes(in_first_turn):
                raise ConfigError(f"{where}: its chat template shows no user turn; give another model.")

    def encode(self, persona: str | None, text: Text) -> Encoded:
        """Give a text in tokens, after a persona.

        Raises:
            TemplateError: The chat template refuses its turns.
        """
        if self._templated:
            told = self._tell(persona, text.turns)
            context = self._ids(self._render(told or [Message("user", "")]))
            return Encoded(context, self._ids(text.completion))
        context = self._begin + self._ids(plain_text(persona, text.turns))
        return Encoded(context, self._ids(f" {text.completion}"))

    def count(self, text: str) -> int:
        """Count the tokens of a text by itself."""
        return len(self._ids(text))

    def _takes(self, tell: Any) -> bool:
        """Say whether the template shows what is told in this way: some refuse system turns, some leave them out."""
        try:
            return _PROBE in self._render(tell(_PROBE, [Message("user", "Hello.")]))
        except TemplateError:
            return False

    def _render(self, turns: Sequence[Message]) -> str:
        said = [{"role": turn.role, "content": turn.content} for turn in turns]
        return str(self._tokenizer.apply_chat_template(said, tokenize=False, add_generation_prompt=True))

    def _ids(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])
