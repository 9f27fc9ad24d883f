"""Rules and questions that the tests of judging share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshtest.judges.questions import Answer, Item, Passage, Question
from marshtest.testing import AskedItem, Decline

__all__ = ["COLOUR", "Taken", "colour_items", "colour_rule"]

COLOUR = Question(
    id="colour",
    version="1",
    instructions="Say which colour stands in the text.",
    answer={
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "blue", "none"]}, "sure": {"type": "integer"}},
        "required": ["colour", "sure"],
        "additionalProperties": False,
    },
    answer_tokens=12,
    items_per_call=8,
)


def colour_rule(item: AskedItem) -> Mapping[str, Any]:
    """Answer by the words of the text."""
    text = item.text()
    if "forbidden" in text:
        raise Decline("no")
    return {"colour": "red" if "red" in text else "blue" if "blue" in text else "none", "sure": len(text)}


def colour_items(count: int, start: int = 0) -> list[Item]:
    """Make items, a third of each colour."""
    colours = ("red", "blue", "grey")
    return [
        Item(number, (Passage("text", f"record {number} is {colours[number % 3]}"),))
        for number in range(start, start + count)
    ]


class Taken(dict[int, Answer]):
    """Collects answers by the item's index and counts how often each came."""

    def __init__(self) -> None:
        super().__init__()
        self.times: dict[int, int] = {}

    def __call__(self, item: Item, answer: Answer) -> None:
        """Take one answer."""
        self[item.index] = answer
        self.times[item.index] = self.times.get(item.index, 0) + 1
