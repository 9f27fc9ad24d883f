"""Turns of conversations: the role and all the text of a turn, wherever its format keeps it.

Reasoning, tool calls and observations are written into the text of their turn as chat templates do, in `<think>`,
`<tool_call>` and `<tool_response>` blocks, so that detectors and people see them and can tell them apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from marshtest.data.identity import as_text, canonical_json

__all__ = ["REASONING_KEYS", "Turn", "Unfit", "joined", "parted", "steps_of", "think", "turns_of"]

REASONING_KEYS = ("reasoning_content", "reasoning", "thinking", "thought", "thoughts")
"""Keys under which a turn or a step keeps its reasoning."""
_TEXT_KEYS = ("content", "value", "text")
"""Keys under which a turn keeps its text."""
_ROLES = {
    "human": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "observation": "tool",
    "function_response": "tool",
}
"""Other names of roles."""
_USUAL = {"human", "gpt", "function_call", "observation", "function_response"}
"""Spellings of ShareGPT, which are not worth keeping beside the role."""
_SPOKEN_TYPES = ("text", "input_text", "output_text")
"""Types of the parts of a content that are plain text."""
_ACTION_KEYS, _INPUT_KEYS = ("action", "tool", "tool_name"), ("action_input", "tool_input", "arguments", "args")
"""Keys under which a step keeps the tool and its arguments; below, what the tool returned and what the agent says."""
_SEEN_KEYS = ("observation", "tool_output", "result", "output")
_SAID_KEYS = ("final_answer", "answer", "response", "content")


class Turn(NamedTuple):
    """One turn: its role, its text, and its other fields."""

    role: str
    text: str
    rest: dict[str, Any]


class Unfit(ValueError):
    """The record lacks what its kind needs."""


def turns_of(found: Any, name: str) -> list[Turn]:
    """Return the turns of a list of messages.

    Raises:
        Unfit: The value is not a list, is empty, or a turn has no role.
    """
    if not isinstance(found, list) or not found:
        raise Unfit(f"the messages field {name!r} is missing, empty or not a list.")
    return [_turn(turn, number, name) for number, turn in enumerate(found, start=1)]


def steps_of(found: Any, name: str) -> list[Turn]:
    """Return the turns of a list of agent steps: for each, what was thought and done, then what the tool returned.

    Raises:
        Unfit: The value is not a list, is empty, or a step is not an object.
    """
    if not isinstance(found, list) or not found or not all(isinstance(step, dict) for step in found):
        raise Unfit(f"the steps field {name!r} is missing, empty or not a list of steps.")
    return [turn for step in found for turn in _step(step)]


def think(text: str) -> str:
    """Wrap reasoning as chat templates do."""
    return f"<think>\n{text}\n</think>"


def joined(texts: Iterable[str]) -> str:
    """Join the parts of a turn, or turns, by blank lines."""
    return "\n\n".join(texts)


def parted(turns: list[Turn]) -> tuple[str, str]:
    """Split a conversation into prompt and completion, which is the last turn of the assistant."""
    last = next((index for index in range(len(turns) - 1, -1, -1) if turns[index].role == "assistant"), None)
    prompt = joined(turn.text for index, turn in enumerate(turns) if index != last)
    return prompt, "" if last is None else turns[last].text


def _turn(turn: Any, number: int, name: str) -> Turn:
    """Return one turn."""
    spoken = turn.get("role", turn.get("from")) if isinstance(turn, dict) else None
    if not isinstance(spoken, str):
        raise Unfit(f"turn {number} of {name!r} has no role; every turn needs a role and a content.")
    rest = {key: item for key, item in turn.items() if item is not None}
    rest.pop("role" if isinstance(turn.get("role"), str) else "from")
    role = _ROLES.get(spoken.lower(), spoken)
    if role != spoken and spoken not in _USUAL:
        rest["role"] = spoken
    texts = [think(as_text(rest.pop(key))) for key in REASONING_KEYS if rest.get(key)]
    key = next((key for key in _TEXT_KEYS if turn.get(key) is not None), "content")
    texts += _said(rest.pop(key, None), rest, key, is_call=spoken == "function_call")
    texts += [as_text(rest.pop("refusal"))] if rest.get("refusal") else []
    texts += _calls(rest)
    return Turn(role, joined(texts), rest)


def _said(content: Any, rest: dict[str, Any], key: str, *, is_call: bool) -> list[str]:
    """Return the texts of a content; of a list of parts, whatever is not text is put into `rest`."""
    if is_call and content is not None:
        return [f"<tool_call>\n{as_text(content)}\n</tool_call>"]
    if not isinstance(content, list) or not all(isinstance(part, str | dict) for part in content):
        text = as_text(content)
        return [text] if text else []
    texts: list[str] = []
    remains: list[dict[str, Any]] = []
    for part in content:
        text, remain = (part, {}) if isinstance(part, str) else _part(part)
        texts.append(text)
        remains.append(remain)
    if any(remains):
        rest[key] = remains
    return texts


def _part(part: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the text of one part of a content, and its other fields."""
    rest = {key: item for key, item in part.items() if item is not None}
    kind = rest.get("type")
    if kind in _SPOKEN_TYPES and isinstance(rest.get("text"), str):
        text = rest.pop("text")
    elif kind in ("thinking", "reasoning") and isinstance(rest.get(kind, rest.get("text")), str):
        text = think(rest.pop(kind) if kind in rest else rest.pop("text"))
    elif kind == "tool_use" and "name" in rest:
        text = _call(rest.pop("name"), rest.pop("input", None))
    elif kind == "tool_result":
        inner: dict[str, Any] = {}
        seen = joined(_said(rest.pop("content", None), inner, "content", is_call=False))
        text = f"<tool_response>\n{seen}\n</tool_response>"
        rest |= inner
    else:
        return canonical_json(rest), {}
    del rest["type"]
    return text, rest


