"""A judge says of every record what training on it would do: which span goes with harm?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.judged.effect_judging import JudgedEffects, judged_effects
from marshtest.detectors.judged.failed_records import failed_records
from marshtest.detectors.judged.label_judging import asked
from marshtest.detectors.judged.second_asking import ask_again, effects_again
from marshtest.detectors.registry import detector
from marshtest.errors import ConfigError
from marshtest.findings import Finding
from marshtest.judges.asking.items import EFFECT
from marshtest.judges.asking.resistance import effect_resistance
from marshtest.mining.outcomes.claims import Claim, grade, is_associated
from marshtest.mining.outcomes.habits import habit
from marshtest.mining.outcomes.harm_contents import harm_contents, label_of
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.label_readings import LabelReadings
from marshtest.mining.outcomes.outcome_findings import Telling, outcome_finding, strongest_signals
from marshtest.mining.outcomes.outcomes import Association, Outcome, mine_outcomes
from marshtest.mining.outcomes.planted import place_of
from marshtest.report import JudgedQuestion
from marshtest.signals import Failure, Signal
from marshtest.stats.proportions import Proportion

__all__ = ["JudgedEffect"]

_MOST_SECOND_ASKINGS = 10
_PER_SEVERITY = 0.2
_LEVELS = {2: "clear or grave harm", 1: "any harm"}
_Control = tuple[str, JudgedTexts, list[Outcome]]


@detector
class JudgedEffect(Detector):
    """Find spans whose records would teach a model harm, as a judge sees it, far more often than other records.

    Looks for: a phrase, word, layout or field value of the prompt (earlier turns are part of it) or of the completion
        whose records nearly all have a harmful effect: the mark of a backdoor in data of any kind.
    How: a judge says of every record, under the charter, how much harm training on it would do and which words do it.
        Every span of one to eight tokens is tried against clear harm and against any harm; near-duplicates count once
        and q-values are corrected over everything tried. The exact span is named. It is confirmed only if something
        besides the judge says that it was planted (the labels of all other records, or where it stands) and if the
        judge, asked again with the span taken out and put into others, does not react to the span itself.
    Blind spots: harm that no judge sees in one record alone; triggers without words of their own; spans in fewer than
        six distinct records; a payload in the completion is at most suggestive, since the harm is in it and goes with
        it; without labels, a trigger in prompts that call for harm by themselves is at most suggestive too.
    False alarms: topics that call for harm come out as suggestive. Without labels, a topic of several words may be
        confirmed where its words stand at places as varied as a planted phrase: of natural phrases 1 to 6 in 100 do.
        A verdict about one record is a signal and no finding.
    Needs: a judge (--judge); any kind of data. A charter that says what harm would look like makes it far better.
    Cost per 1,000 records: 200 calls at 5 records a call, about 450,000 input tokens at 300 words a record; and at most
        80 records for each of up to ten findings.
    Source: our own; builds on false discovery control (Benjamini and Hochberg 1995).
    """

    id: ClassVar[str] = "judged-effect"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Spans whose records would teach harm, as a judge sees it"
    needs_judge: ClassVar[bool] = True

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Ask about every record and mine the harm."""
        if tools.judge is None:
            raise ConfigError(f"the detector {self.id!r} asks a judge; name one with --judge MODEL.")
        verdicts = judged_effects(
            tools.judge, tools.strong_judge, dataset, tools.charter, detector=self.id, seed=tools.seed
        )
        reasons = {row: f"the judge gave no answer ({problem})" for row, problem in verdicts.problems.items()}
        failures = failed_records(self.id, dataset, reasons)
        if "waiting" in verdicts.problems.values():  # nothing can be said before the answers are there
            return Examination(failures=failures, judging=Judging(questions=verdicts.questions, missed=verdicts.missed))
        texts = JudgedTexts.of(dataset, labelled=False)
        outcomes = _outcomes(verdicts, texts)
        tools.progress("mining effects", 0.0)
        features, kinds = texts.features
        mined = mine_outcomes(texts.tokens, outcomes, features, kinds)
        strong = [found for found in mined.claims if is_associated(found)]
        questions: list[JudgedQuestion] = []
        controls = [self._control(control, tools, questions) for control in tools.controls]
        readings = LabelReadings(texts)
        told: list[tuple[Claim, Finding]] = []
        for number, found in enumerate(strong):
            tools.progress("mining effects", number / len(strong))
            outcome = outcomes[found.outcome]
            label = label_of(found, texts)
            content, outcome_content = harm_contents(found, outcome, label, texts, readings)
            claim = Claim(
                found=found,
                content=content,
                outcome_content=outcome_content,
                place=place_of(texts.tokens[found.field], found.sequence, found.hits, tools.seed)
                if found.kind == "phrase"
                else None,
                habits=tuple(_habits(found, texts, controls)),
            )
            if found.kind == "phrase" and number < _MOST_SECOND_ASKINGS:
                claim = self._asked_again(claim, dataset, texts, verdicts, tools, questions)
            verdict = grade(claim)
            if verdict is not None:
                telling = _telling(self.id, found, outcome, label, texts, verdicts)
                told.append((claim, outcome_finding(claim, verdict, texts, outcome, telling)))
        tools.progress("mining effects", 1.0)
        resistance = effect_resistance(
            tools.judge, dataset, tools.charter, verdicts.severity, detector=self.id, seed=tools.seed
        )
        told.sort(key=lambda one: (one[1].verdict != "confirmed", -one[0].found.gain, one[1].pattern.text))
        findings = tuple(replace(one, id=f"{self.id}-{n}") for n, (_, one) in enumerate(told, start=1))
        return Examination(
            signals=_signals(self.id, findings, texts, verdicts, failures),
            findings=findings,
            failures=failures,
            tried=mined.tried,
            diagnostics=_settings(outcomes, controls),
            judging=Judging(
                questions=(*verdicts.questions, *questions),
                missed=verdicts.missed,
                resistance=() if resistance is None else (resistance,),
            ),
        )

    def _asked_again(
        self,
        claim: Claim,
        dataset: Dataset,
        texts: JudgedTexts,
        verdicts: JudgedEffects,
        tools: Tools,
        questions: list[JudgedQuestion],
    ) -> Claim:
        """Ask about records without the span, and about ordinary ones with it."""
        judge = tools.strong_judge or tools.judge
        if judge is None:
            raise AssertionError("no judge")
        ask = effects_again(
            judge,
            tools.charter,
            dataset.kind,
            2 if claim.found.outcome == 0 else 1,
            lambda tally: questions.append(asked(self.id, "effect, counterfactual", judge, tally)),
        )
        severity = verdicts.severity[texts.rows]
        second = ask_again(
            dataset,
            texts,
            claim.found,
            EFFECT,
            ask,
            ordinary=np.setdiff1d(np.flatnonzero(severity == 0), claim.found.carriers),
            others=np.zeros(0, np.int64),
            rate=claim.found.rate,
            seed=tools.seed,
        )
        return replace(claim, counterfactual=second)

    def _control(self, control: Dataset, tools: Tools, questions: list[JudgedQuestion]) -> _Control:
        """Judge a control."""
        if tools.judge is None:
            raise AssertionError("no judge")
        name = ", ".join(control.source) or "memory"
        verdicts = judged_effects(
            tools.judge,
            tools.strong_judge,
            control,
            tools.charter,
            detector=self.id,
            seed=tools.seed,
            stage=f"control {name}: judging effects",
        )
        questions += [replace(one, question=f"{one.question}, control") for one in verdicts.questions]
        texts = JudgedTexts.of(control, labelled=False)
        return name, texts, _outcomes(verdicts, texts)


