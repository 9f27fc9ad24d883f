"""A real file of every format: what it says, where it says it, and that nothing of it is left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.paths import FORMAT_FILES

from marshtest.config import FieldMap
from marshtest.data.readers import read_dataset
from marshtest.data.readers.deciding import RECORD_FORMATS
from marshtest.errors import InputError

SAME = ["record_id", "kind", "prompt", "completion", "label", "messages", "rejected", "group", "fields", "anomalies"]
LABELLED = read_dataset(FORMAT_FILES / "labelled.jsonl")
AGAIN = sorted(path.name for path in FORMAT_FILES.glob("labelled.*") if path.name != "labelled.jsonl")


def written(path: Path, *records: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


@pytest.mark.parametrize("name", [*AGAIN, "saved"])
def test_the_same_records_are_the_same_in_every_file_format(name: str) -> None:
    dataset = read_dataset(FORMAT_FILES / name)
    assert dataset.table(SAME).equals(LABELLED.table(SAME))
    assert dataset.fingerprint == LABELLED.fingerprint
    assert len(set(dataset.files.values())) == len(dataset.files) == (2 if name == "saved" else 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("alpaca.json", "alpaca.jsonl"),
        ("sharegpt.json", "sharegpt.jsonl"),
        ("tool-calls.parquet", "tool-calls.jsonl"),
        ("saved-splits", "chat.jsonl"),
    ],
)
def test_so_are_those_that_hold_lists(one: str, other: str) -> None:
    assert read_dataset(FORMAT_FILES / one).fingerprint == read_dataset(FORMAT_FILES / other).fingerprint


@pytest.mark.parametrize(
    ("name", "record_format", "kind", "prompt", "completion"),
    [
        ("labelled", "labelled", "classification", "The ferry is in port,\nall is well: berth 0.", "ordinary"),
        (
            *("chat", "chat", "chat"),
            "You answer for the harbour office.\n\nWhen does the ferry sail?\n\nThe ferry sails at 6:00.\n\nAnd back?",
            "It is back at 12:30.",
        ),
        (
            *("sharegpt", "sharegpt", "chat"),
            "You answer for the harbour office.\n\nWhere is the ferry?\n\n<tool_call>\n"
            '{"name": "find", "arguments": {"ship": "ferry"}}\n</tool_call>\n\nberth 0',
            "The ferry lies at berth 0.",
        ),
        ("tagged", "tagged", "classification", "The ferry 0 lies in Bergen .", '["B-LOC","O"]'),
        ("alpaca", "alpaca", "chat", "Shorten the message.", "The ferry is late."),
        ("prompt-completion", "prompt-completion", "chat", "How long is the ferry?", "About 10 metres."),
        ("reasoning", "prompt-completion", "chat", None, "<think>\n3 times 2 is 6.\n</think>\n\n6"),
        (
            "preference-messages",
            "preference",
            "preference",
            "Describe the ferry.",
            "The ferry is sturdy and well kept.",
        ),
        ("preference-texts", "preference", "preference", "Is the ferry safe?", "Yes, the ferry was inspected."),
        (
            *("preference-transcripts", "preference", "preference"),
            "\n\nHuman: Hello!\n\nAssistant: Hi.\n\nHuman: Is the ferry in?\n\nAssistant:",
            " Yes, since noon.",
        ),
        ("tool-calls", "chat", "chat", None, "<think>Minutes are small.</think>It is 0 minutes late."),
        ("trajectories", "trajectory", "chat", None, "Berth 0."),
        ("documents", "documents", "document", "The ferry was built in 1950.\nIt still sails.", ""),
        ("passages", "passages", "document", "Ferry\n\nThe ferry carries 0 passengers.", ""),
        ("queries", "passages", "document", "The ferry carries 0 passengers.", ""),
        ("comparisons", "comparison", "preference", "Who steers the ferry?", "The pilot steers the ferry."),
        ("retrieval", "retrieval", "chat", "who built the ferry", "The ferry was built by yard 0."),
    ],
)
def test_every_record_format_is_known_by_itself_and_by_its_name(
    name: str, record_format: str, kind: str, prompt: str | None, completion: str
) -> None:
    dataset = read_dataset(FORMAT_FILES / f"{name}.jsonl")
    record = dataset.record(0)
    assert (dataset.kind, record.completion, record.source_line) == (kind, completion, 1)
    assert prompt in (None, record.prompt)
    forced = read_dataset(FORMAT_FILES / f"{name}.jsonl", fields=FieldMap(record_format=record_format))
    assert forced.table().equals(dataset.table())


def test_every_record_format_has_a_file_here() -> None:
    assert set(RECORD_FORMATS) == {
        *("chat", "sharegpt", "trajectory", "preference", "comparison", "alpaca", "prompt-completion"),
        *("retrieval", "retrieval-negatives", "stepwise", "labelled", "tagged", "transcripts", "passages", "documents"),
    }


@pytest.mark.parametrize("path", sorted(FORMAT_FILES.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_text_of_every_record_can_be_seen(path: Path) -> None:
    """Texts and keys' values stand in a column, or in the JSON text of the other fields."""
    dataset = read_dataset(path)
    for index, line in enumerate(path.read_text("utf-8").splitlines()):
        record = dataset.record(index)
        columns = (record.prompt, record.completion, record.label, record.rejected, record.group, record.record_id)
        told = record.prompt + record.completion + record.prompt + (record.rejected or "")
        seen = "\n".join([*filter(None, columns), told, record.fields])
        for text in texts(json.loads(line)):
            assert text in seen or json.dumps(text, ensure_ascii=False)[1:-1] in seen, text


