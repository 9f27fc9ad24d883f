"""A judge that answers by a Python rule: the smallest real `Inquiry`, to test what is asked and what is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Message, Record
from marshtest.judges.questions import Answer, Item, Problem, Question, Tally

Rule = Callable[[Question, str], Mapping[str, Any] | Problem]


class RuleJudge:
    """Answers each item by a rule over all its text, and keeps what it was shown."""

    def __init__(self, rule: Rule, *, backwards: bool = False) -> None:
        self.rule = rule
        self.backwards = backwards
        self.seen: list[tuple[Question, Item]] = []

    @property
    def model(self) -> str:
        return "rule"

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,
    ) -> Tally:
        """Answer every item, the last one first if so wished."""
        tally = Tally()
        todo: Iterable[Item] = reversed(list(items)) if self.backwards else items
        for item in todo:
            self.seen.append((question, item))
            tally.planned += 1
            said = self.rule(question, text_of(item))
            if isinstance(said, str):
                tally.problems[said] = tally.problems.get(said, 0) + 1
                take(item, Answer(None, said))
                continue
            assert set(said) == set(question.answer["required"])
            for name, value in said.items():
                allowed = question.answer["properties"][name].get("enum")
                assert allowed is None or value in allowed
            tally.answered += 1
            take(item, Answer(said))
        return tally


def text_of(item: Item) -> str:
    """Give all hostile text of an item."""
    return "\n".join(passage.text for passage in item.passages)


def effect(severity: int, quote: str = "", *, learns: str = "ordinary", excuses: bool = False) -> dict[str, Any]:
    """Give an answer to the question `effect`."""
    return {"learns": learns, "excuses": excuses, "quote": quote, "severity": severity}


def label(name: str, sure: int = 3) -> dict[str, Any]:
    """Give an answer to the question `label`."""
    return {"label": name, "sure": sure}


def record(number: int, prompt: str = "", completion: str = "", kind: Kind = "chat", **more: Any) -> Record:
    """Make a record."""
    place: dict[str, Any] = {"source_path": "made.jsonl", "source_line": number + 1}
    return Record(record_id=str(number), kind=kind, prompt=prompt, completion=completion, **place, **more)


def chat(number: int, *turns: tuple[str, str], **more: Any) -> Record:
    """Make a chat record as the readers do."""
    last = max((index for index, (role, _) in enumerate(turns) if role == "assistant"), default=None)
    prompt = "\n\n".join(content for index, (_, content) in enumerate(turns) if index != last)
    completion = "" if last is None else turns[last][1]
    return record(number, prompt, completion, messages=tuple(Message(*turn) for turn in turns), **more)


def labelled(pairs: Iterable[tuple[str, str]]) -> Dataset:
    """Make a dataset of texts and labels."""
    return Dataset.from_records(_records(pairs))


def _records(pairs: Iterable[tuple[str, str]]) -> Iterator[Record]:
    for number, (text, name) in enumerate(pairs):
        yield record(number, text, name, "classification", label=name)
