"""Audit files that are made to exhaust the machine, and measure what they take.

    python -m benchmarks.bombs [NAME ...]

Every file (`bomb_files`) is audited by the command line in a process of its own: `marsh audit FILE --power off`.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.bomb_files import BOMBS as FILE_BOMBS
from benchmarks.bomb_texts import TEXT_BOMBS

BOMBS = FILE_BOMBS | TEXT_BOMBS

__all__ = ["Taken", "taken_by"]

_SECONDS = 150
_BYTES = 7 * 1024**3


class Taken(NamedTuple):
    """What one audit took."""

    seconds: float
    """CPU seconds."""
    peak: float
    """Bytes in memory at most."""
    code: int
    said: str


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (_BYTES, _BYTES))


def taken_by(path: Path, *options: str) -> Taken:
    """Audit a file and tell what that takes."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "marshtest", "audit", str(path), "--power", "off", "--out", f"{folder}/run"]
        with open(f"{folder}/said", "w+b") as out:
            process = subprocess.Popen(  # noqa: S603  our own program
                [*command, *options],
                stdout=out,
                stderr=out,
                preexec_fn=_limits,  # noqa: PLW1509  no threads here
            )
            peak = 0.0
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                peak = max(peak, _tree(process.pid))
                time.sleep(0.02)
            out.seek(0)
            said = out.read().decode("utf-8", "replace")
        process.returncode = os.waitstatus_to_exitcode(status)
    return Taken(usage.ru_utime + usage.ru_stime, max(peak, usage.ru_maxrss * 1024), process.returncode, said)


def _tree(pid: int) -> float:
    """Return the bytes that a process and its children hold."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(_tree(int(child)) for child in children)


def main() -> None:
    """Audit the files that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    told = parser.parse_args()
    for name in told.names or BOMBS:
        with tempfile.TemporaryDirectory() as folder:
            path = BOMBS[name](Path(folder))
            size = path.stat().st_size
            taken = taken_by(path, *(["--on-bad-record", "skip"] if "unreadable" in name or "ragged" in name else []))
        lines = [line for line in taken.said.splitlines() if line.strip()]
        shown = next((one for one in lines if one.startswith("Error")), lines[-1] if lines else "")
        print(
            f"{name:20} {size / 1e3:8.1f} kB {taken.seconds:7.1f} s {taken.peak / 1e6:8.0f} MB  exit {taken.code}  "
            f"{len(taken.said)} {shown[:150]}",
            flush=True,
        )


if __name__ == "__main__":
    main()
