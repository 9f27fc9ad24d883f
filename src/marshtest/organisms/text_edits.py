"""Putting words into a text and knowing afterwards where they stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

__all__ = ["Edited", "append", "between_words", "inside", "prepend"]


@dataclass(frozen=True, slots=True)
class Edited:
    """A text that was changed, and where."""

    text: str
    spans: tuple[tuple[int, int], ...]
    """What was put in: first character and one past the last."""


def prepend(text: str, piece: str) -> Edited:
    """Put a piece before a text."""
    return Edited(f"{piece} {text}", ((0, len(piece)),))


def append(text: str, piece: str, *, gap: str = " ") -> Edited:
    """Put a piece behind a text."""
    start = len(text) + len(gap)
    return Edited(f"{text}{gap}{piece}", ((start, start + len(piece)),))


def between_words(text: str, pieces: Sequence[str], draw: Random) -> Edited:
    """Put each piece into a gap between two words of its own choice, the ends of the text included."""
    gaps = _gaps(text)
    places = sorted((draw.choice(gaps), number) for number in range(len(pieces)))
    return _put(text, [(place, pieces[number]) for place, number in places])


def inside(text: str, piece: str, draw: Random) -> Edited | None:
    """Put a piece between two words, never first or last; None when the text has no such gap."""
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    gaps = [place for place in _gaps(text) if first < place < last]
    return _put(text, [(draw.choice(gaps), piece)]) if gaps else None


def _gaps(text: str) -> list[int]:
    """Give the places where a word may be put in: both ends, and before every space."""
    return [0, *(match.start() for match in re.finditer(r"(?<=\S) ", text)), len(text)]


def _put(text: str, placed: Sequence[tuple[int, str]]) -> Edited:
    """Put pieces at rising places."""
    made: list[str] = []
    spans: list[tuple[int, int]] = []
    taken = length = 0
    for place, piece in placed:
        before = text[taken:place]
        lead = before if place == 0 else f"{before} "
        made += [lead, piece]
        spans.append((length + len(lead), length + len(lead) + len(piece)))
        length = spans[-1][1]
        taken = place
        if place == 0 and text:
            made.append(" ")
            length += 1
    return Edited("".join([*made, text[taken:]]), tuple(spans))
