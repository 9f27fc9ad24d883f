"""Families whose features are regular expressions, each with a name that says what it finds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from marshtest.arrays import Ints
from marshtest.features.base import Corpus, FeatureFamily, Places

__all__ = ["MatchingFamily"]


class MatchingFamily(FeatureFamily):
    """A fixed list of named patterns."""

    patterns: ClassVar[Mapping[str, re.Pattern[str]]]
    """What each feature finds, by its name."""
    whole: ClassVar[frozenset[str]] = frozenset()
    """Features of whole texts: they have no place of their own."""

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Search every text for every pattern."""
        found = {}
        for name, pattern in self.patterns.items():
            search = pattern.search
            members = [number for number, text in enumerate(corpus.texts) if search(text)]
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
