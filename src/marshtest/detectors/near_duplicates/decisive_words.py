"""In groups of near-duplicates with several labels: which word is associated with which label?

The texts of a group say the same, so no single word should decide their labels. Under the null hypothesis that a word
and a label are independent, the labels of a group fall on the texts with the word as on those without. Fisher's exact
test gives that probability for each group, and groups are independent, so the probabilities are multiplied.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from marshtest.detectors.near_duplicates.settings import NearDuplicatesSettings
from marshtest.stats.significance import fisher_exact

__all__ = ["DecisiveWord", "decisive_words"]


@dataclass(frozen=True, slots=True)
class DecisiveWord:
    """A word that is associated with a label in several groups of near-duplicates."""

    word: str
    label: str
    groups: int
    """Groups with several labels in which some texts have the word and some do not."""
    carriers: tuple[int, ...]
    """Texts in these groups with the word and the label, rising."""
    exceptions: int
    """Texts in these groups with the word and another label."""
    p_value: float
    """Not corrected."""

    @property
    def label_share(self) -> float:
        """Share of the texts with the word that have the label, 0 to 1."""
        return len(self.carriers) / (len(self.carriers) + self.exceptions)


def decisive_words(
    groups: Sequence[Sequence[int]],
    words: Mapping[int, frozenset[str]],
    labels: Sequence[str],
    settings: NearDuplicatesSettings,
) -> tuple[list[DecisiveWord], int]:
    """Find words that are associated with a label within groups.

    Args:
        groups: Near-duplicates, as indices of texts.
        words: The words of every text of these groups, by index.
        labels: The label of every text.
        settings: In how many groups a word must vary, and how pure it must be.

    Returns:
        The words, by p-value, and how many pairs of word and label were tested.
    """
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
    # in how many groups a word varies says nothing about its label, so the choice costs no false alarms
    tested = {key: table for key, table in tables.items() if len(table) >= settings.fewest_groups}
    found = []
    for (word, label), table in tested.items():
        chances = [fisher_exact(len(hits), len(having), labelled, size) for hits, having, labelled, size in table]
        chance = exp(sum(map(log, chances)))
        carriers = sorted(index for hits, _, _, _ in table for index in hits)
        exceptions = sum(len(having) - len(hits) for hits, having, _, _ in table)
        if len(carriers) >= settings.purity * (len(carriers) + exceptions):
            found.append(DecisiveWord(word, label, len(table), tuple(carriers), exceptions, min(1.0, chance)))
    return sorted(found, key=lambda one: (one.p_value, one.word, one.label)), len(tested)
