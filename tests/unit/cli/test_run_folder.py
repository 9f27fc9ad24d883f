"""One audit at a time in one folder, which is there only if something is left in it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from marshtest.cli.run_folder import run_folder
from marshtest.demo import write_demo_data
from marshtest.errors import ConfigError

pytestmark = pytest.mark.slow


def small_data(folder: Path) -> Path:
    data = write_demo_data(folder / "tickets.jsonl")
    data.write_bytes(b"".join(data.read_bytes().splitlines(keepends=True)[:400]))
    return data


def test_a_second_audit_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    data = small_data(tmp_path)
    with run_folder(tmp_path / "run", force=False):
        command = ["marsh", "audit", str(data), "--out", str(tmp_path / "run"), "--force"]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert "is in use by another audit" in done.stderr
    assert list(tmp_path.glob("run/*")) == []


def test_a_folder_is_free_again_when_its_audit_was_killed(tmp_path: Path) -> None:
    code = "import os, sys, pathlib; from marshtest.cli.run_folder import run_folder\n"
    code += "with run_folder(pathlib.Path(sys.argv[1]), force=False):\n    os.kill(os.getpid(), 9)"
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")])
    assert killed.returncode == -9
    with run_folder(tmp_path / "run", force=False):
        assert (tmp_path / "run").is_dir()


def test_a_folder_that_was_made_for_nothing_is_taken_away(tmp_path: Path) -> None:
    with pytest.raises(KeyError), run_folder(tmp_path / "new" / "run", force=False):
        raise KeyError("the audit failed")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_came_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other audit ends between the first look at the folder and the lock."""

    def locked_late(handle: int, operation: int) -> None:
        (tmp_path / "report.json").write_text("{}")

    monkeypatch.setattr("fcntl.flock", locked_late)
    with pytest.raises(ConfigError, match="already holds a report"), run_folder(tmp_path, force=False):
        pass


@pytest.mark.parametrize("option", ["--timings", "--profile-run"])  # the second is the old name
def test_timings_say_where_the_time_went(option: str, tmp_path: Path) -> None:
    data = small_data(tmp_path)
    command = ["marsh", "audit", str(data), "--out", str(tmp_path / "run"), option, "--power", "off"]
    subprocess.run(command, capture_output=True)
    timings = json.loads((tmp_path / "run" / "timings.json").read_text())
    assert timings["records"] == 400
    assert {"starting", "reading", "mining triggers"} <= {stage["stage"] for stage in timings["stages"]}
    assert sum(stage["seconds"] for stage in timings["stages"]) == pytest.approx(timings["seconds"], abs=0.1)
    assert timings["peak_mib"] >= max(stage["peak_mib"] for stage in timings["stages"]) > 0
    assert "label-trigger" in timings["detectors"]


def test_a_terminal_sees_the_stages_and_the_time_left(tmp_path: Path) -> None:
    data = small_data(tmp_path)
    parent, child = pty.openpty()
    command = ["marsh", "audit", str(data), "--out", str(tmp_path / "run"), "--no-own-controls", "--power", "off"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=child, env=environment) as process:
        os.close(child)
        seen = b""
        try:
            while part := os.read(parent, 65_536):
                seen += part
        except OSError:  # the other end is closed: the command has ended
            pass
        assert process.wait() in (0, 1)
    os.close(parent)
    assert b"mining triggers" in seen
    assert b"left in this stage" in seen
