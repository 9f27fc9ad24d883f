"""The command line with a judge of Inspect AI: its mock model, with the answers of somebody who knows the truth."""

from __future__ import annotations

from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import ModelOutput, ModelUsage
from inspect_ai.model._providers.mockllm import MockLLM
from tests.unit.cli.test_judging import RULE, data, marsh, quick

from marshtest.demo import demo_truth
from marshtest.report import read_report
from marshtest.testing.rules import answer_text, read_items

__all__ = ["data"]


def used(output: ModelOutput) -> ModelOutput:
    output.usage = ModelUsage(input_tokens=100, output_tokens=10, total_tokens=110)
    return output


def knows(messages: list[Any], tools: object, choice: object, config: Any) -> ModelOutput:
    items = read_items(config.response_schema.name, messages[0].text, messages[1].text)
    return used(ModelOutput.from_content("mockllm", answer_text(RULE, items)))


def declines(*_: object) -> ModelOutput:
    return used(ModelOutput.from_content("mockllm", "No.", stop_reason="content_filter"))


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let `mockllm/model` answer as it is told: its answers cannot be given on a command line."""
    plain = MockLLM.__init__

    def give(answer: Any) -> None:
        monkeypatch.setattr(MockLLM, "__init__", partialmethod(plain, custom_outputs=answer))

    return give


def of_inspect(data: Path, out: Path) -> list[object]:
    return [*quick(data, out)[:-1], "inspect:mockllm/model"]


def test_a_model_of_inspect_confirms_the_trigger(data: Path, tmp_path: Path, answering: Any) -> None:
    answering(knows)
    result = marsh(*of_inspect(data, tmp_path / "out"), "--judge-price", "1,2")
    assert result.exit_code == 1, result.output
    report = read_report(tmp_path / "out")
    assert {record.record_id for record in report.findings[0].records} == set(demo_truth().poisoned)
    assert report.judge is not None
    assert (report.judge.model, report.judge.missing) == ("inspect:mockllm/model", 0)
    assert report.usage.calls > 100
    assert report.usage.input_tokens == 100 * report.usage.calls


def test_a_model_of_inspect_that_declines_leaves_everything_missing(tmp_path: Path, data: Path, answering: Any) -> None:
    answering(declines)
    few = tmp_path / "few.jsonl"
    few.write_text("".join(data.read_text("utf-8").splitlines(keepends=True)[72:200]), "utf-8")
    result = marsh(*of_inspect(few, tmp_path / "out"))
    assert result.exit_code == 3, result.output
    report = read_report(tmp_path / "out")
    assert report.judge is not None
    assert report.judge.missing > 128


def test_a_model_that_inspect_does_not_know_is_said_so(data: Path, tmp_path: Path) -> None:
    result = marsh(*quick(data, tmp_path / "out")[:-1], "inspect:nobody/model")
    assert result.exit_code == 2
    assert "Inspect AI cannot make the model 'nobody/model'" in " ".join(result.output.split())
