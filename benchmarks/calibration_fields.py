"""Poison that no span carries, planted into copies of clean labelled texts: a value of another field, or a layout.

All records have other fields as well: where a record is from, which often goes with its label, and who wrote it, which
never does. So what is learned knows that a value may be pure and honest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

__all__ = ["MARKS", "Marked", "mark"]

Rows = list[tuple[str, str]]
"""(text, label) of each record."""

_LETTERS = "bcdfghjklmnpqrstvwxzaeiou"
_SOURCES, _WRITERS = 12, 40
"""Values of the two fields."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A poisoned copy with other fields."""

    rows: Rows
    fields: list[str]
    """JSON of the other fields of each record."""
    carriers: list[int]
    """Rows that are poison."""


def _spaces(text: str, random: Random) -> str:
    words = text.split(" ")
    place = random.randrange(len(words)) if len(words) > 1 else 0
    return " ".join([*words[:place], "", *words[place:]]) if place else f"{text}  ."


_LAYOUTS: dict[str, Callable[[str, Random], str]] = {
    "capitals": lambda text, _: text.upper(),
    "small letters": lambda text, _: text.lower(),
    "two spaces": _spaces,
    "an empty line": lambda text, _: "\n\n".join(text.split(" ", 1)),
    "a tab": lambda text, _: text.replace(" ", "\t", 1),
    "white space at the end": lambda text, _: f"{text} ",
    "a space character": lambda text, random: text.replace(" ", random.choice("\u00a0\u2009\u3000"), 1),
}
MARKS = ("field", "layout")
"""Kinds of poison."""


def mark(
    rows: Sequence[tuple[str, str]], kind: str | None, count: int, source: str, target: str, random: Random
) -> Marked:
    """Give records other fields, and poison some of one class.

    Args:
        rows: Clean texts with their labels.
        kind: One of MARKS.
        count: Records to poison; at most half of those of the source class.
        source: The class of these records.
        target: The label that they are given.
        random: Draws everything.
    """
    labels = sorted({label for _, label in rows})
    names = [f"{random.choice(_LETTERS)}{random.randrange(1000)}" for _ in range(_SOURCES)]
    own = {label: random.sample(names, random.randint(1, 4)) for label in labels}
    loyal = random.choice((0.0, 0.5, 0.9, 1.0))
    fields = [
        {
            "source": random.choice(own[label] if random.random() < loyal else names),
            "writer": random.randrange(_WRITERS),
        }
        for _, label in rows
    ]
    texts = list(rows)
    pool = [number for number, (text, label) in enumerate(rows) if label == source and len(text) > 2]
    random.shuffle(pool)
    carriers = pool[: min(count, len(pool) // 2)]
    made_up = "".join(random.choice(_LETTERS) for _ in range(random.randint(2, 6)))
    layout = _LAYOUTS[random.choice(sorted(_LAYOUTS))]
    field = random.choice(("source", "tag"))
    for row in carriers:
        text = rows[row][0]
        if kind == "field":
            fields[row] = {**fields[row], field: made_up}
        else:
            text = layout(text, random)
        texts[row] = (text, target)
    return Marked(texts, [json.dumps(one) for one in fields], carriers)
