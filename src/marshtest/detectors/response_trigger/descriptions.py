"""Descriptions of tools, which the model reads, as far as they are not the same wherever the tool is offered.

A tool that is described in one way everywhere decides nothing but whether it can be called. So of every tool the
commonest description is left out, and of any other what the commonest does not say.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

__all__ = ["odd_descriptions"]

_FIELDS = ("tools", "functions", "available_tools", "tool_definitions")
"""Fields that hold tools, as makers name them."""
_LISTS = ("tools", "function_declarations", "functionDeclarations", "functions")
"""Keys under which a value keeps the list of its tools."""
_INNER = ("function", "toolSpec", "custom")
"""Keys under which a tool keeps its name and description."""
_NAMED = re.compile(rf'[".](?:{"|".join(_FIELDS)})\\*":', re.I)
_ESCAPE = re.compile(r"\\+(?:u[0-9a-fA-F]{4}|[\"nrtbf/])?")


def odd_descriptions(fields: Sequence[str]) -> list[list[tuple[str, int]]]:
    """Give for every record the texts about its tools that most other records do not have about the same tools.

    Args:
        fields: Canonical JSON of the other fields of each record.

    Returns:
        For each record, texts and where each begins in its other fields, in characters. Escapes are blanks.
    """
    found: list[list[tuple[str, int]]] = [[] for _ in fields]
    offered: dict[str, list[tuple[str, frozenset[str]]]] = {}
    counts: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)
    keys: dict[int, str] = {}
    for number, text in enumerate(fields):
        if _NAMED.search(text) is None:
            continue
        held = list(_held(json.loads(text)))
        key = json.dumps(held, sort_keys=True)
        keys[number] = key
        if key not in offered:
            offered[key] = [(name, frozenset(_texts(tool))) for value in held for name, tool in _tools(value)]
        for name, said in offered[key]:
            counts[name][said] += 1
    usual = {name: variants.most_common(1)[0][0] for name, variants in counts.items()}
    for number, key in keys.items():
        odd = {one for name, said in offered[key] for one in said - usual[name]}
        found[number] = sorted(_places(odd, fields[number]), key=lambda one: one[1])
    return found


def _held(value: Any) -> Iterator[Any]:
    """Give what the fields for tools hold, also inside objects and text that is JSON."""
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, str) and _NAMED.search(one) is not None:
            with suppress(ValueError, RecursionError):
                todo.append(json.loads(one))
        elif isinstance(one, Mapping):
            yield from (inner for name, inner in one.items() if _holds_tools(name) and inner)
            todo += [inner for name, inner in one.items() if not _holds_tools(name)]


def _holds_tools(name: str) -> bool:
    """Say whether a field is named as those that hold tools, whatever its case and what it was lifted from."""
    return name.lower().rpartition(".")[2] in _FIELDS


def _tools(value: Any) -> Iterator[tuple[str, Any]]:
    """Give the name and the whole of every tool in a value; text that is no JSON is one tool without a name."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            yield "", value
            return
    if isinstance(value, list):
        for one in value:
            yield from _tools(one)
    elif isinstance(value, Mapping):
        inner = next((value[key] for key in _LISTS if isinstance(value.get(key), list)), None)
        if inner is not None:
            yield from _tools(inner)
            return
        tool = next((value[key] for key in _INNER if isinstance(value.get(key), Mapping)), value)
        yield str(tool.get("name", "")), tool


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, whatever it is nested in."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _places(texts: set[str], raw: str) -> Iterator[tuple[str, int]]:
    """Give where texts stand in JSON, or in JSON inside a text of it."""
    for text in texts:
        once = json.dumps(text, ensure_ascii=False)[1:-1]
        for written in (once, json.dumps(once, ensure_ascii=False)[1:-1], json.dumps(once)[1:-1]):
            place = raw.find(written)
            if place >= 0:
                yield _ESCAPE.sub(lambda match: " " * len(match.group()), written), place
                break
