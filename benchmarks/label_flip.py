"""Who finds a label-flip backdoor? Trigger families x poison counts x seeds on real sets, and clean twins.

    python -m benchmarks.label_flip --data ../shared/data --out benchmarks/RESULTS.md

Seeds start at 1000. Seed 1000 was run once before the miner was finished and its four misses in 40 cases were mended;
seed 1002 showed one name cut short; the others were not looked at before. Every case is one whole audit of a JSONL
file. The peers see the same records in the same run. `--quick` takes two seeds and two counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.label_flip_poisons import FAMILIES, Poisoned, plant
from benchmarks.label_flip_sets import SETS, LabelledSet, half
from benchmarks.label_flip_tools import Outcome, cleanlab_issues, marsh, word_frequency

_FIRST_SEED = 1000
_PEERS = ("cleanlab", "word frequency")
_PEERS_ON = ("prompts", "sms-spam")  # the sets that the bar is about: all seeds, and the peers beside


@dataclass(frozen=True, slots=True)
class Case:
    """One set, poisoned or clean, for one tool."""

    tool: str
    set_name: str
    family: str
    """A to E, `real`, or `clean`."""
    count: int
    seed: int
    part: int = -1
    """Which random half of a clean set, or -1 for the whole."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a case."""

    case: Case
    f1: float
    named: bool
    flagged: int
    confirmed: int
    suggestive: int
    seconds: float


