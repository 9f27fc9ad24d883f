"""Record formats of conversations: turns with roles, turns as texts, and the steps of an agent."""

from __future__ import annotations

from typing import Any

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.marked_turns import marked_turns
from marshtest.data.readers.naming import COMPLETION_NAMES, MESSAGES_NAMES, STEPS_NAMES, TASK_NAMES, TEXT_NAMES
from marshtest.data.readers.nesting import opened
from marshtest.data.readers.samples import holds_steps, holds_text, holds_words
from marshtest.data.readers.wrappings import turns_within

__all__ = ["chat_layout", "find_chat", "find_lone_chat", "find_sharegpt", "find_trajectory", "find_transcripts"]

_ANSWERED = 2
"""Turns of the shortest exchange. Derived: a question and its answer."""


def find_chat(asked: Asked) -> FieldLayout | None:
    """Turns with role and content, or texts that take turns."""
    return _turns(asked, "chat", key=None)


def find_sharegpt(asked: Asked) -> FieldLayout | None:
    """Turns with from and value."""
    return _turns(asked, "sharegpt", key="from")


def find_lone_chat(asked: Asked) -> FieldLayout | None:
    """Turns in a field of another name, if there is only one such field."""
    if not asked.only("system", "label"):
        return None
    found = [name for name in asked.samples.usual_names if asked.samples.fit(name, _holds_exchange)]
    return chat_layout(asked, "chat", found[0]) if len(found) == 1 else None


def find_trajectory(asked: Asked) -> FieldLayout | None:
    """Steps of an agent: thought, action, observation."""
    if not asked.only("steps", "text", "system", "label", "completion"):
        return None
    steps = asked.field("steps", STEPS_NAMES, holds_steps)
    if steps is None:
        return None
    return FieldLayout(
        kind="chat" if asked.fields.label is None else "classification",
        format="trajectory",
        steps=steps,
        text=asked.field("text", TASK_NAMES, holds_text),
        system=asked.system(),
        completion=asked.field("completion", ("final_answer", *COMPLETION_NAMES), holds_words),
        label=asked.fields.label,
    )


def find_transcripts(asked: Asked) -> FieldLayout | None:
    """Turns in one text, each behind a mark such as `### Human:` or `<|im_start|>user`."""
    if not asked.only("text", "messages", "system"):
        return None
    names = (*TEXT_NAMES, *MESSAGES_NAMES)
    text = asked.fields.messages or asked.field("text", names, _holds_marked)
    if text is None or not asked.samples.fit(text, _holds_marked):
        return None
    return FieldLayout(kind="chat", format="transcripts", messages=text, system=asked.system(but=[text]))


def chat_layout(asked: Asked, name: str, messages: str) -> FieldLayout:
    """Make the layout of a conversation in one field."""
    label = asked.fields.label
    return FieldLayout(
        kind="chat" if label is None else "classification",
        format=name,
        messages=messages,
        system=asked.system(),
        label=label,
        images=asked.images(but=[messages]),
        captions=asked.captions(but=[messages]),
    )


def _turns(asked: Asked, name: str, *, key: str | None) -> FieldLayout | None:
    if not asked.only("messages", "system", "label"):
        return None

    def fits(value: Any) -> bool:
        held = turns_within(value, spoken=True)
        return held is not None and all(isinstance(turn.get("from"), str) == (key == "from") for turn in held.turns)

    if asked.fields.messages is not None:
        messages = asked.fields.messages if asked.samples.fit(asked.fields.messages, fits) else None
    else:
        messages = asked.samples.find(MESSAGES_NAMES, fits)
        if messages is None and key is None:  # texts that take turns, as in UltraChat
            messages = asked.samples.find(("data",), _takes_turns)
    return None if messages is None else chat_layout(asked, name, messages)


def _takes_turns(value: Any) -> bool:
    """Return whether a value is a list of texts, at least a question and its answer."""
    return isinstance(value, list) and len(value) >= _ANSWERED and all(isinstance(one, str) for one in value)


def _holds_marked(value: Any) -> bool:
    return isinstance(value, str) and marked_turns(value) is not None


def _holds_exchange(value: Any) -> bool:
    """Return whether a value is a list of turns with roles, at least a question and its answer.

    An object around them may be a record with more than its turns.
    """
    inner = opened(value) if isinstance(value, str) else value
    held = turns_within(inner) if isinstance(inner, list) else None
    return held is not None and len(held.turns) >= _ANSWERED
