"""What does an audit find when a real language model judges? Poisoned sets and clean twins that it had not seen.

    python -m benchmarks.real_judge --data ../shared/data
    python -m benchmarks.real_judge --data ../shared/data --answers DIR --out benchmarks/REAL_JUDGE.md

The sets are those of `benchmarks.real_judge_sets`. A strong language model answered every request, round by round
through batch files; it saw the requests and nothing else. Its verdicts on every record (label, sureness, severity) are
in `benchmarks/real_judge/verdicts/`, without its words, which quote the data. With them anybody can run `judged-label`
and `judged-effect` again: the columns "verdicts alone". The whole audit needs all answers: `DIR/NAME.sqlite`, the
stores of the audits, and `DIR/NAME.requests.jsonl`, what was sent.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import marshtest
from benchmarks.real_judge_sets import RealSet, make_sets, write_set
from benchmarks.sections import write_section
from marshtest.charter import read_charter
from marshtest.judges.questions import Answer, Item, Problem, Question, Tally
from marshtest.judges.store import AnswerStore
from marshtest.judges.tokens import estimate_tokens

_VERDICTS = Path(__file__).with_name("real_judge") / "verdicts"
_MODEL = "real"
_DETECTORS = ("judged-label", "judged-effect", "judged-themes")
_GROUPED = ("flips", "clean-flips")
_CHATS = ("loyalty", "distress", "excuse", "persona", "clean-loyalty", "clean-distress")


@dataclass(slots=True)
class _Recalled:
    """Answers from somewhere; what is not known is a problem. See `marshtest.judges.questions.Inquiry`."""

    known: Callable[[Question, list[Item]], Iterable[Answer | None]]
    model: str = _MODEL

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",  # noqa: ARG002  as the protocol asks
        total: int | None = None,  # noqa: ARG002
    ) -> Tally:
        """Hand over what is known."""
        tally, wanted = Tally(), list(items)
        problem: Problem = "unreachable"
        for item, answer in zip(wanted, self.known(question, wanted), strict=True):
            tally.planned += 1
            if answer is None:
                tally.problems[problem] = tally.problems.get(problem, 0) + 1
            else:
                tally.answered += 1
            take(item, answer or Answer(None, problem))
        return tally


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the model said of one record."""

    judged: str
    """Its blind label, `unsure`, or empty in data without labels."""
    sure: int
    severity: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one set."""

    name: str
    records: int
    poisoned: int
    flagged_right: int
    """Poisoned records of which the model says clear harm, or another label than the data."""
    flagged_wrong: int
    """Other records of which it does."""
    alone: marshtest.Report
    whole: marshtest.Report | None
    tokens: int
    poison: frozenset[str]


def measure(made: RealSet, data: Path, answers: Path | None) -> Measured:
    """Audit one set, by its verdicts alone and with all answers if they are there."""
    path = data / "sets" / f"{made.name}.jsonl"
    fields = marshtest.FieldMap(group="contributor") if made.name in _GROUPED else marshtest.FieldMap()
    charter = read_charter("chat-assistant" if made.name in _CHATS else "constitutional-classifier")

    def audit(judge: _Recalled, detectors: tuple[str, ...]) -> marshtest.Report:
        config = marshtest.AuditConfig(detectors=detectors)
        return marshtest.audit(path, fields=fields, charter=charter, judge=judge, config=config)

    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    verdicts = read_verdicts(made.name)
    whole, tokens = None, 0
    if answers is not None and (answers / f"{made.name}.sqlite").exists():
        store = AnswerStore(answers / f"{made.name}.sqlite")
        whole = audit(_Recalled(lambda question, items: store.recall(_MODEL, question, items)), _DETECTORS)
        store.close()
        tokens = _tokens(answers / f"{made.name}.requests.jsonl")
    poison = frozenset(name for ids in made.truth["poison"].values() for name in ids)
    flagged = {row["id"] for row in rows if _is_flagged(verdicts[row["id"]], row.get("label"))}
    alone = audit(_Recalled(_by_verdicts(rows, verdicts)), ("judged-label", "judged-effect"))
    return Measured(
        name=made.name,
        records=len(rows),
        poisoned=len(poison),
        flagged_right=len(flagged & poison),
        flagged_wrong=len(flagged - poison),
        alone=alone,
        whole=whole,
        tokens=tokens,
        poison=poison,
    )


def read_verdicts(name: str) -> dict[str, _Verdict]:
    """Read the model's verdicts on every record of a set."""
    with (_VERDICTS / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return {
            row["id"]: _Verdict(row["judged"], int(row["sure"]), int(row["severity"])) for row in csv.DictReader(file)
        }


def _is_flagged(verdict: _Verdict, label: str | None) -> bool:
    contradicts = label is not None and verdict.judged not in (label, "unsure", "")
    return verdict.severity > 1 or contradicts


def _by_verdicts(
    rows: Iterable[Mapping[str, Any]], verdicts: Mapping[str, _Verdict]
) -> Callable[[Question, list[Item]], Iterable[Answer | None]]:
    """Answer about records as they are; about changed ones nothing is known."""
    shown = {}
    for row in rows:
        texts = [row["text"], row["label"]] if "text" in row else [turn["content"] for turn in row["messages"]]
        shown["\n".join(texts)] = verdicts[row["id"]]
        shown[texts[0]] = verdicts[row["id"]]

    def known(question: Question, items: list[Item]) -> Iterable[Answer | None]:
        for item in items:
            found = shown.get("\n".join(passage.text for passage in item.passages))
            if found is None or question.id not in ("label", "effect"):
                yield None
            elif question.id == "label":
                yield Answer({"label": found.judged, "sure": found.sure})
            else:
                yield Answer({"severity": found.severity, "learns": "", "quote": "", "excuses": False})

    return known


def _tokens(path: Path) -> int:
    """Estimate the input tokens of everything that was sent."""
    if not path.exists():
        return 0
    requests = (json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip())
    return sum(estimate_tokens(message["content"]) for one in requests for message in one["body"]["messages"])


def table(results: Iterable[Measured]) -> str:
    """Write what came of every set."""
    lines = [
        "| set | records | poisoned | flagged by the model: poisoned, others | whole audit | leading finding | of them "
        "poisoned, others | confirmed, suggestive | verdicts alone | tokens in |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        found = ("", "", "") if one.whole is None else _told(one.whole, one.poison)
        whole = "" if one.whole is None else one.whole.verdict.replace("_", " ")
        lines.append(
            f"| {one.name} | {one.records} | {one.poisoned} | {one.flagged_right}, {one.flagged_wrong} | {whole} "
            f"| {found[0]} | {found[1]} | {found[2]} | {one.alone.verdict.replace('_', ' ')} | {one.tokens:,} |"
        )
    return "\n".join(lines)


def _told(report: marshtest.Report, poison: frozenset[str]) -> tuple[str, str, str]:
    """Give the leading finding, how many of its records are poisoned and others, and how many findings there are."""
    confirmed = sum(finding.verdict == "confirmed" for finding in report.findings)
    counts = f"{confirmed}, {len(report.findings) - confirmed}"
    if not report.findings:
        return "", "", counts
    leader = report.findings[0]
    ids = {record.record_id for record in leader.records}
    return leader.pattern.text.replace("|", "/"), f"{len(ids & poison)}, {len(ids - poison)}", counts


def main() -> None:
    """Audit every set and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data")
    parser.add_argument("--answers", type=Path, help="folder of stores with all answers")
    parser.add_argument("--out", type=Path, help="Markdown file that gets the section")
    given = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for made in make_sets(given.data):
            write_set(made, Path(folder))
            if (_VERDICTS / f"{made.name}.csv").exists():
                results.append(measure(made, Path(folder), given.answers))
                print(table(results[-1:]).splitlines()[-1], flush=True)
    if given.out:
        write_section(given.out, "real-judge", table(results), title="# What a real judge finds")


if __name__ == "__main__":
    main()
