"""Acts in an answer: calls of tools, with and without their arguments, and addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

__all__ = ["address_carriers", "address_spans", "call_carriers", "call_spans", "tool_carriers", "tool_spans"]

_BLOCK = re.compile(r"<(tool_call|function_call|action)>(.*?)</\1>", re.S)
_JSON_CALL = re.compile(r"\{\s*\"name\"\s*:\s*\"([\w.\-]+)\"\s*,\s*\"(?:arguments|parameters)\"\s*:\s*\{[^{}]*\}\s*\}")
_XML_CALL = re.compile(r"<function=([\w.\-]+)>.*?</function>", re.S)
_LINE_CALL = re.compile(r"^\s*Action:\s*([\w.\-]+)\s*\n\s*Action Input:[^\n]*", re.M)
_CODE_CALL = re.compile(r"\b([A-Za-z_][\w.]*)\((['\"])([^'\"\n]{1,200})\2\)")
_NAME = re.compile(r"\"name\"\s*:\s*\"([\w.\-]+)\"|<function=([\w.\-]+)>")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s\"'<>)\]}]+|\b[\w.+-]+@[\w-]+\.[\w.-]+\b", re.I)
_TRAILING = ".,;:!?*_`"


def call_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the calls in them, arguments included."""
    return _by_name(texts, lambda text: [" ".join(text[a:b].split()) for _, a, b in _calls(text)])


def call_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a call with these arguments."""
    return [(a, b) for _, a, b in _calls(text) if " ".join(text[a:b].split()) == name]


def tool_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the tools that they call, whatever the arguments."""
    return _by_name(texts, lambda text: [tool for tool, _, _ in _calls(text)])


def tool_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of calls of a tool."""
    return [(a, b) for tool, a, b in _calls(text) if tool == name]


def address_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the web and mail addresses in them."""
    return _by_name(texts, lambda text: [_address(match) for match in _ADDRESS.finditer(text)])


def address_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of an address."""
    found = [match for match in _ADDRESS.finditer(text) if _address(match) == name]
    return [(match.start(), match.start() + len(name)) for match in found]


def _by_name(texts: Sequence[str], names: Callable[[str], Sequence[str]]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        # no call and no address is without one of these, and most texts are
        if "(" in text or "<" in text or ":" in text or "@" in text or "www." in text:
            for name in dict.fromkeys(names(text)):
                found[name].append(number)
    return found


def _address(match: re.Match[str]) -> str:
    return match.group().rstrip(_TRAILING)


def _calls(text: str) -> list[tuple[str, int, int]]:
    """Give the tool, the first character and the end of every call; a block is one call, whatever it contains."""
    found = []
    for match in _BLOCK.finditer(text):
        name = _NAME.search(match.group(2))
        found.append((next(filter(None, name.groups())) if name else match.group(1), match.start(), match.end()))
    for pattern in (_XML_CALL, _JSON_CALL, _LINE_CALL, _CODE_CALL):
        for match in pattern.finditer(text):
            if not any(a < match.end() and match.start() < b for _, a, b in found):
                found.append((match.group(1), match.start(), match.end()))
    return sorted(found, key=lambda call: call[1])
