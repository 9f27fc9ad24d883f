"""A rule in place of a model, which reads a prompt as a model does: from the text alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marshtest.judges.questions import Passage

__all__ = ["AskedItem", "Decline", "Rule", "answer_text", "read_items"]

_ITEM = re.compile(r"^ITEM ([0-9a-f]+)$", re.M)
_FENCE = re.compile(
    r"^<<<(?P<heading>[^\n]*) (?P<nonce>[0-9a-f]{16})>>>\n(?P<text>.*?)\n<<<end (?P=nonce)>>>$", re.M | re.S
)


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One item as a model sees it."""

    question: str
    """The question's id."""
    instructions: str
    """The fixed part of the prompt."""
    passages: tuple[Passage, ...]
    """Headings and texts; unseen characters are drawn."""

    def text(self, heading: str = "") -> str:
        """Give the texts of all passages whose heading begins so, joined by lines."""
        return "\n".join(one.text for one in self.passages if one.heading.startswith(heading))


class Decline(Exception):
    """Raised by a rule: the model declines to answer."""


Rule = Callable[[AskedItem], Mapping[str, Any]]
"""Gives the answer about one item: an object that fits the question's schema, whatever else was asked with it."""


def read_items(question: str, system: str, user: str) -> list[tuple[str, AskedItem]]:
    """Read the items out of a prompt, each with its id."""
    if not user.startswith(("ITEM ", "<<<")):
        raise ValueError("this is no prompt of marshtest")
    nonce = _FENCE.search(user)
    if nonce is None:
        raise ValueError("the prompt has no fences")
    word = nonce["nonce"]
    # Only fences with the word of this message count, and only an ITEM line outside of them begins an item.
    masked = re.sub(
        rf"^<<<[^\n]* {word}>>>\n.*?\n<<<end {word}>>>$", lambda found: " " * len(found[0]), user, flags=re.M | re.S
    )
    starts = [(found.start(), found[1]) for found in _ITEM.finditer(masked)]
    items = []
    for number, (start, name) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(user)
        passages = tuple(
            Passage(found["heading"], found["text"])
            for found in _FENCE.finditer(user, start, end)
            if found["nonce"] == word
        )
        items.append((name, AskedItem(question, system, passages)))
    return items


def answer_text(rule: Rule, items: list[tuple[str, AskedItem]]) -> str:
    """Give the JSON text of a model that follows the rule."""
    return json.dumps({"answers": [{"id": name, **rule(item)} for name, item in items]})
