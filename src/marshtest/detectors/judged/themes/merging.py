"""Criteria that mean the same become one: pairs that look alike are confirmed by the judge, and no wording is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from marshtest.detectors.judged.themes.criteria import Criterion
from marshtest.judges.questions import Answer, Inquiry, Item, Passage, Question, Tally
from marshtest.text.words import WORD_OR_MARK

__all__ = ["merge_criteria", "same_question"]

_ALIKE = 0.34
_NEAREST = 6
_PLAIN = frozenset(
    WORD_OR_MARK.findall(
        "a an and any as at be by do does for from has have hold holds in is it its of on or"
        " record records text that the there this to with words word phrase contain contains true does \" ' ? . , :"
    )
)

_TASK = """\
You compare pairs of questions that can be asked of a record.
For each pair say whether the two mean the same: whether every record has the same answer to both. Two questions about \
different words, names or signs are never the same, however alike the rest is.
same: true or false."""


def same_question() -> Question:
    """Ask whether two criteria mean the same."""
    answer = {
        "type": "object",
        "properties": {"same": {"type": "boolean"}},
        "required": ["same"],
        "additionalProperties": False,
    }
    return Question(id="same", version="1", instructions=_TASK, answer=answer, answer_tokens=6, items_per_call=20)


def merge_criteria(inquiry: Inquiry, criteria: Sequence[Criterion]) -> tuple[list[Criterion], Tally]:
    """Merge criteria of the same half that mean the same; the one with most records gives the wording.

    Criteria of different halves stay apart, since each is tested on the half that it was not read out of.
    """
    pairs = list(_pairs(criteria))
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
    for number, criterion in enumerate(criteria):  # the most frequent of each half stand first
        known = merged.get(root(number))
        merged[root(number)] = criterion if known is None else _merged(known, criterion)
    return list(merged.values()), tally


def _merged(leader: Criterion, other: Criterion) -> Criterion:
    wordings = dict.fromkeys([*leader.also, other.question, *other.also])
    return replace(
        leader,
        rows=tuple(sorted({*leader.rows, *other.rows})),
        orders=leader.orders | other.orders,
        also=tuple(one for one in wordings if one != leader.question),
    )


def _pairs(criteria: Sequence[Criterion]) -> Iterator[tuple[int, int]]:
    """Give pairs of the same half that share words, each with at most its six nearest."""
    words = [frozenset(WORD_OR_MARK.findall(one.question.casefold())) - _PLAIN for one in criteria]
    for number, mine in enumerate(words):
        near = []
        for other in range(number):
            shared = len(mine & words[other])
            alike = shared / max(1, len(mine | words[other]))
            if criteria[other].half == criteria[number].half and alike >= _ALIKE:
                near.append((-alike, other))
        yield from ((other, number) for _, other in sorted(near)[:_NEAREST])
