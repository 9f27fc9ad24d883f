"""An inquiry with a limit asks what is new, once, and no more than it may."""

from __future__ import annotations

from collections.abc import Sequence

from tests.scripted_inquiry import ScriptedInquiry, item_text

from marshtest.judges.bounded import BoundedInquiry, QuestionLimit
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question

QUESTION = Question(id="odd", version="1", instructions="Odd?", answer={}, answer_tokens=1)


def items(*texts: str) -> list[Item]:
    return [Item(index, (Passage("text", text),)) for index, text in enumerate(texts)]


def asked(inquiry: Inquiry, *texts: str) -> tuple[list[Answer], tuple[int, int, int]]:
    """Give the answers in the order of the texts, and what was planned, answered and remembered."""
    said: dict[int, Answer] = {}
    tally = inquiry.ask(QUESTION, items(*texts), lambda item, answer: said.__setitem__(item.index, answer))
    assert tally.planned == tally.answered + sum(tally.problems.values())
    return [said[index] for index in range(len(texts))], (tally.planned, tally.answered, tally.remembered)


def odd() -> ScriptedInquiry:
    return ScriptedInquiry(lambda _, item: "refused" if item_text(item) == "no" else {"odd": len(item_text(item)) % 2})


def problems(answers: Sequence[Answer]) -> list[str | None]:
    return [answer.problem for answer in answers]


def test_every_new_item_counts_once_and_those_beyond_the_limit_are_not_asked() -> None:
    inner, limit = odd(), QuestionLimit(most=2)
    answers, counts = asked(BoundedInquiry(inner, limit), "a", "a", "bb", "ccc", "a")
    assert problems(answers) == [None, None, None, "over_budget", None]
    assert [item_text(item) for _, item in inner.asked] == ["a", "bb"]
    assert (limit.asked, limit.left, limit.wanting) == (2, 0, 1)
    assert counts[:2] == (5, 4)


def test_what_is_known_is_free_even_where_there_was_no_answer() -> None:
    inner, limit = odd(), QuestionLimit()
    bounded = BoundedInquiry(inner, limit)
    asked(bounded, "a", "no")
    assert limit.asked == 0
    limit.most = 0
    answers, counts = asked(bounded, "a", "no")
    assert problems(answers) == [None, "refused"]
    assert counts == (2, 1, 1)
    assert len(inner.asked) == 2
    assert (limit.asked, limit.wanting) == (0, 0)


def test_inquiries_share_a_limit() -> None:
    limit = QuestionLimit(most=3)
    first, second = BoundedInquiry(odd(), limit), BoundedInquiry(odd(), limit)
    asked(first, "a", "b")
    answers, _ = asked(second, "a", "b")
    assert problems(answers) == [None, "over_budget"]
    assert second.model == "scripted"
    assert isinstance(second, Inquiry)
