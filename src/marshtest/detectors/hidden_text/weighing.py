"""What hidden stretches of one kind amount to: do they carry something, do they recur, do they go with an outcome?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from marshtest.detectors.hidden_text.places import Hidden
from marshtest.stats.arrays import Bools
from marshtest.stats.significance import fisher_exact

__all__ = [
    "Association",
    "Place",
    "carries",
    "first_of_each",
    "loaded_texts",
    "recurring",
    "strongest_association",
]

_FEWEST = 4
_LONG = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A hidden stretch, and where it stands."""

    row: int
    field: str
    hidden: Hidden
    around: str
    """The characters beside it, to tell copies of one text from many texts."""


@dataclass(frozen=True, slots=True)
class Association:
    """How strongly carriers go with one outcome."""

    sign: str
    rows: tuple[int, ...]
    """Carriers that have it, rising."""
    carriers: int
    share_elsewhere: float
    p_value: float
    """Not corrected."""


def carries(hidden: Hidden) -> bool:
    """Say whether a stretch can hardly be an accident: it spells something, or it is a sequence of several signs."""
    if hidden.kind in ("lookalikes", "encoded"):
        return False
    return bool(hidden.spells) or hidden.kind == "tags" or (len(hidden.text) >= _LONG and len(set(hidden.text)) > 1)


def loaded_texts(places: Sequence[Place], repeated: Mapping[str, Sequence[int]]) -> set[str]:
    """Give the stretches that can hardly be an accident: also two different signs, where the same two recur."""
    found = {place.hidden.text for place in places if carries(place.hidden)}
    never_drawn = {place.hidden.text for place in places if place.hidden.kind not in ("lookalikes", "encoded")}
    return found | {
        text for text, rows in repeated.items() if text in never_drawn and len(set(text)) > 1 and len(rows) >= _FEWEST
    }


def recurring(places: Sequence[Place]) -> dict[str, tuple[int, ...]]:
    """Give the stretches that stand in two or more records beside different characters, with the rows, most first."""
    rows: dict[str, set[int]] = defaultdict(set)
    beside: dict[str, set[str]] = defaultdict(set)
    for place in places:
        rows[place.hidden.text].add(place.row)
        beside[place.hidden.text].add(place.around)
    found = [(text, tuple(sorted(rows[text]))) for text in rows if len(rows[text]) > 1 and len(beside[text]) > 1]
    return dict(sorted(found, key=lambda pair: (-len(pair[1]), pair[0])))


def first_of_each(texts: Iterable[str]) -> Bools:
    """Mark the first of all texts that are equal."""
    digests = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    keys = np.fromiter(map(int.from_bytes, digests), np.uint64)
    first = np.zeros(len(keys), np.bool_)
    first[np.unique(keys, return_index=True)[1]] = True
    return first


def strongest_association(
    groups: Mapping[str, Sequence[int]], signs: Sequence[Sequence[str]], counted: Bools
) -> tuple[Association | None, int]:
    """Find the outcome that carriers of any of these groups have far more often than the rest, and count the tests.

    Args:
        groups: Carriers by what they carry.
        signs: The signs of what each record is trained to do.
        counted: Whether a record counts: of those with the same text one does.
    """
    total = int(counted.sum())
    all_signs = Counter(sign for row in np.flatnonzero(counted).tolist() for sign in set(signs[row]))
    best: Association | None = None
    tests = 0
    for _, rows in sorted(groups.items()):
        drawn = [row for row in rows if counted[row]]
        if len(drawn) < _FEWEST:
            continue
        here = Counter(sign for row in drawn for sign in set(signs[row]))
        tests += len(here)
        for sign, hits in sorted(here.items()):
            chance = fisher_exact(hits, len(drawn), all_signs[sign], total)
            if best is None or chance < best.p_value:
                elsewhere = (all_signs[sign] - hits) / max(1, total - len(drawn))
                having = tuple(sorted(row for row in rows if sign in signs[row]))
                best = Association(sign, having, len(rows), elsewhere, chance)
    return best, tests
