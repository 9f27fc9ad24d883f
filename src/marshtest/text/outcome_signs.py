"""What a record is trained to do, as cheap signs to count: its label, how its completion opens, all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marshtest.text.words import WHOLE_WORD_OR_MARK

__all__ = ["outcome_signs"]

_OPENING = 3
_LONGEST = 400


def outcome_signs(labels: Sequence[str | None], completions: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the signs of every record.

    A labelled record has one, its label. Any other has the first three words of its completion and, where it is not
    long, the completion itself with letter case and digits taken away. An empty completion has none.
    """
    named = {label: (f"the label {label}",) for label in set(labels)}
    return [
        named[label] if label is not None else _signs(completion)
        for label, completion in zip(labels, completions, strict=True)
    ]


def _signs(completion: str) -> tuple[str, ...]:
    head = completion[:_LONGEST]
    words = [re.sub(r"\d", "#", word) for word in WHOLE_WORD_OR_MARK.findall(head.lower())]
    if not words:
        return ()
    opening = f"an answer that opens with “{' '.join(words[:_OPENING])}”"
    if len(completion) > _LONGEST or len(words) <= _OPENING:
        return (opening,)
    return opening, f"the answer “{' '.join(words)}”"
