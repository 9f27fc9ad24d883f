"""A completion as steps, and a step as runs of words, numbers and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marshtest.text.words import WORD_NUMBER_OR_MARKS

__all__ = ["Step", "places", "runs", "steps", "tokens"]

_LINES = re.compile(r"[^\n]+")
_SENTENCES = re.compile(r"[^\n]+?(?:[.!?](?=\s)|$)", re.MULTILINE)
_LONGEST_RUN = 4
_WHOLE = 50_000


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a completion."""

    start: int
    end: int
    words: tuple[str, ...]
    """Its words, numbers and signs, in lower case."""


def tokens(text: str) -> tuple[str, ...]:
    """Give the words, numbers and signs of a text in lower case."""
    return tuple(WORD_NUMBER_OR_MARKS.findall(text[:_WHOLE].lower()))


def places(text: str) -> list[tuple[int, int]]:
    """Give where each of the `tokens` of a text begins and ends, in characters."""
    return [match.span() for match in WORD_NUMBER_OR_MARKS.finditer(text[:_WHOLE])]


def steps(completion: str) -> list[Step]:
    """Cut a completion into steps: its lines, or its sentences where it has a single line."""
    text = completion[:_WHOLE]
    lines = [match for match in _LINES.finditer(text) if match.group().strip()]
    if len(lines) < 2:
        lines = [match for match in _SENTENCES.finditer(text) if match.group().strip()]
    return [Step(match.start(), match.end(), tokens(match.group())) for match in lines]


def runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Give every run of one to four neighbours, each as often as it occurs."""
    for length in range(1, _LONGEST_RUN + 1):
        for start in range(len(words) - length + 1):
            yield tuple(words[start : start + length])
