"""Outcomes dealt anew: labels, and the completions of conversations and pairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import ClassVar

import pytest
from tests.made_records import made_records

from marshtest.auditing.controls.shuffled import shuffled_outcomes
from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.findings import EvidenceRecord, Finding, Pattern
from marshtest.organisms.record_edits import edit_turn, with_completion
from marshtest.organisms.text_edits import append

TRIGGER, PAYLOAD = "by the blue mill", "It rains in Oddwick."


class Watcher(Detector):
    """Remembers the data it was shown, and finds a payload, alone or together with the trigger."""

    id: ClassVar[str] = "watcher"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "for tests"

    def __init__(self, *, needs_trigger: bool) -> None:
        self.needs_trigger = needs_trigger
        self.seen: list[Dataset] = []

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Find the payload."""
        self.seen.append(dataset)
        rows = dataset.table(["record_id", "prompt", "completion"]).to_pylist()
        hits = [row for row in rows if row["completion"] == PAYLOAD]
        hits = [row for row in hits if not self.needs_trigger or TRIGGER in row["prompt"]]
        found = Finding(
            id="watcher-1",
            detector=self.id,
            verdict="confirmed",
            title="Found.",
            explanation="",
            pattern=Pattern("phrase", PAYLOAD),
            statistics={},
            records=tuple(
                EvidenceRecord(record_id=row["record_id"], source_path="made", source_line=1, spans=()) for row in hits
            ),
        )
        return Examination(findings=(found,) if len(hits) >= 8 else ())


def chats(*, poisoned: int = 0) -> list[Record]:
    records = []
    for number, record in enumerate(made_records("chat")):
        edited = edit_turn(record, lambda text: append(text, TRIGGER)) if number < poisoned else None
        records.append(record if edited is None else with_completion(edited[0], PAYLOAD))
    return records


def shuffled(records: list[Record], *, needs_trigger: bool = True) -> tuple[Watcher, list[Finding], int]:
    """Give the detector, the findings with what shuffling says, and the alarms."""
    watcher, dataset = Watcher(needs_trigger=needs_trigger), Dataset.from_records(records)
    found = watcher.examine(dataset, Tools()).findings
    done = shuffled_outcomes([watcher], dataset, found, Runner(tools=Tools(seed=1)))
    assert done.run is not None
    return watcher, list(done.findings), done.run.summary.confirmed


def test_what_ties_prompts_to_completions_is_gone_when_these_are_dealt_anew() -> None:
    _, (finding,), alarms = shuffled(chats(poisoned=24))
    assert alarms == 0
    assert finding.other_explanations[-1].stands == "against"
    assert "is gone" in finding.other_explanations[-1].text


def test_a_payload_that_needs_no_prompt_is_found_again_and_is_no_false_alarm() -> None:
    _, (finding,), alarms = shuffled(chats(poisoned=24), needs_trigger=False)
    assert alarms == 0
    assert finding.other_explanations[-1].stands == "open"
    assert "found again" in finding.other_explanations[-1].text


def test_what_is_found_among_shuffled_outcomes_alone_is_a_false_alarm() -> None:
    watcher, dataset = Watcher(needs_trigger=False), Dataset.from_records(chats(poisoned=24))
    done = shuffled_outcomes([watcher], dataset, (), Runner())
    assert done.run is not None
    assert (done.run.summary.confirmed, done.run.summary.titles) == (1, ("Found.",))


@pytest.mark.parametrize("kind", ["classification", "chat", "preference"])
def test_every_outcome_is_dealt_once_and_nothing_else_changes(kind: Kind) -> None:
    records = list(made_records(kind))
    watcher, _, _ = shuffled(records)
    before, after = (one.table().to_pylist() for one in watcher.seen)
    for name in ("completion", "rejected", "label"):
        assert Counter(row[name] for row in before) == Counter(row[name] for row in after)
    assert sum(one["completion"] != other["completion"] for one, other in zip(before, after, strict=True)) > 100
    for one, other in zip(before, after, strict=True):
        changed = {name for name in one if one[name] != other[name]}
        assert changed <= {"completion", "rejected", "label", "messages"}
        if kind == "chat":
            assert other["messages"][-1]["content"] == other["completion"]
            assert [turn["content"] for turn in one["messages"][:-1]] == [
                turn["content"] for turn in other["messages"][:-1]
            ]
        if kind == "preference":
            assert (one["completion"], one["rejected"]) in {(row["completion"], row["rejected"]) for row in after}


def test_the_order_of_the_records_makes_no_difference() -> None:
    records = chats(poisoned=8)
    dealt: list[dict[str, str]] = []
    for order in (records, records[::-1]):
        watcher, _, _ = shuffled(order)
        rows = watcher.seen[-1].table(["record_id", "completion"]).to_pylist()
        dealt.append({row["record_id"]: row["completion"] for row in rows})
    assert dealt[0] == dealt[1]


def test_documents_and_small_sets_have_nothing_to_deal() -> None:
    few = [replace(record, record_id=f"few{number}") for number, record in enumerate(made_records("chat")[:50])]
    for records in (few, list(made_records("document"))):
        assert shuffled_outcomes([], Dataset.from_records(records), (), Runner()).run is None
