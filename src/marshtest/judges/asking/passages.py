"""What a judge is shown of a record: every turn with its role, reasoning by itself, and fields that hold text.

Nothing is left out of what the model reads or is trained to produce. Headings are ours; all else is hostile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshtest.data.identity import as_text
from marshtest.judges.questions import Passage

__all__ = ["COLUMNS", "PROMPT", "effect_passages", "label_passages"]

PROMPT = "prompt"
"""Heading of a bare prompt: the same in a record, in a window's first part and in a made-up text."""

COLUMNS = ("kind", "prompt", "completion", "label", "messages", "rejected", "fields")
"""The columns that are shown, or tell how to show the others."""

_ROLES = {"system", "developer", "user", "human", "assistant", "gpt", "bot", "model", "tool", "function", "ipython"}
_REASONING = re.compile(
    r"<(think|thinking|thought|thoughts|reasoning|reflection|scratchpad|scratchpad_reasoning|inner_monologue)>"
    r".*?(?:</\1>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_REASONING_FIELDS = re.compile(r"reason|think|thought|rationale|chain_of_thought|(?:^|_)cot(?:_|$)|scratchpad", re.I)
_TEXT_FIELDS = re.compile(
    r"system|instruction|context|tools?$|tool_|function|input|output|question|answer|response|completion|prompt|chosen"
    r"|rejected|document|passage|code|content|message|conversation|history|title|body|caption|summary",
    re.I,
)
_BOOKKEEPING = re.compile(
    r"^(?:meta(?:data)?|info|category|class|labels?|type|tags?|source|split|licen[cs]e|url|link|path|file(?:name)?|hash"
    r"|annotat\w*|comments?|notes?|remarks?)$|_(?:id|type|label|source|category|url|path|hash|count|score)$|^is_",
    re.I,
)
_KNOWN_NAMES = frozenset(
    {
        "answer", "body", "caption", "chosen", "code", "completion", "content", "context", "conversation",
        "conversations", "document", "history", "input", "instruction", "instructions", "messages", "output",
        "passage", "prompt", "query", "question", "rationale", "reasoning", "reasoning_content", "rejected",
        "response", "summary", "system", "system_prompt", "thinking", "thought", "thoughts", "title", "tool_calls",
        "tools",
    }
)  # fmt: skip
"""Names that may be part of a heading: those of well-known formats. Any other name is a text of the data's author."""
_LONG_TEXT, _MANY_WORDS = 40, 6
"""Characters and words from which a field counts as prose. Chosen by eye: what is shown is part of a stored key."""


def label_passages(row: Mapping[str, Any]) -> list[Passage]:
    """Give what the text of a labelled record is, and nothing that could give its label away.

    Args:
        row: The columns of one record.
    """
    if not row["messages"]:
        return [Passage(PROMPT, row["prompt"])]
    return [passage for number, turn in enumerate(row["messages"], 1) for passage in _turn(number, turn)]


def effect_passages(row: Mapping[str, Any], messages_field: str | None = None) -> list[Passage]:
    """Give all that a model reads or learns from a record.

    Args:
        row: The columns of one record.
        messages_field: Source field that the turns came from: what else it held stands beside the turns.
    """
    fields = _fields(row["fields"])
    turns = row["messages"] or []
    extras = fields.get(messages_field or "")
    if isinstance(extras, list) and len(extras) == len(turns) and all(isinstance(extra, dict) for extra in extras):
        del fields[messages_field or ""]
    else:
        extras = [{}] * len(turns)
    passages: list[Passage] = []
    for number, (turn, extra) in enumerate(zip(turns, extras, strict=True), start=1):
        passages += _turn(number, turn)
        for name, value in sorted(extra.items()):
            passages += _named(f"turn {number}, ", name, as_text(value))
    passages += _parts(row, [turn["content"] for turn in turns])
    if row["rejected"] is not None:
        passages += _with_reasoning("completion that lost", row["rejected"])
    for name, value in sorted(fields.items()):
        passages += _field(name, value)
    if row["kind"] == "classification":
        passages.append(Passage("label that the model learns to give", row["label"] or row["completion"]))
    return passages


def _parts(row: Mapping[str, Any], said: Sequence[str]) -> Iterator[Passage]:
    """Give what prompt and completion hold that no turn does."""
    prompt, completion, is_labelled = row["prompt"], row["completion"], row["kind"] == "classification"
    last = max((number for number, text in enumerate(said) if text == completion), default=len(said))
    joined = "\n\n".join(text for number, text in enumerate(said) if is_labelled or number != last)
    if not said or prompt not in ("", joined, *said):
        yield Passage(PROMPT, prompt)
    if not is_labelled and completion and completion not in said:
        won = "completion" if row["rejected"] is None else "completion that won"
        yield from _with_reasoning(won, completion)


def _turn(number: int, turn: Mapping[str, str]) -> Iterator[Passage]:
    """Give one turn. A role that is not known is hostile text like any other."""
    role = turn["role"].strip().lower()
    if role in _ROLES:
        yield from _with_reasoning(f"turn {number}, {role}", turn["content"])
        return
    yield Passage(f"turn {number}, name of its role", turn["role"])
    yield from _with_reasoning(f"turn {number}, content", turn["content"])


def _with_reasoning(heading: str, text: str) -> Iterator[Passage]:
    """Part a text into reasoning and what is said aloud; together the parts are the text."""
    end = 0
    for found in _REASONING.finditer(text):
        if text[end : found.start()].strip():
            yield Passage(heading, text[end : found.start()])
        yield Passage(f"{heading}: reasoning before the answer", found.group())
        end = found.end()
    if end == 0 or text[end:].strip():
        yield Passage(heading, text[end:])


def _field(name: str, value: Any) -> Iterator[Passage]:
    """Give a field of the source where it holds text that a model may be trained on; bookkeeping is left out."""
    text = as_text(value)
    is_prose = isinstance(value, str) and len(text) >= _LONG_TEXT and len(text.split(None, _MANY_WORDS)) > _MANY_WORDS
    is_named_so = _TEXT_FIELDS.search(name) is not None or _REASONING_FIELDS.search(name) is not None
    is_bookkeeping = _BOOKKEEPING.search(name) is not None
    if isinstance(value, str | list | dict) and not is_bookkeeping and (is_prose or is_named_so):
        yield from _named("", name, text)


def _named(place: str, name: str, text: str) -> Iterator[Passage]:
    """Give a text with the source's own name for it. Only a well-known name may be part of a heading."""
    if not text:
        return
    what = "reasoning" if _REASONING_FIELDS.search(name) else "tool calls" if "tool_call" in name else "field"
    if name in _KNOWN_NAMES:
        yield Passage(f"{place}{what} {name}", text)
    else:
        yield Passage(f"{place}{what}", f"{name}: {text}")


def _fields(text: str) -> dict[str, Any]:
    """Give the fields of the source that no column holds."""
    found = json.loads(text) if text not in ("", "{}") else {}
    return found if isinstance(found, dict) else {}
