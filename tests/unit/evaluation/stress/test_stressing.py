"""Whole runs, with real processes: what is measured, what is killed and goes on, what breaks."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.evaluation.stress.test_tools import BROKEN

from marshtest.demo import demo_truth, write_demo_data
from marshtest.errors import ConfigError
from marshtest.evaluation.stress.cases import StressConfig
from marshtest.evaluation.stress.results import read_results
from marshtest.evaluation.stress.stressing import stress

pytestmark = pytest.mark.slow

INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
"""Shells take this away from what they start in the background."""
MARSH = (sys.executable, "-c", f"{INTERRUPTIBLE}; from marshtest.cli.main import main; main()", "stress")


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clean set that is large enough to find eight records in, and small enough to be quick."""
    folder = tmp_path_factory.mktemp("data")
    lines = write_demo_data(folder / "all.jsonl", poisoned=False).read_text("utf-8").splitlines(keepends=True)
    path = folder / "clean.jsonl"
    path.write_text("".join(lines[:1200]), "utf-8")
    return path


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, poisoned = tmp_path_factory.mktemp("data"), set(demo_truth().poisoned)
    lines = write_demo_data(folder / "all.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    path = folder / "released.jsonl"
    path.write_text(
        "".join(json.dumps({**one, "planted": str(one["id"] in poisoned)}) + "\n" for one in records), "utf-8"
    )
    return path


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make tools that break importable, here and in the processes that are started."""
    (tmp_path / "broken_tools.py").write_text(BROKEN, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def test_planted_poison_is_found_and_its_twin_is_quiet(clean: Path, tmp_path: Path) -> None:
    config = StressConfig(organisms=("phrase",), counts=(24, 5000), seeds=1, splits=0)
    done = stress([clean], tmp_path / "run", config=config)
    by_kind = {(one.case.kind, one.case.count): one for one in done.outcomes}
    found = by_kind["planted", 24]
    assert (found.status, found.poison, found.named) == ("measured", 24, True)
    assert found.f1 > 0.9
    assert found.seconds > 0
    assert 50 < found.peak_mb < 4000
    assert by_kind["twin", 24].claims == by_kind["whole", 0].claims == 0
    assert (by_kind["planted", 5000].status, by_kind["twin", 5000].status) == ("unfit", "unfit")
    assert "at most" in by_kind["planted", 5000].reason
    assert found.trigger is None
    assert not re.search(r"(?<!label-)(?<!response-)trigger", (tmp_path / "run" / "results.jsonl").read_text())


def test_released_poison_is_measured_with_and_without_and_triggers_are_told_when_asked(
    released: Path, tmp_path: Path
) -> None:
    config = StressConfig(truth_field="planted", disclose="full")
    done = stress([released], tmp_path / "run", config=config, jobs=2)
    with_poison, without = done.outcomes
    assert (with_poison.case.kind, with_poison.hits, with_poison.flagged, with_poison.poison) == (
        "released", 24, 24, 24,
    )  # fmt: skip
    assert with_poison.names == (demo_truth().trigger,)
    assert (without.case.kind, without.claims, without.records) == ("without", 0, with_poison.records - 24)


def started(words: list[str], file: Path, *, lines: int) -> subprocess.Popen[str]:
    """Start a run in a group of its own and wait until its results have so many lines."""
    process = subprocess.Popen([*MARSH, *words], stderr=subprocess.PIPE, text=True, start_new_session=True)
    while not file.exists() or file.read_bytes().count(b"\n") < lines:
        assert process.poll() is None, "it ended before it could be stopped"
        time.sleep(0.02)
    return process


def wait_for_the_end_of(group: int) -> None:
    """Wait until no process of a group is left."""
    for _ in range(600):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("processes are left")


def test_a_run_that_is_interrupted_says_so_and_leaves_its_results_and_no_process(clean: Path, tmp_path: Path) -> None:
    file = tmp_path / "run" / "results.jsonl"
    words = [str(clean), "--organism", "phrase", "--count", "24", "--seeds", "9", "--out", str(file.parent)]
    process = started([*words, "--jobs", "2"], file, lines=2)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: everybody in the group gets it
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said.lstrip()) == (130, "Error: interrupted.\n")
    wait_for_the_end_of(process.pid)
    assert len(read_results(file)[1]) >= 1


def test_a_run_that_is_killed_goes_on_and_ends_as_if_it_had_not_been(clean: Path, tmp_path: Path) -> None:
    words = (str(clean), "--organism", "phrase", "--count", "24", "--seeds", "2", "--quiet")
    out = tmp_path / "killed"
    file = out / "results.jsonl"
    process = started([*words, "--out", str(out), "--jobs", "2"], file, lines=3)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    wait_for_the_end_of(process.pid)
    cut = file.read_bytes()
    file.write_bytes(cut + b'{"case": {"kind": "pl')
    kept = len(read_results(file)[1])
    assert 2 <= kept < 7
    again = subprocess.run([*MARSH, *words, "--out", str(out), "--jobs", "2"], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert file.read_bytes().startswith(cut[: cut.rfind(b"\n") + 1])
    assert f"{kept:,} of them from an earlier run" in (out / "stress.md").read_text("utf-8")

    def told(folder: Path) -> dict[str, tuple[int, int, int]]:
        outcomes = read_results(folder / "results.jsonl")[1]
        assert len({one.case.key for one in outcomes}) == len(outcomes) == 7
        return {one.case.key: (one.poison, one.flagged, one.hits) for one in outcomes}

    subprocess.run([*MARSH, *words, "--out", str(tmp_path / "whole")], check=True)
    assert told(out) == told(tmp_path / "whole")


def test_a_tool_that_breaks_or_dies_costs_its_own_cases_only(broken: None, clean: Path, tmp_path: Path) -> None:
    tools = ("broken_tools:Breaks", "broken_tools:Dies", "parser-disagreement")
    done = stress([clean], tmp_path / "run", config=StressConfig(tools=tools, seeds=0, splits=1), jobs=2)
    states = {one.case.tool: (one.status, one.reason) for one in done.outcomes}
    assert states["broken_tools:Breaks"] == ("failed", "ValueError: out of luck")
    assert states["broken_tools:Dies"][0] == "failed"
    assert "exit code 9" in states["broken_tools:Dies"][1]
    assert states["parser-disagreement"] == ("measured", "")
    assert len(done.outcomes) == 9


def test_what_cannot_be_measured_is_refused_before_the_work_begins(clean: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="named twice"):
        stress([clean, clean], tmp_path / "run")
    with pytest.raises(ConfigError, match="no record of any set is poison by the field 'is_bad'"):
        stress([clean], tmp_path / "run", config=StressConfig(truth_field="is_bad"))
    with pytest.raises(ConfigError, match="jobs"):
        stress([clean], tmp_path / "run", jobs=0)
    assert not (tmp_path / "run").exists()
