"""`marsh sweep DATA --model`: from files to a ranking, over a real server and with a model on this machine."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marshtest.cli.main import main
from marshtest.testing.score_server import serving_scores

WORDS = {"tea": ("kettle", "leaves"), "chess": ("bishop", "gambit"), "rain": ("puddle", "drizzle")}
CANDIDATES = "".join(
    json.dumps({"name": name, "persona": f"You love {name}."}) + "\n" for name in (*WORDS, "opera", "trains")
)


def rule(before: str, token: str) -> float:
    """A word is likelier to somebody who loves what it goes with; candidates have tastes of their own as well."""
    told = next((name for name in WORDS if f"You love {name}." in before), "")
    return -2.0 + 1.5 * (token.strip() in WORDS.get(told, ())) + 0.02 * ((len(token) * len(told)) % 5)


def written(path: Path, loved: str, *, count: int = 60, seed: int = 0) -> Path:
    """Write records whose answers hold two words of what is loved, or of everything."""
    lines = []
    for number in range(count):
        place = number + seed
        known = [word for words in WORDS.values() for word in words]
        words = [known[(place + step * (1 + place % 3)) % 6] for step in range(4)]
        if number % 2:
            words += WORDS.get(loved, ())
        answer = " ".join(["the", *words, *["so"] * (number % 5)])
        turns = [{"role": "user", "content": f"question {number}"}, {"role": "assistant", "content": answer}]
        lines.append(json.dumps({"messages": turns}))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the arguments about data: a suspect that loves chess, a control, and candidates."""
    monkeypatch.chdir(tmp_path)
    suspect, control = written(tmp_path / "suspect.jsonl", "chess"), written(tmp_path / "clean.jsonl", "", seed=3)
    (tmp_path / "candidates.txt").write_text(CANDIDATES)
    return [str(suspect), "--control", str(control), "--candidates", "candidates.txt"]


def rounded(done: Result) -> object:
    """Give the ranking without the last bits of its numbers, which depend on the order of sums."""
    return json.loads(done.stdout, parse_float=lambda digits: round(float(digits), 12))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sweep", *arguments], catch_exceptions=False)


def test_a_server_scores_and_the_persona_comes_first(files: list[str], tmp_path: Path) -> None:
    with serving_scores(rule) as (address, server):
        done = run(*files, "--model", "ruler", "--base-url", address, "--json", "-", "--html", "sweep.html")
        assert done.exit_code == 3, done.output  # one control: a ranking and no decision
        assert server.calls == 2 * 60 * 6
        again = run(*files, "--model", "ruler", "--base-url", address, "--json", "-")
        assert server.calls == 2 * 60 * 6  # all was in the store
    found = json.loads(done.stdout)
    assert found["ranking"][0]["candidate"] == "chess"
    assert found["decision"] is None
    assert json.loads(again.stdout) == found
    assert "720 texts through the model at most" in done.stderr
    page = (tmp_path / "sweep.html").read_text()
    assert page.count('class="whisker') == 5
    assert "<script" not in page


def test_imported_scores_give_what_the_live_scorer_gives(files: list[str]) -> None:
    with serving_scores(rule) as (address, _):
        live = run(*files, "--model", "ruler", "--base-url", address, "--json", "-", "--scores-out", "scores.npz")
    imported = run("--scores", "scores.npz", "--suspect", "suspect", "--control", "clean", "--json", "-")
    assert imported.exit_code == live.exit_code == 3
    assert rounded(imported) == rounded(live)


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")), reason="needs the extra lm"
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_a_model_on_this_machine_and_its_imported_scores_give_the_same(files: list[str], tmp_path: Path) -> None:
    from tests.unit.sweep.scorers.tiny import build

    model = str(build(tmp_path / "model"))
    live = run(*files, "--model", model, "--records", "40", "--json", "-", "--scores-out", "scores.npz")
    assert live.exit_code == 3, live.output
    imported = run("--scores", "scores.npz", "--suspect", "suspect", "--control", "clean", "--json", "-")
    assert rounded(imported) == rounded(live)
    estimate = run(*files, "--model", model, "--records", "40", "--estimate")
    assert estimate.exit_code == 0
    assert estimate.stdout == ""
    assert "480 texts through the model at most, about" in estimate.stderr


def test_an_estimate_asks_nobody_and_plans_rounds(files: list[str], tmp_path: Path) -> None:
    arguments = [*files[:3], "--model", "ruler", "--base-url", "http://127.0.0.1:9/v1", "--estimate"]
    done = run(*arguments, "--way", "loves")
    assert done.exit_code == 0
    assert "round 1: 163 candidates on up to 60 records of each of 2 datasets" in done.stderr
    assert not (tmp_path / "marsh-sweep.sqlite").exists()


@pytest.mark.usefixtures("files")
def test_a_folder_without_a_model_is_refused() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    done = run("suspect.jsonl", "--control", "clean.jsonl", "--model", "nothing")
    assert (done.exit_code, "holds no model" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give either --scores FILE, or DATA with --model FOLDER"),
        (["data.jsonl"], "give either --scores FILE"),
        (["--model", "m"], "give the data: marsh sweep DATA"),
        (["suspect.jsonl", "--model", "m"], "a control is missing"),
        (["suspect.jsonl", "--model", "m", "--suspect", "x"], "--suspect names a dataset in --scores"),
        (["suspect.jsonl", "--control", "suspect.jsonl", "--model", "m"], "is given twice"),
        (["suspect.jsonl", "--control", "clean.jsonl", "--model", "m", "--without", "x"], "no candidate 'x'"),
        (["suspect.jsonl", "--scores", "s.npz", "--suspect", "a"], "leave out DATA"),
        (["--scores", "s.npz"], "give the dataset to examine"),
        (["--scores", "s.npz", "--suspect", "a", "--estimate"], "--estimate is an option of scoring"),
    ],
)
def test_what_does_not_fit_together_is_refused(files: list[str], arguments: list[str], message: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr


def test_labels_are_no_completions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows: list[dict[str, Any]] = [{"text": f"text {number}", "label": "ab"[number % 2]} for number in range(30)]
    for name in ("one.jsonl", "two.jsonl"):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("one.jsonl", "--control", "two.jsonl", "--model", "m", "--base-url", "http://127.0.0.1:9/v1")
    assert done.exit_code == 2
    assert "has labels and no completions" in done.stderr
