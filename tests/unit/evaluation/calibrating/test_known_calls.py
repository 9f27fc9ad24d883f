"""What a calibration asks, and what is known of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, get_args

import pytest
from tests.scripted_inquiry import item_text

from marshtest.data.records import Kind
from marshtest.errors import ConfigError, InputError
from marshtest.evaluation.calibrating.calls import known_calls
from marshtest.evaluation.calibrating.planting import plant_among_clean
from marshtest.evaluation.calibrating.scoring import count, read_answer
from marshtest.evaluation.calibrating.tickets import LABELS, ticket_records
from marshtest.judges.asking.items import EFFECT, LABEL
from marshtest.judges.asking.judge_records import judge_effects, judge_labels
from marshtest.judges.live import LiveInquiry
from marshtest.judges.protocol import Call, Reply
from marshtest.judges.store import AnswerStore
from marshtest.organisms.registry import find_organism, registered_organisms

KNOWN = plant_among_clean(find_organism("phrase"), poisoned=6, clean=24, seed=1)


class Listening:
    """A judge that writes every call down and answers none of its items."""

    model = "listening"

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def complete(self, call: Call) -> Reply:
        self.calls.append(call)
        return Reply(text=json.dumps({"answers": []}))

    async def close(self) -> None:
        pass


def test_the_calls_are_those_of_an_audit_to_the_letter() -> None:
    listening = Listening()
    store = AnswerStore(None)
    store.secret = sha256(b"calibration 1").digest()
    with LiveInquiry(listening, store, concurrency=1) as inquiry:
        judge_effects(inquiry, KNOWN.dataset, None)
        judge_labels(inquiry, KNOWN.dataset, None)
    first_asked = [call for call in listening.calls if "was not accepted" not in call.user]
    sent = {(call.question, call.system, call.user) for call in first_asked}
    for one in known_calls(KNOWN, None, seed=1):
        assert (one.call.question, one.call.system, one.call.user) in sent
        assert len(one.records) == len(one.call.items)


def test_every_record_is_asked_about_once_and_known() -> None:
    calls = list(known_calls(KNOWN, None, seed=1))
    for question in (EFFECT, LABEL):
        asked = [record for one in calls if one.question.id == question for record in one.records]
        assert [record.known for record in asked] == list(KNOWN.truth)
        assert sum(record.is_wrong for record in asked) == 6
    for one in calls:
        for record, (name, item) in zip(one.records, one.call.items, strict=True):
            row = [known.record_id for known in KNOWN.truth].index(record.known.record_id)
            assert name == record.name
            assert KNOWN.dataset.record(row).prompt in item_text(item)


def test_the_truth_says_which_labels_are_wrong() -> None:
    poison = [known for known in KNOWN.truth if known.role == "poison"]
    assert len(poison) == 6
    assert all(known.given_label != known.true_label for known in poison)
    others = [known for known in KNOWN.truth if known.role != "poison"]
    assert len(others) == 24
    assert all(known.given_label == known.true_label for known in others)
    assert {known.true_label for known in KNOWN.truth} == set(LABELS)


@pytest.mark.parametrize("name", sorted(registered_organisms()))
def test_every_organism_can_be_planted_into_tickets(name: str) -> None:
    organism = find_organism(name)
    if name == "respelling":
        pytest.skip("tickets hold none of the words that are spelt in two ways")
    for kind in organism.kinds:
        known = plant_among_clean(organism, poisoned=10, clean=20, seed=3, kind=kind)
        assert known.dataset.kind == kind
        assert sum(one.role == "poison" for one in known.truth) == 10
        assert sum(one.role == "clean" for one in known.truth) == 20
        assert all(len(one.call.items) for one in known_calls(known, None, seed=3))


@pytest.mark.parametrize("kind", get_args(Kind))
def test_tickets_of_every_kind_depend_on_the_seed_alone(kind: Kind) -> None:
    assert ticket_records(kind, 50, 4) == ticket_records(kind, 50, 4)
    assert ticket_records(kind, 50, 4) != ticket_records(kind, 50, 5)
    assert {record.kind for record in ticket_records(kind, 50, 4)} == {kind}


def test_counts_that_cannot_be_met_say_so() -> None:
    with pytest.raises(ConfigError, match="at least 0"):
        plant_among_clean(find_organism("phrase"), poisoned=3, clean=-1, seed=0)
    with pytest.raises(ConfigError, match="only"):
        plant_among_clean(find_organism("phrase"), poisoned=5000, clean=1, seed=0)
    with pytest.raises(InputError, match="works on"):
        plant_among_clean(find_organism("preference-swap"), poisoned=3, clean=1, seed=0, kind="chat")


def records(*wrong: bool) -> list[Mapping[str, Any]]:
    return [
        {
            "name": f"id{number}",
            "is_wrong": one,
            "given_label": "ordinary",
            "true_label": "urgent" if one else "ordinary",
        }
        for number, one in enumerate(wrong)
    ]


def schema_of(question: str) -> Mapping[str, Any]:
    return next(one.call.schema for one in known_calls(KNOWN, None, seed=1) if one.question.id == question)


def test_an_answer_is_counted_record_by_record() -> None:
    said = [2, 0, 1, 0]
    entries = [
        {"id": f"id{number}", "learns": "x", "excuses": False, "quote": "", "severity": one}
        for number, one in enumerate(said)
    ]
    text = json.dumps({"answers": entries})
    scored = read_answer(text, EFFECT, schema_of(EFFECT), records(True, True, False, False, True))
    counts = count(scored)
    assert [one.said for one in scored] == ["2", "0", "1", "0", None]
    assert (counts.records, counts.answered, counts.right) == (5, 4, 2)
    assert (counts.wrong, counts.found, counts.clean, counts.alarms) == (3, 1, 2, 1)
    assert (counts.accuracy, counts.recall, counts.false_alarms, counts.not_answered) == (0.5, 1 / 3, 0.5, 0.2)


def test_unsure_is_an_answer_that_is_neither_right_nor_a_contradiction() -> None:
    said = ["urgent", "unsure", "unsure", "ordinary"]
    text = json.dumps({"answers": [{"id": f"id{n}", "label": one, "sure": 2} for n, one in enumerate(said)]})
    counts = count(read_answer(text, LABEL, schema_of(LABEL), records(True, True, False, False)))
    assert (counts.answered, counts.right, counts.found, counts.alarms) == (4, 2, 1, 0)


@pytest.mark.parametrize("text", [None, "", "Sorry.", '{"answers": [{"id": "id0", "severity": 7}]}'])
def test_what_cannot_be_read_is_no_answer_and_never_clean(text: str | None) -> None:
    counts = count(read_answer(text, EFFECT, schema_of(EFFECT), records(True, False)))
    assert (counts.answered, counts.found, counts.clean, counts.not_answered) == (0, 0, 0, 1.0)
    assert counts.recall == 0.0
