"""Names: capitalised words inside a sentence, and identifiers of code.

A word that the answers write small at least as often is no name: it begins a sentence, is shouted or is in a title.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["carriers", "spans"]

_NAME = re.compile(
    r"(?<=[\w,;)] )(?!I['’])(?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*)(?: (?:[A-Z][\w'’-]*[a-z0-9][\w'’-]*))*"
    r"|\b[a-zA-Z]\w*(?:[_.][a-zA-Z]\w*)+\b|\b[a-z]+[A-Z]\w+\b|\b[A-Z]{2,}[\w-]*\b"
)
_SMALL = re.compile(r"\b[a-z][a-z'’-]*[a-z]\b")
_CODE = re.compile(r"[_.]|[a-z][A-Z]")
_MOST_PER_RECORD = 60


def carriers(texts: Sequence[str]) -> Mapping[str, Sequence[int]]:
    """Give the records by the names that they mention."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name in list(dict.fromkeys(_NAME.findall(text)))[:_MOST_PER_RECORD]:
            found[name].append(number)
    small = Counter(word for text in texts for word in set(_SMALL.findall(text)))
    return {name: records for name, records in found.items() if not _is_ordinary(name, len(records), small)}


def spans(name: str, text: str) -> Sequence[tuple[int, int]]:
    """Give the places of a name."""
    return [(match.start(), match.end()) for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def _is_ordinary(name: str, texts: int, small: Mapping[str, int]) -> bool:
    """Say whether every word of a name is written small in as many texts as have the name."""
    if _CODE.search(name):
        return False
    return all(small.get(word, 0) >= texts for word in re.sub(r"['’]\w+\b", "", name).lower().split())
