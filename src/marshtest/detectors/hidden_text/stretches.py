"""Stretches of text in which something is hidden, and where they are in a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Hidden", "HiddenPlace", "HidingKind"]

HidingKind = Literal["tags", "selectors", "width", "direction", "lookalikes", "encoded"]
"""Tag characters; variation selectors; characters without width; characters that change the reading direction; letters
of another script that look like Latin ones; text in an encoding."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A stretch of text in which something is hidden, and what it says where that can be read."""

    kind: HidingKind
    start: int
    end: int
    text: str
    """The stretch itself."""
    spells: str = ""
    """What it says when decoded; empty when it cannot be read."""


@dataclass(frozen=True, slots=True)
class HiddenPlace:
    """A hidden stretch in a field of a record."""

    row: int
    field: str
    hidden: Hidden
    around: str
    """The characters beside it, to tell copies of one text from different texts."""