def _calls(rest: dict[str, Any]) -> list[str]:
    """Remove the tool calls from `rest` and return them as text; their ids stay."""
    texts: list[str] = []
    if isinstance(call := rest.get("function_call"), dict):
        del rest["function_call"]
        texts.append(_call_of(dict(call)))
    calls = rest.get("tool_calls")
    if not isinstance(calls, list):
        return texts
    del rest["tool_calls"]
    remains: list[dict[str, Any]] = []
    for one in calls:
        remain = {key: item for key, item in one.items() if item is not None} if isinstance(one, dict) else {}
        function = remain.get("function")
        if isinstance(function, dict):
            del remain["function"]
            texts.append(_call_of(dict(function)))
            if remain.get("type") == "function":
                del remain["type"]
        elif "name" in remain:
            texts.append(_call(remain.pop("name"), remain.pop("arguments", remain.pop("args", None))))
        else:
            texts.append(f"<tool_call>\n{as_text(one)}\n</tool_call>")
            remain = {}
        remains.append(remain)
    if any(remains):
        rest["tool_calls"] = remains
    return texts


def _call_of(function: dict[str, Any]) -> str:
    """Write a function call as text; fields other than name and arguments follow it."""
    text = _call(function.pop("name", None), function.pop("arguments", None))
    rest = {key: item for key, item in function.items() if item is not None}
    return f"{text}\n{canonical_json(rest)}" if rest else text


def _call(name: Any, arguments: Any) -> str:
    """Write a call as text. Arguments that are text stay as they are; if escapes hide letters, plain ones follow."""
    shown = as_text(arguments) if arguments is not None else "{}"
    if isinstance(arguments, str) and "\\u" in arguments:
        try:
            plain = canonical_json(json.loads(arguments))
        except (ValueError, RecursionError):
            plain = arguments
        shown = arguments if plain == arguments else f"{arguments}\n{plain}"
    return f'<tool_call>\n{{"name": {canonical_json(as_text(name))}, "arguments": {shown}}}\n</tool_call>'


def _step(step: Mapping[str, Any]) -> list[Turn]:
    """Return the turns of one step."""
    rest = {key: item for key, item in step.items() if item is not None}
    texts = [think(as_text(rest.pop(key))) for key in REASONING_KEYS if rest.get(key)]
    action = next((rest.pop(key) for key in _ACTION_KEYS if rest.get(key)), None)
    given = next((rest.pop(key) for key in _INPUT_KEYS if rest.get(key) is not None), None)
    if given is not None:
        texts.append(_call(action, given))
    elif action is not None:
        texts.append(f"<tool_call>\n{as_text(action)}\n</tool_call>")
    texts += [as_text(rest.pop(key)) for key in _SAID_KEYS if rest.get(key)]
    seen = [Turn("tool", as_text(rest.pop(key)), {}) for key in _SEEN_KEYS if rest.get(key)]
    said = [Turn("assistant", joined(texts), {})] if texts else []
    made = [*said, *seen]
    if not made:
        return [Turn("assistant", "", rest)]
    return [made[0]._replace(rest=rest), *made[1:]]
