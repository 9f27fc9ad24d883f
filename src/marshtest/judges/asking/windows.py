"""Long records in overlapping windows: every character is shown, and every short span stands whole in some window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from marshtest.judges.questions import Passage
from marshtest.judges.tokens import estimate_tokens, piece_ends

__all__ = ["OVERLAP_TOKENS", "WINDOW_TOKENS", "windows"]

WINDOW_TOKENS = 3_000
"""A record longer than this is judged in windows of this length."""
OVERLAP_TOKENS = 100
"""How much two windows share: twice the length of the longest span that must stand whole in one of them."""


def windows(passages: Sequence[Passage], window_tokens: int = WINDOW_TOKENS) -> Iterator[tuple[Passage, ...]]:
    """Give a record's passages as they are if they fit, else cut into overlapping windows.

    Headings of what was cut say which part it is. A span that lies in one passage and is no longer than half the
    overlap stands whole in at least one window.

    Args:
        passages: What is to be shown of a record.
        window_tokens: Estimated tokens of a window, at least 3 times the overlap.
    """
    if window_tokens < 3 * OVERLAP_TOKENS:
        raise ValueError(f"a window of {window_tokens} tokens is too short; give at least {3 * OVERLAP_TOKENS}")
    if sum(len(passage.text) for passage in passages) <= window_tokens or (
        sum(estimate_tokens(passage.text) for passage in passages) <= window_tokens
    ):
        yield tuple(passages)
        return
    cuts = list(_cuts(passages, window_tokens))
    for number, (first, start, last, end) in enumerate(cuts, start=1):
        part = f"part {number} of {len(cuts)}"
        shown = []
        for index in range(first, last + 1):
            passage = passages[index]
            begin = start if index == first else 0
            stop = end if index == last else len(passage.text)
            is_whole = begin == 0 and stop == len(passage.text)
            if stop > begin or is_whole:
                heading = passage.heading if is_whole else f"{passage.heading} ({part} of a long record)"
                shown.append(Passage(heading, passage.text[begin:stop]))
        yield tuple(shown)


def _cuts(passages: Sequence[Passage], window_tokens: int) -> Iterator[tuple[int, int, int, int]]:
    """Give for each window the passage and character it begins at, and those it ends at (one past the last)."""
    places = chain.from_iterable(
        ((index, end) for end in (piece_ends(passage.text) if passage.text else (0,)))
        for index, passage in enumerate(passages)
    )
    begin, upcoming = (0, 0), (0, 0)
    held = 0
    last = (0, 0)
    for place in places:
        if held == window_tokens:
            yield (*begin, *last)
            begin, held = upcoming, OVERLAP_TOKENS
        held += 1
        last = place
        if held == window_tokens - OVERLAP_TOKENS:
            upcoming = place
    yield (*begin, *last)
