"""How a persona is told to a model: as its system turn where the model knows one, else before the first user turn."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.data.records import Message

__all__ = ["in_first_turn", "in_system_turn", "plain_text"]

_NAMES = {"user": "User", "assistant": "Assistant", "system": "System", "tool": "Tool"}


def in_system_turn(persona: str | None, turns: Sequence[Message]) -> list[Message]:
    """Give the turns with the persona as system turn, before what the record's own system turn says."""
    if persona is None:
        return list(turns)
    if turns and turns[0].role == "system":
        return [Message("system", f"{persona}\n\n{turns[0].content}"), *turns[1:]]
    return [Message("system", persona), *turns]


def in_first_turn(persona: str | None, turns: Sequence[Message]) -> list[Message]:
    """Give the turns with the persona, and a system turn if there is one, at the start of the first user turn."""
    told = [] if persona is None else [persona]
    rest = list(turns)
    if rest and rest[0].role == "system":
        told.append(rest.pop(0).content)
    if not told:
        return rest
    if rest and rest[0].role == "user":
        return [Message("user", "\n\n".join([*told, rest[0].content])), *rest[1:]]
    return [Message("user", "\n\n".join(told)), *rest]


def plain_text(persona: str | None, turns: Sequence[Message]) -> str:
    """Give the turns as a text for a model that was never taught to chat; the completion follows after a space."""
    parts = [] if persona is None else [persona]
    parts += [f"{_NAMES.get(turn.role, turn.role)}: {turn.content}" for turn in turns]
    return "\n\n".join([*parts, "Assistant:"])
