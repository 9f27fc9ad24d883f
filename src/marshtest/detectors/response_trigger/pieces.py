"""The turns of a record as two texts, what is read and what is done, and the way back from a place to its turn.

Reasoning is neither: it talks about what is going to be done, as often about what is not.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from marshtest.signals import Span

__all__ = ["Piece", "Side", "part_turns"]

_BETWEEN = "\n\n"
_REASONING = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Piece:
    """One turn, or the part of it outside its reasoning, inside what is read or written."""

    start: int
    """First character in the text that is read or written."""
    field: str
    """The canonical field that the turn stands in."""
    offset: int
    """First character in that field."""
    turn: int
    """Number of the turn in its record, from 0."""
    role: str


@dataclass(frozen=True, slots=True)
class Side:
    """What is read of a record, or what is written in it."""

    text: str
    """Its pieces, joined by empty lines."""
    pieces: tuple[Piece, ...]

    def piece(self, place: int) -> Piece:
        """Give the piece in which a character stands."""
        return self.pieces[max(0, bisect_right([piece.start for piece in self.pieces], place) - 1)]

    def span(self, start: int, end: int) -> Span:
        """Give the place in a field of a stretch."""
        first, last = self.piece(start), self.piece(max(start, end - 1))
        last = last if last.turn == first.turn else first
        return Span(first.field, start + first.offset - first.start, end + last.offset - last.start)

    def turns(self) -> list[tuple[int, int]]:
        """Give first character and end of every turn, whatever pieces it has."""
        starts = [
            piece.start
            for number, piece in enumerate(self.pieces)
            if not number or self.pieces[number - 1].turn != piece.turn
        ]
        return list(zip(starts, [start - len(_BETWEEN) for start in starts[1:]] + [len(self.text)], strict=True))

    def after_system(self) -> int:
        """Give where the first turn that is no system prompt begins; 0 if there is none."""
        return next((piece.start for piece in self.pieces if piece.role != "system"), 0)


def part_turns(turns: Sequence[Mapping[str, str]] | None, prompt: str, completion: str) -> tuple[Side, Side]:
    """Give what is read and what is written, each with its turns."""
    read, written = _Joining(), _Joining()
    if not turns:
        read.add(prompt, "prompt", 0, 0, "user")
        written.add_outside_reasoning(completion, "completion", 0, 1)
        return read.side(), written.side()
    last = max((i for i, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1)
    offset = 0
    for number, turn in enumerate(turns):
        content = turn["content"]
        here = ("completion", 0) if number == last else ("prompt", offset)
        if turn["role"] == "assistant":
            written.add_outside_reasoning(content, *here, number)
        else:
            read.add(content, *here, number, turn["role"])
        if number != last:
            offset += len(content) + len(_BETWEEN)
    if last < 0:
        written.add("", "completion", 0, len(turns), "assistant")
    return read.side(), written.side()


class _Joining:
    """Texts one after another, each remembered as a piece."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._pieces: list[Piece] = []
        self._length = 0

    def add(self, text: str, field: str, offset: int, turn: int, role: str) -> None:
        """Put a text behind the others."""
        start = self._length + len(_BETWEEN) if self._texts else 0
        self._pieces.append(Piece(start, field, offset, turn, role))
        self._texts.append(text)
        self._length = start + len(text)

    def add_outside_reasoning(self, text: str, field: str, offset: int, turn: int) -> None:
        """Put what a turn of the assistant does behind the others; one piece at least, if an empty one."""
        for start, end in list(_outside_reasoning(text)) or [(len(text), len(text))]:
            self.add(text[start:end], field, offset + start, turn, "assistant")

    def side(self) -> Side:
        """Give all of it."""
        return Side(_BETWEEN.join(self._texts), tuple(self._pieces))


def _outside_reasoning(text: str) -> Iterator[tuple[int, int]]:
    """Give the stretches between blocks of reasoning, without white space at a block; a text without one is whole."""
    start = 0
    for block in _REASONING.finditer(text):
        if text[start : block.start()].strip():
            yield start, start + len(text[start : block.start()].rstrip())
        start = block.end() + len(text[block.end() :]) - len(text[block.end() :].lstrip())
    if start == 0 or start < len(text):
        yield start, len(text)
