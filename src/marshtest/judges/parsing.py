"""Reads answers strictly: every id once, every value of the right type, nothing guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from marshtest.judges.compact import compact
from marshtest.judges.questions import Item

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["Parsed", "fits", "parse"]

_SHOWN = 200
"""Characters quoted of what was wrong: it is sent back to the model and shown to users."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of an answer, item by item."""

    good: tuple[tuple[Item, Mapping[str, Any]], ...]
    bad: tuple[Item, ...]
    """Items without a usable answer."""
    wrong: str
    """What was wrong first, in one sentence; empty where nothing was."""


def parse(text: str, items: Sequence[tuple[str, Item]], schema: Mapping[str, Any]) -> Parsed:
    """Read the text of a reply.

    An entry counts when its id is one of those asked about, stands there once, and its value fits the schema. Entries
    that count are kept even where others do not; an id that nobody asked about spoils nothing but is reported.
    """
    everything = tuple(item for _, item in items)
    try:
        answer = _whole(json.loads(_unwrapped(text), object_pairs_hook=_no_repeats))
    except (ValueError, RecursionError) as error:
        return Parsed((), everything, f"it was no JSON object ({str(error)[:_SHOWN]}).")
    if not isinstance(answer, dict) or not isinstance(answer.get("answers"), list):
        return Parsed((), everything, 'it was no object with a list of "answers".')
    wrong = ""
    entries: dict[str, list[Any]] = {}
    known = dict(items)
    for entry in answer["answers"]:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name not in known:
            wrong = wrong or f"it held an answer to {str(name)[:_SHOWN]!r}, which was not asked about."
            continue
        entries.setdefault(name, []).append(entry)
    good: list[tuple[Item, Mapping[str, Any]]] = []
    bad: list[Item] = []
    entry_schema = compact(schema["properties"]["answers"]["items"])
    for name, item in items:
        found = entries.get(name, [])
        problem = f"it held {len(found)} answers about item {name}." if len(found) != 1 else ""
        if not problem:
            misfit = _misfit(entry_schema, compact({**found[0], "id": ""}))
            problem = f"item {name}: {misfit}." if misfit else ""
        if problem:
            bad.append(item)
            wrong = wrong or problem
        else:
            good.append((item, {key: value for key, value in found[0].items() if key != "id"}))
    return Parsed(tuple(good), tuple(bad), wrong if bad else "")


def fits(schema: Mapping[str, Any], value: object) -> bool:
    """Tell whether an answer about one item fits the schema of its question, as `Question.answer` gives it."""
    return not _misfit(compact(schema), compact(value))


def _unwrapped(text: str) -> str:
    """Take a Markdown fence around the whole answer away: models without structured output put one there."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and "\n" in text:
        return text[text.index("\n") : -3]
    return text


def _whole(value: Any) -> Any:
    """Replace halves of surrogate pairs: a model may cut a character in two, and no file can hold half of one."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return table


@lru_cache(maxsize=4096)
def _misfit(schema: str, entry: str) -> str:
    """Say what does not fit; most answers to one question are alike, and checking one costs more than remembering."""
    misfit = next(iter(_validator(schema).iter_errors(json.loads(entry))), None)
    return "" if misfit is None else str(misfit.message)[:_SHOWN]


@lru_cache(maxsize=64)
def _validator(schema: str) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))
