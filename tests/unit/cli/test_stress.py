"""`marsh stress` as a command: its folder, its exit codes and its messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from marshtest.demo import write_demo_data

pytestmark = pytest.mark.slow


def marsh(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from marshtest.cli.main import main; main()", "stress", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "clean.jsonl"
    lines = write_demo_data(path, poisoned=False).read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:600]), "utf-8")
    return path


def test_a_run_leaves_results_tables_and_a_page_and_refuses_other_settings(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    quick = (data, "--out", out, "--tool", "parser-disagreement", "--seeds", 0, "--splits", 0)
    done = marsh(*map(str, quick))
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of 1 clean sets with a false alarm" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["results.jsonl", "stress.html", "stress.md"]
    page = (out / "stress.html").read_text("utf-8")
    assert "<svg" in page
    assert "http" not in page.replace("http-equiv", "")
    refused = marsh(*map(str, quick), "--seed", "5")
    assert refused.returncode == 2
    assert "other settings or data (config)" in refused.stderr
    assert marsh(*map(str, quick), "--seed", "5", "--force").returncode == 0


def test_a_tool_that_breaks_ends_with_3(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd_tools.py").write_text(
        "class Odd:\n    name, version = 'odd', '1'\n    def refuses(self, dataset): return None\n"
        "    def examine(self, dataset, *, seed): raise KeyError('x')\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = marsh(data, "--out", tmp_path / "run", "--tool", "odd_tools:Odd", "--seeds", "0", "--splits", "0")
    assert done.returncode == 3, done.stderr
    assert "1 failed case is not included in any figure" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["absent.jsonl"], "there is no such file"),
        (["DATA", "--organism", "frase"], "did you mean 'phrase'?"),
        (["DATA", "--tool", "magic"], "there is no tool 'magic'"),
        (["DATA", "--rate", "3"], "between 0 and 1"),
        (["DATA", "--count", "0"], "at least 1"),
    ],
)
def test_a_mistake_ends_with_2_and_says_what_to_do(data: Path, tmp_path: Path, words: list[str], message: str) -> None:
    done = marsh(*(str(data) if word == "DATA" else word for word in words), "--out", tmp_path / "run")
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_the_results_never_go_over_the_data(tmp_path: Path) -> None:
    path = write_demo_data(tmp_path / "results.jsonl", poisoned=False)
    before = path.read_bytes()
    done = marsh(path, "--out", tmp_path)
    assert done.returncode == 2
    assert "would overwrite this file" in done.stderr
    assert path.read_bytes() == before
