"""The cage: a command that takes too much or does not listen is ended from outside, with a message."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(signal, "sigtimedwait"), reason="the system cannot watch a child")

_STUBBORN = """
import signal, sys, time
from marshtest.cli.cage import enter_cage
cage = enter_cage()
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_IGN)
{body}
"""


def _run(body: str) -> subprocess.Popen[str]:
    program = _STUBBORN.format(body=body)
    return subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_command_that_takes_too_much_memory_is_ended_and_the_place_is_named() -> None:
    with _run(
        "cage.at('bomb.json:7'); cage.limit(memory=200_000_000); x = bytearray(b'x' * 700_000_000); time.sleep(9)"
    ) as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "bomb.json:7: this takes more than 191MiB of memory" in said
        assert "--max-memory" in said


def test_reading_that_takes_too_long_is_ended() -> None:
    with _run("cage.at('slow.csv'); cage.limit(seconds=1)\nwhile True: pass") as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "slow.csv: reading takes more than 1 CPU seconds" in said


def test_a_second_signal_ends_a_command_that_does_not_listen() -> None:
    with _run("print('ready', flush=True); time.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_nothing_is_left_behind_when_the_watching_process_is_killed() -> None:
    with _run("import os; print(os.getpid(), flush=True); time.sleep(60)") as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.kill()
        process.wait(20)
        ends = time.monotonic() + 20
        while Path(f"/proc/{child}").exists() and time.monotonic() < ends:
            time.sleep(0.05)
        state = Path(f"/proc/{child}/stat")
        assert not state.exists() or state.read_text("ascii").rpartition(")")[2].split()[0] == "Z"


def test_a_crash_of_a_library_is_told_with_the_place() -> None:
    with _run("import os; cage.at('data.parquet:12'); os.kill(os.getpid(), signal.SIGSEGV)") as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "data.parquet:12: the process was ended by SIGSEGV" in said


def test_the_exit_code_is_that_of_the_command() -> None:
    with _run("sys.exit(3)") as process:
        assert process.wait(60) == 3


@pytest.mark.parametrize("option", [("--max-memory", "60MB"), ("--timeout", "0.01")])
def test_an_audit_keeps_to_its_limits(tmp_path: Path, option: tuple[str, str]) -> None:
    data = tmp_path / "data.jsonl.gz"
    data.write_bytes(gzip.compress(b'{"text": "a b c", "label": "x"}\n' * 200_000))
    command = [sys.executable, "-m", "marshtest", "audit", str(data), "--power", "off", "--out", str(tmp_path / "run")]
    done = subprocess.run([*command, *option], capture_output=True, text=True, check=False, env={**os.environ})
    assert done.returncode == 2
    assert str(data) in done.stderr
    assert option[0] in done.stderr
    assert not (tmp_path / "run" / "report.json").exists()


def test_looking_at_data_is_held_to_limits_too(tmp_path: Path) -> None:
    """`marsh inspect` had none but those of the machine."""
    (tmp_path / "d.jsonl").write_text('{"text": "some words", "label": "a"}\n' * 40)
    command = [sys.executable, "-m", "marshtest", "inspect", str(tmp_path / "d.jsonl")]
    done = subprocess.run([*command, "--max-memory", "20MiB"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "this takes more than 20MiB of memory" in done.stderr
    done = subprocess.run([*command, "--timeout", "0.2"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "reading takes more than 0 CPU seconds" in done.stderr
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
