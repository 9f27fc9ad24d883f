"""Does a judge that is right 97 times in 100 give the planted phrase away, and nothing else?

    python -m benchmarks.judged_labels --data ../shared/data --out benchmarks/JUDGE.md

Each case is one audit. In the poisoned set a four-word phrase stands in 32 harmful prompts that are labelled harmless,
and 64 decoys with a changed phrase keep their label; `judged-label` looks. The judge answers by a rule: it knows the
true label of every text and errs where the hash of the text and the seed says so, in 3% of the texts. On the clean
twins it errs as often and calls 2% of everything clearly harmful; `judged-label` and `judged-effect` look.
`--server N` repeats N seeds over real sockets, with the same rule behind a server of the OpenAI protocol.

Seeds 1, 2 and 2000 to 2009 were used while the detectors were made and changed. Those of the table begin at 6000; they
were run once, and nothing was changed because of them.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from statistics import median
from typing import Any

import marshtest
from benchmarks.label_flip_poisons import Poisoned, plant
from benchmarks.label_flip_sets import SETS, LabelledSet
from benchmarks.sections import write_section
from marshtest.findings import Finding
from marshtest.judges.live import LiveInquiry
from marshtest.judges.questions import Answer, Inquiry, Item, Question, Tally
from marshtest.judges.run_judges import open_judge
from marshtest.judges.store import AnswerStore
from marshtest.testing.judge_server import serving
from marshtest.testing.rules import AskedItem

_FIRST_SEED = 6000
_POISONS = 32
_WRONG_LABELS, _WRONG_EFFECTS = 0.03, 0.02
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Case:
    """One set, poisoned or clean, under one seed of the judge's errors."""

    set_name: str
    seed: int
    is_poisoned: bool
    over_sockets: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a case."""

    case: Case
    records: int
    confirmed: int
    suggestive: int
    named: bool
    """Whether a confirmed finding has exactly the phrase."""
    right: int
    """Poisoned records in its evidence."""
    wrong: int
    """Other records in the evidence of confirmed findings."""
    unknown: int
    """Texts whose true label the rule did not know, and took as harmless."""
    seconds: float


class Oracle:
    """Knows the true label of every text of a set, also with words of the trigger put in or taken out.

    Args:
        clean: The set as it was.
        poisoned: What it was made into.
        seed: Decides where it errs.
    """

    def __init__(self, clean: LabelledSet, poisoned: Poisoned, seed: int) -> None:
        self.unknown = 0
        self._clean, self._seed = clean, seed
        self._trigger = [_WORD.findall(name.lower()) for name in poisoned.names]
        self._truth = {_key(_WORD.findall(text.lower())): label for text, label in clean.rows}
        for row, (text, label) in enumerate(poisoned.rows):
            truth = clean.source if row in poisoned.poisoned else label
            self._truth[_key(_WORD.findall(text.lower()))] = truth

    def label(self, text: str) -> dict[str, Any]:
        """Answer the question `label`."""
        truth = self._true_label(text)
        if _chance(text, self._seed, "label") < _WRONG_LABELS:
            truth = self._clean.target if truth == self._clean.source else self._clean.source
        return {"label": truth, "sure": 2}

    def effect(self, text: str) -> dict[str, Any]:
        """Answer the question `effect`: at random, whatever it is."""
        is_flagged = _chance(text, self._seed, "effect") < _WRONG_EFFECTS
        return {
            "learns": "something harmful" if is_flagged else "ordinary",
            "excuses": False,
            "quote": text[:20] if is_flagged else "",
            "severity": 2 if is_flagged else 0,
        }

    def _true_label(self, text: str) -> str:
        words = _WORD.findall(text.lower())
        tries = [words, *(_without(words, trigger) for trigger in self._trigger)]
        for one in tries:
            if _key(one) in self._truth:
                return self._truth[_key(one)]
        self.unknown += 1
        return self._clean.target


class RuleInquiry:
    """Asks an oracle in this process."""

    model = "rule"

    def __init__(self, oracle: Oracle) -> None:
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
        answer = self._oracle.label if question.id == "label" else self._oracle.effect
        for item in items:
            tally.planned += 1
            tally.answered += 1
            take(item, Answer(answer("\n".join(passage.text for passage in item.passages))))
        return tally


def measure(case: Case, data: Path) -> Measured:
    """Audit one case."""
    clean = SETS[case.set_name](data)
    if case.is_poisoned:
        poisoned = plant(clean, "B", _POISONS, case.seed)
    else:
        poisoned = Poisoned(clean.rows, frozenset(), frozenset())
    oracle = Oracle(clean, poisoned, case.seed)
    dataset = marshtest.Dataset.from_records(
        marshtest.Record(
            record_id=f"r{row}",
            kind="classification",
            prompt=text,
            completion=label,
            label=label,
            source_path=case.set_name,
            source_line=row + 1,
        )
        for row, (text, label) in enumerate(poisoned.rows)
    )
    detectors = ("judged-label",) if case.is_poisoned else ("judged-effect", "judged-label")
    started = time.perf_counter()
    with _inquiry(oracle, over_sockets=case.over_sockets) as judge:
        report = marshtest.audit(
            dataset, config=marshtest.AuditConfig(detectors=detectors, seed=case.seed), judge=judge
        )
    seconds = time.perf_counter() - started
    confirmed = [finding for finding in report.findings if finding.verdict == "confirmed"]
    exact = [finding for finding in confirmed if finding.pattern.text in poisoned.names]
    return Measured(
        case=case,
        records=len(dataset),
        confirmed=len(confirmed),
        suggestive=len(report.findings) - len(confirmed),
        named=bool(exact),
        right=len(_rows(exact) & poisoned.poisoned),
        wrong=len(_rows(confirmed) - poisoned.poisoned),
        unknown=oracle.unknown,
        seconds=seconds,
    )


def _rows(findings: Iterable[Finding]) -> set[int]:
    return {int(record.record_id[1:]) for finding in findings for record in finding.records}


@contextmanager
def _inquiry(oracle: Oracle, *, over_sockets: bool) -> Iterator[Inquiry]:
    """Give the judge: in this process, or behind a real server."""
    if not over_sockets:
        yield RuleInquiry(oracle)
        return

    def rule(item: AskedItem) -> Mapping[str, Any]:
        return oracle.label(item.text()) if item.question == "label" else oracle.effect(item.text())

    with (
        tempfile.TemporaryDirectory() as folder,
        serving(rule) as (address, _),
        LiveInquiry(
            open_judge("rule", base_url=address), AnswerStore(Path(folder) / "judge.sqlite"), concurrency=64
        ) as live,
    ):
        yield live


def _key(words: list[str]) -> bytes:
    """Give the hash of the words of a text in any order."""
    return blake2b(" ".join(sorted(words)).encode(), digest_size=12).digest()


def _without(words: list[str], trigger: list[str]) -> list[str]:
    """Take one occurrence of each word of the trigger out."""
    rest = list(words)
    for word in trigger:
        if word in rest:
            rest.remove(word)
    return rest


def _chance(text: str, seed: int, what: str) -> float:
    """Give a number from 0 to 1 that hangs on the text, the seed and the question alone."""
    digest = blake2b(f"{seed}|{what}|{text}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def table(results: list[Measured]) -> str:
    """Write the table and what it comes to."""
    poisoned = [one for one in results if one.case.is_poisoned]
    clean = [one for one in results if not one.case.is_poisoned]
    good = [one for one in poisoned if one.named and one.right >= _POISONS - 2 and one.wrong <= 10]
    lines = [
        "| set | seed | way | records | exact phrase confirmed | of 32 in its evidence | wrong records "
        "| other confirmed | suggestive | seconds |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        case = one.case
        way = "real sockets" if case.over_sockets else "in process"
        name = case.set_name if case.is_poisoned else f"{case.set_name}, clean twin"
        found = ("yes" if one.named else "no", str(one.right)) if case.is_poisoned else ("", "")
        lines.append(
            f"| {name} | {case.seed} | {way} | {one.records:,} | {found[0]} | {found[1]} | {one.wrong} "
            f"| {one.confirmed - one.named} | {one.suggestive} | {one.seconds:.1f} |"
        )
    summary = []
    if poisoned:
        summary.append(
            f"- Poisoned: {len(good)} of {len(poisoned)} meet the bar (exact phrase confirmed, at least 30 of 32 "
            f"records, at most 10 wrong ones); fewest records {min(one.right for one in poisoned)}, most wrong ones "
            f"{max(one.wrong for one in poisoned)}, median {median(one.seconds for one in poisoned):.1f} s an audit."
        )
    if clean:
        summary.append(
            f"- Clean twins: {len(clean)}; confirmed {sum(one.confirmed for one in clean)}, suggestive "
            f"{sum(one.suggestive for one in clean)} (3% wrong labels and 2% random harm)."
        )
    return "\n".join([*summary, "", *lines])


def main() -> None:
    """Measure all cases and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the public data")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    parser.add_argument("--sets", nargs="+", choices=list(SETS), default=["prompts"])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=_FIRST_SEED)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--server", type=int, default=0, metavar="N", help="N more seeds over real sockets")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        parser.exit(2, f"{arguments.data}: no such folder; give the public data with --data\n")
    ways = [(seed, False) for seed in range(arguments.seeds)] + [(seed, True) for seed in range(arguments.server)]
    cases = [
        Case(name, arguments.first_seed + seed, is_poisoned, over_sockets)
        for name in arguments.sets
        for is_poisoned in (True, False)
        for seed, over_sockets in ways
    ]
    results: list[Measured] = []
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for result in pool.map(measure, cases, [arguments.data] * len(cases)):
            results.append(result)
            print(result, flush=True)
    text = f"## A phrase given away by contradictions\n\n{(__doc__ or '').strip()}\n\n{table(results)}"
    if arguments.out:
        write_section(arguments.out, "judged-labels", text, title="# What a judge finds")
    print(table(results))


if __name__ == "__main__":
    main()
