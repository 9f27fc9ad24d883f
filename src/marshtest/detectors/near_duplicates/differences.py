"""In groups of near-duplicates with several labels: which word comes with which label? Numbers and words in and out.

Within a group the texts say the same, so its labels should not depend on one word. Had a word nothing to do with the
label, the label would fall on its carriers as on the others; that chance is exact for each group and groups are
independent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from marshtest.stats.significance import fisher_exact

__all__ = ["Difference", "telling_differences"]

_FEWEST_GROUPS = 4
_PURE = 0.9


@dataclass(frozen=True, slots=True)
class Difference:
    """A word that comes with a label in several groups of near-duplicates."""

    word: str
    label: str
    groups: int
    """Groups in which some texts have the word and some do not, and the labels differ."""
    carriers: tuple[int, ...]
    """Texts in these groups with the word and the label, rising."""
    exceptions: int
    """Texts in these groups with the word and another label."""
    p_value: float
    """Not corrected."""


def telling_differences(
    groups: Sequence[Sequence[int]], words: Mapping[int, frozenset[str]], labels: Sequence[str]
) -> tuple[list[Difference], int]:
    """Find words that come with a label within groups, and count the pairs of word and label that were tried."""
    tables: dict[tuple[str, str], list[tuple[list[int], list[int], int, int]]] = defaultdict(list)
    for group in groups:
        here = [labels[index] for index in group]
        if len(set(here)) < 2:
            continue
        varying = frozenset.union(*(words[index] for index in group)) - frozenset.intersection(
            *(words[index] for index in group)
        )
        for word in varying:
            having = [index for index in group if word in words[index]]
            for label in set(here):
                hits = [index for index in having if labels[index] == label]
                tables[word, label].append((hits, having, here.count(label), len(group)))
    tried = {key: table for key, table in tables.items() if len(table) >= _FEWEST_GROUPS}
    found = []
    for (word, label), table in tried.items():
        chances = [fisher_exact(len(hits), len(having), labelled, size) for hits, having, labelled, size in table]
        chance = exp(sum(map(log, chances)))
        carriers = sorted(index for hits, _, _, _ in table for index in hits)
        exceptions = sum(len(having) - len(hits) for hits, having, _, _ in table)
        if len(carriers) >= _PURE * (len(carriers) + exceptions):
            found.append(Difference(word, label, len(table), tuple(carriers), exceptions, min(1.0, chance)))
    return sorted(found, key=lambda one: (one.p_value, one.word, one.label)), len(tried)
