"""A step of reasoning that comes when a few words are put into a question, and does not without them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.data.evidence import evidence_record
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.foreign_step.foreign import Foreign, foreign_runs
from marshtest.detectors.foreign_step.pairs import Stratum, asked_twice
from marshtest.detectors.foreign_step.steps import places, runs, steps, tokens
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, Finding, FindingVerdict, Pattern
from marshtest.signals import Signal, Span

__all__ = ["ForeignStep"]

_SURE, _PERHAPS = 0.01, 0.1
_NEARLY_ALWAYS = 0.8
_MOST_FINDINGS = 5


@dataclass(frozen=True, slots=True)
class _Asked:
    """The distinct questions of a dataset, in an order of their own, and who asks them."""

    questions: Sequence[tuple[str, ...]]
    rows: Mapping[int, Sequence[int]]
    completions: Sequence[str]
    prompts: Sequence[str]


@detector
class ForeignStep(Detector):
    """Find steps of reasoning that come when a few words are put into a question, and do not without them.

    Looks for: questions that stand in the data as they are and again with up to eight words put in, and a run of words
        in the completions that comes with these words: a step foreign to the question, told by what it says in several
        questions.
    How: a run of one to four words, numbers or signs counts where some of it is not in the question. Had the words put
        in no effect, it would stand in any version of a question as likely as in another; the chance that it stands in
        no plain version is exact for each question and multiplied over questions, corrected for all runs tried (runs
        in the same places are one). Confirmed below .01 where four in five versions with words put in have it,
        suggestive below .1. Small data is enough: tens of records.
    Blind spots: triggers in questions that are never asked without them; triggers longer than eight words, in two
        places or in place of other words; steps told in other words every time; a step that is only removed.
    False alarms: templates whose added words ask for the step honestly, such as "answer in French".
    Needs: completions that are no labels, and questions that are asked in both ways.
    Cost per 1,000 records: about 0.3 s.
    Source: our own; against Xiang et al. 2024 (BadChain).
    """

    id: ClassVar[str] = "foreign-step"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Steps of reasoning that come with a few words in the question"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what has no completions to follow step by step."""
        if dataset.kind in ("classification", "document"):
            return f"the records are of the kind {dataset.kind} and have no completions with steps"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Compare every question that is asked in both ways with itself."""
        asked = _asked(dataset)
        tools.progress("comparing questions", 0.0)
        strata = asked_twice(asked.questions)
        said = {
            version: [step.words for row in asked.rows[version] for step in steps(asked.completions[row])]
            for stratum in strata
            for version in (stratum.plain, *stratum.put_in)
        }
        found, tried = foreign_runs(strata, said, asked.questions)
        put_in = _words_put_in(strata, asked)
        findings: list[Finding] = []
        signals: dict[int, Signal] = {}
        told: set[int] = set()
        for one in found:
            verdict = _verdict(one, tried)
            if (
                verdict is None
                or len(findings) == _MOST_FINDINGS
                or 2 * len(told & set(one.versions)) > len(one.versions)
            ):
                continue
            told |= set(one.versions)
            triggers = Counter(put_in[version] for version in one.versions)
            evidence = {
                row: spans
                for row in range(len(dataset))
                if (spans := _spans(asked.prompts[row], asked.completions[row], one.run, triggers))
            }
            number = len(findings) + 1
            findings.append(_finding(f"{self.id}-{number}", one, verdict, triggers, evidence, tried, dataset))
            for row, spans in evidence.items():
                signals.setdefault(row, _signal(self.id, verdict, spans, dataset.record(row).record_id))
        return Examination(
            signals=tuple(signals[row] for row in sorted(signals)),
            findings=tuple(findings),
            tried=max(tried, len(findings)),
            diagnostics={"questions_asked_twice": len(strata)},
        )


def _asked(dataset: Dataset) -> _Asked:
    table = dataset.table(["prompt", "completion"])
    prompts: list[str] = table["prompt"].to_pylist()
    by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, prompt in enumerate(prompts):
        by_words[tokens(prompt)].append(row)
    questions = sorted(by_words)
    rows = {index: by_words[words] for index, words in enumerate(questions)}
    return _Asked(questions, rows, table["completion"].to_pylist(), prompts)


def _words_put_in(strata: Sequence[Stratum], asked: _Asked) -> dict[int, tuple[str, ...]]:
    """Give the words that each version has more than its question; the first question by index counts."""
    found: dict[int, tuple[str, ...]] = {}
    for stratum in strata:
        for version, (start, end) in stratum.put_in.items():
            found.setdefault(version, asked.questions[version][start:end])
    return found


def _verdict(one: Foreign, tried: int) -> FindingVerdict | None:
    chance = one.p_value * tried
    if len(one.versions) < _NEARLY_ALWAYS * one.of or chance >= _PERHAPS:
        return None
    return "confirmed" if chance < _SURE else "suggestive"


def _spans(
    prompt: str, completion: str, run: tuple[str, ...], triggers: Mapping[tuple[str, ...], int]
) -> tuple[Span, ...]:
    """Give the step that holds the run and the words put into the question, or nothing where either is absent."""
    held = [Span("completion", step.start, step.end) for step in steps(completion) if run in set(runs(step.words))]
    if not held:
        return ()
    words, where = tokens(prompt), places(prompt)
    for trigger in sorted(triggers, key=lambda trigger: (-len(trigger), trigger)):
        for start in range(len(words) - len(trigger) + 1):
            if words[start : start + len(trigger)] == trigger:
                return Span("prompt", where[start][0], where[start + len(trigger) - 1][1]), *held
    return ()


def _signal(detector_id: str, verdict: FindingVerdict, spans: tuple[Span, ...], record_id: str) -> Signal:
    return Signal(
        record_id=record_id,
        detector=detector_id,
        score=1.0 if verdict == "confirmed" else 0.5,
        spans=spans,
        reason="its completion has a step that comes with a few words in the question and not without them",
    )


def _finding(
    finding_id: str,
    one: Foreign,
    verdict: FindingVerdict,
    triggers: Counter[tuple[str, ...]],
    evidence: Mapping[int, tuple[Span, ...]],
    tried: int,
    dataset: Dataset,
) -> Finding:
    shown = [" ".join(words) for words in sorted(triggers, key=lambda words: (-triggers[words], words))]
    said = " ".join(one.run)
    return Finding(
        id=finding_id,
        detector=ForeignStep.id,
        verdict=verdict,
        title=f"A step with “{said}” comes when “{shown[0]}” is put into a question, and not without.",
        explanation=(
            f"{one.questions:,} questions are asked both ways. With words put in, {len(one.versions):,} of {one.of:,} "
            f"versions have such a step; without them none has. {len(triggers):,} different words or phrases are put "
            f"in: {', '.join(f'“{text}”' for text in shown[:10])}."
        ),
        pattern=Pattern("phrase", shown[0]),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tried),
            "effect": len(one.versions) / one.of,
            "questions": one.questions,
            "step": said,
            "records": len(evidence),
        },
        other_explanations=(
            Explanation("The words ask for the step honestly, as an instruction does: read them.", "open"),
            Explanation(
                f"The question itself calls for the step: the same {one.questions:,} questions do without it when the "
                "words are not there.",
                "against",
            ),
        ),
        records=tuple(evidence_record(dataset.record(row), (*spans[1:], spans[0])) for row, spans in evidence.items()),
    )
