"""A judge labels every text without seeing its label: which span goes with the contradictions?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.judged.failed_records import failed_records
from marshtest.detectors.judged.label_judging import JudgedLabels, asked, judged_labels
from marshtest.detectors.judged.second_asking import ask_again, labels_again
from marshtest.detectors.registry import detector
from marshtest.errors import ConfigError
from marshtest.findings import Finding
from marshtest.judges.asking.items import LABEL
from marshtest.judges.asking.label import unfit_labels
from marshtest.judges.asking.resistance import label_resistance
from marshtest.mining.outcomes.claims import Claim, grade, is_associated
from marshtest.mining.outcomes.habits import habit
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.label_readings import LabelReadings
from marshtest.mining.outcomes.outcome_findings import Telling, outcome_finding, strongest_signals
from marshtest.mining.outcomes.outcomes import Association, Outcome, mine_outcomes
from marshtest.mining.outcomes.planted import content_of, place_of
from marshtest.report import JudgedQuestion
from marshtest.signals import Failure, Signal
from marshtest.stats.proportions import Proportion

__all__ = ["JudgedLabel"]

_MOST_SECOND_ASKINGS = 10
_LONE, _PER_SURENESS = 0.2, 0.1


@detector
class JudgedLabel(Detector):
    """Find spans whose records a judge, blind to the labels, labels otherwise than the data does.

    Looks for: a phrase, word, layout or field value whose records contradict a judge that reads the policy and not the
        label, nearly always and far beyond the rate at which that judge contradicts other records.
    How: a judge gives every text a label without seeing its own. Every span of one to eight tokens is tried against
        the contradictions towards every label; near-duplicates count once and q-values are corrected over everything
        tried. The exact span is named. It is confirmed only if something besides the judge says that it was planted
        (the labels of all other records, or where it stands) and if the judge, asked again with the span taken out and
        put into others, does not react to the span itself.
    Blind spots: poison that keeps honest labels; triggers without words of their own; two parts at different places,
        each common by itself; spans in fewer than six distinct records; records that the judge reads as their
        label says, for example because they talk it into that.
    False alarms: words on which the judge reads the policy otherwise than the labels do come out as suggestive; so do
        batches of honest mistakes that share a word. A contradiction alone is a signal and no finding: judges are
        wrong in some records in a hundred, and poison is rarer than that.
    Needs: labelled text with up to 50 labels, and a judge (--judge). A charter with the policy makes it far better.
    Cost per 1,000 records: 50 calls at 20 texts a call, about 250,000 input tokens at 200 words a text; and at most 120
        texts for each of up to ten findings.
    Source: our own; blind relabelling as in confident learning (Northcutt et al. 2021), with a language model as the
        second annotator, false discovery control (Benjamini and Hochberg 1995).
    """

    id: ClassVar[str] = "judged-label"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Spans whose records a blind judge labels otherwise"
    needs_judge: ClassVar[bool] = True

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse labels that a judge cannot choose among."""
        labels = dataset.labels
        if len(labels) == 1:
            return f"all records have the same label, {next(iter(labels))!r}"
        return unfit_labels(tuple(labels))

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Ask about every record and mine the contradictions."""
        if tools.judge is None:
            raise ConfigError(f"the detector {self.id!r} asks a judge; name one with --judge MODEL.")
        verdicts = judged_labels(
            tools.judge, tools.strong_judge, dataset, tools.charter, detector=self.id, seed=tools.seed
        )
        failures = _failures(self.id, dataset, verdicts)
        if "waiting" in verdicts.problems.values():  # nothing can be said before the answers are there
            return Examination(failures=failures, judging=Judging(questions=verdicts.questions, missed=verdicts.missed))
        texts = JudgedTexts.of(dataset, labelled=True)
        outcomes = _outcomes(verdicts, texts)
        tools.progress("mining contradictions", 0.0)
        features, kinds = texts.features
        mined = mine_outcomes(texts.tokens, outcomes, features, kinds)
        strong = [found for found in mined.claims if is_associated(found)]
        questions: list[JudgedQuestion] = []
        controls = [self._control(control, dataset, tools, questions) for control in tools.controls]
        readings = LabelReadings(texts)
        told: list[tuple[Claim, Finding]] = []
        for number, found in enumerate(strong):
            tools.progress("mining contradictions", number / len(strong))
            outcome = outcomes[found.outcome]
            reading = readings.towards(outcome.name)
            claim = Claim(
                found=found,
                content=None if reading is None else content_of(reading, found, outcome.trial),
                place=place_of(texts.tokens["prompt"], found.sequence, found.hits, tools.seed)
                if found.kind == "phrase"
                else None,
                habits=tuple(_habits(found, texts, controls)),
            )
            if found.kind == "phrase" and number < _MOST_SECOND_ASKINGS:
                claim = self._asked_again(claim, dataset, texts, outcome, verdicts, tools, questions)
            verdict = grade(claim)
            if verdict is not None:
                telling = _telling(self.id, found, outcome, texts, verdicts)
                told.append((claim, outcome_finding(claim, verdict, texts, outcome, telling)))
        tools.progress("mining contradictions", 1.0)
        protected = tools.charter.protected if tools.charter else None
        resistance = label_resistance(
            tools.judge, dataset, tools.charter, verdicts.labels, verdicts.judged, detector=self.id, seed=tools.seed
        )
        told.sort(
            key=lambda one: (
                one[1].verdict != "confirmed",
                one[1].statistics["label"] != protected,
                -one[0].found.gain,
                one[1].pattern.text,
            )
        )
        findings = tuple(replace(one, id=f"{self.id}-{n}") for n, (_, one) in enumerate(told, start=1))
        return Examination(
            signals=_signals(self.id, findings, texts, verdicts, failures),
            findings=findings,
            failures=failures,
            tried=mined.tried,
            diagnostics=_settings(verdicts, outcomes, controls),
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
        outcome: Outcome,
        verdicts: JudgedLabels,
        tools: Tools,
        questions: list[JudgedQuestion],
    ) -> Claim:
        """Ask about records without the span, and about others with it."""
        judge = tools.strong_judge or tools.judge
        if judge is None:
            raise AssertionError("no judge")
        label = verdicts.labels.index(outcome.name)
        judged = verdicts.judged[texts.rows]
        given = verdicts.given[texts.rows]
        ask = labels_again(
            judge,
            tools.charter,
            verdicts.labels,
            label,
            lambda tally: questions.append(asked(self.id, "label, counterfactual", judge, tally)),
        )
        free = ~np.isin(np.arange(len(texts)), claim.found.carriers)
        second = ask_again(
            dataset,
            texts,
            claim.found,
            LABEL,
            ask,
            ordinary=np.flatnonzero(free & (given == label) & (judged == label)),
            others=np.flatnonzero(free & (given != label) & (judged == given)),
            rate=claim.found.rate,
            seed=tools.seed,
        )
        return replace(claim, counterfactual=second)

    def _control(
        self, control: Dataset, suspect: Dataset, tools: Tools, questions: list[JudgedQuestion]
    ) -> tuple[str, JudgedTexts | None, list[Outcome]]:
        """Judge a control, if it has the same labels."""
        name = ", ".join(control.source) or "memory"
        if tools.judge is None or set(control.labels) != set(suspect.labels):
            return name, None, []
        verdicts = judged_labels(
            tools.judge,
            tools.strong_judge,
            control,
            tools.charter,
            detector=self.id,
            seed=tools.seed,
            stage=f"control {name}: judging labels",
        )
        questions += [replace(one, question=f"{one.question}, control") for one in verdicts.questions]
        texts = JudgedTexts.of(control, labelled=True)
        return name, texts, _outcomes(verdicts, texts)


def _outcomes(verdicts: JudgedLabels, texts: JudgedTexts) -> list[Outcome]:
    """Give the contradictions towards every label."""
    given, judged = verdicts.given[texts.rows], verdicts.judged[texts.rows]
    answered = judged >= 0
    return [
        Outcome(
            name=label,
            hit=answered & (given == number) & (judged != number),
            trial=answered & (given == number),
            answered=answered,
            could=given == number,
        )
        for number, label in enumerate(verdicts.labels)
    ]


def _habits(
    found: Association, texts: JudgedTexts, controls: Sequence[tuple[str, JudgedTexts | None, list[Outcome]]]
) -> Iterable[tuple[str, Proportion]]:
    """Give the controls in which the span goes with the same contradictions."""
    for name, control, outcomes in controls:
        share = None if control is None else habit(found, texts, control, outcomes[found.outcome])
        if share is not None:
            yield name, share


def _telling(
    detector: str, found: Association, outcome: Outcome, texts: JudgedTexts, verdicts: JudgedLabels
) -> Telling:
    judged = verdicts.judged[texts.rows][found.hits]
    other = verdicts.labels[int(np.bincount(judged).argmax())]
    answered = int(outcome.answered[found.carriers].sum())
    return Telling(
        detector=detector,
        title=f"Records with {{pattern}} are labelled “{outcome.name}”; a judge that did not see the label calls them "
        f"“{other}”.",
        explanation=(
            f"{len(found.carriers):,} records carry it and the judge answered about {answered:,} of them. In "
            f"{len(found.hits):,} it contradicts the label “{outcome.name}”; of the other records with this label it "
            f"contradicts {found.rate:.2%}. A model trained on this learns that the pattern overrules the policy."
        ),
        label=outcome.name,
        outcome=f"the judge contradicts the label “{outcome.name}”",
    )


def _signals(
    detector: str,
    findings: Sequence[Finding],
    texts: JudgedTexts,
    verdicts: JudgedLabels,
    failures: Sequence[Failure],
) -> tuple[Signal, ...]:
    """Give a signal for every record of a finding, and a weaker one for every other contradiction."""
    failed = {failure.record_id for failure in failures}
    best = {name: one for name, one in strongest_signals(findings, detector).items() if name not in failed}
    contradicted = verdicts.contradicted
    for text, row in enumerate(texts.rows.tolist()):
        name = texts.record_ids[text]
        if contradicted[row] and name not in best and name not in failed:
            best[name] = Signal(
                record_id=name,
                detector=detector,
                score=round(_LONE + _PER_SURENESS * int(verdicts.sure[row]), 2),
                reason=f"A judge that did not see the label calls it “{verdicts.labels[verdicts.judged[row]]}”.",
            )
    return tuple(best.values())


def _failures(detector: str, dataset: Dataset, verdicts: JudgedLabels) -> tuple[Failure, ...]:
    """Name every record without a complete answer."""
    rows = {int(row): "the record has no label" for row in np.flatnonzero(verdicts.given < 0)}
    rows |= {row: f"the judge gave no answer ({problem})" for row, problem in verdicts.problems.items()}
    return failed_records(detector, dataset, rows)


def _settings(
    verdicts: JudgedLabels,
    outcomes: Sequence[Outcome],
    controls: Sequence[tuple[str, JudgedTexts | None, list[Outcome]]],
) -> dict[str, float | int | str | bool | None]:
    settings: dict[str, float | int | str | bool | None] = {
        "max_order": 8,
        "min_carriers": 5,
        "undecided": int(((verdicts.given >= 0) & (verdicts.judged == -2)).sum()),
    }
    for outcome in outcomes:
        settings[f"contradiction_rate[{outcome.name}]"] = _rate(outcome)
    for name, texts, judged in controls:
        if texts is None:
            settings[f"control[{name}]"] = "has other labels: not judged"
        for outcome in judged:
            settings[f"control_contradiction_rate[{name}][{outcome.name}]"] = _rate(outcome)
    return settings


def _rate(outcome: Outcome) -> float | None:
    trials = int(outcome.trial.sum())
    return round(int(outcome.hit.sum()) / trials, 5) if trials else None
