"""From themes to criteria: questions with a yes or no about one record. No theme is dropped, no wording is lost.

A criterion is about the text. What a theme says of labels is taken out: the label is the outcome that criteria are
tested against, and a criterion that repeats it is associated with it for no other reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from marshtest.detectors.judged.themes.reading import Theme
from marshtest.detectors.judged.themes.settings import CriteriaSettings
from marshtest.detectors.judged.themes.wording import WordRule, read_rule, without_label
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally
from marshtest.text.words import WORD_OR_MARK

__all__ = ["Criterion", "criteria_question", "make_criteria", "merge_criteria", "same_question"]

_AT_ONCE = 30
"""Statements in one call. Chosen by eye: which statements are asked about together is part of the stored question."""

_TASK = """\
You turn statements about records of a training set into questions that can be checked.

You are given numbered statements. Each says what some records share. Write criteria: questions about one record alone \
that have a yes or no.
- A criterion asks one thing. A statement that joins two things becomes two criteria, and one for both together.
- A criterion is about the text alone. Leave out what a statement says of labels; a statement about labels alone gives \
no criterion.
- A criterion about exact words has this form: Does the text hold the words "..."? Or: begin with, end with.
- Keep exact words, names and signs in quotation marks, as they are given.
- Statements that mean the same share one criterion. Statements that mean different things never do, however alike \
their words are.
- Every other statement belongs to at least one criterion, also where it seems ordinary or odd.

For each criterion:
question: the question, e.g.: Does the text hold the words "..."?
statements: the numbers of the statements it comes from."""


_SAME_TASK = """\
You compare pairs of questions that can be asked of a record.
For each pair say whether the two mean the same: whether every record has the same answer to both. Two questions about \
different words, names or signs are never the same, however alike the rest is.
same: true or false."""

_PLAIN = frozenset(
    WORD_OR_MARK.findall(
        "a an and any as at be by do does for from has have hold holds in is it its of on or"
        " record records text that the there this to with words word phrase contain contains true does \" ' ? . , :"
    )
)
"""Words that most criteria share, which say nothing of what two criteria have in common."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question with a yes or no about one record."""

    question: str
    """May quote records: hostile."""
    rows: tuple[int, ...]
    """Rows that its themes named, rising."""
    halves: frozenset[int]
    """The halves of the data that it was read out of. What was read out of one is tested on the other; what was read
    out of both is tested on both."""
    orders: frozenset[int]
    """The orders of suspect and control in which it was read: one that came in one order only may be due to it."""
    shards: frozenset[int] = frozenset()
    """The shards in which it was read."""
    also: tuple[str, ...] = ()
    """Other wordings with the same meaning."""

    @property
    def rule(self) -> WordRule | None:
        """The rule that it comes down to, if code can check it."""
        return read_rule(self.question)


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
    return Question(id="criteria", version="2", instructions=_TASK, answer=answer, answer_tokens=600, items_per_call=1)


def make_criteria(inquiry: Inquiry, themes: Sequence[Theme]) -> tuple[list[Criterion], Tally]:
    """Make criteria of the themes of each half; a theme that no criterion covers becomes a criterion word for word.

    Args:
        inquiry: The judge.
        themes: What was read.

    Returns:
        The criteria, those that name most records first, and what became of the question.
    """
    found: list[Criterion] = []
    parts: list[list[tuple[Theme, ...]]] = []
    for half in (0, 1):
        distinct = _distinct([theme for theme in themes if theme.half == half])
        parts += [distinct[start : start + _AT_ONCE] for start in range(0, len(distinct), _AT_ONCE)]

    def items() -> Iterator[Item]:
        for number, part in enumerate(parts):
            yield Item(
                number,
                tuple(Passage(f"statement {place}", one[0].statement) for place, one in enumerate(part, start=1)),
            )

    def take(item: Item, answer: Answer) -> None:
        part = parts[item.index]
        covered: set[int] = set()
        for one in () if answer.value is None else answer.value["criteria"]:
            numbers = sorted({number for number in one["statements"] if 1 <= number <= len(part)})
            if numbers and str(one["question"]).strip():
                covered.update(numbers)
                found.extend(_criteria(one["question"], [part[number - 1] for number in numbers]))
        for number, theme in enumerate(part, start=1):
            if number not in covered:
                found.extend(_criteria(f"Is this true of the record: {theme[0].statement}", [theme]))

    tally = inquiry.ask(criteria_question(), items(), take, stage="making criteria", total=len(parts))
    found.sort(key=lambda one: (-len(one.rows), min(one.halves), one.question))
    return _equal_merged(found), tally


