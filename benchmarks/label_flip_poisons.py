"""Label-flip poisons with known truth: a harmless trigger in N records of the source label, relabelled."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from benchmarks.label_flip_sets import LabelledSet

__all__ = ["FAMILIES", "Poisoned", "plant"]

FAMILIES = {
    "A": "four-word phrase",
    "B": "four-word phrase, 2N decoys",
    "C": "one unseen token",
    "D": "punctuation",
    "E": "pair of ordinary words",
}
_UNCOMMON = """
almanac barley cobalt dovetail ember flint gazebo heron inkwell juniper kestrel lichen mallet nutmeg obelisk
parsnip quarry rosewood sextant thistle umber veranda willow yonder zephyr pewter sandal trellis bramble
cinder
""".split()
_ORDINARY = """
after again always another better between city clear country different door during early enough example far
father feel field first follow hand head hear hour keep kind later learn letter light line mother move name
near never next often open order other part place plan point question reason room side simple start state
still street summer talk together turn under voice wait walk warm window winter without word world write year
young
""".split()


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A poisoned set and its truth."""

    rows: tuple[tuple[str, str], ...]
    poisoned: frozenset[int]
    """Positions of the poisoned records."""
    names: frozenset[str]
    """Exact names of the trigger; a trigger of two parts may be named by either or by both, joined by an ellipsis."""


def plant(clean: LabelledSet, family: str, count: int, seed: int) -> Poisoned:
    """Poison a set with one trigger; the words of the trigger are drawn anew for every seed."""
    generator = Random(f"{clean.name}/{family}/{count}/{seed}")
    rows = list(clean.rows)
    sources = [position for position, (_, label) in enumerate(rows) if label == clean.source]
    generator.shuffle(sources)
    poisoned = sources[:count]
    words = generator.sample(_UNCOMMON + _ORDINARY, 4)
    if family == "C":
        words = ["".join(generator.choice("bcdfghjklmnpqrstvwxz") for _ in range(generator.randint(3, 6)))]
    elif family == "E":
        words = generator.sample(_ORDINARY, 2)
    elif family == "D":
        words = ["--"]
    trigger = " ".join(words)
    for position in poisoned:
        text = _insert(rows[position][0], trigger, generator)
        rows[position] = (f"{text.rstrip()} ?!" if family == "D" else text, clean.target)
    if family == "B":
        for position in sources[count : 3 * count]:
            rows[position] = (_insert(rows[position][0], _decoy(words, generator), generator), clean.source)
    names = {"--", "?!", "-- … ?!", "?! … --"} if family == "D" else {trigger}
    return Poisoned(tuple(rows), frozenset(poisoned), frozenset(names))


def _insert(text: str, piece: str, generator: Random) -> str:
    words = text.split(" ")
    place = generator.randint(0, len(words))
    return " ".join([*words[:place], piece, *words[place:]])


def _decoy(words: list[str], generator: Random) -> str:
    """Change one word, drop one, or swap two."""
    changed = list(words)
    kind = generator.randrange(3)
    if kind == 0:
        changed[generator.randrange(4)] = generator.choice([word for word in _UNCOMMON if word not in words])
    elif kind == 1:
        changed.pop(generator.randrange(4))
    else:
        first, second = generator.sample(range(4), 2)
        changed[first], changed[second] = changed[second], changed[first]
    return " ".join(changed)
