"""Conversations inside other values: JSON in a string, an object around them, plain texts that take turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from marshtest.data.readers.nesting import opened

__all__ = ["Held", "is_turn", "role_in", "seen_in", "turns_within"]

_ROLE_KEYS = ("role", "from")
"""Keys that say whose turn it is."""
_SPEAKER_KEYS = ("author", "speaker", "sender")
"""Keys that do so in an object that has a text as well."""
_TEXT_KEYS = ("content", "value", "text", "parts", "message", "utterance")
_ROUND_KEYS = (
    ("user", "assistant"),
    ("human", "assistant"),
    ("human", "gpt"),
    ("human", "bot"),
    ("input", "output"),
    ("prompt", "response"),
    ("prompt", "completion"),
    ("query", "response"),
    ("question", "answer"),
    ("instruction", "output"),
)
"""Keys of an object that holds a question with its answer."""
_WRAPPERS = ("messages", "contents", "conversations", "conversation", "turns", "items", "chat", "dialogue", "history")
"""Keys of an object that holds a conversation."""
_SYSTEM_KEYS = ("system", "systemInstruction", "system_instruction", "system_prompt")
_SHOWN = 4
"""Keys of an object that a message names. Chosen by eye."""


class Held(NamedTuple):
    """Turns as their source writes them, and the other fields of the object around them."""

    turns: Sequence[Mapping[str, Any]]
    beyond: dict[str, Any]


def turns_within(value: Any, *, spoken: bool = False) -> Held | None:
    """Return the turns that a value holds, however they are wrapped; None if it holds none.

    Args:
        value: What a field holds.
        spoken: Whether texts without roles are turns too: user and assistant by turns. A list of texts may be anything
            where nothing says that it is a conversation.
    """
    if isinstance(value, str):
        inside = opened(value)
        return None if inside is None else turns_within(inside, spoken=spoken)
    if isinstance(value, list):
        if not value:
            return None
        if all(is_turn(one, spoken=spoken) for one in value):
            return Held(value, {})
        if is_turn(value[0]) and None not in (turns := [_as_turn(one) for one in value]):
            return Held([turn for turn in turns if turn is not None], {})
        return _from_list(value, spoken=spoken)
    if not isinstance(value, Mapping):
        return None
    return Held([value], {}) if is_turn(value, spoken=spoken) else _from_object(value, spoken=spoken)


def is_turn(turn: Any, *, spoken: bool = False) -> bool:
    """Return whether a value is a turn with a role, or, where turns are sure to be spoken, with a speaker."""
    if not isinstance(turn, dict):
        return False
    if isinstance(turn.get("role"), str) or isinstance(turn.get("from"), str):
        return True
    return spoken and role_in(turn)[0] is not None and any(key in turn for key in _TEXT_KEYS)


def _as_turn(one: Any) -> Mapping[str, Any] | None:
    """Return a turn, or a call, its output or reasoning that stands between turns, as in the Responses API, as one."""
    if not isinstance(one, dict):
        return None
    if is_turn(one):
        return one
    kind = one.get("type")
    if not isinstance(kind, str):
        return None
    if kind.endswith("_output"):
        return {"role": "tool", "content": [one]}
    return {"role": "assistant", "content": [one]} if kind.endswith("_call") or kind == "reasoning" else None


def role_in(turn: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the key of the role of a turn, and the role. A segment that is trained on is the assistant's."""
    for key in _ROLE_KEYS:
        if isinstance(spoken := turn.get(key), str):
            return key, spoken
    for key in _SPEAKER_KEYS:
        spoken = turn.get(key)
        if isinstance(spoken, Mapping):
            spoken = spoken.get("role")
        if isinstance(spoken, str):
            return key, spoken
    if isinstance(turn.get("label"), bool) and isinstance(turn.get("text"), str):
        return "label", "assistant" if turn["label"] else "user"
    return None, None


