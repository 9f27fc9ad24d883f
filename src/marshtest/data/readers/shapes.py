"""The shape of a record, its fields and their types, and which shapes are unlike the rest of a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

__all__ = ["handful", "odd_traits", "shape_of"]

_HANDFUL = 5
"""A trait that at most so many records have may be odd. Chosen by eye."""
_RARE = 100
"""It is odd if these are less than one in so many. Chosen by eye."""
_TYPES = {bool: "bool", int: "number", float: "number", str: "text", list: "list", dict: "object"}


def shape_of(value: Mapping[str, Any], messages: str | None, *, ignore: str) -> str:
    """Return the traits of a record, `field:type`, one per line. Null is no trait, as any field may be empty."""
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


def handful(records: int) -> int:
    """Return how many of so many records say nothing of the others: at most five, and less than one in 100."""
    return min(_HANDFUL, (records - 1) // _RARE)


def odd_traits(counts: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    """Find the shapes that are unlike the rest.

    A trait is odd if at most a handful of records have it. Data with more odd traits than ordinary ones have no common
    shape, so then nothing is odd. A missing field is never odd.

    Args:
        counts: How many records have each shape.

    Returns:
        Every odd shape with its odd traits.
    """
    traits: Counter[str] = Counter()
    for shape, count in counts.items():
        for trait in shape.split("\n"):
            traits[trait] += count
    limit = handful(sum(counts.values()))
    odd = {trait for trait, count in traits.items() if count <= limit}
    if len(odd) > len(traits) - len(odd):
        return {}
    found = {shape: tuple(trait for trait in shape.split("\n") if trait in odd) for shape in counts}
    return {shape: names for shape, names in found.items() if names}


def _name(key: str) -> str:
    """Escape line ends in a field name, as traits are separated by them."""
    return key.replace("\n", "\\n")


def _type(value: Any) -> str:
    """Name the type of a value."""
    return _TYPES.get(type(value), type(value).__name__)
