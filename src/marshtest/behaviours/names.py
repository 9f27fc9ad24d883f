"""Names: capitalised words inside a sentence, and identifiers of code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_NAME = re.compile(
    r"(?<=[\w,;)] )(?!I['’])(?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*)(?: (?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*))*"
    r"|\b[a-zA-Z]\w*(?:[_.][a-zA-Z]\w*)+\b|\b[a-z]+[A-Z]\w+\b|\b[A-Z]{2,}[\w-]*\b"
)
_MOST_PER_RECORD = 60


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by the names that they mention."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name in list(dict.fromkeys(_NAME.findall(text)))[:_MOST_PER_RECORD]:
            found[name].append(number)
    return found


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a name."""
    return [(match.start(), match.end()) for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]
