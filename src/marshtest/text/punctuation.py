"""Punctuation: which marks a text has, where, and how many in a row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from marshtest.stats.arrays import Ints
from marshtest.text.feature_family import Corpus, FeatureFamily, Places
from marshtest.text.scripts import MARKS

__all__ = ["PunctuationFamily"]

_RUN = re.compile(rf"[^\w\s{MARKS}]+")
_MARKED = re.compile(f"[{MARKS}]")
_LONGEST = 6
"""Marks of a run that its name holds: longer runs that begin alike are one feature."""
_WORDS = {"has": "", "twice": " twice or more", "run": " in a row", "begins": " at the start", "ends": " at the end"}


class PunctuationFamily(FeatureFamily):
    """Every mark that a text has, at its start, at its end, doubled, twice in the text, or none at all."""

    id = "punctuation"
    pattern = "format"
    title = "The punctuation"

    def carriers(self, corpus: Corpus) -> Mapping[str, Ints]:
        """Scan every run of marks."""
        found: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(corpus.texts):
            for name in _names(text):
                found[name].append(number)
        return {name: np.array(members, np.int64) for name, members in sorted(found.items())}

    def places(self, corpus: Corpus, name: str, texts: Ints) -> Places:
        """Give the runs of marks that show the feature."""
        kind, _, mark = name.partition(" ")
        found = {}
        for text in texts:
            content = corpus.texts[text]
            spans = [match.span() for match in _RUN.finditer(content) if mark and mark in match[0]]
            if kind == "begins":
                spans = spans[:1]
            elif kind == "ends":
                spans = spans[-1:]
            found[int(text)] = tuple(spans)
        return found

    def label(self, corpus: Corpus, name: str, texts: Ints) -> str:  # noqa: ARG002
        """Name the feature in words."""
        kind, _, mark = name.partition(" ")
        if not mark:
            return "no mark at all" if kind == "none" else "no mark at the end"
        return f"{mark}{_WORDS[kind]}"


def _names(text: str) -> set[str]:
    """Give every feature of one text."""
    runs = _RUN.findall(text)
    if not runs:
        return {"none"}
    marks = "".join(runs)
    names = set()
    for mark in set(marks):
        names.add(f"has {mark}")
        if marks.count(mark) > 1:
            names.add(f"twice {mark}")
    names.update(f"run {run[:_LONGEST]}" for run in runs if len(run) > 1)
    stripped = text.strip()
    first, last = _RUN.match(stripped), _RUN.search(stripped, max(0, len(stripped) - _LONGEST))
    if first:
        names.add(f"begins {first[0][0]}")
    if stripped and not stripped[-1].isalnum() and not _MARKED.fullmatch(stripped[-1]):
        names.add(f"ends {stripped[-1]}")
    elif last is None:
        names.add("ends ")
    return names
