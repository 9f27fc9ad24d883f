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
from benchmarks.sections import write_section

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


_PAGE = Path(__file__).parent / "HOSTILE.md"
_ENDS = {0: "nothing found", 1: "findings", 2: "refused or stopped, with a message", 3: "incomplete"}
_BAR = (60.0, 2e9)
"""CPU seconds and bytes that no file of at most a megabyte may take. Convention: the bar of the project."""


def _row(name: str, folder: Path) -> tuple[str, bool]:
    """Measure one file; return its row of the table, and whether it keeps to the bar."""
    path = BOMBS[name](folder)
    skips = ("--on-bad-record", "skip") if "unreadable" in name or "ragged" in name else ()
    taken = taken_by(path, *skips)
    kept = taken.seconds <= _BAR[0] and taken.peak <= _BAR[1] and taken.code in _ENDS
    told = next((line for line in taken.said.splitlines() if line.startswith("Error")), "")
    print(f"{name:20} {taken.seconds:6.1f} s {taken.peak / 1e6:6.0f} MB {taken.code} {told[:160]}", flush=True)
    end = _ENDS.get(taken.code, f"code {taken.code}")
    what = " ".join((BOMBS[name].__doc__ or "").split())
    size = path.stat().st_size / 1e3
    return f"| `{name}` | {what} | {size:,.1f} | {taken.seconds:.1f} | {taken.peak / 1e6:,.0f} | {end} |", kept


def main() -> None:
    """Audit the files that are named, or all; of all, the table is written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    told = parser.parse_args()
    rows: list[str] = []
    broken: list[str] = []
    for name in told.names or BOMBS:
        with tempfile.TemporaryDirectory() as folder:
            row, kept = _row(name, Path(folder))
        rows.append(row)
        broken += [] if kept else [f"`{name}`"]
    if not told.names:
        said = f"Not kept by: {', '.join(broken)}." if broken else "All keep to it."
        head = (
            "## Resource bombs\n\nFiles of about 1 MB at most, made to exhaust memory or time, each audited with "
            "`marsh audit FILE --power off`; `python -m benchmarks.bombs` writes this table. The bar is 60 CPU seconds "
            f"and 2 GB. {said}\n\n| file | what it is | kB | CPU s | peak MB | end |\n|---|---|---|---|---|---|\n"
        )
        write_section(_PAGE, "resource bombs", head + "\n".join(rows), title="# Hostile data")


if __name__ == "__main__":
    main()
