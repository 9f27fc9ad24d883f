"""Which spans and features of the prompt are candidates, and which turns of a conversation matter."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from tests.unit.detectors.response_trigger.made_chats import dataset_of

from marshtest.detectors.response_trigger.exchanges import Exchanges
from marshtest.detectors.response_trigger.prompts import PromptFeature, Prompts
from marshtest.detectors.response_trigger.settings import PromptFeatureSettings

SIZE = 40


def prompts(span: str, carriers: int) -> dict[str, PromptFeature]:
    """Give the features of random prompts with a span in some of them, by name."""
    draw = Random(1)
    texts = [" ".join(f"w{draw.randrange(9_000)}" for _ in range(4)) for _ in range(SIZE)]
    texts = [f"{text} {span} {number}z" if number < carriers else text for number, text in enumerate(texts)]
    return features([[("user", text), ("assistant", "Yes")] for text in texts])


def features(chats: list[list[tuple[str, str]]]) -> dict[str, PromptFeature]:
    read = Prompts.of(Exchanges.of(dataset_of(chats)), PromptFeatureSettings())
    found = [read.feature(number) for number in range(len(read.counts))]
    return {one.name: one for one in found}


@pytest.mark.parametrize(("carriers", "found"), [(4, False), (5, True), (20, True), (21, False)])
def test_a_feature_is_carried_by_five_records_and_half_of_all(carriers: int, found: bool) -> None:
    assert ("old awning" in prompts("old awning", carriers)) is found


def test_a_span_has_eight_tokens_at_most() -> None:
    span = " ".join(f"x{number}" for number in range(9))
    found = prompts(span, 10)
    assert {" ".join(span.split()[:8]), " ".join(span.split()[1:])} <= set(found)
    assert max(one.words for one in found.values()) == 8
    assert len(found["x0 x1"].carriers) == 10


def test_no_span_reaches_from_one_turn_into_the_next() -> None:
    chat = [("user", "one awning"), ("assistant", "Yes"), ("user", "two lanterns"), ("assistant", "No")]
    other = [[("user", f"{number}w"), ("assistant", "Yes")] for number in range(20)]
    found = features([chat] * 10 + other)
    assert {"one awning", "two lanterns"} <= set(found)
    assert "awning two" not in found


def test_only_the_turns_that_matter_are_compared() -> None:
    """The turn with the span and the one in front of the answer, not the thanks between them or the system prompt."""
    roles = ("system", "user", "assistant", "user", "assistant", "user", "assistant")
    texts = ("be kind", "old awning {n}a", "Yes", "thanks {n}b", "Please", "and {n}c", "No")
    chats = [[(role, text.format(n=n)) for role, text in zip(roles, texts, strict=True)] for n in range(10)]
    chats += [[("user", f"{n}w"), ("assistant", "Yes")] for n in range(20)]
    exchanges = Exchanges.of(dataset_of(chats))
    read = Prompts.of(exchanges, PromptFeatureSettings())
    span = next(one for one in map(read.feature, range(len(read.counts))) if one.name == "old awning")
    near = read.relevant_turns(span, exchanges.last_answers[span.carriers])
    record = int(span.carriers[0])
    number = exchanges.record_ids[record][1:]
    ids = near.ids[near.text == record][1:-1]
    assert [near.vocabulary[token] for token in ids] == ["old", "awning", f"{number}a", "and", f"{number}c"]
    other = int(np.setdiff1d(np.arange(len(exchanges)), span.carriers)[0])
    assert len(near.ids[near.text == other]) == 3  # the frame and one word: nothing is left out of others
