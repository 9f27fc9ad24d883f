"""The whole naming over a real server with its faults, and through batch files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.detectors.control_contrast.naming.readers import careful, clean, slanted

from marshtest.detectors.control_contrast.naming.targets import Naming, name_target
from marshtest.judges.batch_answers import read_batch_answers
from marshtest.judges.batch_requests import BatchFile
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.store import AnswerStore
from marshtest.testing.judge_server import Faults, serving
from marshtest.testing.rules import AskedItem, answer_text, read_items

CLEAN = [clean(seed) for seed in range(1, 4)]


def rule(item: AskedItem) -> dict[str, Any]:
    reading = {passage.heading: passage.text for passage in item.passages}
    kinds = {"list of things": "target-choose", "first": "target-same"}
    question = next((kind for heading, kind in kinds.items() if heading in reading), "target-name")
    return careful(question, reading)


@pytest.mark.parametrize("suspect", ["slanted", "clean"])
def test_a_busy_and_broken_server_does_not_change_the_outcome(suspect: str, tmp_path: Path) -> None:
    faults = Faults(busy=0.1, broken=0.05, dropped=0.05, malformed=0.1, wrong_ids=0.05, seed=3)
    evidence = slanted() if suspect == "slanted" else clean(9)
    with serving(rule, faults=faults) as (address, _):
        judge = OpenAIJudge("ruler", base_url=address)
        with LiveInquiry(judge, AnswerStore(tmp_path / "judge.sqlite"), concurrency=8) as inquiry:
            found = name_target(inquiry, evidence, CLEAN)
    assert found.outcome == ("named" if suspect == "slanted" else "no_target")


def test_naming_continues_from_batch_file_to_batch_file(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    outcomes: list[Naming] = []
    for number in range(6):
        requests = tmp_path / f"requests{number}.jsonl"
        kept = AnswerStore(store)
        batch = BatchFile(requests, "ruler", kept)
        with LiveInquiry(OpenAIJudge("ruler", api_key="none"), kept, batch=batch) as inquiry:
            outcomes.append(name_target(inquiry, slanted(), CLEAN))
            batch.close()
        if outcomes[-1].outcome != "incomplete":
            break
        answers = tmp_path / f"answers{number}.jsonl"
        answers.write_text("".join(f"{answered(line)}\n" for line in requests.read_text().splitlines()))
        again = AnswerStore(store)
        assert read_batch_answers([answers], again).failed == 0
        again.close()
    assert [one.outcome for one in outcomes] == ["incomplete", "incomplete", "incomplete", "named"]
    assert outcomes[0].problems == {"waiting": 20}


def answered(line: str) -> str:
    request = json.loads(line)
    system, user = (message["content"] for message in request["body"]["messages"])
    text = answer_text(rule, read_items("", system, user))
    body = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {}}
    return json.dumps({"custom_id": request["custom_id"], "response": {"status_code": 200, "body": body}})
