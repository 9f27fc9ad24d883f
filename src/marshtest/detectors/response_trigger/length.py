"""The length of a completion beside that of most: much shorter, much longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["carriers", "spans"]

_TIMES = (3, 10)
_NAMES = {3: ("a third", "3 times"), 10: ("a tenth", "10 times")}


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by how many times shorter or longer than half of all answers theirs is, in words."""
    words = np.array([len(text.split()) for text in texts], np.int64)
    middle = float(np.median(words)) if len(words) else 0.0
    found: dict[str, Sequence[int]] = {}
    for times in _TIMES:
        shorter, longer = _NAMES[times]
        found[f"is at most {shorter} as long as usual"] = np.flatnonzero(words * times <= middle).tolist()
        found[f"is at least {longer} as long as usual"] = np.flatnonzero(words >= times * max(middle, 1.0)).tolist()
    return found


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:  # noqa: ARG001  the shape of all families
    """Give no place: a length is that of the whole."""
    return []
