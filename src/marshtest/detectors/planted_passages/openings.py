"""Texts that open with one and the same question and go on to answer it in one way, in other words every time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.detectors.planted_passages.packs import wording_in_common
from marshtest.stats.significance import fisher_exact
from marshtest.text.words import WORD

__all__ = ["Opening", "question_openings"]

_QUESTION = re.compile(r"\s*([^.!?\n]{12,300}\?)\s+(\S.*)", re.S)
_FEWEST_TEXTS, _FEWEST_WORDS = 4, 4
_MOST_IN_COMMON = 0.5
_SHARED_BY = 0.8
_FEWEST_PLACES = 2
_HEAD = 2_000


@dataclass(frozen=True, slots=True)
class Opening:
    """A question that several texts open with."""

    question: str
    """As it stands in the first of them."""
    members: tuple[int, ...]
    """Indices of the texts, rising."""
    lengths: tuple[int, ...]
    """Characters that the question takes up in each of them."""
    word: str
    """The word, not of the question, that sets these texts apart most."""
    having: int
    """Members that have it."""
    elsewhere: int
    """Other texts that have it."""
    p_value: float
    """Not corrected."""


def question_openings(texts: Sequence[str]) -> tuple[list[Opening], int]:
    """Find questions that four texts or more open with and answer in one way, and count the words that were tried."""
    groups: dict[tuple[str, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for index, text in enumerate(texts):
        match = _QUESTION.match(text[:_HEAD])
        if match and len(WORD.findall(match.group(2))) >= _FEWEST_WORDS:
            words = tuple(WORD.findall(match.group(1).lower()))
            if len(words) >= _FEWEST_WORDS:
                groups[words].append((index, match.end(1), match.group(2)))
    shown = {words: group for words, group in groups.items() if len(group) >= _FEWEST_TEXTS}
    if not shown:
        return [], 0
    counts = Counter(word for text in texts for word in set(WORD.findall(text[:_HEAD].lower())))
    found = []
    tried = 0
    for words, group in sorted(shown.items()):
        rests = [WORD.findall(rest.lower()) for _, _, rest in group]
        if wording_in_common([rest for _, _, rest in group]) >= _MOST_IN_COMMON:
            continue
        having = Counter(word for rest in rests for word in set(rest) - set(words))
        shared = sorted(word for word, count in having.items() if count >= _SHARED_BY * len(group))
        free = [word for word in shared if len({rest.index(word) for rest in rests if word in rest}) >= _FEWEST_PLACES]
        tried += len(having)
        best = min(
            ((fisher_exact(having[word], len(group), counts[word], len(texts)), word) for word in free), default=None
        )
        if best is not None:
            first = group[0]
            found.append(
                Opening(
                    question=texts[first[0]][: first[1]].strip(),
                    members=tuple(index for index, _, _ in group),
                    lengths=tuple(length for _, length, _ in group),
                    word=best[1],
                    having=having[best[1]],
                    elsewhere=counts[best[1]] - having[best[1]],
                    p_value=best[0],
                )
            )
    return sorted(found, key=lambda one: (one.p_value, one.question)), tried
