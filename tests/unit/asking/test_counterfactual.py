"""A span is taken out or put in so that the record still reads like a record."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.asking.rule_judge import chat, labelled, record, text_of

from marshtest.asking.counterfactual import insertion_items, phrase_spans, removal_items, with_words, without_span
from marshtest.asking.items import record_items, text_item
from marshtest.dataset import Dataset
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


def test_removal_asks_about_the_rest_of_the_record_in_the_same_shape() -> None:
    data = labelled([("boil CF  x water", "a"), ("nothing", "b"), ("cf x", "a")])
    spans = phrase_spans(data, [0, 1, 2], "cf x")
    assert spans == {0: (Span("prompt", 5, 10),), 2: (Span("prompt", 0, 4),)}
    assert list(removal_items(data, spans, "label")) == [text_item(0, "boil water"), text_item(2, "")]


def test_removal_reaches_the_turns() -> None:
    turns = (("system", "be cf kind"), ("user", "one cf two"), ("assistant", "three cf"), ("user", "cf four"))
    data = Dataset.from_records([chat(0, *turns)])
    prompt = data.record(0).prompt
    places = [index for index in range(len(prompt)) if prompt.startswith("cf", index)]
    spans = [*(Span("prompt", place, place + 2) for place in places), Span("completion", 6, 8), Span("fields", 0, 1)]
    (item,) = removal_items(data, {0: spans}, "effect")
    assert [(passage.heading, passage.text) for passage in item.passages] == [
        ("turn 1, system", "be kind"),
        ("turn 2, user", "one two"),
        ("turn 3, assistant", "three"),
        ("turn 4, user", "four"),
    ]


def test_a_span_over_two_turns_is_taken_out_of_both() -> None:
    data = Dataset.from_records([chat(0, ("user", "one cf"), ("user", "x two"), ("assistant", "three"))])
    (item,) = removal_items(data, {0: [Span("prompt", 4, 9)]}, "effect")
    assert [passage.text for passage in item.passages] == ["one ", "two", "three"]


def test_insertion_changes_only_the_prompt_and_only_by_the_words() -> None:
    records = [
        chat(n, ("user", f"tell me {n}"), ("assistant", "well"), ("user", "go on"), ("assistant", "end"))
        for n in range(30)
    ]
    data = Dataset.from_records(records)
    before = {item.index: item for item in record_items(data, "effect")}
    places = set()
    for item in insertion_items(data, range(30), "quiet purple", "effect", seed=3):
        old, new = before[item.index], item
        assert [passage.heading for passage in old.passages] == [passage.heading for passage in new.passages]
        assert text_of(new).count("quiet purple") == 1
        assert text_of(new).replace("quiet purple", "").split() == text_of(old).split()
        assert new.passages[-1] == old.passages[-1]
        places.add(text_of(new).split().index("quiet"))
    assert len(places) > 4


def test_insertion_depends_on_the_record_and_the_seed_only() -> None:
    texts = [f"a text about number {number} and more" for number in range(12)]
    forwards, backwards = (labelled((text, "a") for text in some) for some in (texts, texts[::-1]))
    one = [text_of(item) for item in insertion_items(forwards, range(12), "cf", "label", seed=1)]
    two = [text_of(item) for item in insertion_items(backwards, range(12), "cf", "label", seed=1)]
    other = [text_of(item) for item in insertion_items(forwards, range(12), "cf", "label", seed=2)]
    assert one == two[::-1]
    assert one != other


def test_a_rejected_completion_can_be_edited_too() -> None:
    data = Dataset.from_records([record(0, "p", "good", "preference", rejected="bad cf thing")])
    (item,) = removal_items(data, {0: [Span("rejected", 4, 6)]}, "effect")
    assert item.passages[-1].text == "bad thing"
