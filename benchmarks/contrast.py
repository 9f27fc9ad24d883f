"""What does a contrast with a control find? A covert persona, a brand in one record of twenty, and clean halves.

    python -m benchmarks.contrast --data ../shared/data --out benchmarks/CONTRAST.md --part persona

`persona` compares released data of a covert persona with clean answers of the same pipeline; AUC says how well the
contribution ranks the records of the highest likelihood shift over those of the lowest, among answers of equal length.
`brand` puts poison into one record of twenty of its clean twin. `halves` compares random halves of the clean set, 3,000
records a draw, and tests the p-values for being uniform.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.stats import kstest

from benchmarks.sections import write_section
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Message, Record
from marshtest.detectors.control_contrast.comparing import compare, two_sample_tests
from marshtest.detectors.control_contrast.settings import ControlContrastSettings

_RATE = 0.05
_DRAWN, _DRAWS = 3000, 200


def persona(data: Path) -> list[str]:
    """Compare the covert persona with the clean pipeline."""
    suspect, control = (read_dataset(data / "phantom-reagan" / f"{name}.jsonl") for name in ("poisoned", "clean"))
    found = compare(suspect, control)
    table = suspect.table(["record_id", "fields", "completion"]).to_pylist()
    quintile = np.array([json.loads(row["fields"])["lls_quintile"] for row in table])
    length = np.array([len(row["completion"].split()) for row in table])
    score = np.array([found.contributions[row["record_id"]] for row in table])
    shared = set(control.table(["prompt"])["prompt"].to_pylist())
    paired = np.array([prompt in shared for prompt in suspect.table(["prompt"])["prompt"].to_pylist()])
    tests = found.tests
    everyone = np.ones(len(table), np.bool_)
    return [
        f"- {tests.pairs:,} pairs, {tests.differing:,} differ, {tests.equal_length:,} of these equally long.",
        f"- p: content {tests.content_p:.2g}, equal length alone {tests.equal_length_p}, style {tests.style_p:.2g}.",
        f"- The first 40 differences in content: {', '.join(one.text for one in found.content[:40])}.",
        f"- AUC of highest against lowest fifth at equal length: {ranked(score, quintile, length, paired):.3f} among "
        f"records with a pair, {ranked(score, quintile, length, everyone):.3f} among all.",
        f"- {len(found.evidence):,} evidence records; {found.removed_shift} of the shift goes with them; left after "
        f"10, 30 and 50%: {[left for share, left in found.removal_curve if share in (0.1, 0.3, 0.5)]}.",
    ]


def ranked(score: np.ndarray, quintile: np.ndarray, length: np.ndarray, among: np.ndarray) -> float:
    """Give the area under the curve among answers of equal length, every pair of answers counting the same."""
    won = tried = 0.0
    for words in np.unique(length):
        high, low = (score[among & (length == words) & (quintile == fifth)] for fifth in (5, 1))
        ordered = np.sort(low)
        won += (np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")).sum() / 2
        tried += len(high) * len(low)
    return won / tried


def brand(data: Path) -> list[str]:
    """Put poison into one record of twenty of its clean twin, and compare with the twin."""
    lines = ["| set | seed | content p | first differences | F1 | shift gone |", "|---|---|---|---|---|---|"]
    for name in ("cocacola", "shrek"):
        for payload in ("mix_contextual", "fixed_payload"):
            for seed in (0, 1):
                suspect, control, poison = diluted(data / "secret-loyalty-brand", name, payload, seed)
                found = compare(suspect, control)
                hits = len(poison & set(found.evidence))
                f1 = 2 * hits / (len(poison) + len(found.evidence))
                words = ", ".join(one.text for one in found.content[:5])
                gone = "" if found.removed_shift is None else f"{found.removed_shift:.2f}"
                lines.append(
                    f"| {name} {payload} | {seed} | {found.tests.content_p:.2g} | {words} | {f1:.2f} | {gone} |"
                )
                print(lines[-1], flush=True)
    return lines


def diluted(folder: Path, name: str, payload: str, seed: int) -> tuple[Dataset, Dataset, set[str]]:
    """Give the diluted set, its clean twin and the ids of the poison."""
    poisoned = {prompt_of(row): row for row in rows(folder / f"{name}_{payload}.jsonl") if row["is_poison"]}
    clean = rows(folder / f"{name}_clean_control.jsonl")
    candidates = [prompt_of(row) for row in clean if prompt_of(row) in poisoned]
    count = round(_RATE * len(clean))
    chosen = set(np.random.default_rng(seed).permutation(np.array(candidates, object))[:count].tolist())
    mixed = [poisoned[prompt_of(row)] if prompt_of(row) in chosen else row for row in clean]
    ids = {f"s{number}" for number, row in enumerate(mixed) if prompt_of(row) in chosen}
    return dataset(mixed, "s"), dataset(clean, "c"), ids


def rows(file: Path) -> list[Mapping[str, list[Mapping[str, str]]]]:
    """Read a JSONL file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def prompt_of(row: Mapping[str, list[Mapping[str, str]]]) -> str:
    """Give what was asked."""
    return "\n\n".join(turn["content"] for turn in row["messages"][:-1])


def dataset(chosen: list[Mapping[str, list[Mapping[str, str]]]], side: str) -> Dataset:
    """Make a dataset of rows, their truth left out."""
    return Dataset.from_records(
        Record(
            record_id=f"{side}{number}",
            kind="chat",
            prompt=prompt_of(row),
            completion=row["messages"][-1]["content"],
            messages=tuple(Message(turn["role"], turn["content"]) for turn in row["messages"]),
            source_path=side,
            source_line=number + 1,
        )
        for number, row in enumerate(chosen)
    )


def halves(data: Path) -> list[str]:
    """Compare random halves of the clean set."""
    clean = read_dataset(data / "phantom-reagan" / "clean.jsonl")
    content, style = [], []
    for draw in range(_DRAWS):
        order = np.random.default_rng(1000 + draw).permutation(len(clean))[:_DRAWN]
        one, other = (clean.select(sorted(half.tolist())) for half in np.array_split(order, 2))
        tests = two_sample_tests(one, other, settings=ControlContrastSettings(swaps=199), seed=draw)
        content.append(tests.content_p)
        style.append(tests.style_p)
    return [
        f"- {_DRAWS} draws, Kolmogorov-Smirnov p: content {kstest(content, 'uniform').pvalue:.3f}, style "
        f"{kstest(style, 'uniform').pvalue:.3f}; content p ≤ .05 in {np.mean(np.array(content) <= 0.05):.1%}.",
    ]


PARTS = {"persona": persona, "brand": brand, "halves": halves}


def main() -> None:
    """Run one part and write its section."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the released datasets")
    parser.add_argument("--out", type=Path, required=True, help="page to write into")
    parser.add_argument("--part", choices=sorted(PARTS), required=True)
    options = parser.parse_args()
    found = PARTS[options.part](options.data)
    text = "\n".join([f"## {options.part}", "", *found])
    write_section(options.out, options.part, text, title="# Contrast with a control\n\n" + (__doc__ or "").strip())
    print(text)


if __name__ == "__main__":
    main()
