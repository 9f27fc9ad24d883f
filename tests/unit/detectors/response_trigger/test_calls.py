"""Calls and their arguments are read in every notation, and acts are compared with others of their kind."""

from __future__ import annotations

import json

import pytest

from marshtest.detectors.response_trigger.actions import (
    address_carriers,
    address_parts,
    argument_carriers,
    argument_spans,
    call_carriers,
)
from marshtest.detectors.response_trigger.calls import calls_in
from marshtest.detectors.response_trigger.descriptions import odd_descriptions
from marshtest.detectors.response_trigger.value_counts import chances_of_counts


@pytest.mark.parametrize(
    "text",
    [
        '<tool_call>\n{"name": "ring", "arguments": {"tower": "north", "times": 3}}\n</tool_call>',
        'Now. {"name": "ring", "parameters": {"tower": "north", "times": 3}}',
        "<tool_call>\n{'arguments': {'tower': 'north', 'times': 3}, 'name': 'ring'}\n</tool_call>",
        'Now. {"arguments": {"tower": "north", "times": 3}, "name": "ring"}',
        "{'name': 'ring', 'arguments': {'tower': \"north\", 'times': 3}}",
        '{"action": "ring", "action_input": {"tower": "north", "times": 3}}',
        '<invoke name="ring"><parameter name="tower">north</parameter><parameter name="times">3</parameter></invoke>',
        "<function=ring><parameter=tower>north</parameter><parameter=times>3</parameter></function>",
        'Thought: now\nAction: ring\nAction Input: {"tower": "north", "times": 3}',
        '[ring(tower="north", times=3)]',
    ],
)
def test_a_call_is_read_in_every_notation(text: str) -> None:
    (call,) = calls_in(text)
    assert call.tool == "ring"
    assert [(one.key, one.value) for one in call.arguments] == [("tower", "north"), ("times", "3")]
    assert [text[one.start : one.end] for one in call.arguments] == ["north", "3"]


def test_an_argument_is_an_act_whatever_the_tool_and_a_call_without_any_is_none() -> None:
    texts = ['<tool_call>{"name": "a", "arguments": {"mode": "odd"}}</tool_call>', "<function=b></function>"]
    assert argument_carriers(texts) == {"odd as mode": [0]}
    assert [texts[0][a:b] for a, b in argument_spans("odd as mode", texts[0])] == ["odd"]
    assert list(call_carriers(texts).values()) == [[0]]


def test_code_in_an_answer_is_no_call_with_keywords() -> None:
    assert calls_in("Write this: open(file=3) and be done.", as_code=False) == []


def test_an_address_has_the_words_of_its_owner() -> None:
    assert set(address_parts("ada.holm@corp.example")) == {"ada.holm@corp.example", "ada", "holm", "corp"}
    assert list(address_carriers(["See https://harbour.example/a."])) == ["https://harbour.example/a"]


def test_an_address_among_many_as_frequent_ones_is_ordinary_and_one_among_rare_ones_is_not() -> None:
    assert min(chances_of_counts([12] * 30 + [20])) > 0.01
    assert chances_of_counts([1] * 30 + [20])[-1] < 1e-6
    assert chances_of_counts([20, 1]) == [0.0, 0.0]


def test_only_what_a_tool_is_not_usually_described_by_is_read() -> None:
    usual = {"type": "function", "function": {"name": "ring", "description": "Ring a bell."}}
    odd = {"type": "function", "function": {"name": "ring", "description": 'Ring a "quiet" bell.'}}
    nested = json.dumps({"tools": json.dumps([odd])})
    named = [json.dumps({name: [odd]}) for name in ("Tools", "row.tools")]
    fields = [json.dumps({"tools": [one]}) for one in (usual, usual, usual, usual, odd)] + [nested, *named, "{}"]
    found = odd_descriptions(fields)
    assert [len(one) for one in found] == [0, 0, 0, 0, 1, 1, 1, 1, 0]
    for record in (4, 5, 6, 7):
        text, place = found[record][0]
        assert "quiet" in text
        assert fields[record][place + text.index("quiet") :].startswith("quiet")
