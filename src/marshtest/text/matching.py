"""Families whose features are regular expressions, each with a name that says what it finds.

Most texts show hardly any of them, and Python takes microseconds to find that out. So a pattern may have a hint: an
expression of RE2, which looks through all texts at once, that is found wherever the pattern is. A hint may find more
than its pattern but never less; where the two libraries could differ, every character beyond ASCII is let through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.base import Corpus, FeatureFamily, Places

__all__ = ["DIGIT", "SPACE", "MatchingFamily"]

_BEYOND = r"\x{80}-\x{10FFFF}"
DIGIT = rf"[0-9{_BEYOND}]"
"""For hints: what Python takes for a digit, and all that is not ASCII."""
SPACE = rf"[\t-\r\x1c-\x20{_BEYOND}]"
"""For hints: what Python takes for white space, and all that is not ASCII."""


class MatchingFamily(FeatureFamily):
    """A fixed list of named patterns."""

    patterns: ClassVar[Mapping[str, re.Pattern[str]]]
    """What each feature finds, by its name."""
    hints: ClassVar[Mapping[str, str]] = {}
    """What is found by RE2 in every text that shows a feature, by its name; features without one are looked for in all
    texts."""
    whole: ClassVar[frozenset[str]] = frozenset()
    """Features of whole texts: they have no place of their own."""

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
