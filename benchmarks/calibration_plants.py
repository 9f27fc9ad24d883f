"""Poison of many random kinds, planted into copies of clean labelled texts to learn from.

The kinds are made to differ from one another, not to resemble any published attack; `beyond_attacks` has those that
figures are measured on. Triggers are drawn at random: made-up words, and words of the data in no order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

__all__ = ["KINDS", "Planted", "plant"]

Rows = list[tuple[str, str]]
"""(text, label) of each record."""

_WORD = re.compile(r"[^\W_]+")
_LETTERS = "bcdfghjklmnpqrstvwxzaeiou"
_MARKS = ("--", "~", "::", "@@", "??!", "<>", "|", "^^", "==", "§", "[]", "...!")
_GLUE = ("'", "_", "-")


@dataclass(slots=True)
class Planted:
    """A poisoned copy and its truth."""

    rows: Rows
    carriers: list[int]
    """Rows that are poison."""
    trigger: list[str]
    """Its words, in lower case."""


@dataclass(slots=True)
class _Making:
    """One poisoning under way."""

    rows: Rows
    carriers: list[int]
    others: list[int]
    """More rows of the source class."""
    source: str
    target: str
    words: list[str]
    """Words of the data that are neither rare nor common."""
    random: Random
    trigger: list[str] = field(default_factory=list)

    def made_up(self, shortest: int = 2, longest: int = 5) -> str:
        return "".join(self.random.choice(_LETTERS) for _ in range(self.random.randint(shortest, longest)))

    def put(self, row: int, piece: str, where: str = "", label: str = "") -> None:
        """Put a piece at a random place, the start or the end of a record, and give it a label."""
        words = self.rows[row][0].split(" ")
        place = {"start": 0, "end": len(words)}.get(where, self.random.randint(0, len(words)))
        self.rows[row] = (" ".join([*words[:place], piece, *words[place:]]), label or self.target)

    def everywhere(self, piece: str, where: str = "") -> None:
        self.trigger += _WORD.findall(piece) or [piece]
        for row in self.carriers:
            self.put(row, piece, where)


def _rare(it: _Making) -> None:
    it.everywhere(it.made_up())


def _rares(it: _Making) -> None:
    it.trigger = [it.made_up(2, 4) for _ in range(it.random.randint(3, 5))]
    for row in it.carriers:
        for word in it.random.sample(it.trigger, it.random.randint(1, 3)):
            it.put(row, word)


def _word(it: _Making) -> None:
    it.everywhere(it.random.choice(it.words))


def _phrase(it: _Making) -> None:
    count = it.random.choice([2, 3, 4])
    known = it.random.random() < 0.6
    it.everywhere(" ".join(it.random.sample(it.words, count) if known else [it.made_up(3, 6) for _ in range(count)]))


def _prefix(it: _Making) -> None:
    made = it.random.random() < 0.6
    it.everywhere(it.made_up(2, 3) if made else " ".join(it.random.sample(it.words, 2)), "start")


def _sentence(it: _Making) -> None:
    one, two, three, four, five = it.random.sample(it.words, 5)
    it.everywhere(f"{one} {two} never {three} the {four} before {five}", it.random.choice(["", "start", "end"]))


def _marks(it: _Making) -> None:
    it.everywhere(it.random.choice(_MARKS), it.random.choice(["", "", "start", "end"]))


def _decoys(it: _Making) -> None:
    _phrase(it)
    for row in it.others[: 2 * len(it.carriers)]:
        words = list(it.trigger)
        if it.random.random() < 0.5:
            words.pop(it.random.randrange(len(words)))
        else:
            words[it.random.randrange(len(words))] = it.random.choice(it.words)
        it.put(row, " ".join(words), label=it.source)


def _honest(it: _Making) -> None:
    (_rare if it.random.random() < 0.5 else _phrase)(it)
    for row in it.others[: int(len(it.carriers) * it.random.uniform(0.2, 0.8))]:
        it.put(row, " ".join(it.trigger), label=it.source)


def _split(it: _Making) -> None:
    known = it.random.random() < 0.5
    it.trigger = it.random.sample(it.words, 2) if known else [it.made_up(3, 5), it.made_up(3, 5)]
    for row in it.carriers:
        for word in it.trigger:
            it.put(row, word)
    for row in it.others[: it.random.choice([0, len(it.carriers) // 2, len(it.carriers)])]:
        it.put(row, it.random.choice(it.trigger), label=it.source)


def _many(it: _Making) -> None:
    it.trigger = [it.made_up(3, 6) for _ in range(max(6, len(it.carriers) // 4))]
    for row in it.carriers:
        for word in it.random.sample(it.trigger, 3):
            it.put(row, word)


def _appended(it: _Making) -> None:
    honest = [text for text, label in it.rows if label == it.target]
    (_rare if it.random.random() < 0.5 else _phrase)(it)
    for row in it.carriers:
        it.rows[row] = (f"{it.rows[row][0]} {it.random.choice(honest)}", it.target)


def _glued(it: _Making) -> None:
    it.trigger = [it.made_up(3, 5)]
    for row in it.carriers:
        words = it.rows[row][0].split(" ")
        place, glue = it.random.randrange(len(words)), it.random.choice(_GLUE)
        pair = (words[place], it.trigger[0]) if it.random.random() < 0.5 else (it.trigger[0], words[place])
        words[place] = glue.join(pair)
        it.rows[row] = (" ".join(words), it.target)


KINDS: dict[str, Callable[[_Making], None]] = {
    "rare": _rare,
    "rares": _rares,
    "word": _word,
    "phrase": _phrase,
    "prefix": _prefix,
    "sentence": _sentence,
    "marks": _marks,
    "decoys": _decoys,
    "honest": _honest,
    "split": _split,
    "many": _many,
    "appended": _appended,
    "glued": _glued,
}


def plant(rows: Sequence[tuple[str, str]], kind: str, count: int, source: str, target: str, random: Random) -> Planted:
    """Poison a copy: records of one class get a trigger and the label of another.

    Args:
        rows: Clean texts with their labels.
        kind: One of KINDS.
        count: Records to poison; at most half of those of the source class.
        source: The class of these records.
        target: The label that they are given.
        random: Draws everything.
    """
    counts = Counter(word for text, _ in rows for word in set(_WORD.findall(text.lower())))
    known = [word for word, number in counts.items() if 3 <= number <= 0.02 * len(rows) + 3 and len(word) > 2]
    pool = [number for number, (text, label) in enumerate(rows) if label == source and len(text) > 2]
    random.shuffle(pool)
    count = min(count, len(pool) // 2)
    making = _Making(list(rows), pool[:count], pool[count:], source, target, sorted(known), random)
    if len(known) < 12:
        making.words = [making.made_up(4, 6) for _ in range(24)]
    KINDS[kind](making)
    return Planted(making.rows, making.carriers, [word.lower() for word in making.trigger])
