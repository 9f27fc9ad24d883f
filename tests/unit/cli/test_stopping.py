"""A kill and a closed terminal leave as little behind as Ctrl-C does."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from marshtest.cli.run_folder import CHECKPOINTS_NAME, SPILL_NAME
from marshtest.cli.stopping import stoppable
from marshtest.demo import write_demo_data

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_an_audit_that_is_stopped_takes_its_columns_away(number: signal.Signals, tmp_path: Path) -> None:
    data = write_demo_data(tmp_path / "tickets.jsonl")
    out = tmp_path / "out"
    # Whoever runs the tests may ignore signals, and little is allowed to be held, so that columns go to the disk.
    program = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import marshtest.data.memory as memory\n"
        "memory._START_BYTES = memory._CLOSE_BYTES = 0; memory._HELD_BYTES = 1e9\n"
        "from marshtest.cli.main import main; main()"
    )
    command = [sys.executable, "-c", program, "audit", str(data), "--out", str(out), "--quiet"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(out.glob(f"{CHECKPOINTS_NAME}/*.kept")):
        assert process.poll() is None
        time.sleep(0.02)
    assert list(out.glob(f"{SPILL_NAME}/*.arrow"))
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    assert (process.returncode, told.strip().splitlines()[-1]) == (128 + number, "Error: interrupted.")
    assert not (out / SPILL_NAME).exists()


def test_what_somebody_else_has_asked_for_stays() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable() as came:
            os.kill(os.getpid(), signal.SIGHUP)
            assert came == []
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGTERM)
            assert came == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Have Ctrl-C work, which a run in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_kill_cancels_the_tasks_of_a_loop_and_breaks_into_none(interruptible: None) -> None:
    """A worker that reads a long answer, as here, must not die of it alone: the others would go on for ever."""
    ends: list[str] = []

    async def work(number: int) -> None:
        try:
            if number == 2:
                os.kill(os.getpid(), signal.SIGTERM)
                os.kill(os.getpid(), signal.SIGTERM)  # as who stops a group of processes does
                time.sleep(0.01)
            await asyncio.sleep(30)
        except BaseException as error:
            ends.append(type(error).__name__)
            raise

    async def all_of_them() -> None:
        await asyncio.gather(*(work(number) for number in range(3)))

    began = time.monotonic()
    with stoppable() as came, asyncio.Runner() as runner, pytest.raises(KeyboardInterrupt):
        runner.run(all_of_them())
    assert came == [signal.SIGTERM]
    assert ends == ["CancelledError"] * 3
    assert time.monotonic() - began < 10
