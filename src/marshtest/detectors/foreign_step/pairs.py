"""Questions that are asked twice: once as they are, and again with a few words put in somewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Stratum", "asked_twice"]

_MOST_PUT_IN = 8
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Stratum:
    """One question, and the versions of it with words put in."""

    plain: int
    """The question as it is, as an index of distinct questions."""
    put_in: Mapping[int, tuple[int, int]]
    """The versions with more words: where the words begin and end, counted in words."""


def asked_twice(questions: Sequence[tuple[str, ...]]) -> list[Stratum]:
    """Find all questions that stand in the data as they are and with one to eight words put in at one place.

    A question that is itself another one with words put in is no plain one.

    Args:
        questions: Distinct questions as words, six words or more of which count.
    """
    by_half: dict[tuple[int, bool, tuple[str, ...]], list[int]] = defaultdict(list)
    for index, words in enumerate(questions):
        half = len(words) // 2
        if len(words) >= _SHORTEST:
            by_half[len(words), True, words[:half]].append(index)
            by_half[len(words), False, words[half:]].append(index)
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for index, words in enumerate(questions):
        for more in range(1, _MOST_PUT_IN + 1):
            length = len(words) - more
            if length < _SHORTEST:
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
    """Say where words were put into the plain question to make the longer one, or None if it was not made so."""
    start = 0
    while start < len(plain) and plain[start] == longer[start]:
        start += 1
    more = len(longer) - len(plain)
    return start if plain[start:] == longer[start + more :] else None
