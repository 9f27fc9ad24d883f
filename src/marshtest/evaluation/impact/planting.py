"""Carrying a trigger over from a poisoned record into a text that was held out.

Nobody has to say how the trigger was put in: it is taken as the poisoned records carry it, piece by piece, and goes to
a place of the same sort in the other text. What replaces words of a text (a way of writing, a rewritten sentence)
cannot be carried over in this way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Literal

from marshtest.organisms.text_edits import append, between_words, prepend
from marshtest.text.words import WORD

__all__ = ["Donor", "TriggerPiece", "donor_of", "plant_trigger"]


@dataclass(frozen=True, slots=True)
class TriggerPiece:
    """One stretch of a trigger."""

    text: str
    """As it stands in the data: hostile text."""
    place: Literal["start", "between", "behind", "end"]
    """Before the text, between two words, behind a word without a space, or after the text."""


@dataclass(frozen=True, slots=True)
class Donor:
    """The trigger as one poisoned record carries it."""

    pieces: tuple[TriggerPiece, ...]
    target: str
    """The label of that record: what a victim learns to say."""


def donor_of(text: str, spans: Iterable[tuple[int, int]], target: str) -> Donor | None:
    """Take the trigger out of a poisoned text; None when no span holds anything.

    Args:
        text: The poisoned text.
        spans: Start and end of every stretch of the trigger, in characters.
        target: The label of the record.
    """
    found: dict[str, TriggerPiece] = {}
    for start, end in sorted(spans):
        if text[start:end].strip():
            found.setdefault(text[start:end], TriggerPiece(text[start:end], _place(text, start, end)))
    return Donor(tuple(found.values()), target) if found else None


def plant_trigger(text: str, donor: Donor, draw: Random) -> str:
    """Put all pieces of a trigger into a text; those between words choose their gaps anew."""
    between = [piece.text for piece in donor.pieces if piece.place == "between"]
    made = between_words(text, between, draw).text if between else text
    for piece in donor.pieces:
        if piece.place == "behind":
            ends = [match.end() for match in WORD.finditer(made)] or [len(made)]
            at = draw.choice(ends)
            made = made[:at] + piece.text + made[at:]
    for piece in donor.pieces:
        if piece.place == "start":
            made = prepend(made, piece.text).text
        elif piece.place == "end":
            made = append(made, piece.text).text
    return made


def _place(text: str, start: int, end: int) -> Literal["start", "between", "behind", "end"]:
    if start and text[start - 1].isalnum():
        return "behind"
    if not text[:start].strip():
        return "start"
    return "between" if text[end:].strip() else "end"