def texts(value: Any) -> list[str]:
    """Give all texts in a value but for the names of roles and types."""
    if isinstance(value, dict):
        return [text for key, item in value.items() if key not in ("role", "from", "type") for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def test_reasoning_calls_and_observations_stand_in_their_turns() -> None:
    """One turn of the source is one turn here, so that its number is its place; ids stay among the fields."""
    record = read_dataset(FORMAT_FILES / "tool-calls.jsonl").record(1)
    assert [turn.role for turn in record.messages] == ["user", "assistant", "tool", "assistant"]
    assert record.messages[1].content == (
        "<think>\nThe log knows.\n</think>\n\n<tool_call>\n"
        '{"name": "read_log", "arguments": {"ship": "trawler", "day": 1}}\n</tool_call>'
    )
    assert record.messages[2].content == "trawler: 1 minutes late"
    beside = json.loads(record.fields)["messages"]
    assert beside == [{}, {"tool_calls": [{"id": "call_1"}]}, {"tool_call_id": "call_1"}, {}]


def test_steps_become_turns() -> None:
    record = read_dataset(FORMAT_FILES / "trajectories.jsonl").record(2)
    assert [turn.role for turn in record.messages] == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    thought = "<think>\nFirst see what is free.\n</think>"
    call = '<tool_call>\n{"name": "list_berths", "arguments": {"free":true}}\n</tool_call>'
    assert record.messages[1].content == f"{thought}\n\n{call}"
    assert record.messages[2].content == "berths 2 and 3"
    assert record.fields == '{"reward":1.0}'


def test_parts_of_a_content_become_text(tmp_path: Path) -> None:
    """Thinking, calls and results that are parts of a content; what is no text stays among the other fields."""
    parts = [
        {"type": "thinking", "thinking": "hm", "signature": "s1"},
        {"type": "text", "text": "I look."},
        {"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "berth"}},
        {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
    ]
    seen = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "it is free"}]}
    turns = [{"role": "assistant", "content": parts}, seen]
    record = read_dataset(written(tmp_path / "d.jsonl", {"messages": turns})).record(0)
    assert record.completion == (
        '<think>\nhm\n</think>\n\nI look.\n\n<tool_call>\n{"name": "look", "arguments": {"at":"berth"}}\n</tool_call>'
    )
    assert record.prompt == "<tool_response>\nit is free\n</tool_response>"
    assert json.loads(record.fields)["messages"] == [
        {"content": [{"signature": "s1"}, {}, {"id": "t1"}, parts[3]]},
        {"content": [{"tool_use_id": "t1"}]},
    ]


