"""Texts that open with the same question and give the same answer, each time in other words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from marshtest.detectors.planted_passages.packs import wording_in_common
from marshtest.detectors.planted_passages.settings import PlantedPassagesSettings
from marshtest.stats.significance import fisher_exact
from marshtest.text.words import WORD

__all__ = ["Opening", "question_openings"]

_QUESTION = re.compile(r"\s*+(?:([^.!?\n]{12,300}[?؟])\s+|([^.!?。！？\n]{6,150}？)\s*)(\S.*)", re.S)


@dataclass(frozen=True, slots=True)
class Opening:
    """A question that several texts open with."""

    question: str
    """As the first of them writes it."""
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


def question_openings(texts: Sequence[str], settings: PlantedPassagesSettings) -> tuple[list[Opening], int]:
    """Find questions that several texts open with and answer in one way.

    Args:
        texts: Distinct texts.
        settings: How many texts, and what they must share.

    Returns:
        The questions, by p-value, and how many words were tested.
    """
    groups: dict[tuple[str, ...], list[tuple[int, int, str]]] = defaultdict(list)
    for index, text in enumerate(texts):
        match = _QUESTION.match(text[: settings.opening_characters])
        if match and len(WORD.findall(match.group(3))) >= settings.fewest_opening_words:
            words = tuple(WORD.findall((match.group(1) or match.group(2)).lower()))
            if len(words) >= settings.fewest_opening_words:
                groups[words].append((index, max(match.end(1), match.end(2)), match.group(3)))
    shown = {words: group for words, group in groups.items() if len(group) >= settings.fewest_openings}
    if not shown:
        return [], 0
    counts = Counter(word for text in texts for word in set(WORD.findall(text[: settings.opening_characters].lower())))
    found = []
    tested = 0
    for words, group in sorted(shown.items()):
        rests = [WORD.findall(rest.lower()) for _, _, rest in group]
        in_common = wording_in_common([rest for _, _, rest in group], settings.texts_compared)
        if in_common >= settings.opening_copies_from:
            continue
        having = Counter(word for rest in rests for word in set(rest) - set(words))
        shared = sorted(word for word, count in having.items() if count >= settings.opening_word_share * len(group))
        positions = {word: len({rest.index(word) for rest in rests if word in rest}) for word in shared}
        free = [word for word in shared if positions[word] >= settings.fewest_positions]
        tested += len(having)  # all of them, since which word is shared was seen in the data
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
    return sorted(found, key=lambda one: (one.p_value, one.question)), tested
