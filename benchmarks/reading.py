"""How long does reading take, how much memory does it need, and how does that compare with another version?

Data of every size are written (`benchmarks.scale_data`) and read in a process of its own, once with all columns in
memory and once with columns mapped from a file, as happens when the memory budget is small. With --before, the
interpreter of another version reads the same files, in turn with this one, so that both meet the same load. CPU seconds
are those to compare where others use the machine too. Needs Linux, for /proc.

    python -m benchmarks.reading --sizes 100000 1000000 --before ../base/.venv/bin/python
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from benchmarks.scale_data import write_scale_data
from marshtest.data.atomic import write_atomically

RESULTS = Path(__file__).with_name("READING.md")
_PROGRAM = """
import inspect, json, pathlib, resource, sys, time

class Mapped:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
    def scratch(self, data, records):
        return self.folder

from marshtest import read_dataset
option = next(name for name in ("memory", "room") if name in inspect.signature(read_dataset).parameters)
wall, cpu = time.perf_counter(), time.process_time()
dataset = read_dataset(sys.argv[1], **({option: Mapped(sys.argv[2])} if sys.argv[2:] else {}))
print(json.dumps({
    "seconds": time.perf_counter() - wall,
    "cpu_seconds": time.process_time() - cpu,
    "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "records": len(dataset),
    "fingerprint": dataset.fingerprint,
}))
"""
"""Reads a file. Budgets are called `memory`, or `room` in older versions, and are asked only for their folder."""
_POLL_SECONDS = 0.02
"""How often the memory of the process is looked at. Chosen by eye: reading takes a hundred times as long."""
_COLUMNS = {"cpu_seconds": "CPU s", "seconds": "wall s", "peak_mib": "peak MiB", "held_mib": "held MiB"}
Run = Mapping[str, float]
"""What one reading took, by the names of `_COLUMNS`."""


def read(python: Path, data: Path, *, mapped: bool) -> tuple[Run, str]:
    """Read a file in a new process; give what that took, and the fingerprint of the dataset."""
    held = 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as told:
        command = [str(python), "-c", _PROGRAM, str(data), *([folder] if mapped else [])]
        with subprocess.Popen(command, stdout=told) as process:  # noqa: S603  our own program
            while process.poll() is None:
                status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
                sizes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")]
                held = max([held, *sizes])
                time.sleep(_POLL_SECONDS)
        if process.returncode != 0:
            raise SystemExit(f"reading {data} with {python} ended with {process.returncode}")
        told.seek(0)
        took = json.loads(told.read())
    return {**{name: took[name] for name in _COLUMNS if name in took}, "held_mib": held / 1024}, took["fingerprint"]


def measure(data: Path, versions: Mapping[str, Path], rounds: int, *, mapped: bool) -> dict[str, list[Run]]:
    """Read a file several times with every version, in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in versions}
    fingerprints = set()
    for _ in range(rounds):
        for name, python in versions.items():
            took, fingerprint = read(python, data, mapped=mapped)
            runs[name].append(took)
            fingerprints.add(fingerprint)
    if len(fingerprints) > 1:
        raise SystemExit(f"the versions read different things in {data}")
    return runs


def rows(size: int, where: str, runs: Mapping[str, Sequence[Run]]) -> list[str]:
    """Write the medians of every version, and the range of the ratios of one round."""
    lines = []
    for name, took in runs.items():
        middle = {column: median(one[column] for one in took) for column in _COLUMNS}
        cells = [f"{middle['cpu_seconds']:.2f}", f"{middle['seconds']:.2f}"]
        cells += [f"{middle['peak_mib']:,.0f}", f"{middle['held_mib']:,.0f}"]
        lines.append(f"| {size:,} | {where} | {name} | {' | '.join(cells)} |")
    if len(runs) > 1:
        before, after = runs.values()
        cells = []
        for column in _COLUMNS:
            ratios = [new[column] / old[column] for old, new in zip(before, after, strict=True)]
            cells.append(f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
        lines.append(f"| {size:,} | {where} | after / before | {' | '.join(cells)} |")
    return lines


def page(lines: Sequence[str], rounds: int) -> bytes:
    """Write the page from the lines of its table."""
    text = [
        "# Reading: time and memory",
        "",
        "Written by `python -m benchmarks.reading`. Do not edit.",
        "",
        f"Labelled records as JSON Lines, {rounds} rounds in which the versions take turns; medians, and for the "
        "ratios the range over the rounds. Imports that reading needs are counted. Two cores that others used too, so "
        "compare CPU seconds.",
        "",
        f"| records | columns | version | {' | '.join(_COLUMNS.values())} |",
        f"|{'---|' * (3 + len(_COLUMNS))}",
        *lines,
        "",
        "Peak memory is the most that was resident, with pages of mapped files, which the system takes back when it "
        "needs them. Held memory is the part that the process holds itself, looked at every "
        f"{_POLL_SECONDS * 1000:.0f} ms.",
    ]
    return ("\n".join(text) + "\n").encode()


def main() -> None:
    """Read every size and write the page, anew after every size and kind of columns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the real data")
    parser.add_argument("--sizes", nargs="+", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--before", type=Path, help="interpreter that has another version of marshtest")
    parser.add_argument("--before-name", default="before", help="what to call that version")
    parser.add_argument("--work", type=Path, default=Path("scale-runs"), help="folder for the data")
    parser.add_argument("--out", type=Path, default=RESULTS, help="Markdown file to write")
    arguments = parser.parse_args()
    versions = {arguments.before_name: arguments.before.absolute()} if arguments.before else {}
    versions["after" if versions else "now"] = Path(sys.executable)
    lines: list[str] = []
    for size in arguments.sizes:
        planted = write_scale_data(arguments.data, arguments.work, size)
        for mapped, where in ((False, "in memory"), (True, "mapped")):
            found = rows(size, where, measure(planted.path, versions, arguments.rounds, mapped=mapped))
            print("\n".join(found), flush=True)
            lines += found
            write_atomically({arguments.out: page(lines, arguments.rounds)})


if __name__ == "__main__":
    main()
