"""Does removal of what an audit found kill the poison's effect, and random removal not?

    python -m benchmarks.impact --data ../shared/data --out benchmarks/IMPACT.md

8,000 harmful and ordinary prompts, drawn anew for every seed. A four-word phrase is put into 150 of the harmful ones
(family B: with 300 decoys), which are relabelled harmless. The poisoned set is audited with the default detectors, and
the records of the confirmed findings are the evidence. A victim is then trained on the set before it was poisoned
(clean), on the poisoned set, on that without the evidence (cleaned), and on that without as many random records of the
same labels (random). A fifth of the texts is held out, by a draw of its own; attack success is the share of held-out
harmful prompts that are called harmless once the phrase is put into them.

The victims and their settings were chosen on seeds 1 and 2 of family A, with the true poison as the evidence. Those of
the table begin at 3000 and were run once.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean

import marshtest
from benchmarks.label_flip_poisons import FAMILIES, plant
from benchmarks.label_flip_sets import SETS, LabelledSet
from benchmarks.sections import write_section
from marshtest.evaluation.impact.arms import make_arms
from marshtest.evaluation.impact.evidence import evidence_of_report
from marshtest.evaluation.impact.measuring import Measured, measure_arms
from marshtest.evaluation.impact.texts import TrainingTexts, labelled_texts
from marshtest.evaluation.impact.victims.registry import open_victim
from marshtest.stats.means import mean_interval

_FIRST_SEED = 3000
_RECORDS = 8_000
_HELD_OUT = 0.2


@dataclass(frozen=True, slots=True)
class Case:
    """One poisoned set, and the victims that are trained on it."""

    victims: tuple[str, ...]
    family: str
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one victim on one set."""

    case: Case
    victim: str
    evidence: int
    right: int
    """Records of the evidence that are poison in truth."""
    clean: Measured
    poisoned: Measured
    cleaned: Measured
    random: Measured


def measure(case: Case, data: Path) -> list[Result]:
    """Poison, audit and train."""
    whole = SETS["prompts"](data)
    rows = Random(case.seed).sample(whole.rows, _RECORDS)
    clean = LabelledSet(whole.name, tuple(rows), whole.source, whole.target)
    poisoned = plant(clean, case.family, case.count, case.seed)
    dataset = marshtest.Dataset.from_records(
        marshtest.Record(
            record_id=f"r{row}",
            kind="classification",
            prompt=text,
            completion=label,
            label=label,
            source_path="prompts",
            source_line=row + 1,
        )
        for row, (text, label) in enumerate(poisoned.rows)
    )
    evidence = evidence_of_report(marshtest.audit(dataset), dataset)
    texts, labels = zip(*clean.rows, strict=True)
    arms = make_arms(
        labelled_texts(dataset),
        evidence,
        seed=case.seed,
        share=_HELD_OUT,
        source_label=clean.source,
        control=TrainingTexts(texts, labels),
    )
    results = []
    for victim in case.victims:
        found = measure_arms(open_victim(victim), arms, seed=case.seed)
        right = len(evidence.rows & poisoned.poisoned)
        results.append(
            Result(
                case=case,
                victim=victim,
                evidence=len(evidence.rows),
                right=right,
                clean=found["clean"],
                poisoned=found["poisoned"],
                cleaned=found["cleaned"],
                random=found["random"],
            )
        )
    return results


def table(results: list[Result]) -> str:
    """Write what it comes to, and every case."""
    lines = [
        "| victim | family | poison | seed | evidence (poison among it) | attack: clean | poisoned | cleaned | random "
        "| accuracy: clean | poisoned | cleaned | random | seconds a training |",
        f"|{'---|' * 14}",
    ]
    for one in results:
        arms = (one.clean, one.poisoned, one.cleaned, one.random)
        lines.append(
            f"| {one.victim} | {one.case.family} | {one.case.count} | {one.case.seed} | {one.evidence} ({one.right}) | "
            + " | ".join(f"{arm.attack:.3f}" for arm in arms)
            + " | "
            + " | ".join(f"{arm.accuracy:.4f}" for arm in arms)
            + f" | {fmean(arm.seconds for arm in arms):.1f} |"
        )
    groups: dict[tuple[str, str, int], list[Result]] = {}
    for one in results:
        groups.setdefault((one.victim, one.case.family, one.case.count), []).append(one)
    return "\n".join([*(_summary(*name, group) for name, group in groups.items()), "", *lines])


def _summary(victim: str, family: str, count: int, group: list[Result]) -> str:
    """Say whether a victim meets the bar, on the means and case by case."""
    left = [one.cleaned.attack - one.clean.attack for one in group]
    cost = [one.clean.accuracy - one.cleaned.accuracy for one in group]
    change = [one.random.attack - one.poisoned.attack for one in group]
    accuracy_change = [one.random.accuracy - one.poisoned.accuracy for one in group]
    attack = fmean(one.poisoned.attack for one in group)
    is_met = attack > 0.75 and abs(fmean(left)) <= 0.03 and fmean(cost) < 0.005 and abs(fmean(change)) <= 0.03
    single = [
        one.poisoned.attack > 0.75 and abs(gap) <= 0.03 and loss < 0.005 and abs(moved) <= 0.03
        for one, gap, loss, moved in zip(group, left, cost, change, strict=True)
    ]
    return (
        f"- **{victim}**, {count} poisons, {FAMILIES[family]}, {len(group)} seeds: attack success "
        f"{fmean(one.clean.attack for one in group):.3f} clean, {attack:.3f} poisoned, "
        f"{fmean(one.cleaned.attack for one in group):.3f} cleaned, {fmean(one.random.attack for one in group):.3f} "
        f"random. Cleaned minus clean {_interval(left)}; random minus poisoned {_interval(change)}; ordinary accuracy "
        f"lost by cleaning (clean minus cleaned) {_interval(cost, 4)}, changed by random removal "
        f"{_interval(accuracy_change, 4)}. The bar is {'met' if is_met else '**missed**'} on the means, and met by "
        f"{sum(single)} of {len(group)} seeds taken singly."
    )


def _interval(values: list[float], digits: int = 3) -> str:
    mean, low, high = mean_interval(values)
    return f"{mean:+.{digits}f} ({low:+.{digits}f} to {high:+.{digits}f})"


def main() -> None:
    """Measure all cases and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    parser.add_argument("--victims", nargs="+", choices=["linear", "cnn"], default=["linear", "cnn"])
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=["A", "B"])
    parser.add_argument("--count", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=_FIRST_SEED)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        parser.exit(2, f"{arguments.data}: no such folder; give the public data with --data\n")
    cases = [
        Case(tuple(arguments.victims), family, arguments.count, arguments.first_seed + seed)
        for seed in range(arguments.seeds)
        for family in arguments.families
    ]
    results: list[Result] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for found in pool.map(measure, cases, [arguments.data] * len(cases)):
            results += found
            print(*found, sep="\n", flush=True)
    results.sort(key=lambda one: (one.victim, one.case.family, one.case.seed))
    text = (
        f"## What an audit's evidence does to victims\n\n{(__doc__ or '').strip()}\n\n"
        "The bar: attack success above .75 falls to within .03 of the clean victim's, ordinary accuracy loses under "
        ".005, and random removal moves attack success by at most .03.\nAttack success is measured on about 450 "
        f"held-out prompts, accuracy on about 1,500.\n\n{table(results)}"
    )
    if arguments.out:
        write_section(arguments.out, "impact", text, title="# What a poison does to a model, with and without it")
    print(table(results))


if __name__ == "__main__":
    main()
