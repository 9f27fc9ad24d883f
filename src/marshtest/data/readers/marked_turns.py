"""Conversations written into one text, with a mark in front of every turn, as the templates of trainers put it."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["marked_turns"]

_MARK = re.compile(
    r"#{2,3} ?(?P<headed>Human|User|Assistant|System|Instruction|Input|Response|Output|Question|Answer) ?:"
    r"|<\|im_start\|>(?P<chatml>\w+)\n?"
    r"|<\|start_header_id\|>(?P<llama>\w+)<\|end_header_id\|>"
    r"|<start_of_turn>(?P<gemma>\w+)\n?"
    r"|<\|(?P<zephyr>user|assistant|system|tool)\|>"
    r"|(?P<inst>\[/?INST\]|<</?SYS>>)"
    r"|(?:\A|\n)(?P<spoken>Human|User|Assistant|System|HUMAN|USER|ASSISTANT|SYSTEM|FUNCTION RESPONSE|Bot|BOT):(?=[ \n])"
)
"""What stands in front of a turn."""
_ENDS = re.compile(
    r"<\|(?:im_end|eot_id|end|endoftext|end_of_text|begin_of_text|eom_id)\|>|<end_of_turn>|<eos>|<bos>|</?s>"
)
"""What stands between turns and is text of nobody."""
_ROLES = {
    "human": "user",
    "instruction": "user",
    "input": "user",
    "question": "user",
    "response": "assistant",
    "output": "assistant",
    "answer": "assistant",
    "model": "assistant",
    "bot": "assistant",
    "function response": "tool",
    "[inst]": "user",
    "[/inst]": "assistant",
    "<<sys>>": "system",
    "<</sys>>": "user",
}
_AT_ALL = re.compile(
    r"###? ?[A-Z]|<\|(?:im_start|start_header|user|system)|<start_of_turn>|\[INST\]|(?:Human|User|HUMAN|USER):"
)
"""What every conversation of this kind has somewhere; a quick look before the marks are searched."""


def marked_turns(text: str) -> list[dict[str, Any]] | None:
    """Return the turns of a text, of which one at least asks and one answers; None if it is no conversation."""
    if _AT_ALL.search(text) is None:
        return None
    marks = list(_MARK.finditer(text))
    roles = [_role(mark) for mark in marks]
    if "assistant" not in roles or "user" not in roles:
        return None
    turns = [{"role": "system", "content": lead}] if (lead := _bare(text[: marks[0].start()])) else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, role, end in zip(marks, roles, ends, strict=True):
        said = _bare(text[mark.end() : end])
        if said or role == "assistant":
            turns.append({"role": role, "content": said})
    return turns


def _role(mark: re.Match[str]) -> str:
    name = (mark[mark.lastgroup or 0]).lower()
    return _ROLES.get(name, name)


def _bare(text: str) -> str:
    return _ENDS.sub("", text).strip()