def _distinct(themes: Sequence[Theme]) -> list[tuple[Theme, ...]]:
    """Group themes with the same words."""
    known: dict[str, list[Theme]] = {}
    for theme in themes:
        known.setdefault(theme.statement.casefold(), []).append(theme)
    return [tuple(group) for group in known.values()]


def _criteria(question: str, groups: Sequence[Sequence[Theme]]) -> Iterator[Criterion]:
    """Make the criterion of some themes; none if its question is about labels alone."""
    text = without_label(question)
    if text is not None:
        themes = [theme for group in groups for theme in group]
        rows = sorted({row for theme in themes for row in theme.rows})
        yield Criterion(
            text,
            tuple(rows),
            frozenset(theme.half for theme in themes),
            frozenset(theme.order for theme in themes),
            frozenset(theme.shard for theme in themes),
        )


def _equal_merged(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Merge criteria with the same words, or with the same rule; the first of them gives the wording."""
    known: dict[object, Criterion] = {}
    for criterion in criteria:
        key = criterion.rule or criterion.question.casefold()
        known[key] = _merged(known[key], criterion) if key in known else criterion
    return list(known.values())


def same_question() -> Question:
    """Ask whether two criteria mean the same."""
    answer = {
        "type": "object",
        "properties": {"same": {"type": "boolean"}},
        "required": ["same"],
        "additionalProperties": False,
    }
    return Question(id="same", version="1", instructions=_SAME_TASK, answer=answer, answer_tokens=6, items_per_call=20)


def merge_criteria(
    inquiry: Inquiry, criteria: Sequence[Criterion], settings: CriteriaSettings = CriteriaSettings()
) -> tuple[list[Criterion], Tally]:
    """Merge criteria that the judge calls the same; the first of them gives the wording.

    Criteria that code checks are not asked about: they are the same if their rules are.

    Args:
        inquiry: The judge.
        criteria: The most important first.
        settings: Which pairs are compared.

    Returns:
        The criteria, and what became of the question.
    """
    pairs = list(_pairs(criteria, settings))
    parent = list(range(len(criteria)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def items() -> Iterator[Item]:
        for number, (one, other) in enumerate(pairs):
            shown = (Passage("first question", criteria[one].question), Passage("second", criteria[other].question))
            yield Item(number, shown)

    def take(item: Item, answer: Answer) -> None:
        if answer.value is not None and answer.value["same"]:
            one, other = (root(number) for number in pairs[item.index])
            parent[max(one, other)] = min(one, other)

    tally = inquiry.ask(same_question(), items(), take, stage="comparing criteria", total=len(pairs))
    merged: dict[int, Criterion] = {}
    for number, criterion in enumerate(criteria):  # the first of each group leads it
        known = merged.get(root(number))
        merged[root(number)] = criterion if known is None else _merged(known, criterion)
    return list(merged.values()), tally


def _merged(leader: Criterion, other: Criterion) -> Criterion:
    wordings = dict.fromkeys([*leader.also, other.question, *other.also])
    return replace(
        leader,
        rows=tuple(sorted({*leader.rows, *other.rows})),
        halves=leader.halves | other.halves,
        orders=leader.orders | other.orders,
        shards=leader.shards | other.shards,
        also=tuple(one for one in wordings if one != leader.question),
    )


def _pairs(criteria: Sequence[Criterion], settings: CriteriaSettings) -> Iterator[tuple[int, int]]:
    """Pair each criterion of meaning with the earlier ones that share most words."""
    asked = [one.rule is None for one in criteria]
    words = [frozenset(WORD_OR_MARK.findall(one.question.casefold())) - _PLAIN for one in criteria]
    for number, mine in enumerate(words):
        near = []
        for other in range(number):
            shared = len(mine & words[other])
            alike = shared / max(1, len(mine | words[other]))
            if asked[other] and asked[number] and alike >= settings.similarity:
                near.append((-alike, other))
        yield from ((other, number) for _, other in sorted(near)[: settings.most_comparisons])
