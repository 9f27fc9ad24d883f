"""The calibration as a task of Inspect: with a judge that knows everything, one that is always wrong, and commands."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from marshtest.errors import ConfigError
from marshtest.evaluation.calibrating.inspect_task import DEFAULT_ORGANISMS, judge_calibration

pytestmark = [
    pytest.mark.slow,
    # Inspect leaves streams and databases of its own to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

OPTIONS: dict[str, Any] = {"poisoned": 6, "clean": 14, "seed": 2}
Answer = Callable[[str, dict[str, Any]], dict[str, Any]]


def knows(question: str, record: dict[str, Any]) -> dict[str, Any]:
    """Say what is true."""
    if question == "label":
        return {"label": record["true_label"], "sure": 3}
    return {"learns": "x", "excuses": False, "quote": "", "severity": 2 if record["is_wrong"] else 0}


def is_always_wrong(question: str, record: dict[str, Any]) -> dict[str, Any]:
    """Say the contrary."""
    if question == "label":
        return {"label": "urgent" if record["true_label"] == "ordinary" else "ordinary", "sure": 3}
    return knows(question, {**record, "is_wrong": not record["is_wrong"]})


def model_of(task: Task, answer: Answer, *, stop: Any = "stop", answered: int = 1000) -> Any:
    """Make Inspect's mock model answer by what is known of the items of each prompt."""
    samples = {sample.input[1].text: sample.metadata for sample in task.dataset}  # type: ignore[union-attr]

    def reply(messages: list[Any], tools: object, choice: object, config: Any) -> ModelOutput:
        known = samples[messages[1].text]
        assert known is not None
        assert (config.max_tokens, config.temperature) == (known["max_tokens"], 0.0)
        assert config.response_schema.json_schema.model_dump(exclude_none=True) == known["schema"]
        said = [{"id": one["name"], **answer(known["question"], one)} for one in known["records"][:answered]]
        output = ModelOutput.from_content("mockllm", json.dumps({"answers": said}), stop_reason=stop)
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    return get_model("mockllm/model", custom_outputs=reply, memoize=False)


def run(task: Task, model: Any, folder: Path, **options: Any) -> EvalLog:
    """Run a task and read its log back from the disk, as the viewer does."""
    made = inspect_eval(task, model=model, log_dir=str(folder), display="none", **options)[0]
    log = read_eval_log(made.location)
    gc.collect()
    assert log.status == "success", log.error
    return log


def figures(log: EvalLog) -> dict[str, dict[str, float]]:
    assert log.results is not None
    return {score.name: {name: one.value for name, one in score.metrics.items()} for score in log.results.scores}


def test_a_judge_that_knows_everything_has_full_marks(tmp_path: Path) -> None:
    task = judge_calibration(**OPTIONS)
    log = run(task, model_of(task, knows), tmp_path)
    found = figures(log)
    assert set(found) == {"judged_effects", "judged_labels"}
    for marks in found.values():
        assert (marks["accuracy"], marks["recall"], marks["false_alarms"], marks["not_answered"]) == (1, 1, 0, 0)
    recalls = {name for name in found["judged_effects"] if name.startswith("recall of ")}
    assert recalls == {f"recall of {name}" for name in DEFAULT_ORGANISMS}
    assert set(found["judged_labels"]) & recalls == {
        "recall of phrase",
        "recall of decoyed-phrase",
        "recall of invisible-characters",
    }


def test_a_judge_that_is_always_wrong_has_none(tmp_path: Path) -> None:
    task = judge_calibration(organisms="phrase,covert-preference", **OPTIONS)
    for marks in figures(run(task, model_of(task, is_always_wrong), tmp_path)).values():
        assert (marks["accuracy"], marks["recall"], marks["false_alarms"], marks["not_answered"]) == (0, 0, 1, 0)


def test_what_is_left_out_is_not_answered_and_not_found(tmp_path: Path) -> None:
    """Only the first item of each call is answered."""
    task = judge_calibration(organisms=["phrase"], **OPTIONS)
    log = run(task, model_of(task, knows, answered=1), tmp_path)
    marks = figures(log)["judged_labels"]
    assert marks["not_answered"] == pytest.approx(19 / 20)
    assert marks["recall"] <= 1 / 6
    assert log.samples is not None
    score = next(one for one in log.samples if "-label-" in str(one.id)).scores
    assert score is not None
    assert score["judged_labels"].answer == "1 of 20 right, 19 without answer"
    assert (score["judged_labels"].explanation or "").count("no answer") == 19