def seen_in(value: Any) -> str:
    """Describe a value for a message."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        inside = opened(value)
        if inside is not None:
            return f"a string that holds JSON ({seen_in(inside)})"
        return "a text" if value.strip() else "an empty text"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return f"an object with {_some(value)}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of which the first is {seen_in(value[0])}" if value else "an empty list"
    return f"a value of the type {type(value).__name__}"


def _some(value: Mapping[str, Any]) -> str:
    names = [f"'{str(name)[:40]}'" for name in value]
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def _from_list(value: Sequence[Any], *, spoken: bool) -> Held | None:
    """Return the turns of a list that is no list of turns."""
    if len(value) == 1 and isinstance(value[0], list):
        return turns_within(value[0], spoken=spoken)
    if all(isinstance(one, str) for one in value):
        inside = [opened(one) if one[:1] == "{" else None for one in value]
        if all(map(is_turn, inside)):
            return Held([one for one in inside if one is not None], {})
        return Held(_by_turns(value), {}) if spoken and len(value) > 1 else None
    if not spoken:
        return None
    if all(isinstance(one, list) and len(one) == 2 and all(isinstance(text, str) for text in one) for one in value):
        return Held(_by_turns([text for pair in value for text in pair]), {})
    rounds = [_round(one) for one in value]
    return Held([turn for some in rounds for turn in some or ()], {}) if all(rounds) else None


def _by_turns(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Let user and assistant say texts by turns."""
    return [{"role": "assistant" if number % 2 else "user", "content": text} for number, text in enumerate(texts)]


def _round(one: Any) -> list[dict[str, Any]] | None:
    """Return the turns of an object that holds a question and its answer, maybe with a system prompt."""
    if not isinstance(one, Mapping):
        return None
    keys = next((pair for pair in _ROUND_KEYS if all(isinstance(one.get(key), str) for key in pair)), None)
    if keys is None:
        return None
    lead = [{"role": "system", "content": one[key]} for key in _SYSTEM_KEYS if one.get(key)]
    turns = [*lead, *_said(one[keys[0]], "user"), *_said(one[keys[1]], "assistant")]
    beyond = {key: item for key, item in one.items() if key not in (*keys, *_SYSTEM_KEYS)}
    return [*turns[:-1], turns[-1] | ({"beside": beyond} if beyond else {})]


def _said(text: str, role: str) -> list[dict[str, Any]]:
    """Return the turn of a text in a round, or the turns that it holds as JSON."""
    held = turns_within(text) if text[:1] in ("[", "{") else None
    return [{"role": role, "content": text}] if held is None else [dict(turn) for turn in held.turns]


def _from_object(value: Mapping[str, Any], *, spoken: bool) -> Held | None:
    """Return the turns inside an object."""
    for key in _WRAPPERS:
        held = turns_within(value[key], spoken=True) if value.get(key) else None
        if held is not None:
            lead = [{"role": "system", "content": value[name]} for name in _SYSTEM_KEYS if value.get(name)]
            beyond = {name: item for name, item in value.items() if name not in (key, *_SYSTEM_KEYS)}
            return Held([*lead, *held.turns], held.beyond | beyond)
    if spoken and (turns := _round(value)) is not None:
        return Held(turns, {})
    return _from_columns(value)


def _from_columns(value: Mapping[str, Any]) -> Held | None:
    """Return the turns of an object with a list of roles and a list of texts, as tables keep lists of objects."""
    keys = [key for key, item in value.items() if isinstance(item, list)]
    role = next((key for key in (*_ROLE_KEYS, *_SPEAKER_KEYS) if key in keys), None)
    if role is None or not any(key in keys for key in _TEXT_KEYS) or not value[role]:
        return None
    size = len(value[role])
    if not all(len(value[key]) == size for key in keys) or not all(isinstance(one, str) for one in value[role]):
        return None
    beyond = {key: item for key, item in value.items() if key not in keys}
    return Held([{key: value[key][number] for key in keys} for number in range(size)], beyond)
