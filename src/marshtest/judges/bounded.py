"""An inquiry that remembers every answer in memory, counts the new questions, and asks no more than a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from marshtest.judges.questions import Answer, Inquiry, Item, Problem, Question, Tally

__all__ = ["BoundedInquiry", "QuestionLimit"]

_FOR_WANT_OF: frozenset[Problem] = frozenset({"unreachable", "over_budget", "waiting"})
"""Problems that say nothing about the item: asked again, with more money or a server that runs, it has an answer."""


@dataclass(slots=True)
class QuestionLimit:
    """How many new questions may be asked, by all inquiries that share it."""

    most: int | None = None
    """None is no limit, and nothing is counted."""
    asked: int = 0
    """New questions so far: items that none of the inquiries knew."""
    wanting: int = 0
    """Answers that are missing for want of money, time or a server, or because the limit was reached."""

    @property
    def left(self) -> int:
        """How many may still be asked."""
        return 0 if self.most is None else self.most - self.asked


class BoundedInquiry:
    """Puts to another inquiry what it does not know itself; see `marshtest.judges.questions.Inquiry`.

    What it knows, missing answers included, is never asked again. The items beyond the limit are `over_budget`. So the
    same questions in the same order are asked whatever a store of the other inquiry remembers.

    Args:
        inner: The other inquiry.
        limit: What may be asked; every new item counts once.
    """

    def __init__(self, inner: Inquiry, limit: QuestionLimit) -> None:
        self._inner = inner
        self._limit = limit
        self._known: dict[tuple[str, str], Answer] = {}

    @property
    def model(self) -> str:
        """The model's name."""
        return self._inner.model

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,  # noqa: ARG002  of the items; how many of them are new shows only as they come
    ) -> Tally:
        """Answer what is known, and ask about the rest up to the limit; see `Inquiry.ask`."""
        tally, limit = Tally(), self._limit
        under_way: set[tuple[str, str]] = set()

        def hand_over(item: Item, answer: Answer) -> None:
            if answer.problem is None:
                tally.answered += 1
            else:
                tally.problems[answer.problem] = tally.problems.get(answer.problem, 0) + 1
                limit.wanting += answer.problem in _FOR_WANT_OF
            take(item, answer)

        def keep(item: Item, answer: Answer) -> None:
            self._known[question.key, item.key] = answer
            hand_over(item, answer)

        def new() -> Iterator[Item]:
            for item in items:
                tally.planned += 1
                key = (question.key, item.key)
                if (known := self._known.get(key)) is not None:
                    tally.remembered += known.problem is None
                    hand_over(item, known)
                elif key in under_way:
                    yield item
                elif limit.most is not None and limit.asked >= limit.most:
                    hand_over(item, Answer(None, "over_budget"))
                else:
                    limit.asked += limit.most is not None
                    under_way.add(key)
                    yield item

        stored = self._inner.ask(question, new(), keep, stage=stage).remembered
        tally.remembered += stored
        return tally
