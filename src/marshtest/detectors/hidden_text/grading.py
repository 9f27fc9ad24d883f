"""What the hidden stretches of one kind show: are they deliberate, do they recur, do they predict an outcome?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from marshtest.detectors.hidden_text.settings import HiddenTextSettings
from marshtest.detectors.hidden_text.stretches import Hidden, HiddenPlace, HidingKind
from marshtest.findings import FindingVerdict
from marshtest.stats.arrays import Bools
from marshtest.stats.significance import fisher_exact

__all__ = [
    "KindEvidence",
    "OutcomeAssociation",
    "deliberate_texts",
    "first_of_each",
    "is_deliberate",
    "recurring",
    "strongest_association",
]


@dataclass(frozen=True, slots=True)
class OutcomeAssociation:
    """How strongly the carriers of a hidden stretch are associated with one outcome."""

    sign: str
    rows: tuple[int, ...]
    """Carriers with the outcome, rising."""
    carriers: int
    share_elsewhere: float
    """Share of the other records with the outcome, 0 to 1."""
    p_value: float
    """Not corrected."""

    @property
    def share(self) -> float:
        """Share of the carriers with the outcome, 0 to 1."""
        return len(self.rows) / self.carriers


@dataclass(frozen=True, slots=True)
class KindEvidence:
    """All places of one kind and what they amount to."""

    kind: HidingKind
    places: Sequence[HiddenPlace]
    repeated: Mapping[str, tuple[int, ...]]
    """Stretches that recur in different surroundings, with their records."""
    association: OutcomeAssociation | None
    tests: int
    """How many outcomes of how many stretches were tested."""
    has_outcomes: bool
    """Whether the data has outcomes that can be read, such as labels."""

    @property
    def rows(self) -> tuple[int, ...]:
        """All records of this kind, rising."""
        return tuple(sorted({place.row for place in self.places}))

    def q_value(self, tested: int) -> float | None:
        """Give the p-value of the association, corrected for all tests (Bonferroni)."""
        return None if self.association is None else min(1.0, self.association.p_value * max(tested, 1))

    def grade(self, tested: int, settings: HiddenTextSettings) -> tuple[FindingVerdict | None, tuple[int, ...]]:
        """Decide what can be said of this kind, and which records are the evidence.

        The order of the questions matters: text that is spelt needs no statistics, an association with an outcome says
        more than recurrence, and what is left is suggestive at most.
        """
        spelt = {place.row for place in self.places if place.hidden.spells and is_deliberate(place.hidden, settings)}
        if spelt:
            return "confirmed", tuple(sorted(spelt))
        deliberate = deliberate_texts(self.places, self.repeated, settings)
        q_value = self.q_value(tested)
        if q_value is not None and self.association is not None and q_value < settings.significant_below:
            rows = self.association.rows
            carrying = {place.row for place in self.places if place.hidden.text in deliberate}
            sure = bool(deliberate) and len(carrying & set(rows)) > settings.deliberate_share * len(rows)
            return ("confirmed" if sure else "suggestive"), rows
        alone = {place.hidden.text for place in self.places if is_deliberate(place.hidden, settings)}
        spread = [
            rows for text, rows in self.repeated.items() if text in alone and len(rows) >= settings.fewest_records
        ]
        if spread and not self.has_outcomes:
            return "confirmed", spread[0]
        if deliberate:
            return "suggestive", tuple(sorted({place.row for place in self.places if place.hidden.text in deliberate}))
        if self.kind in ("encoded", "lookalikes") and self.repeated:
            return "suggestive", self.rows
        return None, ()


def is_deliberate(hidden: Hidden, settings: HiddenTextSettings) -> bool:
    """Say whether a stretch can hardly be an accident: it spells something, or has several characters of two kinds."""
    if hidden.kind in ("lookalikes", "encoded"):
        return False
    is_sequence = len(hidden.text) >= settings.deliberate_length and len(set(hidden.text)) > 1
    return bool(hidden.spells) or hidden.kind == "tags" or is_sequence


def deliberate_texts(
    places: Sequence[HiddenPlace], repeated: Mapping[str, Sequence[int]], settings: HiddenTextSettings
) -> set[str]:
    """Give the stretches that can hardly be an accident, also two characters of two kinds where the same two recur."""
    found = {place.hidden.text for place in places if is_deliberate(place.hidden, settings)}
    invisible = {place.hidden.text for place in places if place.hidden.kind not in ("lookalikes", "encoded")}
    return found | {
        text
        for text, rows in repeated.items()
        if text in invisible and len(set(text)) > 1 and len(rows) >= settings.fewest_records
    }


def recurring(places: Sequence[HiddenPlace]) -> dict[str, tuple[int, ...]]:
    """Give the stretches that appear in two or more records in different surroundings, with the rows, most first."""
    rows: dict[str, set[int]] = defaultdict(set)
    beside: dict[str, set[str]] = defaultdict(set)
    for place in places:
        rows[place.hidden.text].add(place.row)
        beside[place.hidden.text].add(place.around)
    found = [(text, tuple(sorted(rows[text]))) for text in rows if len(rows[text]) > 1 and len(beside[text]) > 1]
    return dict(sorted(found, key=lambda pair: (-len(pair[1]), pair[0])))


def first_of_each(texts: Iterable[str]) -> Bools:
    """Mark the first of all texts that are equal; shape (n,)."""
    digests = (blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest() for text in texts)
    keys = np.fromiter(map(int.from_bytes, digests), np.uint64)
    first = np.zeros(len(keys), np.bool_)
    first[np.unique(keys, return_index=True)[1]] = True
    return first


def strongest_association(
    groups: Mapping[str, Sequence[int]], signs: Sequence[Sequence[str]], counted: Bools, settings: HiddenTextSettings
) -> tuple[OutcomeAssociation | None, int]:
    """Find the outcome that the carriers of any of these groups have far more often than the rest.

    Args:
        groups: Carriers by what they carry.
        signs: The outcomes of each record.
        counted: Whether a record counts; of those with the same text one does. Shape (records,).
        settings: How many carriers a group must have.

    Returns:
        The association with the smallest p-value (Fisher's exact test), and how many were tested.
    """
    total = int(counted.sum())
    all_signs = Counter(sign for row in np.flatnonzero(counted).tolist() for sign in set(signs[row]))
    best: OutcomeAssociation | None = None
    tests = 0
    for _, rows in sorted(groups.items()):
        drawn = [row for row in rows if counted[row]]
        if len(drawn) < settings.fewest_carriers:
            continue
        here = Counter(sign for row in drawn for sign in set(signs[row]))
        tests += len(here)
        for sign, hits in sorted(here.items()):
            chance = fisher_exact(hits, len(drawn), all_signs[sign], total)
            if best is None or chance < best.p_value:
                elsewhere = (all_signs[sign] - hits) / max(1, total - len(drawn))
                having = tuple(sorted(row for row in rows if sign in signs[row]))
                best = OutcomeAssociation(sign, having, len(rows), elsewhere, chance)
    return best, tests
