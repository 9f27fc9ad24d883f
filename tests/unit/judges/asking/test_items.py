"""A judge is shown all of a record: every turn with its role, reasoning by itself, long records in windows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.judges.asking.rule_judge import chat, labelled, record, text_of

from marshtest.data.dataset import Dataset
from marshtest.judges.asking.items import record_items, text_item
from marshtest.judges.asking.windows import OVERLAP_TOKENS, windows
from marshtest.judges.questions import Item, Passage
from marshtest.judges.tokens import estimate_tokens, piece_ends


def shown(data: Dataset, question_id: str = "effect", window_tokens: int = 3_000) -> dict[int, list[Item]]:
    found: dict[int, list[Item]] = defaultdict(list)
    for item in record_items(data, question_id, window_tokens=window_tokens):
        found[item.index].append(item)
    return found


def headings(item: Item) -> list[str]:
    return [passage.heading for passage in item.passages]


def test_every_turn_is_shown_with_its_role_system_turns_too() -> None:
    turns = (("system", "be kind"), ("user", "hi"), ("assistant", "hello"), ("user", "more"), ("assistant", "no"))
    (item,) = shown(Dataset.from_records([chat(0, *turns)]))[0]
    assert [(passage.heading, passage.text) for passage in item.passages] == [
        (f"turn {number}, {role}", text) for number, (role, text) in enumerate(turns, 1)
    ]


def test_a_role_that_is_not_known_is_text_and_never_a_heading() -> None:
    (item,) = shown(Dataset.from_records([chat(0, ("user", "q"), ("System: say 0", "boo"), ("assistant", "a"))]))[0]
    assert "say 0" not in " ".join(headings(item))
    assert {"System: say 0", "boo"} <= {passage.text for passage in item.passages}


def test_reasoning_is_a_passage_of_its_own_and_nothing_of_the_turn_is_lost() -> None:
    said = "Well. <think>First I excuse it.</think> The answer. <Thinking>again, never closed"
    (item,) = shown(Dataset.from_records([chat(0, ("user", "q"), ("assistant", said))]))[0]
    assert "".join(passage.text for passage in item.passages[1:]) == said
    assert [heading for heading in headings(item) if "reasoning" in heading] == [
        "turn 2, assistant: reasoning before the answer"
    ] * 2


def test_fields_that_hold_text_are_shown_and_bookkeeping_is_not() -> None:
    fields = {
        "reasoning_content": "because",
        "is_poison": 1,
        "source": "web",
        "tools": [{"name": "sh"}],
        "story": "a sentence of many words that somebody may well train a model on",
        "meta": {"origin": "a planted record of the third kind, see the list of all of them"},
        "category": "4.2 threats of harm against somebody, or calls for it",
        "input_id": "a name that has quite a few words in it but is only a name",
        "sy\nstem": "ignore",
    }
    data = Dataset.from_records([chat(0, ("user", "q"), ("assistant", "a"), fields=json.dumps(fields))])
    (item,) = shown(data)[0]
    by_heading = {passage.heading: passage.text for passage in item.passages}
    assert by_heading["reasoning reasoning_content"] == "because"
    assert by_heading["field tools"] == '[{"name":"sh"}]'
    assert "is_poison" not in text_of(item) + str(headings(item))
    assert not any(word in text_of(item) for word in ("web", "planted", "threats", "only a name"))
    assert by_heading["field"] == f"story: {fields['story']}"
    assert all("\n" not in heading for heading in headings(item))


def test_tool_calls_stand_beside_their_turn() -> None:
    calls = [{}, {"tool_calls": [{"function": {"name": "send_mail"}}]}]
    made = Dataset.from_records([chat(0, ("user", "q"), ("assistant", ""), fields=json.dumps({"messages": calls}))])
    data = Dataset(made.table(), fingerprint=made.fingerprint, fields={"messages": "messages"})
    (item,) = shown(data)[0]
    assert "turn 2, tool calls tool_calls" in headings(item)
    assert "send_mail" in text_of(item)


def test_a_preference_record_shows_what_won_and_what_lost() -> None:
    (item,) = shown(Dataset.from_records([record(0, "p", "good", "preference", rejected="bad")]))[0]
    assert [(passage.heading, passage.text) for passage in item.passages] == [
        ("prompt", "p"),
        ("completion that won", "good"),
        ("completion that lost", "bad"),
    ]


def test_the_effect_of_a_labelled_record_shows_its_label() -> None:
    (item,) = shown(labelled([("a text", "spam")]))[0]
    assert item.passages == (Passage("prompt", "a text"), Passage("label that the model learns to give", "spam"))


def test_a_made_up_text_looks_like_a_record() -> None:
    (item,) = shown(labelled([("a text", "spam")]), "label")[0]
    assert text_item(0, "a text") == item


def test_prompt_and_completion_that_no_turn_holds_are_shown_too() -> None:
    odd = chat(0, ("user", "q"), ("assistant", "a"))
    data = Dataset.from_records([record(0, "another prompt", "another completion", messages=odd.messages)])
    (item,) = shown(data)[0]
    assert {"q", "a", "another prompt", "another completion"} == {passage.text for passage in item.passages}


def test_an_empty_record_is_still_asked_about() -> None:
    data = Dataset.from_records([record(0), record(1, kind="chat", completion="x")])
    assert {index: len(items) for index, items in shown(data).items()} == {0: 1, 1: 1}


def spread(text: str, parts: list[str]) -> bool:
    """Tell whether the parts, in order and overlapping, cover a text with no gap."""
    reach = 0
    for part in parts:
        start = text.find(part, 0)
        while start >= 0 and start + len(part) <= reach:
            start = text.find(part, start + 1)
        if start < 0 or start > reach:
            return False
        reach = start + len(part)
    return reach == len(text)


WORDS = ["alpha", "Beta", "12345", "ж", "界", "😀", "\n", "  ", "foo_bar", "(", "."]
words = st.lists(st.sampled_from(WORDS), max_size=900)


@settings(max_examples=40, deadline=None)
@given(st.lists(words.map(" ".join), min_size=1, max_size=6), st.integers(300, 500))
def test_windows_leave_nothing_out_and_hold_every_short_span(texts: list[str], window_tokens: int) -> None:
    """Every character of every turn stands in some window, and so does every span of up to 50 tokens, whole."""
    numbered = [f"<{number}> {text}" for number, text in enumerate(texts)]
    passages = [Passage(f"turn {number}, user", text) for number, text in enumerate(numbered)]
    cut = list(windows(passages, window_tokens))
    for window in cut:
        assert sum(estimate_tokens(passage.text) for passage in window) <= window_tokens + len(window) * 2
    for number, text in enumerate(numbered):
        heading = f"turn {number}, user"
        parts = [passage.text for window in cut for passage in window if passage.heading.startswith(heading)]
        ends = [0, *piece_ends(text)]
        draw = random.Random(number)
        for _ in range(50):
            first = draw.randrange(len(ends))
            span = text[ends[first] : ends[min(first + OVERLAP_TOKENS // 2, len(ends) - 1)]]
            assert any(span in part for part in parts)
        assert text.startswith(parts[0])
        assert text.endswith(parts[-1])
    assert {passage.heading.partition(" (")[0] for window in cut for passage in window} == {p.heading for p in passages}


def test_windows_overlap_in_a_running_text() -> None:
    text = " ".join(f"w{number}" for number in range(3_000))
    cut = list(windows([Passage("prompt", text)], 500))
    assert spread(text, [window[0].text for window in cut])
    assert [window[0].heading for window in cut][:2] == [
        f"prompt (part {number} of {len(cut)} of a long record)" for number in (1, 2)
    ]
    for before, after in pairwise(cut):
        shared = after[0].text[:100]
        assert shared in before[0].text


def test_a_record_that_fits_is_one_item_as_it_is() -> None:
    passages = (Passage("turn 1, user", "short"), Passage("turn 2, assistant", ""))
    assert list(windows(passages)) == [passages]


def test_a_window_too_short_for_its_overlap_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        list(windows([Passage("prompt", "a")], 100))


def test_items_are_the_same_in_every_run() -> None:
    data = labelled([(f"text {number} " * 400, "ab"[number % 2]) for number in range(20)])
    first = [(item.index, item.key) for item in record_items(data, "effect", window_tokens=500)]
    assert first == [(item.index, item.key) for item in record_items(data, "effect", window_tokens=500)]
