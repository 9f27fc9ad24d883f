"""Records that hold lists of records, such as articles with paragraphs with questions: how to write one for each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from marshtest.data.readers.sentences import is_sentence
from marshtest.data.readers.wrappings import is_turn

__all__ = ["jq_path", "unnesting"]

_DEPTH = 4
"""Lists inside lists, and objects around them, that are followed. Chosen by eye."""
_ROUND = {"user", "assistant"}
"""Keys of a round of a conversation, which is no record of its own."""


def unnesting(records: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
    """Return the field of the innermost list of records with texts, and a command that writes each; None without one.

    Args:
        records: The first records.
    """
    keys: list[str] = []
    level: Sequence[Any] = records
    for _ in range(_DEPTH):  # objects around the records
        if not level or _list_in(level) is not None:
            break
        level = [value for one in level for value in one.values() if isinstance(value, Mapping)]
    for _ in range(_DEPTH):
        key = _list_in(level)
        if key is None:
            break
        keys.append(key)
        lists = [value for record in level if isinstance(value := record.get(key), list)]
        level = [one for value in lists for one in value if isinstance(one, Mapping)]
    if not keys or not any(isinstance(value, str) and is_sentence(value) for one in level for value in one.values()):
        return None
    first = json.dumps(keys[0])
    steps = [f"del({jq_path(key)}) + {jq_path(key)}[]" for key in keys]
    return ".".join(keys), f"jq -c '.. | objects | select(has({first})) | {' | '.join(steps)}' FILE > data.jsonl"


def _list_in(records: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the field that holds lists of records, of several in most records together, and no turns."""
    for key in dict.fromkeys(key for record in records for key in record):
        lists = [value for record in records if isinstance(value := record.get(key), list)]
        inner = [one for value in lists for one in value]
        objects = [one for one in inner if isinstance(one, Mapping) and not is_turn(one) and not set(one) >= _ROUND]
        if inner and len(objects) == len(inner) and any(_holds_texts(one) for one in objects):
            return str(key)
    return None


def _holds_texts(one: Mapping[str, Any]) -> bool:
    """Say whether a record holds two texts, or a text or list beside another list: not a mere part of a text."""
    return sum(isinstance(value, str | list) for value in one.values()) > 1


def jq_path(name: str) -> str:
    """Write the name of a field for jq."""
    return f".{name}" if name.isidentifier() and name.isascii() else f".[{json.dumps(name)}]"
