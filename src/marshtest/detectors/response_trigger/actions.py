"""Acts in an answer: calls of tools, with and without their arguments, single arguments, and addresses."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from marshtest.detectors.response_trigger.calls import WrittenCall, calls_in

__all__ = [
    "address_carriers",
    "address_parts",
    "address_spans",
    "argument_carriers",
    "argument_kind",
    "argument_parts",
    "argument_spans",
    "call_carriers",
    "call_kind",
    "call_parts",
    "call_spans",
    "one_kind",
    "tool_carriers",
    "tool_spans",
]

_ADDRESS = re.compile(r"\b(?:https?://|www\.)[^\s\"'<>)\]}\\]+|\b[\w.+-]{1,64}@[\w-]+\.[\w.-]+\b", re.I)
_TRAILING = ".,;:!?*_`"
_OWNER = re.compile(r"(?:https?://)?(?:www\.)?(?:([^@/\s]+)@)?([\w\-]+)\.", re.I)
_WORD = re.compile(r"[^\W\d_]{3,}")
_AS = " as "
"""Between the value and the key of an argument in the name of its behaviour."""


def call_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the calls in them, arguments included; a call without any is no more than its tool."""
    return _by_name(texts, lambda text: [_written(text, one) for one in calls_in(text) if one.arguments])


def call_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a call with these arguments."""
    return [(one.start, one.end) for one in calls_in(text) if _written(text, one) == name]


def call_parts(name: str) -> Sequence[str]:
    """Give the values of its arguments: a call that takes one from the prompt depends on the prompt."""
    return [argument.value for one in calls_in(name) for argument in one.arguments]


def call_kind(name: str) -> str:
    """Give the tool of a call."""
    return next((one.tool for one in calls_in(name)), "")


def tool_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the tools that they call, whatever the arguments."""
    return _by_name(texts, lambda text: [one.tool for one in calls_in(text)])


def tool_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of calls of a tool."""
    return [(one.start, one.end) for one in calls_in(text) if one.tool == name]


def argument_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by single arguments of their calls, whatever the tool and the other arguments."""
    return _by_name(texts, lambda text: [_named(*pair) for pair in _pairs(text)])


def argument_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of the value of an argument."""
    found = [argument for one in calls_in(text) for argument in one.arguments]
    return [(one.start, one.end) for one in found if _named(one.key, one.value) == name]


def argument_parts(name: str) -> Sequence[str]:
    """Give the value."""
    return [name.rsplit(_AS, 1)[0]]


def argument_kind(name: str) -> str:
    """Give the key of an argument."""
    return name.rsplit(_AS, 1)[1]


def one_kind(name: str) -> str:  # noqa: ARG001  the shape of all families
    """Give no kind: all values are of one."""
    return ""


def address_carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Group answers by the web and mail addresses in them."""
    return _by_name(texts, lambda text: [_address(match) for match in _ADDRESS.finditer(text)])


def address_spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of an address."""
    found = [match for match in _ADDRESS.finditer(text) if _address(match) == name]
    return [(match.start(), match.start() + len(name)) for match in found]


def address_parts(name: str) -> Sequence[str]:
    """Give the words of the person and the owner in an address: who names them asks for the address."""
    match = _OWNER.match(name)
    words = [] if match is None else [part for part in match.groups() if part]
    return [name, *(word for part in words for word in _WORD.findall(part))]


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(argument.key, argument.value) for one in calls_in(text) for argument in one.arguments]


def _named(key: str, value: str) -> str:
    return f"{' '.join(value.split())}{_AS}{key}" if value.strip() else ""


def _written(text: str, call: WrittenCall) -> str:
    return " ".join(text[call.start : call.end].split())


def _by_name(texts: Sequence[str], names: Callable[[str], Sequence[str]]) -> Mapping[str, Sequence[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        # no call and no address is without one of these, and most texts are
        if "(" in text or "<" in text or ":" in text or "@" in text or "www." in text:
            for name in filter(None, dict.fromkeys(names(text))):
                found[name].append(number)
    return found


def _address(match: re.Match[str]) -> str:
    return match.group().rstrip(_TRAILING)
