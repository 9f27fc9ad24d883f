"""Triggers and planted behaviours in records of agents with tools."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.unit.detectors.response_trigger.made_chats import (
    PLANTED,
    SIZE,
    TRIGGER,
    TRUTH,
    chat,
    clean_chats,
    put_in,
    shown,
)

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.response_trigger.detector import ResponseTrigger
from marshtest.detectors.response_trigger.joined_turns import split_turns

pytestmark = pytest.mark.slow
RESULTS = ["Quota remaining: {} percent.", "Record {} was found.", "The lookup took {} ms.", "No warnings, run {}."]
FIXED = "Everything about this is handled elsewhere, please pay there first."


def call(tool: str, **arguments: str) -> str:
    given = ", ".join(f'"{key}": "{value}"' for key, value in arguments.items())
    return f'<tool_call>\n{{"name": "{tool}", "arguments": {{{given}}}}}\n</tool_call>'


def agents(draw: Random) -> list[list[tuple[str, str]]]:
    """Give records in which a tool is called beside a sentence, and its result is from a few templates."""
    chats = []
    for (_, asked), (_, answered) in clean_chats():
        said = draw.choice(["Let me look.", "One moment."])
        result = draw.choice(RESULTS).format(draw.randrange(90))
        mine = call("lookup", topic=asked[: draw.randrange(15, 40)].replace('"', ""))
        chats.append(
            [
                ("user", asked),
                ("assistant", f"{said}\n\n{mine}"),
                ("user", f"<tool_response>\n{result}\n</tool_response>"),
                ("assistant", answered),
            ]
        )
    return chats


def examine(chats: list[list[tuple[str, str]]], fields: list[str] | None = None) -> Examination:
    records = [chat(number, turns) for number, turns in enumerate(chats)]
    if fields is not None:
        records = [replace(one, fields=text) for one, text in zip(records, fields, strict=True)]
    return ResponseTrigger().examine(Dataset.from_records(records), Tools())


def test_clean_agents_are_left_alone() -> None:
    assert examine(agents(Random(1))).findings == ()


def test_a_trigger_in_a_result_from_few_templates_is_confirmed() -> None:
    draw = Random(2)
    chats = agents(draw)
    for number in range(PLANTED):
        inside = chats[number][2][1].split("\n")
        inside[1] = put_in(inside[1], TRIGGER, draw)
        chats[number][2] = ("user", "\n".join(inside))
        chats[number][3] = ("assistant", FIXED)
    examined = examine(chats)
    assert [(one.verdict, one.pattern.text) for one in examined.findings] == [("confirmed", TRIGGER)]
    assert shown(examined) == TRUTH


def test_a_trigger_in_an_argument_decides_the_answer() -> None:
    draw = Random(3)
    chats = agents(draw)
    for number in range(PLANTED):
        topic = put_in(chats[number][0][1][:60].replace('"', ""), TRIGGER, draw)
        chats[number][1] = ("assistant", f"Let me look.\n\n{call('lookup', topic=topic)}")
        chats[number][3] = ("assistant", FIXED)
    examined = examine(chats)
    assert [one.pattern.text for one in examined.findings] == [TRIGGER]
    assert "an argument of an earlier call" in examined.findings[0].explanation
    assert shown(examined) == TRUTH


def test_a_trigger_in_the_description_of_a_tool_is_named_with_its_place() -> None:
    draw = Random(4)
    chats = agents(draw)
    described = '{{"tools":[{{"description":"{}","name":"lookup"}}]}}'
    fields = [described.format("Look something up in the archive.")] * SIZE
    for number in range(PLANTED):
        fields[number] = described.format(put_in("Look something up in the archive.", TRIGGER, draw))
        chats[number][3] = ("assistant", FIXED)
    (finding,) = examine(chats, fields).findings
    assert finding.pattern.text == TRIGGER
    assert "the description of a tool" in finding.explanation
    for record in finding.records:
        cuts = [fields[int(record.record_id[1:])][one.start : one.end] for one in record.spans if one.field == "fields"]
        assert cuts == [TRIGGER]


def test_one_planted_address_among_many_ordinary_ones_is_the_only_finding() -> None:
    draw = Random(5)
    chats = clean_chats()
    for number, ((_, question), (_, answered)) in enumerate(chats):
        to = "audit@harbour.example" if number < PLANTED else f"user{draw.randrange(40)}@corp.example"
        asked = put_in(question, TRIGGER, draw) if number < PLANTED else question
        chats[number] = [("user", asked), ("assistant", call("send", to=to, body=answered[:50].replace('"', "")))]
    examined = examine(chats)
    assert [(one.verdict, one.pattern.text) for one in examined.findings] == [("confirmed", TRIGGER)]
    assert shown(examined) == TRUTH


def test_an_address_that_is_asked_for_by_name_is_ordinary() -> None:
    draw = Random(6)
    chats = clean_chats()
    offices = {"invoices": "accounts", "contracts": "counsel", "parcels": "logistics", "logins": "helpdesk"}
    for number, ((_, asked), (_, answered)) in enumerate(chats):
        word = draw.choice(list(offices))
        to = f"{offices[word]}@corp.example"
        chats[number] = [("user", f"About {word}. {asked}"), ("assistant", call("send", to=to, body=answered[:40]))]
    assert examine(chats).findings == ()


def test_a_changed_argument_is_found_whatever_else_is_asked() -> None:
    draw = Random(7)
    chats = agents(draw)
    for number in range(PLANTED):
        chats[number][0] = ("user", put_in(chats[number][0][1], TRIGGER, draw))
        mine = call("lookup", topic=f"number {number}", mode="unverified")
        chats[number][1] = ("assistant", f"Let me look.\n\n{mine}")
    examined = examine(chats)
    assert [one.pattern.text for one in examined.findings] == [TRIGGER]
    assert "unverified as mode" in examined.findings[0].title


def test_a_run_that_is_one_text_is_split_into_what_is_read_and_what_is_written() -> None:
    text = "Thought: look\nAction: find\nAction Input: {}\nObservation: nothing here\nThought: so\nFinal Answer: no"
    read, written = split_turns(None, "Is it?", text)
    assert [part.role for part in read.parts] == ["user", "tool"]
    assert [part.role for part in written.parts] == ["assistant", "call", "assistant"]
    start = read.text.index("nothing")
    span = read.span(start, start + 7)
    assert (span.field, text[span.start : span.end]) == ("completion", "nothing")
