"""Turns of conversations: the role and all the text of a turn, wherever its format keeps it.

Reasoning, tool calls and observations are written into the text of their turn as chat templates do, in `<think>`,
`<tool_call>` and `<tool_response>` blocks, so that detectors and people see them and can tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from marshtest.data.identity import as_text, canonical_json
from marshtest.data.readers.marked_turns import marked_turns
from marshtest.data.readers.parts import call_text, joined, said, think
from marshtest.data.readers.wrappings import Held, role_in, seen_in, turns_within

__all__ = [
    "ANSWERING",
    "REASONING_KEYS",
    "Turn",
    "Unfit",
    "parted",
    "steps_of",
    "turns_if_any",
    "turns_of",
    "with_assistant",
]

REASONING_KEYS = ("reasoning_content", "reasoning", "thinking", "thought", "thoughts")
"""Keys under which a turn or a step keeps its reasoning."""
_TEXT_KEYS = ("content", "value", "text", "parts", "message", "utterance", "contents", "body")
"""Keys under which a turn keeps its text."""
_ROLES = {
    "human": "user",
    "prompter": "user",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "ai": "assistant",
    "bot": "assistant",
    "chatbot": "assistant",
    "model": "assistant",
    "assistant_tool_call": "assistant",
    "tool_call": "assistant",
    "function_call": "assistant",
    "observation": "tool",
    "function_response": "tool",
    "tool_response": "tool",
}
"""Other names of roles."""
ANSWERING = frozenset({"assistant", *(name for name, role in _ROLES.items() if role == "assistant")})
"""Roles, in lower case, of whom the model is trained to be."""
_OWN = ("user", "assistant", "system", "tool", "developer")
"""Names of roles that other spellings in capitals stand for."""
_USUAL = {"human", "gpt", "function_call", "observation", "function_response", "tool_call", "tool_response", "model"}
"""Spellings that many formats share, which are not worth keeping beside the role."""
_CALLING = {"function_call", "tool_call", "assistant_tool_call"}
"""Roles whose text is a call."""
_ASKING = ("user", "system", "tool", "developer", "function")
"""Roles that do not answer."""
_WEIGHTS = ("weight", "loss_weight", "loss", "train", "training", "trainable")
"""Keys that say whether a turn is trained on."""
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


def turns_of(found: Any, name: str, rest: dict[str, Any]) -> list[Turn]:
    """Return the turns of a value, whatever wraps them; what a wrapping object holds besides goes to `rest`.

    Raises:
        Unfit: The value holds no turns, or a turn has no role.
    """
    held = turns_within(found, spoken=True)
    if held is None and isinstance(found, str) and (marked := marked_turns(found)) is not None:
        held = Held(marked, {})
    if held is None:
        if isinstance(found, list) and found and any(isinstance(one, dict) for one in found):
            return [_turn(turn, number, name) for number, turn in enumerate(found, start=1)]
        raise Unfit(
            f"the messages field {name!r} is missing, empty or not a list."
            if found is None or found in ([], "")
            else f"the messages field {name!r} holds {seen_in(found)}, which are no turns (role and content); it is "
            "missing, empty or not a list of turns."
        )
    return _all_of(held, name, rest)


def turns_if_any(found: Any, name: str, rest: dict[str, Any]) -> list[Turn] | None:
    """Return the turns with roles of a value; None if it holds none."""
    if isinstance(found, str) and found[:1] not in ("[", "{", '"'):
        return None
    held = turns_within(found)
    return None if held is None else _all_of(held, name, rest)


def _all_of(held: Held, name: str, rest: dict[str, Any]) -> list[Turn]:
    if held.beyond:
        rest |= {f"{name}.{key}": item for key, item in held.beyond.items()}
    return [_turn(turn, number, name) for number, turn in enumerate(held.turns, start=1)]


def steps_of(found: Any, name: str) -> list[Turn]:
    """Return the turns of a list of agent steps: for each, what was thought and done, then what the tool returned.

    Raises:
        Unfit: The value is not a list, is empty, or a step is not an object.
    """
    if not isinstance(found, list) or not found or not all(isinstance(step, dict) for step in found):
        raise Unfit(f"the steps field {name!r} is missing, empty or not a list of steps.")
    return [turn for step in found for turn in _step(step)]


def parted(turns: list[Turn]) -> tuple[str, str]:
    """Split a conversation into prompt and completion, the last turn of the assistant that is trained on."""
    mine = [index for index, turn in enumerate(turns) if turn.role == "assistant"]
    mine = [index for index in mine if not _is_untrained(turns[index].rest)] or mine
    last = mine[-1] if mine else None
    prompt = joined(turn.text for index, turn in enumerate(turns) if index != last)
    return prompt, "" if last is None else turns[last].text


def with_assistant(turns: list[Turn]) -> list[Turn]:
    """Return the turns with an assistant: where no role is the assistant's, the last one that nobody else's claims.

    Where user and system are all there are, what the system says after the user is the answer: it is no system prompt.
    """
    if any(turn.role == "assistant" for turn in turns):
        return turns
    roles = [turn.role for turn in turns]
    if set(roles) == {"user", "system"} and "system" in roles[roles.index("user") :]:
        first = roles.index("user")
        return [
            turn._replace(role="assistant") if number > first and turn.role == "system" else turn
            for number, turn in enumerate(turns)
        ]
    claimed = [turn.role for turn in turns[1:] if turn.role.lower() not in _ASKING]
    return [
        turn._replace(role="assistant", rest={"role": turn.role, **turn.rest}) if turn.role in claimed[-1:] else turn
        for turn in turns
    ]


def _is_untrained(rest: Mapping[str, Any]) -> bool:
    """Return whether a turn says that it is not trained on. Its text is text all the same."""
    return bool(rest) and any(rest.get(key) in (0, "0", "false") for key in _WEIGHTS if rest.get(key) is not None)


def _turn(turn: Any, number: int, name: str) -> Turn:
    """Return one turn."""
    key, spoken = role_in(turn) if isinstance(turn, dict) else (None, None)
    if key is None or spoken is None:
        raise Unfit(f"turn {number} of {name!r} has no role; every turn needs a role and a content.")
    rest = {name: item for name, item in turn.items() if item is not None}
    rest.pop(key)
    small = spoken.lower()
    role = _ROLES.get(small, small if small in _OWN else spoken)
    if small != spoken.strip() and role == small:
        pass  # the same name in capitals
    elif role != spoken and spoken not in _USUAL:
        rest["role"] = spoken
    texts = [think(as_text(rest.pop(key))) for key in REASONING_KEYS if rest.get(key)]
    key = next((key for key in _TEXT_KEYS if turn.get(key) is not None), "content")
    content = rest.pop(key, None)
    if spoken in _CALLING and content is not None:
        texts.append(f"<tool_call>\n{as_text(content)}\n</tool_call>")
    else:
        texts += said(content, rest, key)
    texts += [as_text(rest.pop("refusal"))] if rest.get("refusal") else []
    texts += _calls(rest)
    return Turn(role, joined(texts), rest)


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
            given = next((remain.pop(key) for key in ("arguments", "args", "parameters") if key in remain), None)
            texts.append(call_text(remain.pop("name"), given))
        else:
            texts.append(f"<tool_call>\n{as_text(one)}\n</tool_call>")
            remain = {}
        remains.append(remain)
    if any(remains):
        rest["tool_calls"] = remains
    return texts


def _call_of(function: dict[str, Any]) -> str:
    """Write a function call as text; fields other than name and arguments follow it."""
    text = call_text(function.pop("name", None), function.pop("arguments", None))
    rest = {key: item for key, item in function.items() if item is not None}
    return f"{text}\n{canonical_json(rest)}" if rest else text


def _step(step: Mapping[str, Any]) -> list[Turn]:
    """Return the turns of one step."""
    rest = {key: item for key, item in step.items() if item is not None}
    texts = [think(as_text(rest.pop(key))) for key in REASONING_KEYS if rest.get(key)]
    action = next((rest.pop(key) for key in _ACTION_KEYS if rest.get(key)), None)
    given = next((rest.pop(key) for key in _INPUT_KEYS if rest.get(key) is not None), None)
    if given is not None:
        texts.append(call_text(action, given))
    elif action is not None:
        texts.append(f"<tool_call>\n{as_text(action)}\n</tool_call>")
    texts += [as_text(rest.pop(key)) for key in _SAID_KEYS if rest.get(key)]
    seen = [Turn("tool", as_text(rest.pop(key)), {}) for key in _SEEN_KEYS if rest.get(key)]
    said_ = [Turn("assistant", joined(texts), {})] if texts else []
    made = [*said_, *seen]
    if not made:
        return [Turn("assistant", "", rest)]
    return [made[0]._replace(rest=rest), *made[1:]]
