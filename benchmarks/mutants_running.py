"""Run some tests on a changed copy of the package, in a process forked from one that has loaded its libraries.

Loading numpy, scipy and pytest takes longer than most of the tests; a fork has them loaded. Nothing of the package
itself is loaded before the fork.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Trial", "warm"]

OURS = ("marshtest", "tests", "benchmarks", "conftest", "_pytest", "pytest", "__mp_main__", "__main__")
"""What a fork loads itself."""
MEMORY = 6 << 30
"""Bytes that a changed program may take before it counts as killed. Chosen by eye: many times what the tests take."""
PATIENCE, GRACE = 5, 10
"""How many times as long as the unchanged tests, and how many seconds more, a mutant may take. Chosen by eye."""
POLL = 0.01
"""Seconds between two looks at a running fork. Convention."""


def _inside(copy: Path, tests: Sequence[str], notes: Path | None) -> int:
    """Run the tests in this process, which was forked for it: the exit code of pytest."""
    with open(copy / "output.txt", "w") as output:
        for stream in (1, 2):
            os.dup2(output.fileno(), stream)
    os.chdir(copy)
    sys.path[:0] = [str(copy / "src"), str(copy)]
    sys.dont_write_bytecode = notes is None
    import pytest

    before = set(sys.modules)
    loaded_twice = "ignore::pytest.PytestAssertRewriteWarning"  # plugins that stand in memory already
    code = pytest.main(["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "-W", loaded_twice, *tests])
    if notes is not None:
        loaded = [name for name in sys.modules if name not in before and name.split(".")[0] not in OURS]
        notes.write_text(json.dumps(loaded), "utf-8")
    return int(code)


def _fork(copy: Path, tests: Sequence[str], notes: Path | None) -> int:
    """Start the tests in a fork: its process id."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        code = _inside(copy, tests, notes)
    except Exception:  # noqa: BLE001 - whatever breaks is told by the exit code, and its story stands in the output
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


@dataclass(frozen=True, slots=True)
class Trial:
    """Some tests on the copy as it stands now."""

    copy: Path
    tests: Sequence[str]
    seconds: float
    """What the tests take on the unchanged copy."""

    def fails(self) -> bool:
        """Tell whether a test fails, breaks or takes too long."""
        child = _fork(self.copy, self.tests, None)
        end = time.monotonic() + PATIENCE * self.seconds + GRACE
        while time.monotonic() < end:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return status != 0
            time.sleep(POLL)
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return True


def warm(copy: Path, tests: Sequence[str]) -> float:
    """Run the tests on the unchanged copy and load what they load of other packages: the seconds that they took.

    Raises:
        RuntimeError: They fail.
    """
    notes = copy / "loaded.json"
    for _ in range(2):  # the second time with everything loaded, which is what a mutant is measured against
        begin = time.monotonic()
        _, status = os.waitpid(_fork(copy, tests, notes), 0)
        seconds = time.monotonic() - begin
        if status:
            said = (copy / "output.txt").read_text("utf-8")[-2000:]
            raise RuntimeError(f"the unchanged tests fail: {', '.join(tests)}\n{said}")
        for name in json.loads(notes.read_text("utf-8")):
            try:
                importlib.import_module(name)
            except ImportError:  # made while a test ran: the fork makes it again
                continue
    return seconds
