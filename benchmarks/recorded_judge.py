"""What does an audit make of what a strong language model answered? Its recorded answers are given again.

    python -m benchmarks.recorded_judge --recorded ../shared/judge/recorded

A judge that answers from recorded tables: the verdicts on every record, on records with a span taken out or put in, the
themes of every shard, the criteria made of them, and the checks of every record. A question that was not recorded is
answered by the nearest that was: a changed record as the record with most words in common, a shard by the themes of all
shards, restricted to its records. A criterion that nobody was asked about holds for no record. The report says how many
answers were such.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import marshtest
from marshtest.charter import read_charter
from marshtest.judges.packing import input_tokens, make_call, packs
from marshtest.judges.questions import Answer, Item, Passage, Question, Tally

_SETS = {"phrase": "constitutional-classifier", "clean": "constitutional-classifier", "chats": "chat-assistant"}
"""The recorded audits, each with the charter that it was made with."""
_LISTED = re.compile(r"^(\d+)\. (.*)$", re.M)
_PASSAGE = re.compile(r"<<<(.+?) ([0-9a-f]{16})>>>\n(.*?)\n<<<end \2>>>", re.S)
_ITEM = re.compile(r"^ITEM (\S+)$", re.M)
_WORD = re.compile(r"\w+")
_HEADING = re.compile(r"^\[([^\]]*)\] ", re.M)
_LABEL = "label that the model learns to give"
_MOST_THEMES = 12
"""Themes of a shard, as the question asks."""
_SECRET = b"recorded"


@dataclass(slots=True)
class Recording:
    """The tables of one audit."""

    ids: dict[str, str]
    """Record id by everything that is shown of it."""
    words: dict[str, Counter[str]]
    """Words of every record."""
    verdicts: dict[str, Mapping[str, Any]]
    again: dict[tuple[str, str], Mapping[str, Any]]
    """By question and text: verdicts on changed records."""
    themes: list[tuple[frozenset[str], Sequence[Mapping[str, Any]]]]
    criteria: dict[str, list[str]]
    """By statement, the questions that were made of it."""
    same: dict[frozenset[str], bool]
    holds: dict[str, dict[str, str]]
    """By record, the criteria that hold with their quotes."""

    @classmethod
    def read(cls, folder: Path, name: str) -> Recording:
        """Read the tables and rounds of an audit."""
        records = list(_lines(folder / f"{name}.jsonl"))
        shown = {one["id"]: _shown(one) for one in records}
        again = folder / f"{name}.asked-again.jsonl"
        self = cls(
            ids={text: name for name, text in shown.items()},
            words={name: Counter(_WORD.findall(text.casefold())) for name, text in shown.items()},
            verdicts={one["id"]: one for one in _lines(folder / f"{name}.verdicts.jsonl")},
            again={(one["question"], one["text"]): one for one in _lines(again)} if again.exists() else {},
            themes=[(frozenset(one["records"]), one["themes"]) for one in _lines(folder / f"{name}.themes.jsonl")],
            criteria={},
            same={},
            holds={one["id"]: dict.fromkeys(one["holds"], "") for one in _lines(folder / f"{name}.checks.jsonl")},
        )
        for question, system, passages, answer in _rounds(folder / f"{name}-rounds"):
            self._remember(question, system, passages, answer)
        return self

    def _remember(self, question: str, system: str, passages: Sequence[Passage], answer: Mapping[str, Any]) -> None:
        if question == "criteria":
            for one in answer["criteria"]:
                for number in one["statements"]:
                    if 1 <= number <= len(passages):
                        made = self.criteria.setdefault(passages[number - 1].text, [])
                        made.append(" ".join(one["question"].split()))
        elif question == "same":
            self.same[frozenset(one.text for one in passages)] = answer["same"]
        elif question == "check":
            listed = {int(number): text for number, text in _LISTED.findall(system)}
            record = self.ids.get(_joined(passages))
            for one in answer["holds"] if record is not None else ():
                self.holds[record or ""][listed[one["criterion"]]] = one["quote"]

    def nearest(self, text: str) -> str:
        """Give the record with the largest share of words in common."""
        words = Counter(_WORD.findall(text.casefold()))

        def alike(name: str) -> float:
            mine = self.words[name]
            return sum((words & mine).values()) / max(1, sum((words | mine).values()))

        return max(self.words, key=alike)


@dataclass(slots=True)
class RecordedJudge:
    """Answers from a recording; see `marshtest.judges.questions.Inquiry`."""

    recording: Recording
    model: str = "recorded"
    tokens: Counter[str] = field(default_factory=Counter)
    """Input tokens by question, as its calls would be packed."""
    calls: Counter[str] = field(default_factory=Counter)
    nearest: Counter[str] = field(default_factory=Counter)
    """Answers by the nearest recorded one."""
    unknown: set[str] = field(default_factory=set)
    """Criteria that nobody was asked about."""
    _known: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def ask(
        self,
        question: Question,
        items: Iterable[Item],
        take: Callable[[Item, Answer], None],
        *,
        stage: str = "",
        total: int | None = None,  # noqa: ARG002  as the protocol asks
    ) -> Tally:
        """Answer every item; an item that was asked about before costs nothing."""
        tally = Tally()

        def fresh() -> Iterator[Item]:
            for item in items:
                tally.planned += 1
                tally.answered += 1
                key = question.key + item.key
                is_new = key not in self._known
                if is_new:
                    self._known[key] = self._answer(question, item)
                take(item, Answer(self._known[key]))
                if is_new:
                    yield item

        name = f"{question.id} {stage}"
        for pack in packs(question, fresh()):
            self.calls[name] += 1
            self.tokens[name] += input_tokens(make_call(question, pack, _SECRET))
        return tally

    def _answer(self, question: Question, item: Item) -> Mapping[str, Any]:
        answers: dict[str, Callable[[Question, Item], Mapping[str, Any]]] = {
            "label": self._label,
            "effect": self._effect,
            "themes": self._themes,
            "criteria": self._criteria,
            "same": self._same,
            "check": self._check,
        }
        return answers[question.id](question, item)

    def _record(self, text: str, question: str) -> str:
        known = self.recording.ids.get(text)
        if known is not None:
            return known
        self.nearest[question] += 1
        return self.recording.nearest(text)

    def _label(self, _: Question, item: Item) -> Mapping[str, Any]:
        text = item.passages[0].text
        known = self.recording.again.get(("label", text))
        if known is not None:
            return {"label": known["label"], "sure": known["sure"]}
        found = next((name for shown, name in self.recording.ids.items() if shown.startswith(text + "\n")), None)
        verdict = self.recording.verdicts[found or self._record(text, "label")]
        return {"label": verdict["judged"], "sure": verdict["sure"]}

    def _effect(self, _: Question, item: Item) -> Mapping[str, Any]:
        known = self.recording.again.get(("effect", item.passages[0].text))
        if known is None:
            known = self.recording.verdicts[self._record(_joined(item.passages), "effect")]
        return {
            "learns": known["learns"],
            "excuses": known.get("excuses", False),
            "quote": known["quote"],
            "severity": known["severity"],
        }

    def _themes(self, _: Question, item: Item) -> Mapping[str, Any]:
        names = [self._record(_HEADING.sub("", one.text), "themes") for one in item.passages]
        place = {name: number for number, name in enumerate(names, start=1)}
        exact = [themes for records, themes in self.recording.themes if records == frozenset(names)]
        if not exact:
            self.nearest["shards"] += 1
        found = {}
        for theme in exact[0] if exact else (one for _, themes in self.recording.themes for one in themes):
            numbers = sorted({place[name] for name in theme["records"] if name in place})
            if len(numbers) > 1:
                found[theme["statement"]] = {"statement": theme["statement"], "records": numbers, "count": len(numbers)}
        telling = sorted(found.values(), key=lambda one: -one["count"])
        return {"themes": list(found.values()) if exact else telling[:_MOST_THEMES]}

    def _criteria(self, _: Question, item: Item) -> Mapping[str, Any]:
        made: dict[str, list[int]] = {}
        for number, passage in enumerate(item.passages, start=1):
            for question in self.recording.criteria.get(passage.text, ()):
                made.setdefault(question, []).append(number)
        return {"criteria": [{"question": one, "statements": numbers} for one, numbers in made.items()]}

    def _same(self, _: Question, item: Item) -> Mapping[str, Any]:
        pair = frozenset(one.text for one in item.passages)
        return {"same": self.recording.same.get(pair, False)}

    def _check(self, question: Question, item: Item) -> Mapping[str, Any]:
        holds = self.recording.holds[self._record(_joined(item.passages), "check")]
        asked = {int(number): text for number, text in _LISTED.findall(question.instructions)}
        ever = {text for one in self.recording.holds.values() for text in one}
        self.unknown.update(set(asked.values()) - ever)
        return {
            "holds": [{"criterion": number, "quote": holds[text]} for number, text in asked.items() if text in holds]
        }


def _lines(path: Path) -> Iterator[Any]:
    for line in path.read_text("utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _shown(record: Mapping[str, Any]) -> str:
    """Give everything that is shown of a record, passages on lines of their own."""
    if "text" in record:
        return f"{record['text']}\n{record['label']}"
    return "\n".join(turn["content"] for turn in record["messages"])


def _joined(passages: Sequence[Passage]) -> str:
    return "\n".join(passage.text for passage in passages)


def _rounds(folder: Path) -> Iterator[tuple[str, str, list[Passage], Mapping[str, Any]]]:
    """Give every recorded item: question, instructions, what was shown, and the answer."""
    answers = {}
    for path in folder.glob("answers-*.jsonl"):
        for one in _lines(path):
            answers[one["custom_id"]] = one["response"]["body"]["choices"][0]["message"]["content"]
    for path in sorted(folder.glob("requests-*.jsonl")):
        for one in _lines(path):
            system, user = (message["content"] for message in one["body"]["messages"])
            content = json.loads(answers.get(one["custom_id"], '{"answers": []}'))
            by_id = {answer["id"]: answer for answer in content["answers"]}
            parts = _ITEM.split(user)
            for name, shown in zip(parts[1::2], parts[2::2], strict=True):
                passages = [Passage(heading, text) for heading, _, text in _PASSAGE.findall(shown)]
                if name in by_id:
                    yield one["custom_id"].split("-")[1], system, passages, by_id[name]


def audited(folder: Path, name: str) -> tuple[marshtest.Report, RecordedJudge]:
    """Audit one recorded set with its judge and all detectors."""
    judge = RecordedJudge(Recording.read(folder, name))
    report = marshtest.audit(folder / f"{name}.jsonl", charter=read_charter(_SETS[name]), judge=judge)
    return report, judge


def main() -> None:
    """Audit the recorded sets and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recorded", type=Path, required=True, help="folder of recorded audits")
    parser.add_argument("--sets", nargs="*", default=list(_SETS), choices=list(_SETS))
    given = parser.parse_args()
    for name in given.sets:
        report, judge = audited(given.recorded, name)
        truth = given.recorded / f"{name}.truth"
        poison = {line.split()[0] for line in truth.read_text("utf-8").splitlines()} if truth.exists() else set()
        print(f"\n{name}: {report}")
        for finding in report.findings:
            ids = {record.record_id for record in finding.records}
            print(f"  {finding.verdict} {finding.id}: {finding.title}")
            print(f"    {len(ids & poison)} of {len(poison)} poisoned records, {len(ids - poison)} others")
        print("  tokens:", dict(sorted(judge.tokens.items())), judge.tokens.total())
        print("  not recorded:", dict(judge.nearest), f"{len(judge.unknown)} criteria")


if __name__ == "__main__":
    main()
