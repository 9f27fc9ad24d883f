"""Families whose features are named regular expressions.

Most texts show hardly any of them, and Python needs microseconds for each text and pattern. So a pattern may have a
hint: an expression for RE2, which searches all texts at once. A hint may find more than its pattern but never less;
where the two libraries could differ, a hint accepts every character beyond ASCII.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places

__all__ = ["DIGIT", "SPACE", "MatchingFamily"]

_BEYOND = r"\x{80}-\x{10FFFF}"
"""Everything beyond ASCII, where `\\d` and `\\s` of Python and RE2 differ."""
DIGIT = rf"[0-9{_BEYOND}]"
"""For hints: the ASCII characters that `\\d` matches in Python, and everything beyond ASCII."""
SPACE = rf"[\t-\r\x1c-\x20{_BEYOND}]"
"""For hints: the ASCII characters that `\\s` matches in Python, and everything beyond ASCII."""


class MatchingFamily(FeatureFamily):
    """A fixed list of named patterns."""

    patterns: ClassVar[Mapping[str, re.Pattern[str]]]
    """The pattern of each feature, by its name."""
    hints: ClassVar[Mapping[str, str]] = {}
    """By the name of a feature: an RE2 expression that matches in every text that shows it. A feature without one is
    searched for in all texts."""
    whole: ClassVar[frozenset[str]] = frozenset()
    """Features of whole texts, which have no places."""

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Search every text for every pattern."""
        found = {}
        for name, pattern in self.patterns.items():
            search = pattern.search
            members = [number for number in corpus.hinted(self.hints.get(name)) if search(corpus.texts[number])]
            if members:
                found[name] = np.array(members, np.int64)
        return found

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give every match."""
        if name in self.whole:
            return {}
        finditer = self.patterns[name].finditer
        return {
            int(text): tuple(match.span() for match in finditer(corpus.texts[text]) if match.end() > match.start())
            for text in texts
        }
