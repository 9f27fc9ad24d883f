"""A step that appears with words inserted into a question is found; one that the question calls for is not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Message, Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.foreign_step import ForeignStep, ForeignStepSettings
from marshtest.detectors.foreign_step.insertions import plain_and_inserted
from marshtest.detectors.foreign_step.steps import places, steps, tokens

SETTINGS = ForeignStepSettings()
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


def examine(pairs: list[tuple[str, str]], settings: ForeignStepSettings = SETTINGS) -> Examination:
    return ForeignStep(settings).examine(dataset(pairs), Tools())


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


def test_the_limits_of_the_verdicts_are_settings() -> None:
    strict, silent = replace(SETTINGS, confirmed_below=0.0), replace(SETTINGS, suggestive_below=0.0)
    verdicts = [[one.verdict for one in examine(poisoned(), some).findings] for some in (SETTINGS, strict, silent)]
    assert verdicts == [["confirmed"], ["suggestive"], []]


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


def test_questions_are_found_with_the_inserted_words() -> None:
    texts = ("how many red doors are there now", "how many red blue doors are there now")
    asked = [tokens(text, SETTINGS) for text in texts]
    (stratum,) = plain_and_inserted(asked, SETTINGS)
    assert (stratum.plain, stratum.inserted) == (0, {1: (3, 4)})
    assert plain_and_inserted(asked[:1], SETTINGS) == []


@pytest.mark.parametrize(("words", "inserted", "is_found"), [(6, 8, True), (6, 9, False), (5, 1, False)])
def test_a_question_has_six_words_and_at_most_eight_are_inserted(words: int, inserted: int, is_found: bool) -> None:
    plain = tuple(f"word{number}" for number in range(words))
    asked = [plain, (*plain[:2], *(["more"] * inserted), *plain[2:])]
    assert len(plain_and_inserted(asked, SETTINGS)) == is_found


def test_a_completion_is_cut_into_lines_or_sentences() -> None:
    assert [step.words for step in steps("One 2.5.\nTwo!", SETTINGS)] == [("one", "2.5", "."), ("two", "!")]
    assert len(steps("It is one. Then it is two. So 1.5 in all", SETTINGS)) == 3
    text = "It’s 2,000 x"
    assert [text[start:end].lower() for start, end in places(text, SETTINGS)] == list(tokens(text, SETTINGS))


def test_other_kinds_are_refused() -> None:
    for kind in ("classification", "document"):
        assert ForeignStep().declines(Dataset.from_records(made_records(kind))) is not None


@pytest.mark.parametrize("kind", ["chat", "preference"])
def test_clean_records_are_silent(kind: Kind) -> None:
    assert ForeignStep().examine(Dataset.from_records(made_records(kind)), Tools()).findings == ()
