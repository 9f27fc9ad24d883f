"""Values inside other values, reached by dotted names such as `meta.label` or `messages.0.content`."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any

import orjson

__all__ = ["opened", "reach", "without"]

_LAYERS = 3
"""Strings inside strings that are opened. Chosen by eye: JSON that was encoded twice is seen, more often is not."""
_STEPS = 16
"""Steps of a dotted name up to which every beginning of it is looked up; of a longer one, each key is held against it.
Chosen by eye: beginnings take the square of their number."""
_LITERAL = 1_000_000
"""Most characters of a Python literal that is parsed, which takes much memory. Chosen by eye."""


def reach(value: Mapping[str, Any], name: str) -> Any:
    """Return what stands at a name; None if nothing does. A field whose own name has dots comes first."""
    if name in value or "." not in name:
        return value.get(name)
    return _walk(value, name.split("."))


def without(value: Mapping[str, Any], names: AbstractSet[str]) -> dict[str, Any]:
    """Return a record without what stands at some names; what becomes empty by that goes too."""
    rest = {key: item for key, item in value.items() if key not in names}
    for name in names:
        if "." in name and name not in value:
            rest = _cut(rest, name.split(".")) or {}
    return rest


def opened(text: str) -> Any:
    """Return the list or object that a text holds as JSON, maybe encoded twice, or as a Python literal; else None."""
    found: Any = text
    for _ in range(_LAYERS):
        if not isinstance(found, str):
            break
        if found[:1] not in '[{" \n\t':
            return None
        bare = found.strip()
        if bare[:1] + bare[-1:] not in ("[]", "{}", '""') or bare == '"':
            return None
        found = _parsed(bare)
    return found if isinstance(found, list | dict) else None


def _parsed(text: str) -> Any:
    """Parse JSON, strict or lax, or a Python literal as pandas writes it; None if it is neither."""
    with suppress(ValueError):
        return orjson.loads(text)
    with suppress(ValueError, RecursionError):
        return json.loads(text, strict=False)
    if text[1:].lstrip()[:1] in ("'", "{", "[") and len(text) <= _LITERAL:
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return ast.literal_eval(text)
    return None


def _walk(value: Any, steps: Sequence[str]) -> Any:
    """Follow the steps of a dotted name."""
    if not steps:
        return value
    if isinstance(value, str):
        value = opened(value)
    if isinstance(value, Mapping):
        key, taken = _key(value, steps)
        return None if key is None else _walk(value[key], steps[taken:])
    if isinstance(value, list) and (place := _place(value, steps[0])) is not None:
        return _walk(value[place], steps[1:])
    return None


def _cut(value: Any, steps: Sequence[str]) -> Any:
    """Return a copy of a value without what the steps lead to; None if nothing is left."""
    if not steps:
        return None
    inner = opened(value) if isinstance(value, str) else value
    if isinstance(inner, Mapping):
        key, taken = _key(inner, steps)
        if key is None:
            return value
        left = _cut(inner[key], steps[taken:])
        rest = {name: item for name, item in inner.items() if name != key or left is not None}
        return (rest | {key: left} if left is not None else rest) or None
    if isinstance(inner, list) and (place := _place(inner, steps[0])) is not None:
        left = [*inner[:place], _cut(inner[place], steps[1:]), *inner[place:][1:]]
        return left if any(item is not None for item in left) else None
    return value


def _key(value: Mapping[str, Any], steps: Sequence[str]) -> tuple[str | None, int]:
    """Return the key that the next steps name, the longest first, and how many steps it takes."""
    if len(steps) > _STEPS:
        whole = ".".join(steps)
        ends = (one for one in value if whole.startswith(one) and whole[len(one) :][:1] in ("", "."))
        key = max(ends, key=len, default=None)
        return key, 0 if key is None else key.count(".") + 1
    for taken in range(len(steps), 0, -1):
        key = ".".join(steps[:taken])
        if key in value:
            return key, taken
    return None, 0


def _place(value: Sequence[Any], step: str) -> int | None:
    """Return the index that a step names, counted from 0, or from the end if negative."""
    if not step.removeprefix("-").isdecimal():
        return None
    place = int(step) + (len(value) if step.startswith("-") else 0)
    return place if 0 <= place < len(value) else None
