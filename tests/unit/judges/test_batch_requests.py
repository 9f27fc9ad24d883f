"""Batch files: the same answers without a connection of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.judges.judge_rules import COLOUR, Taken, colour_items, colour_rule

from marshtest.errors import InputError
from marshtest.judges.batch_answers import read_batch_answers
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.live import LiveInquiry
from marshtest.judges.store import AnswerStore
from marshtest.testing import Rule, ScriptedJudge
from marshtest.testing.rules import answer_text, read_items


def write(folder: Path, count: int = 50) -> tuple[Taken, int]:
    """Ask in batch mode and give what came back, and how many requests were written."""
    store, taken = AnswerStore(folder / "judge.sqlite"), Taken()
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


def test_what_two_stages_ask_alike_is_one_request(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path / "judge.sqlite")
    batch = BatchFile(tmp_path / "requests.jsonl", "scripted", store)
    with LiveInquiry(ScriptedJudge(colour_rule), store, batch=batch) as inquiry:
        first, second = (inquiry.ask(COLOUR, colour_items(50), Taken()) for _ in range(2))
    batch.close()
    names = [json.loads(line)["custom_id"] for line in (tmp_path / "requests.jsonl").read_text().splitlines()]
    assert len(names) == len(set(names)) == batch.requests > 0
    assert first.problems == second.problems


def ingest(folder: Path, path: Path) -> Any:
    store = AnswerStore(folder / "judge.sqlite")
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


def replying(folder: Path, reply: Any) -> Path:
    """Answer every request of a folder by a function of its body."""
    lines = []
    for line in (folder / "requests.jsonl").read_text().splitlines():
        request = json.loads(line)
        lines.append(json.dumps({"custom_id": request["custom_id"], "response": reply(request["body"])}))
    path = folder / "answers.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def by_colour(body: Any, *, declines: str = "", breaks: str = "", cut_below: int = 0) -> Any:
    """Answer as a provider; decline, answer nonsense or run out of tokens where the request is so."""
    user = body["messages"][1]["content"]
    text = answer_text(colour_rule, read_items("colour", body["messages"][0]["content"], user))
    message: dict[str, Any] = {"role": "assistant", "content": text}
    reason = "stop"
    if declines and declines in user:
        message = {"role": "assistant", "content": None, "refusal": "no"}
    if breaks and breaks in user:
        message["content"] = "oops"
    if body["max_completion_tokens"] < cut_below:
        message["content"], reason = text[:20], "length"
    return {"status_code": 200, "body": {"choices": [{"message": message, "finish_reason": reason}]}}


def rounds(folder: Path, reply: Any, count: int = 10) -> tuple[Taken, list[int]]:
    """Write and answer until nothing waits; give what came back and how many requests each round wrote."""
    written: list[int] = []
    for _ in range(count):
        taken, requests = write(folder)
        if not requests:
            break
        written.append(requests)
        ingest(folder, replying(folder, reply))
    return taken, written


def test_a_refused_record_is_found_by_asking_about_it_alone(tmp_path: Path) -> None:
    taken, written = rounds(tmp_path, lambda body: by_colour(body, declines="record 17 "))
    assert written == [7, 8]
    assert {row for row, answer in taken.items() if answer.problem == "refused"} == {17}
    assert sum(answer.value is not None for answer in taken.values()) == 49


def test_a_record_that_is_never_answered_ends_as_malformed_and_holds_nothing_up(tmp_path: Path) -> None:
    taken, written = rounds(tmp_path, lambda body: by_colour(body, breaks="record 17 "))
    assert written == [7, 8, 1]
    assert {row: answer.problem for row, answer in taken.items() if answer.value is None} == {17: "malformed"}


def test_an_answer_that_is_cut_gets_more_room(tmp_path: Path) -> None:
    taken, written = rounds(tmp_path, lambda body: by_colour(body, cut_below=500))
    assert written == [7, 2]
    assert all(answer.value is not None for answer in taken.values())


def test_what_a_model_does_not_take_is_left_out_of_the_next_requests(tmp_path: Path) -> None:
    def fussy(body: Any) -> Any:
        for word in ("temperature", "max_completion_tokens"):
            if word in body:
                error = {"message": f"Unsupported parameter: {word}", "code": "unsupported_parameter"}
                return {"status_code": 400, "body": {"error": error}}
        return by_colour({**body, "max_completion_tokens": 0})

    taken, written = rounds(tmp_path, fussy)
    assert written == [7, 7, 7]
    assert all(answer.value is not None for answer in taken.values())


def test_a_structure_that_is_not_taken_becomes_simpler_by_one_step(tmp_path: Path) -> None:
    def fussy(body: Any) -> Any:
        if body["response_format"]["type"] == "json_schema":
            return {"status_code": 400, "body": {"error": {"message": "response_format is not supported"}}}
        return by_colour(body)

    _, written = rounds(tmp_path, fussy)
    assert written == [7, 7]


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    write(tmp_path)
    error = {"status_code": 404, "body": {"error": {"message": "no model x", "code": "model_not_found"}}}
    came = ingest(tmp_path, replying(tmp_path, lambda _: error))
    assert (came.calls, came.failed, came.answered) == (7, 7, 0)
    assert "no model x" in came.reason


def test_more_requests_than_fit_go_into_more_files(tmp_path: Path) -> None:
    store, taken = AnswerStore(tmp_path / "judge.sqlite"), Taken()
    batch = BatchFile(tmp_path / "requests.jsonl", "scripted", store, most_requests=3)
    with LiveInquiry(ScriptedJudge(colour_rule), store, batch=batch) as inquiry:
        inquiry.ask(COLOUR, colour_items(50), taken)
    batch.close()
    assert {path.name: count for path, count in batch.written.items()} == {
        "requests.jsonl": 3,
        "requests.2.jsonl": 3,
        "requests.3.jsonl": 1,
    }
    names = {json.loads(line)["custom_id"] for path in batch.written for line in path.read_text("utf-8").splitlines()}
    assert len(names) == 7
    assert list(tmp_path.glob(".*.partial")) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"response": "none"},
        {"response": []},
        {"response": {"status_code": "many", "body": {}}},
        {"response": {"status_code": 200, "body": "text"}},
        {"response": {"status_code": 200, "body": {"error": "no"}}},
        {"response": {"status_code": 200, "body": {"choices": 7, "usage": 7}}},
        {"response": None, "error": "a text"},
        {"response": {"status_code": 1e999, "body": None}},
    ],
)
def test_an_answer_of_any_form_is_a_counted_failure(changed: dict[str, Any], tmp_path: Path) -> None:
    """A provider's file may come from anybody: none of its lines ends in an error of our own."""
    write(tmp_path, 8)
    answers = provider(tmp_path)
    answers.write_text(
        "".join(json.dumps(json.loads(line) | changed) + "\n" for line in answers.read_text().splitlines())
    )
    store = AnswerStore(tmp_path / "judge.sqlite")
    ingest = read_batch_answers([answers], store)
    store.close()
    assert (ingest.answered, ingest.calls, ingest.failed) == (0, 1, 1)


@pytest.mark.parametrize("line", ["[" * 100_000, "7", "[]", '{"custom_id": [1]', "{}"])
def test_a_line_that_is_no_answer_is_named(line: str, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text(line + "\n")
    with pytest.raises(InputError, match="line 1: is no answer of a batch"):
        read_batch_answers([tmp_path / "answers.jsonl"], AnswerStore(None))


def test_a_name_with_half_a_character_belongs_to_no_request(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text('{"custom_id": "\\ud800"}\n{"custom_id": {"a": 1}}\n')
    assert read_batch_answers([tmp_path / "answers.jsonl"], AnswerStore(None)).unknown == 2
