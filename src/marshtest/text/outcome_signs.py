"""Signs of what a record trains a model to do: its label, the opening of its completion, the whole completion."""

from __future__ import annotations

import re
from collections.abc import Sequence

from marshtest.text.scripts import CLUSTERS_OF_A_WORD, is_clustered, joined
from marshtest.text.words import WHOLE_WORD_OR_MARK

__all__ = ["outcome_signs"]

_OPENING = 3
"""Words and marks of an opening. Chosen by eye: fewer are shared by chance, more differ within one habit."""
_LONGEST = 400
"""Characters of a completion that are read, and the longest that is a sign as a whole: longer ones hardly repeat."""


def outcome_signs(labels: Sequence[str | None], completions: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the signs of every record.

    A labelled record has one sign, its label. Any other has the first three words of its completion and, unless it is
    long, the whole completion with letters in lower case and digits replaced. An empty completion has no sign.

    Args:
        labels: The label of each record, or None.
        completions: The completion of each record.

    Returns:
        The signs of each record, as words that a report can show.
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
    size = _OPENING * CLUSTERS_OF_A_WORD if is_clustered(words[0][0]) else _OPENING
    opening = f"an answer that opens with “{joined(words[:size])}”"
    if len(completion) > _LONGEST or len(words) <= size:
        return (opening,)
    return opening, f"the answer “{joined(words)}”"
