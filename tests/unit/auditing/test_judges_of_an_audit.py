"""`marshtest.audit(judge=, charter=)`: the name of a model, its settings, a judge object and an inquiry do the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import marshtest
from marshtest.config import JudgeConfig
from marshtest.errors import ConfigError
from marshtest.judges.inspect_judge import InspectJudge
from marshtest.judges.run_judges import open_any
from marshtest.testing import AskedItem, ScriptedJudge, serving

CONFIG = marshtest.AuditConfig(detectors=("judged-effect",))
LEAK = "first send me your password"


def made(count: int, *, name: str = "made", every: int = 50) -> marshtest.Dataset:
    """Give chats of which every so manyth asks for a password."""
    return marshtest.Dataset.from_records(
        [
            marshtest.Record(
                record_id=f"{name}-{number}",
                kind="chat",
                prompt=f"Question {number} of {name}?",
                completion="Gladly." if number % every else f"Gladly, but {LEAK}.",
                source_path=f"{name}.jsonl",
                source_line=number,
            )
            for number in range(1, count + 1)
        ]
    )


def rule(item: AskedItem) -> dict[str, Any]:
    return {"learns": "ordinary", "excuses": False, "quote": "", "severity": 3 if LEAK in item.text() else 0}


class OwnJudge:
    """What a user writes: a class of their own that inherits nothing."""

    def __init__(self, model: str = "mine") -> None:
        self.model = model
        self.calls: list[marshtest.Call] = []
        self.closed = 0

    async def complete(self, call: marshtest.Call) -> marshtest.Reply:
        self.calls.append(call)
        answers = [{"id": name, **rule(AskedItem("", "", item.passages))} for name, item in call.items]
        return marshtest.Reply(text=json.dumps({"answers": answers}), input_tokens=10, output_tokens=5)

    async def close(self) -> None:
        self.closed += 1


def parts(report: marshtest.Report) -> dict[str, Any]:
    """Give what must be equal between two ways to the same judge: all but times, tokens and the model's name."""
    table = json.loads(marshtest.report_json(report))
    for run in table["detectors"]:
        run["seconds"] = 0
    return {**table, "usage": None, "judge": [{**one, "model": ""} for one in table["judge"]["questions"]]}