def _poison(case: Case, data: Path) -> tuple[LabelledSet, Poisoned]:
    if case.family == "real":
        with (data / "onion-badnets" / "sst-2_train.jsonl").open(encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        rows = tuple((str(record["text"]), str(record["label"])) for record in records)
        truth = frozenset(i for i, record in enumerate(records) if record["is_poison"] == 1)
        return LabelledSet(case.set_name, rows, "0", "1"), Poisoned(rows, truth, frozenset())
    clean = SETS[case.set_name](data)
    if case.part >= 0:
        clean = half(clean, case.part, case.seed)
    if case.family == "clean":
        return clean, Poisoned(clean.rows, frozenset(), frozenset())
    return clean, plant(clean, case.family, case.count, case.seed)


def measure(case: Case, data: Path) -> Measured:
    """Run one tool on one case."""
    clean, poisoned = _poison(case, data)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        outcome = _run(case.tool, poisoned, clean, Path(folder))
        seconds = time.perf_counter() - started
    hits = len(outcome.flagged & poisoned.poisoned)
    return Measured(
        case=case,
        f1=2 * hits / max(len(outcome.flagged) + len(poisoned.poisoned), 1),
        named=bool(poisoned.names & set(outcome.names)),
        flagged=len(outcome.flagged),
        confirmed=len(outcome.names),
        suggestive=outcome.suggestive,
        seconds=seconds,
    )


def _run(tool: str, poisoned: Poisoned, clean: LabelledSet, folder: Path) -> Outcome:
    if tool == "marsh":
        return marsh(poisoned.rows, folder)
    if tool == "cleanlab":
        return cleanlab_issues(poisoned.rows)
    middle = len(clean.rows) // 2  # the reference is a clean half of the same set, the other half is searched
    outcome = word_frequency(poisoned.rows[middle:], clean.rows[:middle])
    return Outcome(frozenset(position + middle for position in outcome.flagged), outcome.names)


def _cases(arguments: argparse.Namespace) -> Iterator[Case]:
    counts = [8, 32] if arguments.quick else [8, 32, 100, 250]
    for name in arguments.sets:
        seeds = 2 if arguments.quick else arguments.seeds if name in _PEERS_ON else arguments.noisy_seeds
        for family in arguments.families:
            for count in counts:
                for number in range(seeds):
                    yield Case("marsh", name, family, count, _FIRST_SEED + number)
                for peer in (
                    _PEERS if arguments.peers and name in _PEERS_ON and family in arguments.peer_families else ()
                ):
                    yield Case(peer, name, family, count, _FIRST_SEED)
    for tool in ("marsh", *(_PEERS if arguments.peers else ())):
        for name in SETS if arguments.clean else ():
            yield Case(tool, name, "clean", 0, 0)
            for draw in (_FIRST_SEED, _FIRST_SEED + 1):
                for part in (0, 1):
                    if tool == "marsh":
                        yield Case(tool, name, "clean", 0, draw, part)
    for tool in ("marsh", "cleanlab") if arguments.clean else ():
        yield Case(tool, "onion-badnets sst-2", "real", 69, 0)


def _table(results: list[Measured]) -> str:
    poisoned: dict[tuple[str, str, str, int], list[Measured]] = defaultdict(list)
    for result in results:
        if result.case.family in FAMILIES:
            case = result.case
            poisoned[case.set_name, case.family, case.tool, case.count].append(result)
    counts = sorted({key[3] for key in poisoned})
    lines = [
        "| set | trigger | tool | " + " | ".join(f"N={n}: F1 (worst), named" for n in counts) + " |",
        "|---" * (3 + len(counts)) + "|",
    ]
    for name, family, tool in dict.fromkeys(key[:3] for key in poisoned):
        cells = []
        for count in counts:
            group = poisoned.get((name, family, tool, count), [])
            scores = [result.f1 for result in group]
            named = f", {sum(result.named for result in group)}/{len(group)}" if tool == "marsh" else ""
            cells.append(f"{median(scores):.2f} ({min(scores):.2f}){named}" if group else "")
        lines.append(f"| {name} | {family} {FAMILIES[family]} | {tool} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "| clean or real set | tool | records flagged | confirmed | suggestive | F1 |",
        "|---|---|---|---|---|---|",
    ]
    for result in results:
        case = result.case
        if case.family in FAMILIES:
            continue
        where = case.set_name if case.part < 0 else f"{case.set_name}, half {case.part + 1} of draw {case.seed}"
        score = f"{result.f1:.3f}" if case.family == "real" else ""
        findings = f"{result.confirmed} | {result.suggestive}" if case.tool == "marsh" else " | "
        lines.append(f"| {where} | {case.tool} | {result.flagged} | {findings} | {score} |")
    return "\n".join(lines)


def _summary(results: list[Measured]) -> str:
    clean = [result for result in results if result.case.family == "clean" and result.case.tool == "marsh"]
    seconds = [
        result.seconds for result in results if result.case.tool == "marsh" and result.case.set_name == "prompts"
    ]
    lines = []
    if clean:
        lines.append(
            f"- Clean twins: {len(clean)}; confirmed findings {sum(r.confirmed for r in clean)}, "
            f"suggestive {sum(r.suggestive for r in clean)}."
        )
    if seconds:
        lines.append(
            f"- Whole audit of 13,000 prompts: median {median(seconds):.1f} s, slowest {max(seconds):.1f} s, one core."
        )
    return "\n".join(lines)


def main() -> None:
    """Measure all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    parser.add_argument(
        "--sets",
        nargs="+",
        choices=list(SETS),
        default=["prompts", "sms-spam", "davidson-hate", "edos-sexism", "instructions"],
    )
    parser.add_argument("--families", default="ABCDE")
    parser.add_argument("--peer-families", default="ABCDE", help="families that the peers are shown too")
    parser.add_argument("--seeds", type=int, default=10, help="seeds of prompts and sms-spam")
    parser.add_argument("--noisy-seeds", type=int, default=3, help="seeds of the other sets")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--clean", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        parser.exit(2, f"{arguments.data}: no such folder; give the public data with --data\n")
    cases = list(_cases(arguments))
    results: list[Measured] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for number, result in enumerate(pool.map(measure, cases, [arguments.data] * len(cases)), start=1):
            results.append(result)
            print(f"{number}/{len(cases)} {result}", flush=True)
            if arguments.out and (number % 20 == 0 or number == len(cases)):
                progress = f"{number} of {len(cases)} cases measured."
                page = f"{(__doc__ or '').strip()}\n\n{progress}\n\n{_summary(results)}\n\n{_table(results)}\n"
                arguments.out.write_text(f"# Label-flip backdoors: who finds them?\n\n{page}", "utf-8")
    print(f"{_summary(results)}\n\n{_table(results)}")


if __name__ == "__main__":
    main()
