"""A strong judge decides where it was asked, and its audit bounds what the cheap one missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.judges.asking.rule_judge import RuleJudge, effect, label, labelled, record, text_of

from marshtest.data.dataset import Dataset
from marshtest.judges.asking.cascade import Missed, cascade_effects, cascade_labels
from marshtest.judges.asking.verdicts import NO_ANSWER
from marshtest.judges.questions import Problem, Question, Tally

Said = Mapping[str, Any] | Problem


def chats(texts: list[str]) -> Dataset:
    return Dataset.from_records(record(number, "q", text) for number, text in enumerate(texts))


def cheap(question: Question, text: str) -> Said:
    if "refused" in text:
        return "refused"
    return effect(1, "odd", learns="cheap says so") if "odd" in text else effect(0)


def strong(question: Question, text: str) -> Said:
    if "lost" in text:
        return "unreachable"
    return effect(3, "bad", learns="strong says so") if "bad" in text else effect(0)


def test_the_strong_verdict_stands_where_it_was_asked() -> None:
    texts = ["odd and bad", "odd", "odd and lost", "refused", "refused and bad", *(f"plain {n}" for n in range(50))]
    judge = RuleJudge(strong)
    verdicts, missed = cascade_effects(RuleJudge(cheap), judge, chats(texts), None, audit=10)
    assert verdicts.severity[:5].tolist() == [3, 0, 1, 0, 3]
    assert set(verdicts.severity[5:].tolist()) == {0}
    assert {row: harm.learns for row, harm in verdicts.harms.items()} == {
        0: "strong says so",
        2: "cheap says so",
        4: "strong says so",
    }
    assert list(verdicts.failures()) == [(2, "unreachable")]
    assert len(judge.seen) == 5 + 10
    assert missed is not None
    assert (missed.rest, missed.audited, missed.found, missed.unanswered) == (50, 10, 0, 0)
    assert missed.at_most == 11  # with 12 of 50, ten draws would show one in more than 19 of 20 audits
    assert (verdicts.tally.planned, missed.tally.planned) == (len(texts), 15)


def test_what_the_audit_finds_is_counted_and_corrected() -> None:
    texts = [f"bad {number}" if number % 2 else f"plain {number}" for number in range(400)]
    verdicts, missed = cascade_effects(RuleJudge(cheap), RuleJudge(strong), chats(texts), None, audit=100)
    assert missed is not None
    assert missed.found == int((verdicts.severity > 0).sum())
    assert missed.found < 200 <= missed.at_most


def test_an_audit_of_everything_leaves_no_doubt() -> None:
    _, missed = cascade_effects(RuleJudge(cheap), RuleJudge(strong), chats(["a", "b", "bad"]), None, audit=99)
    assert missed is not None
    assert replace(missed, tally=Tally()) == Missed(rest=3, audited=3, found=1, unanswered=0)
    assert missed.at_most == 1


def test_an_audit_without_an_answer_is_no_evidence() -> None:
    _, missed = cascade_effects(
        RuleJudge(cheap), RuleJudge(lambda question, text: "truncated"), chats(["a", "b"]), None, audit=2
    )
    assert missed is not None
    assert replace(missed, tally=Tally()) == Missed(rest=2, audited=0, found=0, unanswered=2)
    assert missed.at_most == 2


def test_the_audit_depends_on_the_records_and_not_on_their_order() -> None:
    texts = [f"plain {number}" for number in range(60)]

    def audited(some: list[str], seed: int) -> set[str]:
        judge = RuleJudge(strong)
        cascade_effects(RuleJudge(cheap), judge, chats(some), None, audit=12, seed=seed)
        return {text_of(item) for _, item in judge.seen}

    assert audited(texts, 0) == audited(texts[::-1], 0)
    assert audited(texts, 0) != audited(texts, 1)


def test_the_strong_judge_waits_for_the_cheap_one() -> None:
    judge = RuleJudge(strong)
    verdicts, missed = cascade_effects(RuleJudge(lambda question, text: "waiting"), judge, chats(["a"]), None)
    assert (judge.seen, missed) == ([], None)
    assert verdicts.severity.tolist() == [NO_ANSWER]


def test_a_cascade_of_labels_asks_again_about_contradictions_and_the_unsure() -> None:
    def quick(question: Question, text: str) -> Said:
        if "dim" in text:
            return label("unsure", 0)
        return label("spam" if "offer" in text else "ham", 1)

    def careful(question: Question, text: str) -> Said:
        return label("spam" if "buy" in text else "ham", 3)

    pairs = [("offer buy", "ham"), ("offer", "ham"), ("dim buy", "spam"), *((f"hello {n}", "ham") for n in range(40))]
    judge = RuleJudge(careful)
    verdicts, missed = cascade_labels(RuleJudge(quick), judge, labelled(pairs), None, audit=5)
    names = [verdicts.labels[index] for index in verdicts.judged]
    assert names == ["spam", "ham", "spam", *["ham"] * 40]
    assert verdicts.sure[:3].tolist() == [3, 3, 3]
    assert sorted(verdicts.sure[3:].tolist()) == [1] * 35 + [3] * 5
    assert len(judge.seen) == 3 + 5
    assert missed is not None
    assert (missed.rest, missed.audited, missed.found) == (40, 5, 0)


@pytest.mark.parametrize(
    ("rest", "audited", "found", "at_most"),
    [
        (10_000, 300, 0, 97),  # with 98 of ten thousand, 300 draws would show one in more than 19 of 20 audits
        (40, 40, 2, 2),
        (50, 0, 0, 50),
    ],
)
def test_an_audit_bounds_what_was_missed(rest: int, audited: int, found: int, at_most: int) -> None:
    assert Missed(rest=rest, audited=audited, found=found, unanswered=0).at_most == at_most
