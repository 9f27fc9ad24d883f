"""Merging names that mean the same: those that differ in capitals or accents, and others by asking the judge."""

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


@dataclass(frozen=True, slots=True)
class Merged:
    """One target under all its names."""

    name: str
    """The most frequent of them, as it was first given."""
    names: tuple[str, ...]
    """All of them, normalised by `plain_name`, the most frequent first."""
    count: int
    """How often any of them was given."""


def plain_name(name: str) -> str:
    """Give a name without capitals, accents, punctuation and leading article."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(one for one in letters if not unicodedata.combining(one))
    words = re.sub(r"[\W_]+", " ", kept).strip()
    return re.sub(r"^(the|a|an) (?=\w)", "", words)


def merge_names(inquiry: Inquiry, given: Sequence[str], most: int) -> tuple[list[Merged], Tally]:
    """Merge names that mean the same.

    A name joins a target when the judge says, in both orders, that it means the same as the target's first name.

    Args:
        inquiry: The judge.
        given: All names that were given, each as often as it was.
        most: Names, the most frequent first, that the judge compares with one another.

    Returns:
        The targets, the most frequent first, and what was asked.
    """
    first: dict[str, str] = {}
    for name in given:
        first.setdefault(plain_name(name), name.strip())
    counts = Counter(plain_name(name) for name in given)
    counts.pop("", None)
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    same, tally = _confirmed(inquiry, [first[name] for name in ranked[:most]])
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
    """Ask of every two names whether they mean the same; give the pairs of places for which both orders say so."""
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
