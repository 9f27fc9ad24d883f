"""A completion as steps, and a step as runs of words, numbers and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marshtest.detectors.foreign_step.settings import ForeignStepSettings
from marshtest.text.words import WORD_NUMBER_OR_MARKS

__all__ = ["Step", "places", "runs", "steps", "tokens"]

_LINES = re.compile(r"[^\n]+")
_SENTENCES = re.compile(r"[^\n]+?(?:[.!?؟۔](?=\s)|[。！？।။។]|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a completion."""

    start: int
    end: int
    words: tuple[str, ...]
    """Its words, numbers and signs, in lower case."""


def tokens(text: str, settings: ForeignStepSettings) -> tuple[str, ...]:
    """Give the words, numbers and signs at the start of a text, in lower case."""
    return tuple(WORD_NUMBER_OR_MARKS.findall(text[: settings.characters].lower()))


def places(text: str, settings: ForeignStepSettings) -> list[tuple[int, int]]:
    """Give where each of the `tokens` of a text begins and ends, in characters."""
    return [match.span() for match in WORD_NUMBER_OR_MARKS.finditer(text[: settings.characters])]


def steps(completion: str, settings: ForeignStepSettings) -> list[Step]:
    """Cut the start of a completion into steps: its lines, or its sentences where it has a single line."""
    text = completion[: settings.characters]
    lines = [match for match in _LINES.finditer(text) if match.group().strip()]
    if len(lines) < 2:
        lines = [match for match in _SENTENCES.finditer(text) if match.group().strip()]
    return [Step(match.start(), match.end(), tokens(match.group(), settings)) for match in lines]


def runs(words: Sequence[str], settings: ForeignStepSettings) -> Iterator[tuple[str, ...]]:
    """Give every run of neighbours up to the longest, each as often as it occurs."""
    for length in range(1, settings.longest_run + 1):
        for start in range(len(words) - length + 1):
            yield tuple(words[start : start + length])
