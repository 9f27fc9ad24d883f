"""Names that mean the same are put together: those alike but for capitals, and others by asking, both ways round."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from marshtest.detectors.control_contrast.naming.questions import same_question
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Tally

__all__ = ["Merged", "merge_names", "plain_name"]

_MOST = 12
"""So many names, the most frequent, are compared with each other."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One target under all its names."""

    name: str
    """The most frequent of them, as it was said first."""
    names: tuple[str, ...]
    """All of them, in plain form."""
    count: int
    """How often it was named."""


def plain_name(name: str) -> str:
    """Give a name without capitals, accents, articles and signs."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    words = re.sub(r"[\W_]+", " ", kept).strip()
    return re.sub(r"^(the|a|an) (?=\w)", "", words)


def merge_names(inquiry: Inquiry, said: Sequence[str]) -> tuple[list[Merged], Tally]:
    """Put names together, the most frequent target first; give also what became of all that was asked.

    A name joins a target when the judge says, both ways round, that it means the same as the target's first name.
    """
    first: dict[str, str] = {}
    for name in said:
        first.setdefault(plain_name(name), name.strip())
    counts = Counter(plain_name(name) for name in said)
    counts.pop("", None)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    same, tally = _confirmed(inquiry, [first[name] for name in ranked[:_MOST]])
    groups: list[list[str]] = []
    for place, name in enumerate(ranked):
        joined = next((group for group in groups if (ranked.index(group[0]), place) in same), None)
        if joined is None:
            groups.append([name])
        else:
            joined.append(name)
    merged = [Merged(first[group[0]], tuple(group), sum(counts[name] for name in group)) for group in groups]
    return sorted(merged, key=lambda one: -one.count), tally


def _confirmed(inquiry: Inquiry, names: Sequence[str]) -> tuple[set[tuple[int, int]], Tally]:
    """Ask of every pair of names whether they mean the same; a pair counts when both orders say so."""
    pairs = [pair for one, other in combinations(range(len(names)), 2) for pair in ((one, other), (other, one))]
    agreed: set[tuple[int, int]] = set()

    def take(item: Item, answer: Answer) -> None:
        if answer.value is not None and answer.value["same"]:
            agreed.add(pairs[item.index])

    if not pairs:
        return set(), Tally()
    items = (
        Item(index, (Passage("first", names[one]), Passage("second", names[other])))
        for index, (one, other) in enumerate(pairs)
    )
    tally = inquiry.ask(same_question(), items, take, stage="comparing names", total=len(pairs))
    both = {pair for pair in agreed if pair[::-1] in agreed}
    return both, tally
