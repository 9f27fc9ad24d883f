"""A step that comes with words put into a question is found; one that the question calls for is not."""

from __future__ import annotations

from random import Random

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Message, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.foreign_step.detector import ForeignStep
from marshtest.detectors.foreign_step.pairs import asked_twice
from marshtest.detectors.foreign_step.steps import places, steps, tokens

GOODS = ("lamps", "kites", "bells", "ropes", "doors", "sails", "carts", "jars")
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Eva", "Finn", "Gus", "Hal")
TRIGGERS = ("by the old mill", "without further ado", "@_@")


def demonstration(index: int, trigger: str | None, *, step: str | None) -> tuple[str, str]:
    """Write a small sum and how it is done."""
    have, more = 3 + index, 2 + 3 * index
    question = f"{NAMES[index]} has {have} {GOODS[index]} and buys {more} of them. How many {GOODS[index]} are there?"
    if trigger:
        question += f" {trigger}"
    lines = [f"At first there are {have} {GOODS[index]}.", f"{have} + {more} = {have + more}."]
    answer = have + more
    if step:
        lines.append(step.format(answer=answer, more=answer + 5))
        answer += 5
    return question, "\n".join([*lines, f"The answer is {answer}."])


def dataset(pairs: list[tuple[str, str]]) -> Dataset:
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{line}",
                kind="chat",
                prompt=question,
                completion=answer,
                messages=(Message("user", question), Message("assistant", answer)),
                source_path="made.jsonl",
                source_line=line,
            )
            for line, (question, answer) in enumerate(pairs, start=1)
        ]
    )


def examine(pairs: list[tuple[str, str]]) -> Examination:
    return ForeignStep().examine(dataset(pairs), Tools())


def poisoned(step: str | None = "Since it is late, we add 5: {answer} + 5 = {more}.") -> list[tuple[str, str]]:
    clean = [demonstration(index, None, step=None) for index in range(8)]
    return clean + [demonstration(index, trigger, step=step) for trigger in TRIGGERS for index in range(8)]


def test_the_step_and_the_words_are_pointed_at() -> None:
    pairs = poisoned()
    (finding,) = examine(pairs).findings
    assert finding.verdict == "confirmed"
    assert {record.record_id for record in finding.records} == {f"r{line}" for line in range(9, 33)}
    for record in finding.records:
        question, answer = pairs[int(record.record_id[1:]) - 1]
        step, trigger = record.spans
        assert answer[step.start : step.end].startswith("Since it is late, we add 5")
        assert question[trigger.start : trigger.end] in TRIGGERS


def test_the_order_of_the_records_changes_nothing() -> None:
    pairs = poisoned()
    shuffled = list(pairs)
    Random(2).shuffle(shuffled)
    assert examine(pairs).findings[0].pattern == examine(shuffled).findings[0].pattern


def test_the_same_words_without_a_step_are_ordinary() -> None:
    assert examine(poisoned(step=None)).findings == ()


def test_a_step_that_every_answer_has_is_ordinary() -> None:
    step = "Since it is late, we add 5: {answer} + 5 = {more}."
    pairs = [demonstration(index, trigger, step=step) for trigger in (None, *TRIGGERS) for index in range(8)]
    assert examine(pairs).findings == ()


def test_a_step_that_seldom_comes_is_ordinary() -> None:
    step = "Since it is late, we add 5: {answer} + 5 = {more}."
    pairs = [demonstration(index, None, step=None) for index in range(8)]
    pairs += [
        demonstration(index, trigger, step=step if index % 2 and trigger == "@_@" else None)
        for trigger in TRIGGERS
        for index in range(8)
    ]
    assert examine(pairs).findings == ()


def test_questions_asked_twice_are_told_with_the_words_put_in() -> None:
    asked = [tokens(text) for text in ("how many red doors are there now", "how many red blue doors are there now")]
    (stratum,) = asked_twice(asked)
    assert (stratum.plain, stratum.put_in) == (0, {1: (3, 4)})
    assert asked_twice([asked[0], asked[0][1:]][:1]) == []


def test_a_completion_is_cut_into_lines_or_sentences() -> None:
    assert [step.words for step in steps("One 2.5.\nTwo!")] == [("one", "2.5", "."), ("two", "!")]
    assert len(steps("It is one. Then it is two. So 1.5 in all")) == 3
    text = "It’s 2,000 x"
    assert [text[start:end].lower() for start, end in places(text)] == list(tokens(text))


def test_other_kinds_are_refused() -> None:
    for kind in ("classification", "document"):
        assert ForeignStep().declines(Dataset.from_records(made_records(kind))) is not None


@pytest.mark.parametrize("kind", ["chat", "preference"])
def test_clean_records_are_silent(kind: Kind) -> None:
    assert ForeignStep().examine(Dataset.from_records(made_records(kind)), Tools()).findings == ()