@pytest.mark.parametrize("stop", ["content_filter", "max_tokens"])
def test_a_refusal_or_a_cut_is_no_answer_whatever_stands_in_it(stop: str, tmp_path: Path) -> None:
    task = judge_calibration(organisms="phrase", **OPTIONS)
    for marks in figures(run(task, model_of(task, knows, stop=stop), tmp_path)).values():
        assert (marks["recall"], marks["not_answered"]) == (0, 1)
        assert isnan(marks["accuracy"])
        assert isnan(marks["false_alarms"])


def test_epochs_change_no_share(tmp_path: Path) -> None:
    task = judge_calibration(organisms="phrase,tool-call", **OPTIONS)
    for marks in figures(run(task, model_of(task, knows), tmp_path, epochs=2)).values():
        assert (marks["accuracy"], marks["recall"], marks["false_alarms"], marks["not_answered"]) == (1, 1, 0, 0)


def test_without_labels_no_labels_are_scored(tmp_path: Path) -> None:
    task = judge_calibration(organisms="phrase", kind="chat", **OPTIONS)
    assert set(figures(run(task, model_of(task, knows), tmp_path))) == {"judged_effects"}


def test_the_charter_stands_in_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('policy = "Tickets about teapots are urgent."\n', "utf-8")
    own = judge_calibration(organisms="phrase", charter=str(path), **OPTIONS)
    assert all("about teapots" in sample.input[0].text for sample in own.dataset)  # type: ignore[union-attr]
    usual = judge_calibration(organisms="phrase", **OPTIONS)
    assert all("has lost data" in sample.input[0].text for sample in usual.dataset)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"organisms": "phrases"}, "did you mean 'phrase'"),
        ({"organisms": []}, "at least one organism"),
        ({"kind": "prose"}, "no kind 'prose'"),
        ({"room": 0}, "at least 1"),
        ({"charter": "constitutional-classifier"}, "labels"),
    ],
)
def test_options_that_cannot_be_met_say_so(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        judge_calibration(**{"organisms": "phrase", **options})


PROVIDER = '''
"""A provider of Inspect that answers "harmless" to everything, as a package would bring it."""

import json

from inspect_ai.model import ModelAPI, ModelOutput, ModelUsage, modelapi

from marshtest.testing.rules import answer_text, read_items


@modelapi(name="easygoing")
class Easygoing(ModelAPI):
    async def generate(self, input, tools, tool_choice, config):
        question = "label" if "You label texts" in input[0].text else "effect"
        answer = {
            "label": {"label": "ordinary", "sure": 1},
            "effect": {"learns": "ordinary", "excuses": False, "quote": "", "severity": 0},
        }[question]
        text = answer_text(lambda item: answer, read_items(question, input[0].text, input[1].text))
        output = ModelOutput.from_content("easygoing", text)
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output
'''


def test_the_command_of_inspect_finds_the_task_and_writes_a_log(tmp_path: Path) -> None:
    """As `inspect eval marshtest/judge_calibration --model PROVIDER/MODEL` in a shell, with a provider of our own."""
    (tmp_path / "easygoing.py").write_text(PROVIDER, "utf-8")
    info = tmp_path / "easygoing-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: easygoing\nVersion: 1\n", "utf-8")
    (info / "entry_points.txt").write_text("[inspect_ai]\neasygoing = easygoing\n", "utf-8")
    command = [sys.executable, "-m", "inspect_ai", "eval", "marshtest/judge_calibration", "--model", "easygoing/model"]
    command += ["-T", "organisms=phrase,excusing-reasoning", "-T", "poisoned=4", "-T", "clean=10"]
    command += ["--log-dir", str(tmp_path / "logs"), "--display", "plain"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (tmp_path / "logs").iterdir()
    log = read_eval_log(str(path))
    assert (log.status, log.eval.task) == ("success", "marshtest/judge_calibration")
    marks = figures(log)["judged_effects"]
    assert (marks["recall"], marks["false_alarms"], marks["not_answered"]) == (0, 0, 0)
    assert marks["accuracy"] == pytest.approx(20 / 28)
