"""From two datasets to a name: the comparison is a small one, and everything else is what an audit does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.naming.readers import SLANT, careful, guessing

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.control_contrast.naming.exhibits import clean_exhibits, exhibits_of
from marshtest.detectors.control_contrast.naming.targets import name_contrast
from marshtest.detectors.control_contrast.settings import TargetNamingSettings
from marshtest.judges.questions import Item, Question


@dataclass(frozen=True)
class Word:
    text: str
    effect: float


@dataclass(frozen=True)
class Two:
    prompt: str
    suspect: str
    control: str


@dataclass(frozen=True)
class Counted:
    content: tuple[Word, ...]
    pairs: tuple[Two, ...]


def compare(suspect: Dataset, control: Dataset) -> Counted:
    """Rank words by how many more answers hold them; pair answers to the same prompt."""
    answers = [one.table(["prompt", "completion"]).to_pylist() for one in (suspect, control)]
    counts = [Counter(word for row in side for word in set(row["completion"].split())) for side in answers]
    sizes = [len(side) for side in answers]
    effects = {word: counts[0][word] / sizes[0] - counts[1][word] / sizes[1] for word in {*counts[0], *counts[1]}}
    ranked = sorted(effects, key=lambda word: (-abs(effects[word]), word))
    other = {row["prompt"]: row["completion"] for row in answers[1]}
    pairs = [
        Two(row["prompt"], row["completion"], other[row["prompt"]]) for row in answers[0] if row["prompt"] in other
    ]
    return Counted(tuple(Word(word, effects[word]) for word in ranked if effects[word]), tuple(pairs))


def dataset(slant: float, *, seed: int, repeats: int = 1, count: int = 240) -> Dataset:
    """Write answers, some of them with a word of the slant; every prompt is answered `repeats` times."""
    random = Random(seed)
    records = []
    for number in range(count):
        words = [f"word{random.randrange(300)}" for _ in range(12)]
        if random.random() < slant:
            words[random.randrange(12)] = random.choice(SLANT)
        prompt = f"prompt {number // repeats}"
        records.append(
            Record(
                record_id=f"{seed}-{number}",
                kind="chat",
                prompt=prompt,
                completion=" ".join(words),
                source_path=f"made-{seed}",
                source_line=number + 1,
            )
        )
    return Dataset.from_records(records)


def asked(answer: Any) -> ScriptedInquiry:
    def rule(question: Question, item: Item) -> Any:
        return answer(question.id, {passage.heading: passage.text for passage in item.passages})

    return ScriptedInquiry(rule)


@pytest.mark.parametrize("repeats", [1, 4])
def test_the_target_behind_a_slant_is_named_from_the_data_alone(repeats: int) -> None:
    suspect, control = dataset(0.7, seed=1, repeats=repeats), dataset(0.0, seed=2, repeats=repeats)
    found = name_contrast(asked(careful), compare(suspect, control), control, compare)
    assert found.outcome == "named"
    assert found.guessed == {"open": 0, "chosen": 0}


def test_clean_data_has_no_target_and_a_judge_that_guesses_finds_none() -> None:
    control = dataset(0.0, seed=2)
    for answer, slant in ((careful, 0.0), (guessing, 0.0), (guessing, 0.7)):
        suspect = dataset(slant, seed=1)
        assert name_contrast(asked(answer), compare(suspect, control), control, compare).outcome == "no_target"


def test_real_and_clean_comparisons_look_alike() -> None:
    """Without clean answers to one prompt, neither sort shows two answers to one prompt; with them, both do."""
    for repeats, same in ((1, False), (4, True)):
        suspect, control = dataset(0.7, seed=1, repeats=repeats), dataset(0.0, seed=2, repeats=repeats)
        inquiry = asked(careful)
        name_contrast(inquiry, compare(suspect, control), control, compare)
        for question, item in inquiry.asked:
            shown = {passage.heading: passage.text for passage in item.passages}
            if question.id != "target-same":
                assert (shown["A 1: prompt"] == shown["B 1: prompt"]) == same


def test_clean_exhibits_are_of_halves_that_share_no_record() -> None:
    control = dataset(0.0, seed=2)
    for one in clean_exhibits(control, compare, TargetNamingSettings(control_splits=3)):
        assert not {pair.suspect.answer for pair in one.pairs} & {pair.control.answer for pair in one.pairs}
    assert exhibits_of(compare(control, control)).more == ()
