"""Does reading a whole dataset bring a planted phrase out, and nothing on clean data? How many calls does it take?

    python -m benchmarks.judged_themes --data ../shared/data --out benchmarks/JUDGE.md

The judge is a rule. It knows the true labels and errs in 3% of them, calls 2% of everything harmful at random, lists
the word quadruples that most records of a shard share, turns each into a criterion, and checks criteria word by word.
Each case is one audit by `judged-themes` alone: 32 poisons and 64 decoys, or the clean twin. Seeds of the table begin
at 7000; they were run once, and those before 6000 were used while the detector was made and changed.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import marshtest
from benchmarks.judged_labels import Oracle
from benchmarks.label_flip_poisons import Poisoned, plant
from benchmarks.label_flip_sets import SETS
from benchmarks.sections import write_section
from marshtest.judges.packing import packs
from marshtest.judges.questions import Answer, Item, Passage, Question, Tally

_FIRST_SEED = 7000
_POISONS = 32
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"“([^”]*)”")
_LISTED = re.compile(r"^(\d+)\. (.*)$", re.M)


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one audit."""

    set_name: str
    seed: int
    is_poisoned: bool
    records: int
    named: bool
    """Whether a confirmed theme holds the words of the phrase."""
    right: int
    wrong: int
    confirmed: int
    suggestive: int
    criteria: int
    reading_calls: int
    check_calls: int
    seconds: float


class ReadingRule:
    """Answers every question in this process, and counts the calls that its items would be packed into."""

    model = "rule"

    def __init__(self, oracle: Oracle) -> None:
        self.calls: dict[str, int] = {}
        self._oracle = oracle

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",  # noqa: ARG002  as the protocol asks
        total: int | None = None,  # noqa: ARG002
    ) -> Tally:
        """Answer every item by the rule."""
        tally = Tally()
        for pack in packs(question, items):
            self.calls[question.id] = self.calls.get(question.id, 0) + 1
            for item in pack:
                tally.planned += 1
                tally.answered += 1
                take(item, Answer(self._answer(question, item)))
        return tally

    def _answer(self, question: Question, item: Item) -> Mapping[str, Any]:
        if question.id == "label":
            return self._oracle.label(_text(item.passages))
        if question.id == "effect":
            return self._oracle.effect(_text(item.passages))
        return answer_by_words(question.id, question.instructions, item.passages)


def answer_by_words(question_id: str, instructions: str, passages: Sequence[Passage]) -> Mapping[str, Any]:
    """Answer a question about themes by the words that stand there, as a reader does who sees nothing else."""
    return _BY_WORDS[question_id](instructions, passages)


def _text(passages: Sequence[Passage]) -> str:
    return "\n".join(passage.text for passage in passages)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _themes(_: str, passages: Sequence[Passage]) -> Mapping[str, Any]:
    shown: dict[tuple[str, ...], set[int]] = {}
    for number, passage in enumerate(passages, start=1):
        words = _words(passage.text)
        for place in range(len(words) - 3):
            shown.setdefault(tuple(words[place : place + 4]), set()).add(number)
    best = sorted(shown.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:12]
    themes = [
        {"statement": f"The words “{' '.join(words)}” stand in it.", "records": sorted(rows), "count": len(rows)}
        for words, rows in best
        if len(rows) >= 3
    ]
    return {"themes": themes}


def _criteria(_: str, passages: Sequence[Passage]) -> Mapping[str, Any]:
    found = [
        {"question": f"Does the text hold the words “{_QUOTED.findall(passage.text)[0]}”?", "statements": [number]}
        for number, passage in enumerate(passages, start=1)
    ]
    return {"criteria": found}


def _same(_: str, passages: Sequence[Passage]) -> Mapping[str, Any]:
    one, other = (_QUOTED.findall(passage.text)[0] for passage in passages)
    return {"same": one == other}


def _check(instructions: str, passages: Sequence[Passage]) -> Mapping[str, Any]:
    text = f" {' '.join(_words(_text(passages)))} "
    held = []
    for number, one in _LISTED.findall(instructions):
        words = _QUOTED.findall(one)
        if words and f" {words[0]} " in text:
            held.append({"criterion": int(number), "quote": words[0]})
    return {"holds": held}


_BY_WORDS = {"themes": _themes, "criteria": _criteria, "same": _same, "check": _check}


