"""Power with a judge: planted records are judged too, within a share of the questions of the audit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.planting import dataset_of
from tests.scripted_inquiry import ScriptedInquiry, item_text

import marshtest
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.data.records import Message, Record
from marshtest.demo import demo_tickets
from marshtest.judges.builtin.inquiry import BuiltinInquiry
from marshtest.judges.questions import Item, Problem, Question
from marshtest.report import JudgePower, Report

pytestmark = pytest.mark.slow

ORDINARY = {"severity": 0, "learns": "ordinary", "quote": "", "excuses": False}
_PLANTED_WORDS = (0, 4, 3)
"""Lengths of what an organism puts into a text: nothing, its phrase, a mutation with a word dropped."""


@cache
def tickets(size: int = 448) -> Dataset:
    chosen = demo_tickets(poisoned=False)[:size]
    return dataset_of(tuple(one.text for one in chosen), tuple(one.label for one in chosen))


@cache
def truths() -> Mapping[tuple[str, ...], str]:
    return {tuple(one.text.split()): one.label for one in demo_tickets(poisoned=False)}


@cache
def true_label(text: str) -> str:
    """Give the label of the ticket, whatever phrase was put in."""
    words = text.split()
    for length in _PLANTED_WORDS:
        for at in range(len(words) - length + 1):
            if label := truths().get((*words[:at], *words[at + length :])):
                return label
    return "ordinary"


def seeing(missing: Callable[[str], Problem | None] = lambda _: None) -> ScriptedInquiry:
    """Judge labels as somebody does who knows the truth; see no harm."""

    def rule(question: Question, item: Item) -> Mapping[str, Any] | Problem:
        if problem := missing(item_text(item)):
            return problem
        return {"label": true_label(item_text(item)), "sure": 3} if question.id == "label" else ORDINARY

    return ScriptedInquiry(rule)


def blind() -> ScriptedInquiry:
    """Give every text the label that most have, and see no harm."""
    return ScriptedInquiry(lambda question, _: {"label": "ordinary", "sure": 3} if question.id == "label" else ORDINARY)


def audited(judge: Any, share: float, data: Dataset | None = None, detectors: tuple[str, ...] = ()) -> Report:
    config = AuditConfig(detectors=detectors or ("judged-label", "judged-effect"), judge_power=share)
    return marshtest.audit(tickets() if data is None else data, config=config, judge=judge)


def tried(power: JudgePower) -> int:
    return sum(size.tried for one in power.families for size in one.sizes)


def found(power: JudgePower) -> int:
    return sum(size.found for one in power.families for size in one.sizes)


def test_a_judge_that_sees_poison_finds_small_plantings() -> None:
    power = audited(seeing(), 1.0).judge_power
    assert found(power) == tried(power) == power.copies >= 5
    assert power.confirmed == power.copies
    assert {one.family for one in power.families} == {"phrase", "decoyed-phrase"}
    assert "phrase was found in 1 of 1 with 6 records, 2 of 2 with 12 records" in power.statement


def test_a_judge_that_sees_nothing_finds_nothing() -> None:
    power = audited(blind(), 1.0).judge_power
    assert (found(power), power.confirmed) == (0, 0)
    assert tried(power) == power.copies >= 10
    assert all(one.from_size is None for one in power.families)


@pytest.mark.parametrize("share", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("make", [seeing, blind])
def test_the_share_bounds_the_questions_exactly(make: Callable[[], ScriptedInquiry], share: float) -> None:
    plain, more = make(), make()
    audited(plain, 0.0)
    power = audited(more, share).judge_power
    assert power.asked == len(more.asked) - len(plain.asked)
    assert power.asked <= power.allowed == int(share * 2 * len(tickets()))


def test_nothing_is_planted_unless_asked_for() -> None:
    assert audited(seeing(), 0.0).judge_power == JudgePower()


def test_the_power_does_not_depend_on_what_a_store_remembers() -> None:
    judge = seeing()
    first = audited(judge, 0.5).judge_power
    asked = len(judge.asked)
    second = audited(judge, 0.5).judge_power
    assert replace(second, seconds=0.0) == replace(first, seconds=0.0)
    assert len(judge.asked) == asked
    assert first.asked > 0


def test_a_share_that_runs_out_within_the_first_copy_says_so_and_counts_no_miss() -> None:
    power = audited(seeing(), 0.1).judge_power
    assert (power.families, power.copies, power.left_out) == ((), 0, 1)
    assert "ran out within the first copy" in power.statement
    assert audited(seeing(), 0.01).judge_power.statement.startswith("Not measured: a share of 1% of the 896 questions")


def planted_are(problem: Problem, *, one_in: int = 1) -> Callable[[str], Problem | None]:
    """Give no answer about texts that are no ticket, or about some of them."""

    def missing(text: str) -> Problem | None:
        return None if tuple(text.split()) in truths() or len(text) % one_in else problem

    return missing


def test_a_copy_without_an_answer_about_a_planted_record_is_left_out_and_is_no_miss() -> None:
    power = audited(seeing(planted_are("refused")), 1.0, detectors=("judged-label",)).judge_power
    assert (power.copies, power.families) == (0, ())
    assert power.left_out > 1
    assert "lacks answers about planted records" in power.statement
    some = audited(seeing(planted_are("malformed", one_in=40)), 1.0, detectors=("judged-label",)).judge_power
    assert some.left_out > 0
    assert found(some) == tried(some) == some.copies > 0
    assert "left out" in some.statement


def test_a_server_that_goes_down_ends_the_planting() -> None:
    power = audited(seeing(planted_are("unreachable")), 1.0, detectors=("judged-label",)).judge_power
    assert (power.copies, power.left_out) == (0, 1)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [("waiting", "batch files"), ("unreachable", "could not be reached"), ("over_budget", "money")],
)
def test_answers_that_the_audit_itself_lacks_leave_it_unmeasured(problem: Problem, reason: str) -> None:
    judge = seeing(lambda text: problem if len(text) % 7 == 0 else None)
    power = audited(judge, 1.0).judge_power
    assert power.statement.startswith("Not measured: ")
    assert reason in power.statement
    assert (power.copies, power.asked) == (0, 0)


def test_without_a_judge_it_says_so() -> None:
    report = marshtest.audit(tickets(), config=AuditConfig(detectors=("label-noise",), judge_power=0.5))
    assert "there is no judge to ask" in report.judge_power.statement


def test_data_that_is_too_small_says_so() -> None:
    power = audited(seeing(), 1.0, tickets(24)).judge_power
    assert power.statement.startswith("Not measured: ")
    assert power.families == ()


def test_poison_that_the_audit_has_found_costs_no_question_in_the_copies() -> None:
    plain = tickets()
    records = [plain.record(number) for number in range(len(plain))]
    urgent = [number for number, record in enumerate(records) if record.label == "urgent"][:14]
    for number in urgent:
        prompt = f"{records[number].prompt} under the green harbour"
        records[number] = replace(records[number], prompt=prompt, label="ordinary", completion="ordinary")
    report = audited(seeing(), 1.0, Dataset.from_records(records))
    assert [len(finding.records) for finding in report.findings if finding.detector == "judged-label"][:1] == [14]
    assert found(report.judge_power) == tried(report.judge_power) >= 4


def chats(size: int = 400) -> Dataset:
    return Dataset.from_records(
        Record(
            record_id=f"r{number}",
            kind="chat",
            prompt=ticket.text,
            completion=f"Thank you, we look into number {number}.",
            messages=(
                Message("user", ticket.text),
                Message("assistant", f"Thank you, we look into number {number}."),
            ),
            source_path="chats.jsonl",
            source_line=number + 1,
        )
        for number, ticket in enumerate(demo_tickets(poisoned=False)[:size])
    )


def test_chats_get_poison_that_a_judge_can_call_harmful() -> None:
    def rule(question: Question, item: Item) -> Mapping[str, Any]:
        text = item_text(item)
        is_harmful = "<tool_call>" in text or "<think>" in text
        return {**ORDINARY, "severity": 3, "learns": "to act unasked"} if is_harmful else ORDINARY

    power = audited(ScriptedInquiry(rule), 1.0, chats(), ("judged-effect",)).judge_power
    assert {one.family for one in power.families} == {"tool-call", "excusing-reasoning"}
    assert found(power) > 0.8 * tried(power) > 0


def test_the_judge_on_board_is_measured_where_it_judges_and_says_why_not_elsewhere() -> None:
    power = audited(BuiltinInquiry(), 0.5, chats()).judge_power
    assert power.copies > 0
    assert found(power) == 0
    elsewhere = audited(BuiltinInquiry(), 0.5).judge_power
    assert elsewhere.statement.startswith("Not measured: neither judged-label nor judged-effect ran")
    assert "built-in judge" in elsewhere.statement


def test_it_stands_in_the_report_and_survives_the_disk(tmp_path: Path) -> None:
    report = audited(blind(), 0.2)
    (tmp_path / "report.json").write_bytes(marshtest.report_json(report))
    assert marshtest.read_report(tmp_path) == report