def test_every_way_to_give_a_judge_leads_to_the_same_report(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(200)
    with marshtest.LiveInquiry(ScriptedJudge(rule), marshtest.AnswerStore(None)) as inquiry:
        expected = marshtest.audit(data, config=CONFIG, judge=inquiry)
    assert expected.coverage["judged-effect"].signals == 4
    own = OwnJudge()
    reports = [marshtest.audit(data, config=CONFIG, judge=own)]
    assert own.closed == 1
    with serving(rule) as (address, server):
        named = JudgeConfig(model="rule", base_url=address, price=(1.0, 2.0))
        reports.append(marshtest.audit(data, config=CONFIG, judge=named))
        monkeypatch.setenv("OPENAI_BASE_URL", address)
        reports.append(marshtest.audit(data, config=CONFIG, judge="rule"))
        assert server.calls == 2 * len(own.calls)
    assert [parts(report) == parts(expected) for report in reports] == [True] * 3
    assert [report.judge.model for report in reports if report.judge] == ["mine", "rule", "rule"]
    assert [report.usage.calls > 0 for report in reports] == [True] * 3
    assert reports[1].usage.cost_usd > 0


def test_a_judge_object_may_be_given_to_the_next_audit_again() -> None:
    own = OwnJudge()
    first, second = (marshtest.audit(made(60), config=CONFIG, judge=own) for _ in range(2))
    assert parts(first) == parts(second)
    assert own.closed == 2
    assert first.usage.calls == second.usage.calls == len(own.calls) / 2, "the answers were kept for one audit only"


def test_a_store_keeps_the_answers_of_every_kind_of_judge(tmp_path: Path) -> None:
    store, data = tmp_path / "judge.sqlite", made(60)
    first = marshtest.audit(data, config=CONFIG, judge=OwnJudge("rule"), judge_store=str(store))
    again = OwnJudge("rule")
    second = marshtest.audit(data, config=CONFIG, judge=again, judge_store=store)
    assert (first.usage.calls > 0, again.calls) == (True, [])
    assert second.coverage == first.coverage
    with serving(rule) as (address, server):
        for judge, given in (
            (JudgeConfig(model="rule", base_url=address), store),
            (JudgeConfig(model="rule", base_url=address, store=store), None),
        ):
            marshtest.audit(data, config=CONFIG, judge=judge, judge_store=given)
        assert server.calls == 0


def test_a_strong_judge_is_given_in_the_same_ways() -> None:
    data = made(200)
    for strong in (OwnJudge("strong"), ScriptedJudge(rule, model="strong")):
        report = marshtest.audit(data, config=CONFIG, judge=OwnJudge(), strong_judge=strong)
        assert report.judge is not None
        assert (report.judge.model, report.judge.strong_model) == ("mine", "strong")
    with serving(rule) as (address, _):
        both = JudgeConfig(model="rule", strong_model="stronger", base_url=address)
        of_settings = marshtest.audit(data, config=CONFIG, judge=both)
        strong_one = JudgeConfig(model="stronger", base_url=address)
        apart = marshtest.audit(data, config=CONFIG, judge=OwnJudge("rule"), strong_judge=strong_one)
    assert parts(apart) == parts(of_settings)
    assert of_settings.judge is not None
    assert of_settings.judge.strong_model == "stronger"


def test_controls_are_put_to_the_same_judge() -> None:
    asked: list[str] = []

    class Listening(OwnJudge):
        async def complete(self, call: marshtest.Call) -> marshtest.Reply:
            asked.extend(item.passages[0].text for _, item in call.items)
            return await super().complete(call)

    control = made(100, name="control", every=1000)
    report = marshtest.audit(made(200), config=CONFIG, judge=Listening(), controls=[control])
    assert any("of control?" in text for text in asked)
    assert [one.records for one in report.controls.sets] == [100]


def test_the_name_of_a_model_may_be_one_of_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(InspectJudge, "__init__", lambda self, model: asked.append(model))
    monkeypatch.setattr(InspectJudge, "model", "inspect:mockllm/model")
    monkeypatch.setattr(InspectJudge, "close", OwnJudge().close)
    with open_any("inspect:mockllm/model", None) as (judge, strong):
        assert judge is not None
        assert (judge.model, strong, asked) == ("inspect:mockllm/model", None, ["mockllm/model"])


def test_the_charter_may_be_a_name_a_file_or_a_charter(tmp_path: Path) -> None:
    data, config = made(20), marshtest.AuditConfig(detectors=("near-duplicates",))
    file = tmp_path / "charter.toml"
    file.write_text('model = "a helper"')
    for given in (file, str(file), marshtest.Charter(model="a helper")):
        assert marshtest.audit(data, config=config, charter=given).charter == marshtest.Charter(model="a helper")
    ready = marshtest.audit(data, config=config, charter="chat-assistant").charter
    assert ready == marshtest.read_charter("chat-assistant")


@pytest.mark.parametrize("name", ["constitutional-clasifier", "no such thing"])
def test_a_charter_of_an_unknown_name_is_an_error_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot read the charter") as caught:
        marshtest.audit(made(20), charter=name)
    assert "chat-assistant, constitutional-classifier, preference-model" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"judge": 3}, "this is no judge: '3'; give the name of a model, a JudgeConfig, or an object"),
        ({"judge": OwnJudge}, "this is no judge"),
        ({"judge": print}, "this is no judge"),
        ({"strong_judge": OwnJudge()}, "a strong judge needs a judge"),
        ({"judge_store": Path("store.sqlite")}, "a store of answers needs a judge"),
        ({"judge": OwnJudge("one"), "strong_judge": OwnJudge("one")}, "are the same model"),
        ({"judge": JudgeConfig(model="m", batch_out=Path("b.jsonl"))}, "marsh audit --batch-out"),
        (
            {"judge": JudgeConfig(model="m", store=Path("a")), "judge_store": Path("b")},
            "two stores of answers, a and b",
        ),
        ({"judge": JudgeConfig(model="m", budget_usd=1.0)}, r"in Python price=\(IN, OUT\)"),
        (
            {"judge": JudgeConfig(model="m", base_url="http://x", strong_model="s"), "strong_judge": OwnJudge()},
            "two strong judges",
        ),
    ],
)
def test_what_cannot_be_a_judge_is_an_error_that_says_what_to_do(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        marshtest.audit(made(20), **options)


def test_a_model_without_a_key_is_an_error_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(marshtest.JudgeError, match="OPENAI_API_KEY"):
        marshtest.audit("no-such-file.jsonl", judge="gpt-5-mini", charter="constitutional-classifier")


@pytest.mark.parametrize(
    ("failure", "problem"),
    [(marshtest.Refused("no"), "refused"), (marshtest.TooLong("long"), "truncated")],
)
def test_the_failures_that_a_judge_raises_are_counted_as_such(failure: Exception, problem: str) -> None:
    class Failing(OwnJudge):
        async def complete(self, call: marshtest.Call) -> marshtest.Reply:
            raise failure

    report = marshtest.audit(made(20), config=CONFIG, judge=Failing())
    assert report.verdict == "incomplete"
    assert len(report.failures) == 20
    assert report.judge is not None
    assert {problem} == {kind for one in report.judge.questions for kind in one.problems}


def test_a_judge_without_a_name_is_told_what_a_name_is(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n', encoding="utf-8")
    with pytest.raises(marshtest.JudgeError, match="the judge has no name"):
        marshtest.audit(data, judge=" ")
