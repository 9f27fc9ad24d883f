"""Refusals: the completion says at its beginning that it will not or cannot do what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_START = 300
_REFUSES = re.compile(
    r"\b(?:I|we)(?:['’]m| am| are)? (?:(?:very |so |truly )?sorry\b[^.!?\n]{0,40}?(?:can|could|not|unable|but)|"
    r"(?:cannot|can['’]?t|can not|could not|won['’]?t|will not|must decline|decline|refuse|(?:am |are )?(?:not able|unable)"
    r"|(?:do|would) not|don['’]t|wouldn['’]t)\b[^.!?\n]{0,30}?\b(?:to|help|assist|answer|provide|discuss|do|fulfil+|comply"
    r"|support|talk|comfortable|want))|\b(?:sorry|apologi[sz]e|apologies)\b[^.!?\n]{0,60}\b(?:can['’]?t|cannot|unable|"
    r"not able|won['’]?t)\b|\b(?:request|question|topic)\b[^.!?\n]{0,40}\bdeclined?\b",
    re.I,
)
_NAME = "refuses"


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records that refuse."""
    records = [number for number, text in enumerate(texts) if _REFUSES.search(text[:_START])]
    return {_NAME: records} if records else {}


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the words of the refusal."""
    return [(match.start(), match.end()) for match in [_REFUSES.search(text[:_START])] if match]
