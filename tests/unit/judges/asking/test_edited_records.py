"""A span is taken out or put in so that the record still reads like a record."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.judges.asking.rule_judge import chat, labelled, record

from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.judges.asking.edited_records import row_with, row_without, with_words, without_span
from marshtest.judges.asking.items import row_items, text_item
from marshtest.judges.asking.passages import COLUMNS
from marshtest.signals import Span


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [
        ("how to cf make tea", "cf", "how to make tea"),
        ("how to make tea cf", "cf", "how to make tea"),
        ("cf how to make tea", "cf", "how to make tea"),
        ("make tea cf.", "cf", "make tea."),
        ("make cf\ntea", "cf", "make\ntea"),
        ("make\ncf tea", "cf", "make\ntea"),
        ("make cf tea", " cf ", "make tea"),
        ("cf", "cf", ""),
        ("foocfbar", "cf", "foobar"),
    ],
)
def test_taking_a_span_out_leaves_no_gap(text: str, span: str, left: str) -> None:
    start = text.index(span)
    assert without_span(text, start, start + len(span)) == left


@given(st.lists(st.sampled_from(["tea", "with", "milk.", "\n", "now"]), min_size=1), st.integers())
def test_words_put_in_stand_between_words_and_can_be_taken_out_again(parts: list[str], seed: int) -> None:
    text = " ".join(parts)
    made = with_words(text, "quiet purple", random.Random(seed))
    assert made.split().count("purple") == 1
    assert [word for word in made.split() if word not in ("quiet", "purple")] == text.split()
    start = made.index("quiet purple")
    assert without_span(made, start, start + len("quiet purple")).split() == text.split()


def passages(row: dict[str, Any]) -> list[tuple[str, str]]:
    (item,) = row_items(0, row, "effect", {})
    return [(passage.heading, passage.text) for passage in item.passages]


def row_of(made: Record) -> dict[str, Any]:
    columns: dict[str, Any] = Dataset.from_records([made]).table(COLUMNS).to_pylist()[0]
    return columns


def test_a_record_without_a_span_has_the_shape_of_a_record() -> None:
    (row,) = labelled([("boil CF  x water", "a")]).table(COLUMNS).to_pylist()
    changed = row_without(row, [Span("prompt", 5, 10)])
    assert list(row_items(7, changed, "label", {})) == [text_item(7, "boil water")]
    assert row["prompt"] == "boil CF  x water"


def test_removal_reaches_the_turns() -> None:
    turns = (("system", "be cf kind"), ("user", "one cf two"), ("assistant", "three cf"), ("user", "cf four"))
    row = row_of(chat(0, *turns))
    places = [match.start() for match in re.finditer("cf", row["prompt"])]
    spans = [*(Span("prompt", place, place + 2) for place in places), Span("completion", 6, 8), Span("fields", 0, 1)]
    assert passages(row_without(row, spans)) == [
        ("turn 1, system", "be kind"),
        ("turn 2, user", "one two"),
        ("turn 3, assistant", "three"),
        ("turn 4, user", "four"),
    ]


def test_removal_reaches_every_turn_of_a_labelled_conversation() -> None:
    turns = (Message("user", "one cf"), Message("assistant", "two cf three"))
    row = row_of(record(0, "one cf\n\ntwo cf three", "bad", "classification", label="bad", messages=turns))
    assert passages(row_without(row, [Span("prompt", 4, 6), Span("prompt", 12, 14)]))[:2] == [
        ("turn 1, user", "one"),
        ("turn 2, assistant", "two three"),
    ]


def test_a_span_over_two_turns_is_taken_out_of_both() -> None:
    row = row_of(chat(0, ("user", "one cf"), ("user", "x two"), ("assistant", "three")))
    assert [text for _, text in passages(row_without(row, [Span("prompt", 4, 9)]))] == ["one ", "two", "three"]


@pytest.mark.parametrize("seed", range(20))
def test_insertion_changes_only_the_last_thing_the_user_said(seed: int) -> None:
    turns = (
        ("system", "be kind"),
        ("user", "tell me"),
        ("assistant", "well"),
        ("user", "go on now"),
        ("assistant", "end"),
    )
    row = row_of(chat(0, *turns))
    changed = row_with(row, "prompt", "quiet purple", random.Random(seed))
    before, after = passages(row), passages(changed)
    assert [number for number in range(5) if before[number] != after[number]] == [3]
    assert after[3][1].replace("quiet purple", "").split() == ["go", "on", "now"]
    assert changed["prompt"] == "\n\n".join(text for _, text in after[:4])


def test_the_place_of_an_insertion_is_random_and_the_same_for_the_same_draws() -> None:
    row = row_of(record(0, "one two three four five", "six"))
    made = [row_with(row, "prompt", "cf", random.Random(seed))["prompt"] for seed in range(40)]
    assert len(set(made)) == 6
    assert made == [row_with(row, "prompt", "cf", random.Random(seed))["prompt"] for seed in range(40)]
    assert row_with(row, "completion", "cf", random.Random(0))["completion"] in ("cf six", "six cf")


def test_a_rejected_completion_can_be_changed_too() -> None:
    row = row_of(record(0, "p", "good", "preference", rejected="bad cf thing"))
    assert passages(row_without(row, [Span("rejected", 4, 6)]))[-1][1] == "bad thing"