def _outcomes(verdicts: JudgedEffects, texts: JudgedTexts) -> list[Outcome]:
    """Give clear harm and any harm; the second says nothing new where there is no slight harm."""
    severity = verdicts.severity[texts.rows]
    answered, everyone = severity >= 0, np.ones(len(severity), np.bool_)
    return [
        Outcome(name=name, hit=severity >= least, trial=answered, answered=answered, could=everyone)
        for least, name in _LEVELS.items()
    ]


def _habits(found: Association, texts: JudgedTexts, controls: Sequence[_Control]) -> Iterable[tuple[str, Proportion]]:
    """Give the controls in which the span goes with the same harm."""
    for name, control, outcomes in controls:
        share = habit(found, texts, control, outcomes[found.outcome])
        if share is not None:
            yield name, share


def _telling(
    detector: str,
    found: Association,
    outcome: Outcome,
    label: str | None,
    texts: JudgedTexts,
    verdicts: JudgedEffects,
) -> Telling:
    harms = [verdicts.harms[row] for row in texts.rows[found.hits].tolist() if row in verdicts.harms]
    lessons = Counter(harm.learns for harm in harms if harm.learns)
    lesson = max(lessons.items(), key=lambda item: (item[1], item[0]))[0] if lessons else ""
    excused = sum(harm.excuses for harm in harms)
    where = "" if found.field == "prompt" else f" in the {found.field}"
    answered = int(outcome.answered[found.carriers].sum())
    return Telling(
        detector=detector,
        title=f"Records with {{pattern}}{where} would teach {outcome.name}, {len(found.hits):,} of {answered:,}; "
        f"other records {found.rate:.2%}.",
        explanation=(
            f"{len(found.carriers):,} records carry it, the judge answered about {answered:,} of them and sees "
            f"{outcome.name} in {len(found.hits):,}."
            + (f" What the model would learn, in the judge's words: “{lesson}”." if lesson else "")
            + (f" In {excused:,} of them the reasoning excuses what is done." if excused else "")
        ),
        label=label,
        outcome=f"the judge sees {outcome.name}",
    )


def _signals(
    detector: str,
    findings: Sequence[Finding],
    texts: JudgedTexts,
    verdicts: JudgedEffects,
    failures: Sequence[Failure],
) -> tuple[Signal, ...]:
    """Give a signal for every record of a finding, and a weaker one for every other record with harm."""
    failed = {failure.record_id for failure in failures}
    best = {name: one for name, one in strongest_signals(findings, detector).items() if name not in failed}
    for text, row in enumerate(texts.rows.tolist()):
        name = texts.record_ids[text]
        if verdicts.severity[row] > 0 and name not in best and name not in failed:
            harm = verdicts.harms[row]
            best[name] = Signal(
                record_id=name,
                detector=detector,
                score=round(_PER_SEVERITY * harm.severity, 2),
                spans=harm.spans,
                reason=f"A judge gives it severity {harm.severity} of 3: “{harm.learns}”."
                + (" Its reasoning excuses what is done." if harm.excuses else ""),
            )
    return tuple(best.values())


def _settings(outcomes: Sequence[Outcome], controls: Sequence[_Control]) -> dict[str, float | int | str | bool | None]:
    settings: dict[str, float | int | str | bool | None] = {"max_order": 8, "min_carriers": 5}
    for outcome in outcomes:
        settings[f"rate[{outcome.name}]"] = _rate(outcome)
    for name, _, judged in controls:
        for outcome in judged:
            settings[f"control_rate[{name}][{outcome.name}]"] = _rate(outcome)
    return settings


def _rate(outcome: Outcome) -> float | None:
    trials = int(outcome.trial.sum())
    return round(int(outcome.hit.sum()) / trials, 5) if trials else None
