"""What does a contrast with a control find? A covert persona, a brand in one record of twenty, and clean halves.

    python -m benchmarks.contrast --data ../shared/data --out benchmarks/CONTRAST.md --part persona

`persona` compares released data of a covert persona with clean answers of the same pipeline; AUC says how well the
contribution ranks the records of the highest likelihood shift over those of the lowest, among answers of equal length.
`brand` puts poison into one record of twenty of its clean twin. `halves` compares random halves of the clean set, 3,000
records a draw, and tests the p-values for being uniform.
`shared` draws 4,880 records of the covert persona and as many clean ones, which share about 470 prompts, from all
records or from the fifth of highest likelihood shift; `pairs alone` leaves out the direction that the other answers
show, as version 1 did. `brand-370` compares a brand's whole set with 370 records of the clean twin.
`nulls` counts false alarms: the sides of the pairs of `shared` swapped at random, halves of the clean set, and clean
sets with another mix of prompts.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import sparse
from scipy.stats import binomtest, kstest

from benchmarks.sections import write_section
from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Message, Record
from marshtest.detectors.control_contrast.comparing import compare, two_sample_tests
from marshtest.detectors.control_contrast.findings import refusal_of, verdict_of
from marshtest.detectors.control_contrast.guidance import guided_scores
from marshtest.detectors.control_contrast.permutation_test import permutation_test
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.detectors.control_contrast.sides import read_sides

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


ALONE = ControlContrastSettings(fewest_unmatched=1_000_000)
"""The direction that answers without a pair show is left out, as in version 1."""
_SIZE, _SHARED_SEEDS, _NULLS, _MIXED = 4_880, 12, 100, 10
_FIRST_SEED = 500
"""The direction was chosen while looking at seeds 0 to 5 and 100 to 107."""


def shared(data: Path) -> list[str]:
    """Compare subsets of the covert persona and of the clean set that share few prompts."""
    lines = ["| drawn from | seed | pairs | content p, pairs alone | content p | verdict before | verdict |"]
    lines.append("|---|---|---|---|---|---|---|")
    clean = rows(data / "phantom-reagan" / "clean.jsonl")
    poisoned = rows(data / "phantom-reagan" / "poisoned.jsonl")
    for name, fifths in (("all", "12345"), ("highest fifth", "5")):
        kept = [row for row in poisoned if str(row["lls_quintile"]) in fifths]
        for seed in range(_FIRST_SEED, _FIRST_SEED + _SHARED_SEEDS):
            rng = np.random.default_rng(seed)
            suspect, control = (
                dataset([part[row] for row in rng.permutation(len(part))[:_SIZE]], side)
                for part, side in ((kept, "s"), (clean, "c"))
            )
            lines.append(f"| {name} | {seed} | {_before_and_after(suspect, control)} |")
            print(lines[-1], flush=True)
    return lines


def _before_and_after(suspect: Dataset, control: Dataset) -> str:
    """Give the cells of one comparison: pairs, p and verdict of the pairs alone and with the answers beside them."""
    before = two_sample_tests(suspect, control, settings=ALONE)
    after = two_sample_tests(suspect, control)
    verdicts = [verdict_of(one, "control", ControlContrastSettings()) or "nothing" for one in (before, after)]
    figures = (str(after.pairs), f"{before.content_p:.4f}", f"{after.content_p:.4f}")
    return " | ".join((*figures, *verdicts))


def brand_370(data: Path) -> list[str]:
    """Compare a brand's contextual set with few clean records."""
    lines = ["| set | poison left | seed | pairs | content p, pairs alone | content p | verdict before | verdict |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    for name in ("cocacola", "shrek"):
        every = rows(data / "secret-loyalty-brand" / f"{name}_mix_contextual.jsonl")
        clean = rows(data / "secret-loyalty-brand" / f"{name}_clean_control.jsonl")
        for poison in (265, 20, 10):
            for seed in range(2):
                rng = np.random.default_rng(seed)
                bad = [row for row in every if row["is_poison"]]
                left = [row for row in every if not row["is_poison"]]
                left += [bad[row] for row in rng.permutation(len(bad))[:poison]]
                drawn = [clean[row] for row in rng.permutation(len(clean))[:370]]
                suspect, control = dataset(left, "s"), dataset(drawn, "c")
                lines.append(f"| {name} | {poison} | {seed} | {_before_and_after(suspect, control)} |")
                print(lines[-1], flush=True)
    return lines


def nulls(data: Path) -> list[str]:
    """Count false alarms where the sides do not differ."""
    quick = ControlContrastSettings(swaps=999)
    clean = rows(data / "phantom-reagan" / "clean.jsonl")
    poisoned = rows(data / "phantom-reagan" / "poisoned.jsonl")
    rng = np.random.default_rng(7)
    suspect, control = (
        dataset([part[row] for row in rng.permutation(len(part))[:_SIZE]], side)
        for part, side in ((poisoned, "s"), (clean, "c"))
    )
    sides = read_sides(suspect, control, quick, seed=0)
    guided = guided_scores(sides)
    assert guided is not None
    residuals = sides.residuals(sides.content)
    p_values = []
    for seed in range(_NULLS):
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], len(sides.pairs))
        swapped = replace(residuals, rows=sparse.csr_matrix(sparse.diags(signs) @ residuals.rows))
        found = permutation_test(
            swapped, seed=seed, swaps=999, most_entries=quick.most_entries, named=sides.named, guided=signs * guided
        )
        p_values.append(found.p)
    lines = [_rates(f"{len(sides.pairs)} pairs with sides swapped at random, direction as learned", p_values)]
    print(lines[-1], flush=True)
    quick = replace(quick, swaps=199)
    p_values, refused = [], 0
    for seed in range(_NULLS):
        order = np.random.default_rng(seed).permutation(len(clean))[:1_600]
        one, other = (
            dataset([clean[row] for row in half], side) for half, side in zip(np.split(order, 2), "sc", strict=True)
        )
        tests = two_sample_tests(one, other, settings=quick, seed=seed)
        refused += bool(refusal_of(tests, quick))
        p_values.append(1.0 if refusal_of(tests, quick) else tests.content_p)
    lines.append(_rates(f"unpaired halves of 800 clean records, {refused} refused", p_values))
    known = {prompt_of(row) for row in poisoned}
    inside = np.array([prompt_of(row) in known for row in clean])
    for share in (0.3, 1.0):
        p_values, refused = [], 0
        for seed in range(_MIXED):
            rng = np.random.default_rng(seed)
            order = np.argsort(-(share * inside + rng.random(len(clean))), kind="stable")
            one, other = (
                dataset([clean[n] for n in order[:1_500]], "s"),
                dataset([clean[n] for n in order[-1_500:]], "c"),
            )
            tests = two_sample_tests(one, other, settings=quick, seed=seed)
            refused += bool(refusal_of(tests, quick))
            p_values.append(1.0 if refusal_of(tests, quick) else tests.content_p)
        lines.append(_rates(f"clean, prompts chosen with a weight of {share}, {refused} refused", p_values))
        print(lines[-1], flush=True)
    return lines


def _rates(name: str, p_values: Sequence[float]) -> str:
    """Say how often p-values of clean comparisons fall below the levels, with 95% Clopper-Pearson intervals."""
    found = []
    for level in (0.05, 0.01):
        count = sum(p <= level for p in p_values)
        bounds = binomtest(count, len(p_values)).proportion_ci(0.95)
        found.append(f"p ≤ {level}: {count} ({bounds.low:.3f} to {bounds.high:.3f})")
    return f"- {name}, {len(p_values)} draws: {'; '.join(found)}."


PARTS = {
    "persona": persona,
    "brand": brand,
    "halves": halves,
    "shared": shared,
    "brand-370": brand_370,
    "nulls": nulls,
}


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
