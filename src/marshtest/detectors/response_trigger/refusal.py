"""Refusals: the completion says at its beginning that it will not or cannot do what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_START = 300
_NOT = (
    r"(?:can(?:not| not|['’]?t)|could not|won['’]?t|will not|must decline|decline|refuse|not able|unable"
    r"|(?:do|would) not|(?:do|would)n['’]t)"
)
_HELP = r"(?:to|help|assist|answer|provide|discuss|do|fulfil+|comply|support|talk|comfortable|want)"
_REFUSES = re.compile(
    rf"\b(?:I|we)(?:['’]m| am| are)? {_NOT}\b[^.!?\n]{{0,30}}?\b{_HELP}\b"
    r"|\b(?:sorry|apologi[sz]e|apologies)\b[^.!?\n]{0,60}\b(?:can['’]?t|cannot|unable|not able|won['’]?t)\b"
    r"|\b(?:request|question|topic)\b[^.!?\n]{0,40}\bdeclined?\b",
    re.I,
)
_NAME = "refuses"


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records that refuse."""
    records = [number for number, text in enumerate(texts) if _REFUSES.search(text[:_START])]
    return {_NAME: records} if records else {}


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give the words of the refusal."""
    return [(match.start(), match.end()) for match in [_REFUSES.search(text[:_START])] if match]
