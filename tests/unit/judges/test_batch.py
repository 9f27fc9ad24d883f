"""Batch files: the same answers without a connection of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.judges.judge_rules import COLOUR, Taken, colour_items, colour_rule

from marshtest.errors import InputError
from marshtest.judges.batch import BatchFile
from marshtest.judges.live import LiveInquiry
from marshtest.judges.store import Store
from marshtest.judges.taking import read_batch_answers
from marshtest.testing import Rule, ScriptedJudge
from marshtest.testing.rules import answer_text, read_items


def write(folder: Path, count: int = 50) -> tuple[Taken, int]:
    """Ask in batch mode and give what came back, and how many requests were written."""
    store, taken = Store(folder / "judge.sqlite"), Taken()
    batch = BatchFile(folder / "requests.jsonl", "scripted", store)
    with LiveInquiry(ScriptedJudge(colour_rule), store, batch=batch) as inquiry:
        inquiry.ask(COLOUR, colour_items(count), taken)
    batch.close()
    return taken, batch.requests


def provider(folder: Path, broken: int = 0) -> Path:
    """Answer the requests of a folder by the colours."""
    return provider_of(colour_rule, folder / "requests.jsonl", broken)


def provider_of(rule: Rule, requests: Path, broken: int = 0) -> Path:
    """Answer requests as a provider does, in another order; the first `broken` ones fail."""
    lines = []
    for number, line in enumerate(requests.read_text().splitlines()):
        request = json.loads(line)
        assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
        body = request["body"]
        question = body["response_format"]["json_schema"]["name"]
        text = answer_text(rule, read_items(question, *(message["content"] for message in body["messages"])))
        message = {"role": "assistant", "content": text}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        answer: dict[str, Any] = {
            "id": f"batch_{number}",
            "custom_id": request["custom_id"],
            "response": {
                "status_code": 200,
                "body": {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage},
            },
            "error": None,
        }
        if number < broken:
            answer |= {"response": None, "error": {"code": "server_error", "message": "no"}}
        lines.append(json.dumps(answer))
    path = requests.with_name("answers.jsonl")
    path.write_text("\n".join(reversed(lines)) + "\n")
    return path


def ingest(folder: Path, path: Path) -> Any:
    store = Store(folder / "judge.sqlite")
    try:
        return read_batch_answers([path], store)
    finally:
        store.close()


def test_requests_go_out_and_the_answers_come_back_to_their_items(tmp_path: Path) -> None:
    taken, requests = write(tmp_path)
    assert {answer.problem for answer in taken.values()} == {"waiting"}
    assert requests == 7
    came = ingest(tmp_path, provider(tmp_path))
    assert (came.calls, came.answered, came.failed, came.unknown) == (7, 50, 0, 0)
    assert came.input_tokens == 700
    taken, requests = write(tmp_path)
    assert requests == 0
    assert [taken[row].value["colour"] for row in range(3)] == ["red", "blue", "none"]  # type: ignore[index]


def test_what_a_provider_could_not_answer_is_written_again_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path)
    came = ingest(tmp_path, provider(tmp_path, broken=2))
    assert (came.answered, came.failed) == (34, 2)
    taken, requests = write(tmp_path)
    assert requests == 2
    assert sum(answer.problem == "waiting" for answer in taken.values()) == 16
    assert ingest(tmp_path, provider(tmp_path)).answered == 16


def test_answers_that_are_taken_twice_or_belong_elsewhere_are_counted(tmp_path: Path) -> None:
    write(tmp_path)
    path = provider(tmp_path)
    ingest(tmp_path, path)
    again = ingest(tmp_path, path)
    assert (again.calls, again.unknown, again.answered) == (0, 7, 0)


def test_a_line_that_is_no_answer_is_named_by_file_and_line(tmp_path: Path) -> None:
    write(tmp_path)
    path = provider(tmp_path)
    path.write_text(path.read_text() + "{oops\n")
    with pytest.raises(InputError, match=r"answers\.jsonl, line 8: is no answer of a batch"):
        ingest(tmp_path, path)
    with pytest.raises(InputError, match="cannot read the answers"):
        ingest(tmp_path, tmp_path / "missing.jsonl")
