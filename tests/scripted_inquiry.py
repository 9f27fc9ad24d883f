"""A judge that answers by a rule, in this process: for tests of the stages that ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from marshtest.judges.questions import Answer, Item, Problem, Question, Tally

__all__ = ["ScriptedInquiry", "chance", "item_text"]

Rule = Callable[[Question, Item], Mapping[str, Any] | Problem]


def item_text(item: Item) -> str:
    """Give everything an item shows, passage after passage."""
    return "\n".join(passage.text for passage in item.passages)


def chance(text: str, salt: str = "") -> float:
    """Give a number from 0 to 1 that hangs on nothing but the text: noise that is the same at every asking."""
    return int.from_bytes(blake2b(f"{salt}|{text}".encode("utf-8", "replace"), digest_size=8).digest(), "big") / 2**64


class ScriptedInquiry:
    """Answers every item by a rule, and remembers what it answered as a store does."""

    def __init__(self, rule: Rule, model: str = "scripted") -> None:
        self.model = model
        self.asked: list[tuple[Question, Item]] = []
        self._rule = rule
        self._known: dict[tuple[str, str], Answer] = {}

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,
    ) -> Tally:
        """Answer by the rule."""
        tally = Tally()
        for item in items:
            tally.planned += 1
            key = (question.key, item.key)
            if key in self._known:
                tally.remembered += 1
            else:
                self.asked.append((question, item))
                said = self._rule(question, item)
                self._known[key] = Answer(None, said) if isinstance(said, str) else Answer(said)
            answer = self._known[key]
            if answer.problem is None:
                tally.answered += 1
            else:
                tally.problems[answer.problem] = tally.problems.get(answer.problem, 0) + 1
            take(item, answer)
        return tally
