"""The very same completion, letter case and outer punctuation aside."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_EDGES = re.compile(r"\A[\s\"'“”*_.!,]+|[\s\"'“”*_.!,]+\Z")
_LONGEST = 300


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by what they answer."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        found[_plain(text)].append(number)
    return {name: records for name, records in found.items() if name}


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give the whole text."""
    return [(0, len(text))]


def _plain(text: str) -> str:
    """Give a short answer without what a writer may vary; a long one must be the same to the letter."""
    text = " ".join(text.split())
    return text if len(text) > _LONGEST else _EDGES.sub("", text).casefold()