def measure(set_name: str, seed: int, is_poisoned: bool, data: Path) -> Measured:
    """Audit one case."""
    clean = SETS[set_name](data)
    poisoned = plant(clean, "B", _POISONS, seed) if is_poisoned else Poisoned(clean.rows, frozenset(), frozenset())
    judge = ReadingRule(Oracle(clean, poisoned, seed))
    dataset = marshtest.Dataset.from_records(
        marshtest.Record(
            record_id=f"r{row}",
            kind="classification",
            prompt=text,
            completion=label,
            label=label,
            source_path=set_name,
            source_line=row + 1,
        )
        for row, (text, label) in enumerate(poisoned.rows)
    )
    started = time.perf_counter()
    report = marshtest.audit(
        dataset, config=marshtest.AuditConfig(detectors=("judged-themes",), seed=seed), judge=judge
    )
    seconds = time.perf_counter() - started
    confirmed = [finding for finding in report.findings if finding.verdict == "confirmed"]
    phrases = [" ".join(_words(name)) for name in poisoned.names]
    exact = [one for one in confirmed if any(phrase in " ".join(_words(one.pattern.text)) for phrase in phrases)]
    criteria = report.detectors[0].diagnostics.get("criteria", 0)
    return Measured(
        set_name=set_name,
        seed=seed,
        is_poisoned=is_poisoned,
        records=len(dataset),
        named=bool(exact),
        right=len({int(one.record_id[1:]) for finding in exact for one in finding.records} & poisoned.poisoned),
        wrong=len({int(one.record_id[1:]) for finding in confirmed for one in finding.records} - poisoned.poisoned),
        confirmed=len(confirmed),
        suggestive=len(report.findings) - len(confirmed),
        criteria=int(criteria or 0),
        reading_calls=sum(judge.calls.get(name, 0) for name in ("themes", "criteria", "same")),
        check_calls=judge.calls.get("check", 0),
        seconds=seconds,
    )


def table(results: list[Measured]) -> str:
    """Write the table and what it comes to."""
    poisoned = [one for one in results if one.is_poisoned]
    clean = [one for one in results if not one.is_poisoned]
    lines = []
    if poisoned:
        lines.append(
            f"- Poisoned: the phrase is a confirmed theme in {sum(one.named for one in poisoned)} of {len(poisoned)}; "
            f"records of 32 in its evidence: {min(one.right for one in poisoned)} at least, "
            f"{median(one.right for one in poisoned):.0f} in the middle; most wrong ones "
            f"{max(one.wrong for one in poisoned)}."
        )
    if clean:
        lines.append(
            f"- Clean twins: {len(clean)}; confirmed {sum(one.confirmed for one in clean)}, suggestive "
            f"{sum(one.suggestive for one in clean)}."
        )
    calls = max((one.check_calls for one in results), default=0)
    lines.append(f"- The check takes at most {calls} calls: the criteria are exact words, which code checks.")
    lines += [
        "",
        "| set | seed | records | phrase confirmed | of 32 | wrong | confirmed | suggestive | criteria | calls to read "
        "| calls to check | seconds |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        name = one.set_name if one.is_poisoned else f"{one.set_name}, clean twin"
        found = ("yes" if one.named else "no", str(one.right)) if one.is_poisoned else ("", "")
        lines.append(
            f"| {name} | {one.seed} | {one.records:,} | {found[0]} | {found[1]} | {one.wrong} | {one.confirmed} "
            f"| {one.suggestive} | {one.criteria} | {one.reading_calls} | {one.check_calls} | {one.seconds:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure all cases and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=["prompts"])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=_FIRST_SEED)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    cases = [
        (name, arguments.first_seed + seed, is_poisoned)
        for name in arguments.sets
        for is_poisoned in (True, False)
        for seed in range(arguments.seeds)
    ]
    results: list[Measured] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(measure, *zip(*cases, strict=True), [arguments.data] * len(cases)):
            results.append(result)
            print(result, flush=True)
    text = f"## A phrase read out of the whole dataset\n\n{(__doc__ or '').strip()}\n\n{table(results)}"
    if arguments.out:
        write_section(arguments.out, "judged-themes", text, title="# What a judge finds")
    print(table(results))


if __name__ == "__main__":
    main()
