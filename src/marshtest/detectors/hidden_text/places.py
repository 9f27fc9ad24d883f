"""One place in a text where something is hidden."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Hidden", "HidingKind"]

HidingKind = Literal["tags", "selectors", "width", "direction", "lookalikes", "encoded"]
"""Tag characters; variation selectors; characters without width; characters that turn the reading direction; letters
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
    """What it says when decoded; empty when it says nothing that can be read."""
