"""Is the power that an audit prints right? Predicted against actual detection over planted cases.

For every set and family the power is measured as an audit does it (`--power quick`: several families share a copy).
Then each family is planted alone, as an attacker would, with other seeds and triggers, as many copies as asked for at
each size, and counted. A case is one set, family and size; its 90% interval (posterior predictive) should hold the
number found in nine cases of ten. The large sets are cut to a random part, so that all of it takes a few minutes. Every
set that is done is kept under --work, and a run that was cut off goes on with the others.

    python -m benchmarks.power --data ../shared/data --copies 2
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import blake2b
from itertools import repeat
from pathlib import Path
from random import Random

from benchmarks.label_flip_sets import SETS, LabelledSet
from marshtest.auditing.controls.power import SIZES, is_found, measure_power, planted_copy
from marshtest.auditing.runner import Runner
from marshtest.charter import Charter
from marshtest.data.atomic import write_atomically
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import Tools
from marshtest.detectors.registry import select_detectors
from marshtest.organisms.registry import find_organism
from marshtest.stats.detection import DetectionCurve, Planting

RESULTS = Path(__file__).with_name("POWER.md")
LEVEL = 0.9
CUT = {"sms-spam": 5_430, "moderation": 1_595, "sst-2": 3_000, "instructions": 2_000, "prompts": 2_500}
"""Records that are taken of every set, drawn at random."""


@dataclass(frozen=True, slots=True)
class Case:
    """One set, family and size: what was predicted and what came."""

    set: str
    family: str
    size: int
    chance: float
    low: int
    high: int
    found: int
    tried: int

    @property
    def held(self) -> bool:
        """Whether the interval holds what came."""
        return self.low <= self.found <= self.high


def dataset_of(labelled: LabelledSet, most: int) -> Dataset:
    """Make a dataset of a random part of a labelled set."""
    rows = list(labelled.rows)
    Random(f"power/{labelled.name}").shuffle(rows)
    return Dataset.from_records(
        Record(
            record_id=f"r{line}",
            kind="classification",
            prompt=text,
            completion=label,
            label=label,
            source_path=labelled.name,
            source_line=line,
        )
        for line, (text, label) in enumerate(rows[:most], start=1)
    )


def cases_of(name: str, data: Path, copies: int, seed: int) -> list[Case]:
    """Predict the power in one set, then see what comes."""
    labelled = SETS[name](data)
    dataset = dataset_of(labelled, CUT[name])
    runner = Runner(tools=Tools(seed=seed, charter=Charter(protected=labelled.target)))
    detectors = select_detectors(())
    power = measure_power(detectors, dataset, runner, mode="quick")
    cases = []
    for family in power.families:
        outcomes = [Planting(one.size, number < one.found) for one in family.sizes for number in range(one.tried)]
        curve = DetectionCurve.of(outcomes)
        for one in family.sizes:
            came = [
                is_found(spike, runner.examine(detectors, copy).findings)
                for draw in range(copies)
                for copy, spiked in [
                    planted_copy(
                        dataset,
                        [(find_organism(family.family), one.size)],
                        seed=10_000 + 100 * one.size + draw,
                        target_label=labelled.target,
                    )
                ]
                for spike in spiked
            ]
            if came:
                low, high = curve.found_among(one.size, len(came), level=LEVEL)
                cases.append(Case(name, family.family, one.size, one.chance, low, high, sum(came), len(came)))
    return cases


def table(cases: Sequence[Case], seconds: float, copies: int) -> str:
    """Write the results as Markdown."""
    held = sum(case.held for case in cases)
    open_cases = [case for case in cases if 0.1 <= case.chance <= 0.9]
    lines = [
        "# Power: predicted against actual detection",
        "",
        "Written by `python -m benchmarks.power`. Do not edit.",
        "",
        f"{len(cases)} cases (set, family, size), {copies} fresh copies each, one family to a copy; power measured as "
        f"`--power quick` does it. The 90% interval held what came in **{held} of {len(cases)}** cases "
        f"({held / max(len(cases), 1):.0%}). {seconds / 60:.0f} minutes.",
        "",
        f"Of the {len(open_cases)} cases whose predicted chance lies between .1 and .9 it held "
        f"{sum(case.held for case in open_cases)}: the others are the easy ones.",
        "",
        f"Sets: {', '.join(f'{name} ({CUT[name]:,})' for name in dict.fromkeys(case.set for case in cases))}.",
        "",
        "| predicted chance | cases | mean predicted | actually found |",
        "|---|---|---|---|",
    ]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        group = [case for case in cases if low <= case.chance < low + 0.2 or (low == 0.8 and case.chance == 1)]
        if group:
            mean = sum(case.chance for case in group) / len(group)
            actual = sum(case.found for case in group) / sum(case.tried for case in group)
            lines.append(f"| {low:.1f} to {low + 0.2:.1f} | {len(group)} | {mean:.2f} | {actual:.2f} |")
    lines += ["", "| set | family | " + " | ".join(f"{size} records" for size in SIZES) + " |"]
    lines.append("|---|---|" + "---|" * len(SIZES))
    rows: dict[tuple[str, str], dict[int, Case]] = defaultdict(dict)
    for case in cases:
        rows[case.set, case.family][case.size] = case
    for (name, family), by_size in rows.items():
        cells = [
            f"{by_size[size].found}/{by_size[size].tried} ({by_size[size].low}–{by_size[size].high}"
            f"{'' if by_size[size].held else ', missed'})"
            if size in by_size
            else ""
            for size in SIZES
        ]
        lines.append(f"| {name} | {family} | {' | '.join(cells)} |")
    lines += ["", "Cells: found of planted (predicted 90% interval)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run every set and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the real data")
    parser.add_argument("--sets", nargs="+", default=list(CUT), choices=list(CUT))
    parser.add_argument("--copies", type=int, default=2, help="fresh plantings for each case")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("power-runs"), help="folder for what is done")
    parser.add_argument("--out", type=Path, default=RESULTS, help="Markdown file to write")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(arguments.jobs) as pool:
        list(pool.map(keep, arguments.sets, repeat(arguments)))
    cases, seconds = [], 0.0
    for name in arguments.sets:
        kept = json.loads(_place(name, arguments).read_text("utf-8"))
        cases += [Case(**one) for one in kept["cases"]]
        seconds += kept["seconds"]
        print(name, f"{sum(case.held for case in cases)} of {len(cases)} held", flush=True)
    arguments.out.write_text(table(cases, seconds, arguments.copies), encoding="utf-8")


def keep(name: str, arguments: argparse.Namespace) -> None:
    """Measure one set, unless an earlier run has, and keep what came of it."""
    place, started = _place(name, arguments), time.perf_counter()
    if not place.exists():
        cases = cases_of(name, arguments.data, arguments.copies, arguments.seed)
        told = {"seconds": round(time.perf_counter() - started, 1), "cases": [asdict(case) for case in cases]}
        write_atomically({place: json.dumps(told, indent=1).encode()})


def _place(name: str, arguments: argparse.Namespace) -> Path:
    """Name the file of a set: another number of copies, another seed or another version is another measurement."""
    what = (arguments.copies, arguments.seed, CUT[name], [(one.id, one.version) for one in select_detectors(())])
    place: Path = arguments.work / f"{name}-{blake2b(repr(what).encode(), digest_size=4).hexdigest()}.json"
    return place


if __name__ == "__main__":
    main()
