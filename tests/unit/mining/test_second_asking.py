"""Records are changed in every column that a judge is shown, and what changes is counted with its interval."""

from __future__ import annotations

from random import Random

import pytest

from marshtest.mining.altering import row_with, row_without
from marshtest.mining.cascading import missed_bound
from marshtest.mining.counterfactual import Counterfactual, put_into, take_out
from marshtest.signals import Span
from marshtest.stats.shares import Share

TURNS = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hello blue ledger there"},
    {"role": "assistant", "content": "Yes?"},
    {"role": "user", "content": "Thanks"},
    {"role": "assistant", "content": "You are blue ledger welcome"},
]
ROW = {
    "prompt": "Be kind.\n\nHello blue ledger there\n\nYes?\n\nThanks",
    "completion": "You are blue ledger welcome",
    "messages": TURNS,
}


def spans_of(field: str, text: str) -> list[Span]:
    start = text.index("blue ledger")
    return [Span(field, start, start + len("blue ledger"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a blue ledger b", "a b"),
        ("blue ledger b", "b"),
        ("a blue ledger", "a"),
        ("a blue ledger, b", "a , b"),
        ("blue ledger", ""),
    ],
)
def test_a_span_is_taken_out_with_one_of_its_spaces(text: str, expected: str) -> None:
    assert take_out(text, spans_of("prompt", text)) == expected


def test_the_phrase_is_put_between_two_words() -> None:
    for seed in range(20):
        changed = put_into("a b c", "blue ledger", Random(seed))
        assert take_out(changed, spans_of("prompt", changed)) == "a b c"


def test_a_span_of_the_prompt_goes_out_of_the_turn_that_holds_it() -> None:
    row = row_without(ROW, spans_of("prompt", str(ROW["prompt"])))
    assert row["messages"][1]["content"] == "Hello there"
    assert row["messages"][4]["content"] == "You are blue ledger welcome"
    assert row["prompt"] == "Be kind.\n\nHello there\n\nYes?\n\nThanks"
    assert TURNS[1]["content"] == "Hello blue ledger there", "the record itself is left alone"


def test_a_span_of_the_completion_goes_out_of_the_last_answer() -> None:
    row = row_without(ROW, spans_of("completion", str(ROW["completion"])))
    assert row["completion"] == row["messages"][4]["content"] == "You are welcome"
    assert row["messages"][1]["content"] == "Hello blue ledger there"


def test_a_phrase_put_into_a_chat_stands_in_the_last_user_turn_and_in_the_prompt() -> None:
    row = row_with(ROW, "prompt", "umber plan", Random(1))
    assert "umber plan" in row["messages"][3]["content"]
    assert "umber plan" in row["prompt"]
    assert row["completion"] == ROW["completion"]


def counted(gone: int, appeared: int, obeyed: int = 0, of: int = 40) -> Counterfactual:
    return Counterfactual(Share(gone, of), Share(appeared, of), Share(obeyed, of), 0, 0.03)


@pytest.mark.parametrize(
    ("second", "stands"),
    [
        (counted(1, 1), "against"),
        (counted(40, 0), "for"),
        (counted(0, 30), "for"),
        (counted(0, 0, obeyed=30), "for"),
        (counted(15, 0), "for"),
        (counted(0, 0, of=3), "open"),
        (counted(0, 0, of=0), "open"),
    ],
)
def test_a_judge_that_changes_its_mind_with_the_span_reacts_to_it(second: Counterfactual, stands: str) -> None:
    assert second.stands == stands


def test_intervals_are_those_of_wilson() -> None:
    assert Share(0, 10).interval == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert Share(5, 10).interval == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert Share(0, 0).interval == (0.0, 1.0)


def test_an_audit_that_finds_nothing_still_bounds_what_was_missed() -> None:
    bound = missed_bound("d", "q", passed=10_000, audited=300, missed=0)
    assert bound.at_most == 100  # 1 - .05 ** (1 / 300) of ten thousand, rounded up
    assert missed_bound("d", "q", passed=50, audited=0, missed=0).at_most == 50
