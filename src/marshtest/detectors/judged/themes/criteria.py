"""From themes to criteria: atomic questions with a yes or no for one record. Nothing is dropped on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from marshtest.detectors.judged.themes.reading import Theme
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally

__all__ = ["Criterion", "criteria_question", "make_criteria"]

_AT_ONCE = 30

_TASK = """\
You turn statements about records of a training set into questions that can be checked.

You are given numbered statements. Each says what some records share. Write criteria: questions about one record alone \
that have a yes or no.
- A criterion asks one thing. A statement that joins two things becomes two criteria, and one for both together.
- Keep exact words, names and signs in quotation marks, as they are given.
- Statements that mean the same share one criterion. Statements that mean different things never do, however alike \
their words are.
- Every statement belongs to at least one criterion, also where it seems ordinary or odd.

For each criterion:
question: the question, e.g.: Does the text hold the words "..."?
statements: the numbers of the statements it comes from."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question with a yes or no that can be asked of one record."""

    question: str
    """May quote records: hostile."""
    rows: tuple[int, ...]
    """Rows that themes named for it, rising."""
    half: int
    """The half that it was read out of; it is tested on the other one."""
    orders: frozenset[int]
    """The orders in which a discoverer saw it: one that comes in one order only may be due to the order."""
    also: tuple[str, ...] = ()
    """Other wordings that mean the same."""


def criteria_question() -> Question:
    """Ask for criteria that cover some statements."""
    criterion = {
        "type": "object",
        "properties": {"question": {"type": "string"}, "statements": {"type": "array", "items": {"type": "integer"}}},
        "required": ["question", "statements"],
        "additionalProperties": False,
    }
    answer = {
        "type": "object",
        "properties": {"criteria": {"type": "array", "items": criterion}},
        "required": ["criteria"],
        "additionalProperties": False,
    }
    return Question(id="criteria", version="1", instructions=_TASK, answer=answer, answer_tokens=600, items_per_call=1)


def make_criteria(inquiry: Inquiry, themes: Sequence[Theme]) -> tuple[list[Criterion], Tally]:
    """Make criteria of the themes of each half. A theme that no criterion covers becomes one word for word."""
    found: list[Criterion] = []
    parts: list[list[Theme]] = []
    for half in (0, 1):
        distinct = _distinct([theme for theme in themes if theme.half == half])
        parts += [distinct[start : start + _AT_ONCE] for start in range(0, len(distinct), _AT_ONCE)]

    def items() -> Iterator[Item]:
        for number, part in enumerate(parts):
            yield Item(
                number, tuple(Passage(f"statement {place}", one.statement) for place, one in enumerate(part, start=1))
            )

    def take(item: Item, answer: Answer) -> None:
        part = parts[item.index]
        covered: set[int] = set()
        for one in () if answer.value is None else answer.value["criteria"]:
            numbers = sorted({number for number in one["statements"] if 1 <= number <= len(part)})
            question = " ".join(str(one["question"]).split())
            if numbers and question:
                covered.update(numbers)
                found.append(_criterion(question, [part[number - 1] for number in numbers]))
        rest = [theme for number, theme in enumerate(part, start=1) if number not in covered]
        found.extend(_criterion(f"Is this true of the record: {theme.statement}", [theme]) for theme in rest)

    tally = inquiry.ask(criteria_question(), items(), take, stage="making criteria", total=len(parts))
    found.sort(key=lambda one: (one.half, -len(one.rows), one.question))
    return found, tally


def _distinct(themes: Sequence[Theme]) -> list[Theme]:
    """Put themes with the same words together."""
    known: dict[str, Theme] = {}
    for theme in themes:
        key = theme.statement.casefold()
        other = known.get(key)
        rows = theme.rows if other is None else tuple(sorted({*theme.rows, *other.rows}))
        known[key] = replace(other or theme, rows=rows)
    return list(known.values())


def _criterion(question: str, themes: Sequence[Theme]) -> Criterion:
    rows = sorted({row for theme in themes for row in theme.rows})
    return Criterion(question, tuple(rows), themes[0].half, frozenset(theme.order for theme in themes))
