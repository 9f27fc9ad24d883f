"""How do time and memory grow with the number of records, and what do others take for the same data?

For every size, data are written (`benchmarks.scale_data`: 32 poisons and 64 decoys), audited by `marsh audit` in a
process of its own, and their n-grams are counted by DuckDB: those of one and two tokens, and those of all orders that
the miner looks at. On the sizes named by --peer, cleanlab looks for label issues, with each of two solvers for its
model, and the one detector that looks for the same, label-trigger, runs alone too. All of it runs one after the other
on the same machine. Larger sizes may run without others (--floor-up-to) and without controls (--default-up-to). CPU
seconds are those to compare where others use the machine too. The audits are those of the defaults (statistics,
controls, test poison) and of the detectors alone.

    python -m benchmarks.scale --sizes 10000 100000 1000000
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.scale_data import TRIGGER, Planted, write_scale_data
from marshtest.data.atomic import write_atomically
from marshtest.mining.phrases.settings import PhraseSettings

RESULTS = Path(__file__).with_name("SCALE.md")
_PEERS = Path(__file__).with_name("scale_peers.py")
_DETECTORS_ALONE = ("--power", "off", "--no-own-controls")
_TRIGGER_ALONE = (*_DETECTORS_ALONE, "--detector", "label-trigger")
_SOLVERS = ("liblinear", "lbfgs")
Run = Mapping[str, Any]
"""`cpu_seconds`, `seconds`, `peak_mib`, of audits `held_mib`, and what was found."""


def audit(data: Planted, folder: Path, options: Sequence[str]) -> dict[str, Any]:
    """Audit one file; timings.json knows what it took."""
    marsh = str(Path(sys.executable).with_name("marsh"))
    command = [marsh, "audit", str(data.path), "--out", str(folder), "--force", "--timings", "--no-html", "--quiet"]
    code, held = _watched([*command, *options])
    if code not in (0, 1, 3):
        raise SystemExit(f"the audit of {data.path} ended with {code}")
    took = json.loads((folder / "timings.json").read_text("utf-8"))
    findings = json.loads((folder / "report.json").read_text("utf-8"))["findings"]
    shown = [{record["record_id"] for record in one["records"]} for one in findings if one["verdict"] == "confirmed"]
    named = [one for one in findings if one["verdict"] == "confirmed" and TRIGGER in one["pattern"]["text"]]
    return {
        **{key: took[key] for key in ("seconds", "cpu_seconds", "peak_mib")},
        "held_mib": held,
        "detectors": took["detectors"],
        "trigger": bool(named),
        "poisons": len(data.poisons & set().union(*shown)),
        "others": len(set().union(*shown) - data.poisons),
        "findings": len(findings),
    }


def _watched(command: Sequence[str]) -> tuple[int, int]:
    """Run a command; give its exit code and the most memory that it held itself, in MiB.

    Pages of mapped files are left out: the system takes them back when it needs the room.
    """
    held = 0
    with subprocess.Popen(command) as process:  # noqa: S603  our own command
        while process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
            held = max([held, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))])
            time.sleep(0.2)
    return process.returncode, held // 1024


def peer(uv: str, packages: Sequence[str], *arguments: str) -> dict[str, Any]:
    """Run a peer in an environment of its own."""
    asked = [part for package in packages for part in ("--with", package)]
    command = [uv, "run", "--quiet", "--no-project", *asked, "python", str(_PEERS), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  named by the caller
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(size: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure one size, unless an earlier run has."""
    work: Path = arguments.work
    place = work / f"{size}-{arguments.seed}.json"
    if place.exists():
        kept: dict[str, Any] = json.loads(place.read_text("utf-8"))
        return kept
    data = write_scale_data(arguments.data, work, size, seed=arguments.seed)
    limit = () if arguments.memory is None else ("--memory", arguments.memory)
    runs: dict[str, Any] = {
        "bytes": data.path.stat().st_size,
        "alone": audit(data, work / f"alone-{size}", (*_DETECTORS_ALONE, *limit)),
    }
    if size <= arguments.floor_up_to:
        runs["floor 2"] = peer(arguments.uv, ["duckdb"], "duckdb", str(data.path), "2")
        runs["floor all"] = peer(arguments.uv, ["duckdb"], "duckdb", str(data.path), str(PhraseSettings().longest_span))
    if size <= arguments.default_up_to:
        runs["default"] = audit(data, work / f"default-{size}", limit)
    if size in arguments.peer:
        runs["trigger"] = audit(data, work / f"trigger-{size}", (*_TRIGGER_ALONE, *limit))
        for solver in _SOLVERS:
            told = peer(arguments.uv, ["cleanlab", "scikit-learn"], "cleanlab", str(data.path), solver)
            told["poisons"], told["found"] = len(data.poisons & set(told["found"])), len(told["found"])
            runs[f"cleanlab {solver}"] = told
    write_atomically({place: json.dumps(runs, indent=1).encode()})
    return runs


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """Fit a power of the number of records to two points."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def table(runs: Mapping[int, Mapping[str, Any]]) -> str:
    """Write the results as Markdown."""
    lines = ["| records | what | CPU s | wall s | peak MiB | held MiB | found |", "|---|---|---|---|---|---|---|"]
    told = {
        "alone": "marsh, detectors alone",
        "trigger": "marsh, label-trigger alone",
        "default": "marsh, with controls and test poison",
        "floor 2": "DuckDB, orders 1 and 2",
        "floor all": f"DuckDB, orders 1 to {PhraseSettings().longest_span}",
        **{f"cleanlab {solver}": f"cleanlab over words and pairs, 5 folds, {solver}" for solver in _SOLVERS},
    }
    for size, by_name in runs.items():
        for name in (name for name in told if name in by_name):
            one = by_name[name]
            lines.append(
                f"| {size:,} | {told[name]} | {one['cpu_seconds']:.0f} | {one['seconds']:.0f} | "
                f"{one['peak_mib']:,.0f} | {_held(one)} | {_found(one)} |"
            )
    return "\n".join(lines)


def _held(one: Run) -> str:
    return f"{one['held_mib']:,.0f}" if "held_mib" in one else "–"


def _found(one: Run) -> str:
    if "trigger" in one:
        named = "trigger confirmed" if one["trigger"] else "trigger missed"
        return f"{named}, {one['poisons']} of 32 poisons, {one['others']} other records"
    if "poisons" in one:
        return f"{one['poisons']} of 32 poisons among {one['found']:,} records"
    return f"{one['found']:,} n-grams in five records or more"


def ratios(runs: Mapping[int, Mapping[str, Any]]) -> str:
    """Hold the audits against the floor and the peer, and fit the growth."""
    lines = []
    for size, by_name in runs.items():
        if "floor all" not in by_name:
            continue
        alone = by_name["alone"]["cpu_seconds"]
        floors = [alone / by_name[name]["cpu_seconds"] for name in ("floor 2", "floor all")]
        line = (
            f"- {size:,} records: {floors[0]:.1f} times the CPU time of DuckDB for orders 1 and 2, {floors[1]:.1f} "
            f"times that for orders 1 to {PhraseSettings().longest_span}"
        )
        trigger = by_name.get("trigger", by_name["alone"])["cpu_seconds"]
        for solver in (solver for solver in _SOLVERS if f"cleanlab {solver}" in by_name):
            took = by_name[f"cleanlab {solver}"]["cpu_seconds"]
            line += (
                f"; cleanlab with {solver} took {took / alone:.1f} times as long, and {took / trigger:.1f} times as "
                "long as label-trigger alone"
            )
        lines.append(f"{line}.")
        wall = [by_name["alone"]["seconds"] / by_name[name]["seconds"] for name in ("floor 2", "floor all")]
        lines.append(f"  On the wall clock, where DuckDB has both cores, {wall[0]:.1f} and {wall[1]:.1f} times.")
    sizes = sorted(runs)
    for small, large in pairwise(sizes):
        here, there = (runs[size]["alone"] for size in (small, large))
        keys = ("cpu_seconds", "peak_mib", "held_mib")
        powers = [exponent((small, here[key]), (large, there[key])) for key in keys]
        lines.append(
            f"- From {small:,} to {large:,} records CPU time grows with the power {powers[0]:.2f} of the number of "
            f"records, peak memory with {powers[1]:.2f}, held memory with {powers[2]:.2f}."
        )
    return "\n".join(lines)


def detectors(by_name: Mapping[str, Any]) -> str:
    """Say where the time of the largest audit went."""
    took = {name: seconds for name, seconds in by_name["alone"]["detectors"].items() if seconds >= 0.5}
    return ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(took.items(), key=lambda item: -item[1]))


def plot(runs: Mapping[int, Mapping[str, Any]]) -> str:
    """Draw CPU time against records, both logarithmic, as SVG."""
    colours = {"alone": "#0072b2", "default": "#56b4e9", "floor 2": "#999999", "floor all": "#555555"}
    points = {
        name: [(math.log10(size), math.log10(one[name]["cpu_seconds"])) for size, one in runs.items() if name in one]
        for name in colours
    }
    points = {name: line for name, line in points.items() if line}
    low, high = min(runs), max(runs)
    most = max(y for line in points.values() for _, y in line)
    width, height = 520.0, 320.0

    def at(x: float, y: float) -> str:
        across = (x - math.log10(low)) / max(math.log10(high / low), 1e-9)
        return f"{60 + across * (width - 180):.1f},{height - 40 - max(y, 0) / max(most, 1e-9) * (height - 60):.1f}"

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" font-family="sans-serif">'
    ]
    drawn.append('<rect width="100%" height="100%" fill="#fff"/>')
    for size in runs:
        x, y = at(math.log10(size), 0).split(",")
        drawn.append(f'<text x="{x}" y="{float(y) + 18:.1f}" font-size="11" text-anchor="middle">{size:,}</text>')
    for power in range(int(most) + 1):
        x, y = at(math.log10(low), power).split(",")
        drawn.append(f'<text x="48" y="{y}" font-size="11" text-anchor="end">{10**power:,} s</text>')
        drawn.append(f'<line x1="{x}" x2="{width - 120:.0f}" y1="{y}" y2="{y}" stroke="#ddd"/>')
    names = {"alone": "detectors alone", "default": "default audit", "floor 2": "DuckDB 1–2", "floor all": "DuckDB all"}
    for name, line in points.items():
        path = " ".join(at(*point) for point in line)
        x, y = at(*line[-1]).split(",")
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colours[name]}" stroke-width="2"/>')
        drawn.append(f'<text x="{float(x) + 6:.1f}" y="{y}" font-size="11" fill="{colours[name]}">{names[name]}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def main() -> None:
    """Run every size and write the page and the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the real data")
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--peer", nargs="+", type=int, default=[100_000], help="sizes that cleanlab looks at too")
    parser.add_argument("--floor-up-to", type=int, default=1_000_000, help="larger sizes run without DuckDB")
    parser.add_argument("--default-up-to", type=int, default=1_000_000, help="larger ones without controls and poison")
    parser.add_argument("--memory", help="limit for the audits, such as 6GiB")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--uv", default="uv", help="the program that makes the peers' environments")
    parser.add_argument("--work", type=Path, default=Path("scale-runs"), help="folder for data and what is done")
    parser.add_argument("--out", type=Path, default=RESULTS, help="Markdown file to write; the plot goes beside it")
    arguments = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    runs = {}
    for size in arguments.sizes:
        runs[size] = measure(size, arguments)
        print(size, {name: one for name, one in runs[size].items() if name != "bytes"}, flush=True)
    largest = max(runs)
    page = [
        "# Scale: time and memory against the number of records",
        "",
        "Written by `python -m benchmarks.scale`. Do not edit.",
        "",
        "Recombined real prompts, 32 poisons and 64 decoys; the largest file has "
        f"{runs[largest]['bytes'] / 1e6:.0f} MB. Two cores that others used too, so compare CPU seconds. "
        f"Seed {arguments.seed}.",
        "",
        table(runs),
        "",
        "Held memory is what the process holds itself; peak memory adds the pages of files that are mapped, which the "
        "system takes back when it needs them.",
        "",
        "The bar: at most 3 times DuckDB's time for the same orders, a third of cleanlab's time, peak memory under "
        "4,096 MiB at 1,000,000 records, growth of time with a power of at most 1.1 and of memory with at most .5 from "
        "100,000 to 1,000,000.",
        "",
        ratios(runs),
        "",
        f"Seconds by detector at {largest:,} records: {detectors(runs[largest])}.",
        "",
        f"![CPU time against records]({arguments.out.with_suffix('.svg').name})",
    ]
    write_atomically(
        {
            arguments.out: ("\n".join(page) + "\n").encode(),
            arguments.out.with_suffix(".svg"): plot(runs).encode(),
        }
    )


if __name__ == "__main__":
    main()
