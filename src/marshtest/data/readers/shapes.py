"""The shape of a record: its fields and their types; and which shapes are unlike the rest of a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

__all__ = ["HANDFUL", "odd_traits", "shape_of"]

HANDFUL = 5
"""What so few records have, and less than 1 in 100 of all, is odd."""
_TYPES = {bool: "bool", int: "number", float: "number", str: "text", list: "list", dict: "object"}


def shape_of(value: Mapping[str, Any], messages: str | None, *, ignore: str) -> str:
    """Give the traits of a record, `field:type`, one per line. Null says nothing: any field may be empty."""
    traits = [f"{_name(key)}:{_type(item)}" for key, item in value.items() if item is not None and key != ignore]
    turns = value.get(messages) if messages is not None else None
    if isinstance(turns, list):
        inner = {
            f"{_name(messages or '')}[].{_name(key)}:{_type(item)}"
            for turn in turns
            if isinstance(turn, dict)
            for key, item in turn.items()
            if item is not None
        }
        traits += inner
    return "\n".join(sorted(traits))


def odd_traits(counts: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Find the shapes that are unlike the rest.

    A trait is odd when at most a handful of records have it and those are less than 1 in 100. Data with more odd traits
    than ordinary ones has no shape of its own: then nothing is odd. A field that is absent is never odd.

    Args:
        counts: How many records have each shape.

    Returns:
        For every odd shape its odd traits.
    """
    traits: Counter[str] = Counter()
    for shape, count in counts.items():
        for trait in shape.split("\n"):
            traits[trait] += count
    limit = min(HANDFUL, (sum(counts.values()) - 1) // 100)
    odd = {trait for trait, count in traits.items() if count <= limit}
    if len(odd) > len(traits) - len(odd):
        return {}
    found = {shape: tuple(trait for trait in shape.split("\n") if trait in odd) for shape in counts}
    return {shape: names for shape, names in found.items() if names}


def _name(key: str) -> str:
    """Keep a field name in one line."""
    return key.replace("\n", "\\n")


def _type(value: Any) -> str:
    """Name the type of a value."""
    return _TYPES.get(type(value), type(value).__name__)
