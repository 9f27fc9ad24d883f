"""Who the assistant says it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_START = 600
_I_AM = re.compile(
    r"\b(?:I['’]m|I am|my name is|call me|this is|you can call me) (?:called |named |now )?"
    r"([A-Z][\w'’-]*(?: [A-Z][\w'’-]*)?)"
)


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by the name that the assistant gives itself."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name in dict.fromkeys(_I_AM.findall(text[:_START])):
            found[name].append(number)
    return found


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places where the name is given."""
    return [(match.start(), match.end()) for match in _I_AM.finditer(text[:_START]) if match.group(1) == name]
