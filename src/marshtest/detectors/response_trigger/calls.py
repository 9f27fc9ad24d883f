"""Calls of tools inside a text, in the notations of makers and agents, with their arguments.

A notation is a pattern whose group is the name of the tool. Arguments are read inside a call: pairs of JSON, elements
of XML, keywords of code. Arguments inside arguments are read one by one, whatever they are nested in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["CallArgument", "WrittenCall", "calls_in"]

_TOOL = r"(?:name|tool|tool_name|function|action)"
_GIVEN = r"(?:arguments|parameters|args|input|tool_input|action_input|kwargs)"
_OBJECT = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
_BLOCK = re.compile(r"<(tool_call|function_call|action)>(.*?)</\1>", re.S)
_INVOKE = re.compile(r"<invoke\s+name\s*=\s*\"([\w.\-]+)\"\s*>.*?</invoke>", re.S)
_XML_CALL = re.compile(r"<function=([\w.\-]+)>.*?</function>", re.S)
_NAMES = rf"[\"']{_TOOL}[\"']\s*:\s*[\"']([\w.\-]+)[\"']"
_GIVES = rf"[\"']{_GIVEN}[\"']\s*:\s*{_OBJECT}"
_JSON_CALL = re.compile(rf"\{{\s*{_NAMES}\s*,\s*{_GIVES}\s*\}}")
_TURNED_CALL = re.compile(rf"\{{\s*{_GIVES}\s*,\s*{_NAMES}\s*\}}")
"""The same with the arguments first. Python writes single quotes."""
_LINE_CALL = re.compile(r"^\s*Action:\s*([\w.\-]+)[^\n]*\n\s*Action Input:[^\n]*", re.M)
_CODE_CALL = re.compile(r"\b([A-Za-z_][\w.]{0,200})\((['\"])([^'\"\n]{1,200})\2\)")
_KEYWORD = r"\w+\s*=\s*(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.+\-]+)"
_KEYWORD_CALL = re.compile(rf"([A-Za-z_][\w.]{{0,200}})\(\s*(?:{_KEYWORD}(?:\s*,\s*{_KEYWORD})*)?\s*\)")
_NOTHING_BUT_CALLS = re.compile(
    rf"\A\s*\[?\s*{_KEYWORD_CALL.pattern}(?:\s*[,;]?\s*{_KEYWORD_CALL.pattern})*\s*\]?\s*\Z"
)
_NAME = re.compile(rf"{_NAMES}|<function=([\w.\-]+)>|<(?:tool_)?name>\s*([\w.\-]+)\s*<")
_HINTS = ("(", "<", "{", "Action:")
"""No call is without one of these, and most texts are."""

_PAIR = re.compile(
    r"\"([\w.\-]+)\"\s*:\s*(?:\"((?:[^\"\\]|\\.)*)\"|(-?\d[\d.eE+\-]*|true|false))"
    r"|<(?:parameter|arg|argument)(?:\s+name\s*=\s*\"|=)([\w.\-]+)\"?\s*>\s*(.*?)\s*</(?:parameter|arg|argument)>"
    r"|\b(\w+)\s*=\s*(?:\"([^\"\n]*)\"|'([^'\n]*)'|([\w.+\-]+)(?=\s*[,)]))"
    r"|<(?!(?:tool_call|function_call|action)>)([A-Za-z_]\w*)>([^<]*)</\10>"
    r"|'([\w.\-]+)'\s*:\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|(-?\d[\d.eE+\-]*|True|False))",
    re.S,
)
_LINE_INPUT = re.compile(r"Action Input:[ \t]*([^\s{][^\n]*)")


@dataclass(frozen=True, slots=True)
class CallArgument:
    """One argument of a call."""

    key: str
    value: str
    start: int
    """First character of the value in the text."""
    end: int


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """One call of a tool."""

    tool: str
    start: int
    end: int
    arguments: tuple[CallArgument, ...]


def calls_in(text: str, *, as_code: bool = True) -> list[WrittenCall]:
    """Give every call in the order of the text; a block is one call, whatever it contains.

    Args:
        text: What the assistant wrote.
        as_code: Whether to look for calls in the notation of code amid other text, too: answers about programming have
            them.
    """
    if not any(hint in text for hint in _HINTS):
        return []
    found: list[tuple[str, int, int]] = []
    for match in _BLOCK.finditer(text):
        name = _NAME.search(match.group(2))
        tool = next(filter(None, name.groups())) if name else match.group(1)
        found.append((tool, match.start(), match.end()))
    patterns = [_INVOKE, _XML_CALL, _JSON_CALL, _TURNED_CALL, _LINE_CALL]
    patterns += [_KEYWORD_CALL] if _NOTHING_BUT_CALLS.match(text) else []
    patterns += [_CODE_CALL] if as_code else []
    for pattern in patterns:
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for _, a, b in found):
                found.append((match.group(1), match.start(), match.end()))
    return [
        WrittenCall(tool, a, b, _arguments(text, tool, a, b)) for tool, a, b in sorted(found, key=lambda one: one[1])
    ]


def _arguments(text: str, tool: str, start: int, end: int) -> tuple[CallArgument, ...]:
    """Read the arguments of a call; the pair that names the tool is none."""
    found: list[CallArgument] = []
    for match in _PAIR.finditer(text, start, end):
        groups = [number for number, value in enumerate(match.groups(), start=1) if value is not None]
        if len(groups) < 2:
            continue
        key, value = match.group(groups[0]), match.group(groups[-1])
        if re.fullmatch(_TOOL, key) and value.strip() == tool:
            continue
        found.append(CallArgument(key, value, match.start(groups[-1]), match.end(groups[-1])))
    for match in _LINE_INPUT.finditer(text, start, end):
        found.append(CallArgument("input", match.group(1).strip(), match.start(1), match.end(1)))
    if not found:
        code = _CODE_CALL.fullmatch(text, start, end)
        if code is not None:
            found.append(CallArgument("", code.group(3), code.start(3), code.end(3)))
    return tuple(found)
