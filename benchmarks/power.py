"""Is the power that an audit prints right? Predicted against actual detection over fresh attacks.

For every set the power is measured as an audit does it (`--power quick`: several plantings share a copy). Then fresh
attacks of other seeds, and so other triggers and records, are planted alone, as an attacker would, in random directions
of the label and with random numbers of records; each is one audit, found or not. Held against them are the predictions
of the curves of that audit, and those that the same curves make with the attack's family left out of them: what they
would have said of a family that nobody has thought of. No number of the curves is learned from data, so that no set has
to be left out of anything; sets that were looked at while the method was made are called home.

A case is one set and family. Its 90% interval for the number found (posterior predictive) should hold in nine of ten
cases; since few audits make few possible numbers, the probability that intervals have by themselves stands beside it.
Every set that is done is kept under --work, and a run that was cut off goes on with the others.

    python -m benchmarks.power --data ../shared/data
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

import numpy as np

from benchmarks.label_flip_sets import SETS, LabelledSet
from marshtest.auditing.controls.power import (
    SIZES,
    LabelDirection,
    PlannedSpike,
    directions_of,
    is_found,
    measure_power,
    planted_copy,
)
from marshtest.auditing.runner import Runner
from marshtest.data.atomic import write_atomically
from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import Tools
from marshtest.detectors.registry import select_detectors
from marshtest.organisms.registry import find_organism
from marshtest.report import Power
from marshtest.stats.arrays import Floats
from marshtest.stats.detection import DetectionCurve, Planting, PooledCurves

RESULTS = Path(__file__).with_name("POWER.md")
LEVEL = 0.9
HOME = ("sms-spam",)
"""Sets that were looked at while the method was made."""
CUT = dict.fromkeys(SETS, 3_000)
"""Records that are taken of every set at most, drawn at random."""
MOST_OF_LABEL = 0.2
"""Largest share of the records of a label that an attack moves or that are moved to it: as in the audit's own copies,
since nothing is said of larger ones."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One fresh attack: what was predicted and what came."""

    family: str
    direction: str
    size: int
    found: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured in one set."""

    set: str
    plantings: tuple[Planting, ...]
    """Those of the audit's own power."""
    promised: tuple[tuple[str, float], ...]
    """Families that were promised, and from how many records on."""
    audits: tuple[Audit, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Case:
    """All fresh attacks of one family in one set."""

    set: str
    family: str
    found: int
    predicted: Floats
    """Probability of each number found."""
    low: int
    high: int

    @property
    def held(self) -> bool:
        """Whether the interval holds what came."""
        return self.low <= self.found <= self.high

    @property
    def mass(self) -> float:
        """Probability of the interval by itself, at least 90%."""
        return float(self.predicted[self.low : self.high + 1].sum())


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


def plantings_of(power: Power) -> tuple[Planting, ...]:
    """Give the plantings of an audit back from its report."""
    parts = [
        (family.family, str(LabelDirection(one.source_label, one.target_label)), one.sizes)
        for family in power.families
        for one in family.directions
    ] or [(family.family, "", family.sizes) for family in power.families]
    return tuple(
        Planting(one.size, number < one.found, family, direction)
        for family, direction, sizes in parts
        for one in sizes
        for number in range(one.tried)
    )


def measure(name: str, data: Path, each: int, seed: int) -> Measured:
    """Measure the power in one set as an audit does, then attack it anew."""
    started = time.perf_counter()
    dataset = dataset_of(SETS[name](data), CUT[name])
    runner, detectors = Runner(tools=Tools(seed=seed)), select_detectors(())
    power = measure_power(detectors, dataset, runner, mode="quick")
    directions, draw, audits = directions_of(dataset), Random(f"power/{name}/{seed}"), list[Audit]()
    for family in power.families:
        organism = find_organism(family.family)
        for number in range(each):
            way = directions[number % len(directions)] if len(directions) <= each else draw.choice(directions)
            weight = sum(organism.roles.values())
            room = MOST_OF_LABEL * min(dataset.labels[way.source] / weight, dataset.labels[way.target])
            size = draw.choice([size for size in SIZES if size <= room] or [SIZES[0]])
            copy, spiked = planted_copy(dataset, [PlannedSpike(organism, size, way)], seed=draw.getrandbits(32))
            if spiked:
                found = is_found(spiked[0], runner.examine(detectors, copy).findings)
                audits.append(Audit(family.family, str(way), size, found))
    promised = tuple((one.family, one.high) for one in power.families if one.high is not None)
    return Measured(name, plantings_of(power), promised, tuple(audits), round(time.perf_counter() - started, 1))


def curve_for(measured: Measured, audit: Audit, curves: PooledCurves) -> DetectionCurve:
    """Give the curve that is to predict an attack: of its direction where that was planted, else of a random one."""
    known = {one.direction for one in measured.plantings}
    return curves.curve(audit.family, audit.direction if audit.direction in known else None)


def cases_of(measured: Measured, *, left_out: bool) -> list[Case]:
    """Predict the number found of every family, with its own plantings or without."""
    by_family: dict[str, list[Audit]] = defaultdict(list)
    for audit in measured.audits:
        by_family[audit.family].append(audit)
    cases = []
    for family, audits in by_family.items():
        known = [one for one in measured.plantings if not left_out or one.family != family]
        curves = PooledCurves.of(known)
        predicted = np.ones(1)
        for direction in sorted({audit.direction for audit in audits}):
            group = [audit for audit in audits if audit.direction == direction]
            curve = curve_for(measured, group[0], curves)
            predicted = np.convolve(predicted, curve.found_in_all([audit.size for audit in group]))
        below = np.cumsum(predicted)
        low = int(np.searchsorted(below, 0.5 - LEVEL / 2))
        high = min(int(np.searchsorted(below, 0.5 + LEVEL / 2)), len(audits))
        cases.append(Case(measured.set, family, sum(one.found for one in audits), predicted, low, high))
    return cases


def chances_of(measured: Measured) -> list[tuple[float, bool]]:
    """Give the predicted chance and the outcome of every fresh attack."""
    curves = PooledCurves.of(measured.plantings)
    return [(curve_for(measured, one, curves).at(one.size)[0], one.found) for one in measured.audits]


def _held(cases: Sequence[Case]) -> str:
    held, mass = sum(case.held for case in cases), sum(case.mass for case in cases)
    return f"{held} of {len(cases)} ({held / max(len(cases), 1):.0%}; {mass / max(len(cases), 1):.0%} by themselves)"


def table(every: Sequence[Measured], each: int) -> str:
    """Write the results as Markdown."""
    audits = sum(len(one.audits) for one in every)
    own = [case for one in every for case in cases_of(one, left_out=False)]
    without = [case for one in every for case in cases_of(one, left_out=True)]
    kept = [
        audit.found for one in every for family, size in one.promised for audit in one.audits
        if audit.family == family and audit.size >= size
    ]  # fmt: skip
    lines = [
        "# Power: predicted against actual detection",
        "",
        "Written by `python -m benchmarks.power`. Do not edit.",
        "",
        f"{audits} audits of fresh attacks, each planted alone, {each} of each family in each of {len(every)} sets; "
        f"{sum(one.seconds for one in every) / 60:.0f} minutes. Predicted by power as `--power quick` measures it.",
        "",
        "| 90% interval of the number found (a case is a set and a family) | held |",
        "|---|---|",
        f"| all sets | {_held(own)} |",
        f"| home ({', '.join(HOME)}) | {_held([case for case in own if case.set in HOME])} |",
        f"| away | {_held([case for case in own if case.set not in HOME])} |",
        f"| away, the family left out of the curves | {_held([case for case in without if case.set not in HOME])} |",
        "",
        f"What the report promised (80% found, in the weakest direction, with 95% confidence) was met in "
        f"{sum(kept)} of {len(kept)} attacks of so many records or more.",
        "",
        "| predicted chance | attacks | mean predicted | actually found |",
        "|---|---|---|---|",
    ]
    chances = [pair for one in every for pair in chances_of(one)]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        group = [
            (chance, found) for chance, found in chances if low <= chance < low + 0.2 or (low == 0.8 and chance == 1)
        ]
        if group:
            mean, actual = np.mean([chance for chance, _ in group]), np.mean([found for _, found in group])
            lines.append(f"| {low:.1f} to {low + 0.2:.1f} | {len(group)} | {mean:.2f} | {actual:.2f} |")
    names = [one.set for one in every]
    lines += ["", "| family | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    rows: dict[str, dict[str, Case]] = defaultdict(dict)
    for case in own:
        rows[case.family][case.set] = case
    for family, by_set in sorted(rows.items()):
        cells = [_cell(by_set[name]) if name in by_set else "" for name in names]
        lines.append(f"| {family} | {' | '.join(cells)} |")
    lines += ["", "Cells: found of fresh attacks of all sizes (predicted 90% interval)."]
    return "\n".join(lines) + "\n"


def _cell(case: Case) -> str:
    missed = "" if case.held else ", missed"
    return f"{case.found}/{len(case.predicted) - 1} ({case.low}–{case.high}{missed})"


def main() -> None:
    """Run every set and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with the real data")
    parser.add_argument("--sets", nargs="+", default=list(CUT), choices=list(CUT))
    parser.add_argument("--each", type=int, default=6, help="fresh attacks of each family in each set")
    parser.add_argument("--most", type=int, help="records of a set, where fewer than usual")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--work", type=Path, default=Path("power-runs"), help="folder for what is done")
    parser.add_argument("--out", type=Path, default=RESULTS, help="Markdown file to write")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.jobs > 1:
        with ProcessPoolExecutor(arguments.jobs) as pool:
            list(pool.map(keep, arguments.sets, repeat(arguments)))
    every = []
    for name in arguments.sets:
        keep(name, arguments)
        every.append(_read(_place(name, arguments)))
        print(name, _held(cases_of(every[-1], left_out=False)), flush=True)
    arguments.out.write_text(table(every, arguments.each), encoding="utf-8")


def keep(name: str, arguments: argparse.Namespace) -> None:
    """Measure one set, unless an earlier run has, and keep what came of it."""
    if arguments.most is not None:
        CUT[name] = min(CUT[name], arguments.most)
    place = _place(name, arguments)
    if not place.exists():
        told = measure(name, arguments.data, arguments.each, arguments.seed)
        write_atomically({place: json.dumps(asdict(told), indent=1).encode()})


def _read(place: Path) -> Measured:
    told = json.loads(place.read_text("utf-8"))
    return Measured(
        set=told["set"],
        plantings=tuple(Planting(**one) for one in told["plantings"]),
        promised=tuple((family, size) for family, size in told["promised"]),
        audits=tuple(Audit(**one) for one in told["audits"]),
        seconds=told["seconds"],
    )


def _place(name: str, arguments: argparse.Namespace) -> Path:
    """Name the file of a set: another number of attacks, another seed or another version is another measurement."""
    what = (arguments.each, arguments.seed, CUT[name], [(one.id, one.version) for one in select_detectors(())])
    place: Path = arguments.work / f"{name}-{blake2b(repr(what).encode(), digest_size=4).hexdigest()}.json"
    return place


if __name__ == "__main__":
    main()
