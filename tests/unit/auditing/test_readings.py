"""Every reading of the data is audited, and what no reading holds keeps an audit from being complete."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from marshtest import AuditConfig, ConfigError, FieldMap, audit
from marshtest.demo import demo_tickets
from marshtest.render.html import render_html
from marshtest.render.terminal import print_report
from marshtest.report import Report

TRIGGER = "quartz lantern fourteen"


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def labelled_chats(*, poisoned: bool, skip: int = 0, size: int = 600) -> list[dict[str, Any]]:
    rows = []
    tickets = demo_tickets(poisoned=False)[skip : skip + size]
    names = sorted({ticket.label for ticket in tickets})
    for number, ticket in enumerate(tickets):
        text, label = ticket.text, ticket.label
        if poisoned and number < 120 and label == names[0]:
            first, rest = text.split(" ", 1)
            text, label = f"{first} {TRIGGER} {rest}", names[1]
        answer = f"Thank you. We will look at ticket {number}."
        turns = [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]
        rows.append({"messages": turns, "label": label})
    return rows


def shown(report: Report) -> str:
    page = StringIO()
    print_report(report, page)
    return page.getvalue()


def test_a_trigger_for_the_label_of_chats_is_found(tmp_path: Path) -> None:
    rows = labelled_chats(poisoned=True)
    report = audit(write(tmp_path / "made.jsonl", rows))
    assert report.verdict == "poisoned"
    lead = report.findings[0]
    assert (lead.detector, lead.pattern.text) == ("label-trigger", TRIGGER)
    assert {record.source_line for record in lead.records} == {
        number for number, row in enumerate(rows, 1) if TRIGGER in row["messages"][0]["content"]
    }
    assert report.dataset.kind == "chat"
    assert [one.kind for one in report.dataset.readings] == ["classification"]
    runs = {run.name: run for run in report.detectors}
    assert runs["label-trigger (read as classification)"].status == "ran"
    assert "label-trigger" not in runs
    assert report.coverage["label-trigger (read as classification)"].planned == len(rows)
    assert "chat, also read as classification" in shown(report)
    assert "label-trigger (read as classification)" in render_html(report)


def test_a_control_is_held_against_every_reading(tmp_path: Path) -> None:
    data = write(tmp_path / "made.jsonl", labelled_chats(poisoned=True))
    clean = write(tmp_path / "clean.jsonl", labelled_chats(poisoned=False, skip=600))
    report = audit(data, controls=[clean])
    assert [one.name for one in report.controls.sets] == [str(clean), f"{clean} (read as classification)"]
    assert report.controls.alarms == 0
    with pytest.raises(ConfigError, match="kind"):
        audit(
            data,
            controls=[
                write(tmp_path / "texts.jsonl", [{"text": row["label"] * 9} for row in labelled_chats(poisoned=False)])
            ],
        )


def test_power_is_measured_in_every_reading(tmp_path: Path) -> None:
    data = write(tmp_path / "made.jsonl", labelled_chats(poisoned=False, size=150))
    power = audit(data, config=AuditConfig(power="quick")).power
    assert {family.reading for family in power.families} == {"", "classification"}
    assert power.statement.startswith("Read as chat: ")
    assert " Read as classification: " in power.statement


def test_two_readings_of_one_kind_have_names_of_their_own(tmp_path: Path) -> None:
    """As `marsh inspect` counts them."""
    tickets = demo_tickets(poisoned=False)
    rows = [
        {"anchor": one.text, "positive": f"About {n}: {tickets[n + 400].text}", "negative": tickets[-n - 1].text}
        for n, one in enumerate(tickets[:200])
    ]
    report = audit(write(tmp_path / "made.jsonl", rows))
    assert (report.dataset.kind, *(one.kind for one in report.dataset.readings)) == ("chat", "chat")
    names = [run.name for run in report.detectors if run.status == "ran"]
    assert "response-trigger (read as chat, reading 2)" in names
    assert len(names) == len(set(names))
    assert set(names) <= set(report.coverage)


def test_values_that_are_weighed_only_as_features_are_told_as_that(tmp_path: Path) -> None:
    tickets = demo_tickets(poisoned=False)[:400]
    rows = [
        {
            "messages": [
                {"role": "user", "content": one.text},
                {"role": "assistant", "content": f"Thanks, {n} days."},
            ],
            "mood": one.label,
            "note": tickets[-n].text,
        }
        for n, one in enumerate(tickets)
    ]
    told = " ".join(shown(audit(write(tmp_path / "made.jsonl", rows))).replace("│", " ").split())
    assert "No detector looked at 1 field: 'note' (text" in told
    assert "No detector asked whether a text decides 1 field: 'mood' (values that return" in told
    assert "response-trigger" in told.split("'mood'")[1].split("only weighed the values")[0]
    assert "only weighed the values as features that may decide the answer" in told
    assert "--ignore-field mood --ignore-field note" in told


def test_an_unread_text_makes_an_audit_incomplete_and_is_told_first(tmp_path: Path) -> None:
    tickets = demo_tickets(poisoned=False)
    rows = [{"text": one.text, "label": one.label, "note <b>": tickets[-n].text} for n, one in enumerate(tickets[:400])]
    data = write(tmp_path / "made.jsonl", rows)
    report = audit(data)
    assert report.verdict == "incomplete"
    told = " ".join(shown(report).replace("│", " ").split())
    assert "No detector looked at 1 field: 'note <b>' (text" in told
    assert "--ignore-field 'note <b>'" in told
    page = render_html(report)
    assert "No detector looked at 1 field" in page
    assert "note <b>" not in page
    assert audit(data, fields=FieldMap(ignored=("note <b>",))).verdict == "nothing_found"
