"""Records as exchanges: what the model reads in each, what it is trained to write, and where that stands.

A chat may have many turns. All turns of the assistant are trained on, so all of them are what is written; system
prompts, users and results of tools are what is read. A place in either maps back to a field of the record.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from marshtest.dataset import Dataset
from marshtest.signals import Span

__all__ = ["Exchanges", "Piece"]

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Piece:
    """One turn inside what is read or written."""

    start: int
    """First character in the text that is read or written."""
    field: str
    """The canonical field that the turn stands in."""
    offset: int
    """First character in that field."""
    turn: int
    """Number of the turn in its record, from 0."""
    role: str


@dataclass(frozen=True)
class Exchanges:
    """The records in an order of their own, so that the order in the file changes nothing."""

    record_ids: Sequence[str]
    reads: Sequence[str]
    """Everything that the model reads: all turns but the assistant's, joined by empty lines."""
    asks: Sequence[int]
    """Where the part of `reads` after the system prompt begins, in characters."""
    writes: Sequence[str]
    """Everything that the model is trained to write: the turns of the assistant, joined by empty lines."""
    read_pieces: Sequence[tuple[Piece, ...]]
    write_pieces: Sequence[tuple[Piece, ...]]
    texts: Mapping[str, Sequence[str]]
    """The canonical fields `prompt` and `completion`."""
    paths: Sequence[str]
    lines: Sequence[int]
    fields: Sequence[str]
    groups: Sequence[str | None]

    def __len__(self) -> int:
        """Count the records."""
        return len(self.record_ids)

    @classmethod
    def of(cls, dataset: Dataset) -> Exchanges:
        """Take the records of a dataset in the order of the hashes of what they say."""
        names = ["record_id", "prompt", "completion", "messages", "source_path", "source_line", "fields", "group"]
        table = dataset.table(names).to_pydict()
        keys = [
            blake2b(f"{prompt}\0{completion}".encode("utf-8", "replace"), digest_size=8).digest()
            for prompt, completion in zip(table["prompt"], table["completion"], strict=True)
        ]
        rows = sorted(range(len(keys)), key=lambda i: (keys[i], table["fields"][i] or "", table["record_id"][i]))
        parted = [_part(table["messages"][i], table["prompt"][i] or "", table["completion"][i] or "") for i in rows]
        return cls(
            record_ids=[table["record_id"][i] for i in rows],
            reads=[one[0] for one in parted],
            asks=[_asked_from(one[1]) for one in parted],
            writes=[one[2] for one in parted],
            read_pieces=[one[1] for one in parted],
            write_pieces=[one[3] for one in parted],
            texts={name: [table[name][i] or "" for i in rows] for name in ("prompt", "completion")},
            paths=[table["source_path"][i] for i in rows],
            lines=[table["source_line"][i] for i in rows],
            fields=[table["fields"][i] or "{}" for i in rows],
            groups=[table["group"][i] for i in rows],
        )

    @cached_property
    def _plain(self) -> dict[int, str]:
        return {}

    def repeats(self, record: int, words: str) -> bool:
        """Say whether what is read has these words too, letter case, spaces and outer punctuation aside."""
        if record not in self._plain:
            self._plain[record] = " ".join(self.reads[record].casefold().split())
        return " ".join(words.casefold().split()).strip(" .!?,;:\"'") in self._plain[record]

    def span_read(self, record: int, start: int, end: int) -> Span:
        """Give the place in a field of a stretch of what is read."""
        return _span(self.read_pieces[record], start, end)

    def span_written(self, record: int, start: int, end: int) -> Span:
        """Give the place in a field of a stretch of what is written."""
        return _span(self.write_pieces[record], start, end)

    def turn_read(self, record: int, place: int) -> Piece:
        """Give the turn in which a character that is read stands."""
        return _piece(self.read_pieces[record], place)

    def turn_written(self, record: int, place: int) -> Piece:
        """Give the turn in which a character that is written stands."""
        return _piece(self.write_pieces[record], place)


def _part(
    turns: Sequence[Mapping[str, str]] | None, prompt: str, completion: str
) -> tuple[str, tuple[Piece, ...], str, tuple[Piece, ...]]:
    """Give what is read and what is written, each with its turns."""
    if not turns:
        return prompt, (Piece(0, "prompt", 0, 0, "user"),), completion, (Piece(0, "completion", 0, 1, "assistant"),)
    last = max((i for i, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1)
    sides: dict[bool, tuple[list[str], list[Piece]]] = {True: ([], []), False: ([], [])}
    offset = 0
    for number, turn in enumerate(turns):
        content, written = turn["content"], turn["role"] == "assistant"
        parts, pieces = sides[written]
        start = sum(map(len, parts)) + len(_BETWEEN) * len(parts)
        here = ("completion", 0) if number == last else ("prompt", offset)
        pieces.append(Piece(start, *here, number, turn["role"]))
        parts.append(content)
        if number != last:
            offset += len(content) + len(_BETWEEN)
    (read, read_pieces), (written_parts, write_pieces) = sides[False], sides[True]
    return _BETWEEN.join(read), tuple(read_pieces), _BETWEEN.join(written_parts), tuple(write_pieces)


def _asked_from(pieces: Sequence[Piece]) -> int:
    """Give where the first turn that is no system prompt begins; 0 if there is none."""
    return next((piece.start for piece in pieces if piece.role != "system"), 0)


def _piece(pieces: Sequence[Piece], place: int) -> Piece:
    return pieces[max(0, bisect_right([piece.start for piece in pieces], place) - 1)]


def _span(pieces: Sequence[Piece], start: int, end: int) -> Span:
    piece = _piece(pieces, start)
    shift = piece.offset - piece.start
    return Span(piece.field, start + shift, end + shift)
