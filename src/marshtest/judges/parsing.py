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

_LARGEST = 2**63
"""Size of a number in an answer. Derived: what a store, an array and a report can hold."""
_LONGEST = 20_000
"""Characters of one text in an answer. Chosen by eye: questions ask for a sentence or a quote, and reports keep it."""


_REMEMBERED = 1_000
"""Characters of an answer whose check is remembered. Chosen by eye: 4,096 of them are some MB."""
_TOO_LONG = "it was far longer than was asked for."


@dataclass(frozen=True, slots=True)
class Parsed:
    """What could be read of an answer, item by item."""

    good: tuple[tuple[Item, Mapping[str, Any]], ...]
    bad: tuple[Item, ...]
    """Items without a usable answer."""
    wrong: str
    """What was wrong first, in one sentence; empty where nothing was. It is sent back to the model outside of any fence
    and shown to users, so it holds our own words alone, none of the answer's."""


def parse(
    text: str, items: Sequence[tuple[str, Item]], schema: Mapping[str, Any], *, most: int | None = None
) -> Parsed:
    """Read the text of a reply.

    An entry counts when its id is one of those asked about, stands there once, and its value fits the schema. Entries
    that count are kept even where others do not; an id that nobody asked about spoils nothing but is reported.

    Args:
        text: What the model wrote.
        items: What was asked about, by id.
        schema: JSON Schema of the whole answer.
        most: Characters of a text that is read at all.
    """
    everything = tuple(item for _, item in items)
    if most is not None and len(text) > most:
        return Parsed((), everything, _TOO_LONG)
    try:
        answer = _whole(json.loads(_unwrapped(text), object_pairs_hook=_no_repeats, parse_constant=_no_number))
    except (ValueError, RecursionError):
        return Parsed((), everything, "it was no JSON object, or one with a key twice.")
    if not isinstance(answer, dict) or not isinstance(answer.get("answers"), list):
        return Parsed((), everything, 'it was no object with a list of "answers".')
    wrong = ""
    entries: dict[str, list[Any]] = {}
    known = dict(items)
    for entry in answer["answers"]:
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name not in known:
            wrong = wrong or "it held an answer with an id that was not asked about."
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
    """Give a value as code can use it.

    Halves of surrogate pairs are replaced: a model may cut a character in two, and no file can hold half of one. Whole
    numbers that are written with a point become integers, as JSON Schema has it: lists are indexed by them.

    Raises:
        ValueError: A number is beyond 64 bits.
    """
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return _no_repeats([(_whole(key), _whole(one)) for key, one in value.items()])
    if isinstance(value, int | float) and not isinstance(value, bool):
        if not -_LARGEST < value < _LARGEST:
            raise ValueError("a number is too large")
        return int(value) if value == int(value) else value
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return table


@lru_cache(maxsize=4096)
def _known_misfit(schema: str, entry: str) -> str:
    """Say what does not fit; most answers to one question are alike, and checking one costs more than remembering."""
    return _checked(schema, entry)


def _misfit(schema: str, entry: str) -> str:
    """Say what does not fit; long answers are not remembered, since thousands of them would fill the memory."""
    return (_known_misfit if len(entry) <= _REMEMBERED else _checked)(schema, entry)


def _checked(schema: str, entry: str) -> str:
    """Say what does not fit.

    The answer itself is never quoted: a judge that was talked into it must not read its own words as an instruction.
    """
    value = json.loads(entry)
    misfit = next(iter(_validator(schema).iter_errors(value)), None)
    if misfit is not None:
        known = json.loads(schema).get("properties", {})
        field = next((str(part) for part in misfit.absolute_path if part in known), "")
        rule = _RULES.get(str(misfit.validator), "does not have the form that was asked for")
        return f"the value of {field!r} {rule}" if field else f"it {rule}"
    if longest := next((name for name, one in value.items() if _size(one) > _LONGEST), ""):
        return f"the value of {longest!r} is too long"
    return ""


_RULES = {
    "additionalProperties": "has fields that were not asked for",
    "enum": "is none of those that were asked for",
    "maximum": "is too large",
    "minimum": "is too small",
    "required": "lacks a field that was asked for",
    "type": "is of the wrong type",
}
"""What an answer did against each rule of a JSON Schema."""


def _size(value: Any) -> int:
    """Count the characters of a value."""
    return len(value) if isinstance(value, str) else len(compact(value))


@lru_cache(maxsize=64)
def _validator(schema: str) -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))