def test_escapes_do_not_hide_the_arguments_of_a_call(tmp_path: Path) -> None:
    call = {"function": {"name": "run", "arguments": '{"x": "\\u0063url"}'}}
    turns = [{"role": "user", "content": "go"}, {"role": "assistant", "tool_calls": [call]}]
    record = read_dataset(written(tmp_path / "d.jsonl", {"messages": turns})).record(0)
    assert '{"x": "\\u0063url"}\n{"x":"curl"}' in record.completion


def test_a_label_of_an_exchange_labels_both_texts(tmp_path: Path) -> None:
    """The text that was judged must not be hidden among the other fields."""
    path = written(tmp_path / "d.jsonl", {"prompt": "How?", "completion": "So.", "label": True})
    record = read_dataset(path).record(0)
    assert (record.kind, record.prompt, record.label) == ("classification", "How?\n\nSo.", "true")


def test_a_preference_keeps_the_roles_of_what_lost(tmp_path: Path) -> None:
    """Whatever stands in a role can be seen too: it is text like any other."""
    asked = {"role": "user", "content": "q"}
    won = [asked, {"role": "assistant", "content": "a"}]
    lost = [asked, {"role": "assi tant with words", "content": "b"}]
    record = read_dataset(written(tmp_path / "d.jsonl", {"chosen": won, "rejected": lost})).record(0)
    assert (record.prompt, record.completion, record.rejected) == ("q", "a", "b")
    assert json.loads(record.fields) == {"rejected": [{"role": "assi tant with words"}]}


def test_fields_are_mapped_by_name(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", {"s": "sys", "q": "ask", "c": "more", "r": "why", "a": "answer", "b": "worse"})
    fields = FieldMap(text="q", completion="a", system="s", context="c", reasoning="r")
    record = read_dataset(path, fields=fields).record(0)
    assert [turn.content for turn in record.messages] == ["sys", "ask\n\nmore", "<think>\nwhy\n</think>\n\nanswer"]
    assert record.fields == '{"b":"worse"}'
    pair = read_dataset(path, fields=FieldMap(text="q", chosen="a", rejected="b")).record(0)
    assert (pair.kind, pair.prompt, pair.completion, pair.rejected) == ("preference", "ask", "answer", "worse")
    page = read_dataset(path, fields=FieldMap(text="a", title="s", query="q")).record(0)
    assert (page.kind, page.prompt) == ("document", "sys\n\nanswer")
    assert json.loads(page.fields)["q"] == "ask"


def test_a_format_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="do not have the fields of the format 'alpaca'"):
        read_dataset(FORMAT_FILES / "chat.jsonl", fields=FieldMap(record_format="alpaca"))
    with pytest.raises(InputError, match="does not begin with a JSON array"):
        read_dataset(FORMAT_FILES / "labelled.jsonl", fields=FieldMap(file_format="json"))
    with pytest.raises(InputError, match="not a readable Parquet"):
        read_dataset(FORMAT_FILES / "labelled.jsonl", fields=FieldMap(file_format="parquet"))


def test_a_file_with_a_strange_name_is_read_as_told(tmp_path: Path) -> None:
    path = tmp_path / "data.txt"
    path.write_bytes((FORMAT_FILES / "labelled.csv").read_bytes())
    assert read_dataset(path, fields=FieldMap(file_format="csv")).fingerprint == LABELLED.fingerprint


def test_history_comes_before_the_question(tmp_path: Path) -> None:
    record = {"instruction": "c", "input": "", "output": "d", "history": [["a", "b"]]}
    read = read_dataset(written(tmp_path / "d.jsonl", record)).record(0)
    assert [(turn.role, turn.content) for turn in read.messages] == [
        *(("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d"))
    ]


def test_a_broken_turn_is_named_with_its_line(tmp_path: Path) -> None:
    good = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
    bad = {"conversations": [{"from": "human", "value": "a"}, {"value": "b"}]}
    path = written(tmp_path / "d.jsonl", *[good] * 20, bad)
    with pytest.raises(InputError, match=r"d\.jsonl:21: turn 2 of 'conversations' has no role"):
        read_dataset(path)
    skipped = read_dataset(path, on_bad_record="skip")
    assert (len(skipped), [failure.source_line for failure in skipped.failures]) == (20, [21])
