"""Pairs of answers, cut into parts to be shown side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from marshtest.findings import Comparison
from marshtest.text.visible import Part, parts

__all__ = ["AnswerView", "PairView", "draw_pairs"]

_MOST = 20
"""Pairs on the page: as many as a person reads."""
_LONGEST = 1_500
"""Characters of an answer, a screenful."""
_PROMPT = 600
"""Characters of a prompt, which is there to recognise it."""


class AnswerView(NamedTuple):
    """One answer, ready to be drawn."""

    parts: tuple[Part, ...]


class PairView(NamedTuple):
    """One pair, ready to be drawn; its two answers have `parts` as rows of evidence do."""

    prompt: tuple[Part, ...]
    suspect: AnswerView
    control: AnswerView
    record_id: str


def draw_pairs(comparisons: Sequence[Comparison]) -> list[PairView]:
    """Cut the first pairs into parts, with the differences marked."""
    return [
        PairView(
            prompt=_cut(one.prompt, (), _PROMPT),
            suspect=AnswerView(_cut(one.suspect, one.suspect_spans, _LONGEST)),
            control=AnswerView(_cut(one.control, one.control_spans, _LONGEST)),
            record_id=one.record_id,
        )
        for one in comparisons[:_MOST]
    ]


def _cut(text: str, spans: Sequence[tuple[int, int]], most: int) -> tuple[Part, ...]:
    cut = parts(text[:most], spans)
    return (*cut, Part("\u2026")) if len(text) > most else tuple(cut)
