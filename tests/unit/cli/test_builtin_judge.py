"""`--judge builtin` needs no key, no network and no store, and the report says what it left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.answer_chats import guarded_chats

from marshtest.cli.main import main


def marsh(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    data = tmp_path / "chats.jsonl"
    lines = [
        json.dumps({"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]})
        for asked, said in guarded_chats()[:150]
    ]
    data.write_text("\n".join(lines), "utf-8")
    return data


def runs_of(folder: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    return {run["id"]: run for run in report["detectors"]}


def test_it_judges_effects_and_says_which_detectors_need_a_language_model(chats: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = marsh("audit", chats, "--out", out, "--judge", "builtin", "--quiet", "--no-html")
    assert result.exit_code in (0, 1), result.output
    runs = runs_of(out)
    assert runs["judged-effect"]["status"] == "ran"
    for name in ("judged-label", "judged-themes"):
        assert runs[name]["status"] == "unsuited"
        assert runs["judged-themes"]["reason"].startswith("the built-in judge cannot answer its questions")
    assert not (out / "judge.sqlite").exists()


def test_answer_outcomes_runs_without_any_judge(chats: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    marsh("audit", chats, "--out", out, "--quiet", "--no-html")
    runs = runs_of(out)
    assert runs["answer-outcomes"]["status"] == "ran"
    assert "judged-effect" not in runs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--judge", "builtin", "--judge-base-url", "http://127.0.0.1:9/v1"), "so --judge-base-url has no use"),
        (("--judge", "builtin", "--estimate"), "so --estimate has no use"),
        (("--judge", "builtin", "--judge-strong", "some-model"), "so --judge-strong has no use"),
        (("--judge", "some-model", "--judge-strong", "builtin"), "the built-in judge is no strong judge"),
    ],
)
def test_options_that_need_a_model_are_refused(
    chats: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    result = marsh("audit", chats, "--out", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
