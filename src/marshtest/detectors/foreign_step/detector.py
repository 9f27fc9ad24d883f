"""A step of reasoning that appears when a few words are inserted into a question, and never without them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.drafts import Draft, findings_from
from marshtest.detectors.foreign_step.foreign_runs import ForeignRun, foreign_runs
from marshtest.detectors.foreign_step.insertions import Stratum, plain_and_inserted
from marshtest.detectors.foreign_step.settings import ForeignStepSettings
from marshtest.detectors.foreign_step.steps import places, runs, steps, tokens
from marshtest.detectors.registry import detector
from marshtest.findings import Explanation, FindingVerdict, Pattern
from marshtest.signals import Signal, Span
from marshtest.text.scripts import joined

__all__ = ["ForeignStep"]

_QUOTED = 10
"""Inserted words or phrases that a sentence lists."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """The distinct questions of a dataset, in an order of their own, and who asks them."""

    questions: Sequence[tuple[str, ...]]
    rows: Mapping[int, Sequence[int]]
    """Rows of the dataset, by index of question."""
    completions: Sequence[str]
    prompts: Sequence[str]


@detector
class ForeignStep(Detector):
    """Find steps of reasoning that appear when a few words are inserted into a question, and never without them.

    Looks for: questions that the data holds plain and again with up to eight words inserted, and a run of words in the
        completions that appears with these words: a step foreign to the question, recognised by what it says in several
        questions.
    How: a run of one to four words, numbers or signs counts where some of it is not in the question. If the inserted
        words had no effect, it would be as likely in one version of a question as in another; the probability that it
        is in no plain version is exact for each question and multiplied over questions, corrected for all runs tested
        (runs in the same versions are one). Confirmed below .01 where four in five versions with inserted words have
        it, suggestive below .1. Small data is enough: tens of records.
    Blind spots: triggers in questions that are never asked without them; triggers longer than eight words, in two
        places or in place of other words; steps in other words every time; a step that is only removed.
    False alarms: templates whose added words ask for the step honestly, such as "answer in French".
    Needs: completions that are no labels, and questions that are asked in both ways.
    Cost per 1,000 records: about 0.3 s.
    Source: our own; against Xiang et al. 2024 (BadChain).
    """

    id: ClassVar[str] = "foreign-step"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Steps of reasoning that appear with a few words in the question"
    settings: ForeignStepSettings = ForeignStepSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out what has no completions to follow step by step."""
        if dataset.kind in ("classification", "document"):
            return f"the records are of the kind {dataset.kind} and have no completions with steps"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Compare every question that is asked in both ways with itself."""
        settings = self.settings
        asked = _asked(dataset, settings)
        tools.progress("comparing questions", 0.0)
        strata = plain_and_inserted(asked.questions, settings)
        said = {
            version: [step.words for row in asked.rows[version] for step in steps(asked.completions[row], settings)]
            for stratum in strata
            for version in (stratum.plain, *stratum.inserted)
        }
        found, tested = foreign_runs(strata, said, asked.questions, settings)
        inserted = _inserted_words(strata, asked)
        drafts: list[Draft] = []
        signals: dict[int, Signal] = {}
        for one, verdict in _reported(found, tested, settings):
            triggers = Counter(inserted[version] for version in one.versions)
            evidence = _evidence(asked, one, triggers, settings)
            drafts.append(_draft(one, verdict, triggers, evidence, tested))
            for row, spans in evidence.items():
                signals.setdefault(row, _signal(verdict, spans, dataset.record(row).record_id, settings))
        return Examination(
            signals=tuple(signals[row] for row in sorted(signals)),
            findings=findings_from(drafts, self.id, dataset),
            tried=max(tested, len(drafts)),
            diagnostics={"questions_asked_twice": len(strata)},
        )


def _asked(dataset: Dataset, settings: ForeignStepSettings) -> _Asked:
    table = dataset.table(["prompt", "completion"])
    prompts: list[str] = table["prompt"].to_pylist()
    by_words: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, prompt in enumerate(prompts):
        by_words[tokens(prompt, settings)].append(row)
    questions = sorted(by_words)
    rows = {index: by_words[words] for index, words in enumerate(questions)}
    return _Asked(questions, rows, table["completion"].to_pylist(), prompts)


def _inserted_words(strata: Sequence[Stratum], asked: _Asked) -> dict[int, tuple[str, ...]]:
    """Give the inserted words of each version; where it is a version of several questions, those for the first."""
    found: dict[int, tuple[str, ...]] = {}
    for stratum in strata:
        for version, (start, end) in stratum.inserted.items():
            found.setdefault(version, asked.questions[version][start:end])
    return found


def _reported(
    found: Sequence[ForeignRun], tested: int, settings: ForeignStepSettings
) -> list[tuple[ForeignRun, FindingVerdict]]:
    """Choose the runs that are reported; of runs in the same versions only the strongest."""
    chosen: list[tuple[ForeignRun, FindingVerdict]] = []
    reported: set[int] = set()
    for one in found:
        verdict = _verdict(one, tested, settings)
        overlap = len(reported & set(one.versions)) > settings.reported_overlap * len(one.versions)
        if verdict is not None and not overlap and len(chosen) < settings.most_findings:
            reported |= set(one.versions)
            chosen.append((one, verdict))
    return chosen


def _verdict(one: ForeignRun, tested: int, settings: ForeignStepSettings) -> FindingVerdict | None:
    q_value = one.p_value * tested
    if len(one.versions) < settings.version_share * one.of or q_value >= settings.suggestive_below:
        return None
    return "confirmed" if q_value < settings.confirmed_below else "suggestive"


def _evidence(
    asked: _Asked, one: ForeignRun, triggers: Mapping[tuple[str, ...], int], settings: ForeignStepSettings
) -> dict[int, tuple[Span, ...]]:
    """Give all records with the step and any of the inserted words: also those whose plain question is not there."""
    pairs = zip(asked.prompts, asked.completions, strict=True)
    found = {row: _spans(prompt, said, one.run, triggers, settings) for row, (prompt, said) in enumerate(pairs)}
    return {row: spans for row, spans in found.items() if spans}


def _spans(
    prompt: str,
    completion: str,
    run: tuple[str, ...],
    triggers: Mapping[tuple[str, ...], int],
    settings: ForeignStepSettings,
) -> tuple[Span, ...]:
    """Give the inserted words and the steps that contain the run, or nothing where either is absent."""
    held = [
        Span("completion", step.start, step.end)
        for step in steps(completion, settings)
        if run in set(runs(step.words, settings))
    ]
    if not held:
        return ()
    words, where = tokens(prompt, settings), places(prompt, settings)
    # the longest first, since a part of one trigger may be another
    for trigger in sorted(triggers, key=lambda trigger: (-len(trigger), trigger)):
        for start in range(len(words) - len(trigger) + 1):
            if words[start : start + len(trigger)] == trigger:
                return Span("prompt", where[start][0], where[start + len(trigger) - 1][1]), *held
    return ()


def _signal(verdict: FindingVerdict, spans: tuple[Span, ...], record_id: str, settings: ForeignStepSettings) -> Signal:
    return Signal(
        record_id=record_id,
        detector=ForeignStep.id,
        score=1.0 if verdict == "confirmed" else settings.suggestive_score,
        spans=spans,
        reason="its completion has a step that appears with a few words in the question and never without them",
    )


def _draft(
    one: ForeignRun,
    verdict: FindingVerdict,
    triggers: Counter[tuple[str, ...]],
    evidence: Mapping[int, tuple[Span, ...]],
    tested: int,
) -> Draft:
    """Report one run; its evidence shows the step first and the words in the question last."""
    shown = [joined(words) for words in sorted(triggers, key=lambda words: (-triggers[words], words))]
    said = joined(one.run)
    return Draft(
        verdict=verdict,
        title=f"A step with “{said}” appears when “{shown[0]}” is inserted into a question, and never without.",
        explanation=(
            f"The data asks {one.questions:,} questions both ways. With inserted words, {len(one.versions):,} of "
            f"{one.of:,} versions have such a step; without them none has. {len(triggers):,} different words or "
            f"phrases are inserted: {', '.join(f'“{text}”' for text in shown[:_QUOTED])}."
        ),
        pattern=Pattern("phrase", shown[0]),
        statistics={
            "p_value": one.p_value,
            "q_value": min(1.0, one.p_value * tested),
            "outcome_share": len(one.versions) / one.of,
            "questions": one.questions,
            "step": said,
            "records": len(evidence),
        },
        other_explanations=(
            Explanation("The words ask for the step honestly, as an instruction does: read them.", "open"),
            Explanation(
                f"The question itself calls for the step: without the words, the same {one.questions:,} questions are "
                "answered without it.",
                "against",
            ),
        ),
        evidence={row: (*spans[1:], spans[0]) for row, spans in evidence.items()},
    )
