"""What the judge says of every record reaches the report once, sorted and counted, and is compared with the control."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from pydantic import TypeAdapter
from tests.scripted_inquiry import ScriptedInquiry, chance, item_text

import marshtest
from marshtest.auditing.judged_records import judged_records
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.demo import demo_tickets
from marshtest.detectors.base import Examination, Judging, RecordVerdicts, Tools
from marshtest.detectors.judged.judged_effect import JudgedEffect
from marshtest.detectors.judged.judged_label import JudgedLabel
from marshtest.judges.asking.verdicts import NO_ANSWER, UNDECIDED, Harm
from marshtest.judges.questions import Item, Problem, Question
from marshtest.report import JudgedRate, JudgedRecords, Report, read_report, report_json
from marshtest.signals import Span

TICKETS = demo_tickets(poisoned=False)
TRUTH = {ticket.text: ticket.label for ticket in TICKETS}
OTHER = {"urgent": "ordinary", "ordinary": "urgent"}
CONFIG = marshtest.AuditConfig(detectors=("judged-label", "judged-effect"), own_controls=False, power="off")


def tickets(start: int, size: int, *, source: str, noise: bool) -> Dataset:
    """Give tickets of six contributors; with noise, one of them flips a third of the labels and the others few."""
    records = []
    for number, ticket in enumerate(TICKETS[start : start + size]):
        careless = number % 6 == 3
        label = TRUTH[ticket.text]
        if noise and chance(ticket.text, "noise") < (0.3 if careless else 0.02):
            label = OTHER[label]
        records.append(
            Record(
                record_id=f"{source}-{number}",
                kind="classification",
                prompt=ticket.text,
                completion=label,
                label=label,
                group=f"contributor {number % 6}",
                source_path=source,
                source_line=number + 1,
            )
        )
    return Dataset.from_records(records)


def rule(question: Question, item: Item) -> Mapping[str, Any] | Problem:
    """Know every label and be surer of some; see harm in some records by the hash of their text."""
    text = item_text(item)
    if question.id == "label":
        if chance(text, "unsure") < 0.01:
            return {"label": "unsure", "sure": 0}
        return {"label": TRUTH.get(text, "ordinary"), "sure": 3 if chance(text, "sure") < 0.5 else 1}
    severity = next((level for level in (3, 2, 1) if chance(text, "harm") < 0.01 * (4 - level)), 0)
    words = " ".join(text.split()[:4])
    return {
        "severity": severity,
        "learns": "to let tickets lie" if severity else "ordinary",
        "quote": words if severity else "",
        "excuses": severity == 3,
    }


@cache
def report(*, noise: bool = True, control: bool = True) -> Report:
    data = tickets(0, 600, source="data.jsonl", noise=noise)
    controls = [tickets(600, 400, source="clean.jsonl", noise=False)] if control else []
    return marshtest.audit(data, controls=controls, judge=ScriptedInquiry(rule), config=CONFIG)


def said(of: Report) -> JudgedRecords:
    assert of.judge is not None
    assert of.judge.records is not None
    return of.judge.records


def rate(of: Report, by: str, name: str = "") -> JudgedRate:
    (found,) = [one for one in said(of).rates if (one.by, one.name) == (by, name)]
    return found


def test_every_record_is_listed_gravest_first_then_the_surest_contradiction_then_in_source_order() -> None:
    listed = said(report()).records
    assert (len(listed), said(report()).left_out, said(report()).unanswered) == (600, 0, 0)
    keys = [
        (-(one.severity or 0), -(one.sure or 0) - 1 if one.is_contradicted else 0, one.source_line) for one in listed
    ]
    assert keys == sorted(keys)
    assert {one.severity for one in listed} == {0, 1, 2, 3}


def test_answers_to_both_questions_are_told_of_one_record() -> None:
    for one in said(report()).records:
        assert one.severity is not None
        assert (one.judged_label == "unsure") == (one.sure is None)
        assert one.is_flagged == bool(one.severity or one.is_contradicted)
        assert bool(one.excerpt) == one.is_flagged
    first = said(report()).records[0]
    assert (first.learns, first.excuses) == ("to let tickets lie", True)
    (span,) = first.spans
    assert first.excerpt[span.start - first.excerpt_start : span.end - first.excerpt_start] == first.quote


def test_pure_label_noise_is_counted_by_label_and_contributor_and_is_not_suspicious() -> None:
    assert report().findings == ()
    assert report().verdict == "nothing_found"
    every = rate(report(), "all")
    wrong = sum(one.is_contradicted for one in said(report()).records)
    assert every.contradicted == wrong > 30
    careless, others = rate(report(), "group", "contributor 3"), rate(report(), "group", "contributor 1")
    assert careless.contradicted_low > others.contradicted_high
    for by in ("label", "group"):
        parts = [one for one in said(report()).rates if one.by == by]
        assert sum(one.contradicted for one in parts) == wrong
        assert sum(one.records for one in parts) == 600
    assert next(one for one in said(report()).rates if one.by == "group") == careless


def test_harm_is_compared_with_what_the_control_explains_and_label_noise_too() -> None:
    chances = {one.what: one for one in said(report()).by_chance}
    harm, label = chances["harm"], chances["contradiction"]
    control = rate(report(), "control", "clean.jsonl")
    assert (harm.control_flagged, harm.control_records) == (control.harmful, 400)
    assert harm.expected == pytest.approx(600 * control.harmful / 400, abs=0.01)
    assert harm.expected < harm.at_most
    assert harm.flagged <= harm.at_most
    assert (label.control_flagged, label.expected) == (0, 0)
    assert label.flagged > label.at_most > 0


def test_without_a_control_nothing_is_expected_by_chance() -> None:
    assert said(report(control=False)).by_chance == ()
    assert [one.by for one in said(report(control=False)).rates].count("control") == 0


def test_a_report_with_judged_records_is_read_as_it_was_written(tmp_path: Any) -> None:
    (tmp_path / "report.json").write_bytes(report_json(report()))
    assert read_report(tmp_path) == report()


def verdicts(dataset: Dataset, **columns: Any) -> Judging:
    return Judging(verdicts=(RecordVerdicts(fingerprint=dataset.fingerprint, **columns),))


def pair(prompt: str = "a b", *, labels: tuple[str | None, ...] = ("x", "y"), **changes: Any) -> Dataset:
    return Dataset.from_records(
        Record(
            **{
                "record_id": f"r{number}",
                "kind": "classification",
                "prompt": f"{prompt} {number}",
                "completion": label or "",
                "label": label,
                "source_path": "made.jsonl",
                "source_line": number + 1,
                **changes,
            }
        )
        for number, label in enumerate(labels)
    )


BLIND = {"labels": ("x", "y"), "given": (0, 1), "judged": (1, 1), "sure": (3, 3)}


def test_two_detectors_that_ask_the_same_count_once() -> None:
    data = pair()
    harm = {1: Harm(severity=2, learns="l", quote="", excuses=False)}
    effect = verdicts(data, severity=(0, 2), harms=harm)
    both = verdicts(data, severity=(0, 2), harms=harm, **BLIND)
    once = judged_records([effect, verdicts(data, **BLIND)], data)
    assert once == judged_records([both], data) == judged_records([effect, both, Judging()], data)
    assert once is not None
    assert [(one.record_id, one.severity, one.is_contradicted) for one in once.records] == [
        ("r1", 2, False),
        ("r0", 0, True),
    ]


def test_where_nobody_asked_about_records_there_is_no_list() -> None:
    assert judged_records([Judging()], pair()) is None


def test_records_without_an_answer_are_counted_and_undecided_ones_are_no_contradiction() -> None:
    data = pair(labels=("x", "y", "x", None))
    columns = {"labels": ("x", "y"), "given": (0, 1, 0, NO_ANSWER), "sure": (0, 0, 3, 0)}
    found = judged_records([verdicts(data, judged=(UNDECIDED, NO_ANSWER, 0, NO_ANSWER), **columns)], data)
    assert found is not None
    assert (found.judged, found.unanswered, found.unsure, found.flagged) == (2, 2, 1, 0)
    assert {one.record_id: (one.judged_label, one.sure) for one in found.records} == {
        "r0": ("unsure", None),
        "r2": ("x", 3),
    }
    assert found.rates[0].labels == 1
    assert [one.name for one in found.rates if one.by == "label"] == ["x", "y"]


def test_a_control_with_other_labels_is_not_compared_by_label() -> None:
    data, control = pair(), pair("c d", labels=("p", "q"))
    other = {**BLIND, "labels": ("p", "q"), "severity": (0, 0)}
    found = judged_records([verdicts(data, severity=(0, 0), **BLIND), verdicts(control, **other)], data, [control])
    assert found is not None
    assert {one.what for one in found.by_chance} == {"harm", "slight harm"}


def test_the_same_control_given_twice_counts_once() -> None:
    data, control = pair(), pair("c d")
    found = judged_records([verdicts(data, **BLIND), verdicts(control, **BLIND)], data, [control, control])
    assert found is not None
    (label,) = found.by_chance
    assert (label.control_flagged, label.control_records, label.expected) == (1, 2, 1)


def test_a_long_list_keeps_the_flagged_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marshtest.auditing.judged_records._MOST_RECORDS", 1)
    data = pair(labels=("y", "x", "y"))
    blind = {"labels": ("x", "y"), "given": (1, 0, 1), "judged": (1, 1, 1), "sure": (3, 0, 3)}
    found = judged_records([verdicts(data, **blind)], data)
    assert found is not None
    assert [one.record_id for one in found.records] == ["r1"]
    assert (found.left_out, found.judged, found.flagged) == (2, 3, 1)


def test_many_groups_keep_those_with_the_highest_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marshtest.auditing.judged_records._MOST_GROUPS", 1)
    data = Dataset.from_records(replace(pair().record(row), group=name) for row, name in enumerate(("calm", "wild")))
    found = judged_records([verdicts(data, **{**BLIND, "judged": (0, 0)})], data)
    assert found is not None
    assert [one.name for one in found.rates if one.by == "group"] == ["wild"]
    assert found.groups_left_out == 1


def test_an_excerpt_of_a_long_text_stands_around_the_quote_and_a_long_lesson_is_cut() -> None:
    prompt = "word " * 1000 + "the quote" + " word" * 1000
    data = pair(prompt)
    place = prompt.index("the quote")
    harm = Harm(
        severity=3, learns="l" * 9000, quote="the quote", excuses=False, spans=(Span("prompt", place, place + 9),)
    )
    found = judged_records([verdicts(data, severity=(3, 0), harms={0: harm})], data)
    assert found is not None
    (one, _) = found.records
    assert one.excerpt[place - one.excerpt_start :].startswith("the quote")
    assert one.excerpt_is_cut
    assert len(one.excerpt) == 400
    assert len(one.learns) == 500


def test_a_harmful_answer_without_its_quote_shows_the_completion() -> None:
    data = pair(labels=(None,), kind="chat", completion="the answer")
    harm = Harm(severity=1, learns="l", quote="not there", excuses=False)
    found = judged_records([verdicts(data, severity=(1,), harms={0: harm})], data)
    assert found is not None
    assert (found.records[0].excerpt_field, found.records[0].excerpt) == ("completion", "the answer")
    assert found.records[0].spans == ()


def test_what_a_detector_hands_up_survives_the_disk() -> None:
    adapter = TypeAdapter(Examination)
    data = tickets(0, 60, source="data.jsonl", noise=True)
    for detector in (JudgedLabel(), JudgedEffect()):
        examination = detector.examine(data, Tools(judge=ScriptedInquiry(rule), controls=(data,)))
        assert [one.fingerprint for one in examination.judging.verdicts] == [data.fingerprint] * 2
        assert adapter.validate_json(adapter.dump_json(examination)) == examination
