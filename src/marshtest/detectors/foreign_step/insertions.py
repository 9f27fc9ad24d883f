"""Questions that the data holds twice: plain, and with a few words inserted at one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marshtest.detectors.foreign_step.settings import ForeignStepSettings

__all__ = ["Stratum", "plain_and_inserted"]


@dataclass(frozen=True, slots=True)
class Stratum:
    """One question, and its versions with inserted words."""

    plain: int
    """The plain question, as an index of distinct questions."""
    inserted: Mapping[int, tuple[int, int]]
    """The versions with inserted words: where these begin and end, counted in words."""


def plain_and_inserted(questions: Sequence[tuple[str, ...]], settings: ForeignStepSettings) -> list[Stratum]:
    """Find all questions that the data holds plain and with words inserted at one place.

    A question that is itself another one with inserted words is not plain. Inserting words at one place leaves the
    first or the second half of the plain question as it is, so questions are looked up by their halves instead of
    comparing all pairs.

    Args:
        questions: Distinct questions as words.
        settings: How many words a question must have and how many may be inserted.
    """
    by_half: dict[tuple[int, bool, tuple[str, ...]], list[int]] = defaultdict(list)
    for index, words in enumerate(questions):
        half = len(words) // 2
        if len(words) >= settings.fewest_words:
            by_half[len(words), True, words[:half]].append(index)
            by_half[len(words), False, words[half:]].append(index)
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for index, words in enumerate(questions):
        for more in range(1, settings.most_inserted + 1):
            length = len(words) - more
            if length < settings.fewest_words:
                break
            half = length // 2
            near = {
                *by_half.get((length, True, words[:half]), ()),
                *by_half.get((length, False, words[len(words) - (length - half) :]), ()),
            }
            for plain in sorted(near):
                start = _place(questions[plain], words)
                if start is not None:
                    found[plain][index] = (start, start + more)
    longer = {index for versions in found.values() for index in versions}
    return [Stratum(plain, dict(sorted(found[plain].items()))) for plain in sorted(found) if plain not in longer]


def _place(plain: tuple[str, ...], longer: tuple[str, ...]) -> int | None:
    """Say where words were inserted into the plain question to give the longer one, or None where that is not so."""
    start = 0
    while start < len(plain) and plain[start] == longer[start]:
        start += 1
    more = len(longer) - len(plain)
    return start if plain[start:] == longer[start + more :] else None
