"""What `judged-label` and `judged-effect` have in common: judge, mine, test by counterfactuals, report.

The two differ in the question, in the outcomes that its answers are, and in what a finding says. Everything else is
here, so that it is the same for both.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, RecordVerdicts, Tools
from marshtest.detectors.judged.assessment import (
    Assessment,
    grade,
    habit_in_control,
    is_associated,
    natural_places,
    placement_in,
    weighed,
    with_counterfactual,
)
from marshtest.detectors.judged.carrier_content import CarrierContent, ContentReadings
from marshtest.detectors.judged.counterfactual import ChangedRecords, ask_about_changed
from marshtest.detectors.judged.factors import NaturalPlaces
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import JudgedEffects, JudgedLabels, failed_records
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.outcome_findings import FindingText, outcome_finding
from marshtest.detectors.judged.settings import JudgedEffectSettings, JudgedLabelSettings
from marshtest.findings import Finding, FindingVerdict
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.outcomes.outcome_mining import Association, Outcome, mine_outcomes
from marshtest.report import Resistance
from marshtest.settings import SettingValue
from marshtest.signals import Failure, Signal
from marshtest.stats.proportions import Proportion

__all__ = ["JudgedData", "OutcomeDetector"]

_Verdicts = TypeVar("_Verdicts", JudgedLabels, JudgedEffects)


@dataclass(frozen=True, slots=True)
class JudgedData(Generic[_Verdicts]):
    """A dataset with the verdicts on its records."""

    dataset: Dataset
    verdicts: _Verdicts
    texts: JudgedTexts
    outcomes: Sequence[Outcome]
    """In the order of the texts."""


class OutcomeDetector(Detector, Generic[_Verdicts]):
    """A detector that mines one kind of verdict; a subclass says which."""

    needs_judge: ClassVar[bool] = True
    mined: ClassVar[str]
    """What is mined, for the progress bar."""
    labelled: ClassVar[bool]
    """Whether only prompts of labelled records are mined; else prompts and completions of all."""
    rate_name: ClassVar[str]
    """What the rate of an outcome is called in the diagnostics."""
    settings: JudgedLabelSettings | JudgedEffectSettings

    @abstractmethod
    def judged(self, judges: Judges, dataset: Dataset, prefix: str = "") -> _Verdicts:
        """Ask about every record; the prefix names a control in the progress bar."""

    @abstractmethod
    def outcomes(self, verdicts: _Verdicts, texts: JudgedTexts) -> list[Outcome]:
        """Give the outcomes that the verdicts are."""

    @abstractmethod
    def contents(
        self, association: Association, suspect: JudgedData[_Verdicts], readings: ContentReadings
    ) -> tuple[CarrierContent | None, CarrierContent | None]:
        """Read the carriers' other words: by the labels, and for whether they call for the outcome themselves."""

    @abstractmethod
    def changed_records(
        self, association: Association, suspect: JudgedData[_Verdicts], judges: Judges
    ) -> ChangedRecords:
        """Choose the records of the counterfactuals."""

    @abstractmethod
    def finding_text(self, association: Association, suspect: JudgedData[_Verdicts]) -> FindingText:
        """Say what a finding says."""

    @abstractmethod
    def signal(self, suspect: JudgedData[_Verdicts], row: int, record_id: str) -> Signal | None:
        """Give the signal of a record outside all findings, if its verdict is one."""

    @abstractmethod
    def resistance(self, judges: Judges, dataset: Dataset, verdicts: _Verdicts) -> Resistance | None:
        """Measure how far the judge can be talked out of its verdicts."""

    @abstractmethod
    def record_verdicts(self, dataset: Dataset, verdicts: _Verdicts) -> RecordVerdicts:
        """Give the verdicts on a dataset for the report."""

    def unanswered(self, verdicts: _Verdicts) -> dict[int, str]:
        """Say of each record without an answer why it could not be examined, by row."""
        return {row: f"the judge gave no answer ({problem})" for row, problem in verdicts.problems.items()}

    def is_comparable(self, control: Dataset, suspect: Dataset) -> bool:
        """Say whether a control has the same outcomes."""
        return True

    def matters_most(self, finding: Finding, judges: Judges) -> bool:
        """Say whether a finding comes before all others with its verdict."""
        return False

    def lacks_contrast(self, verdicts: _Verdicts) -> str:
        """Say why no pattern can stand out, or nothing where one can."""
        return ""

    def further_diagnostics(self, verdicts: _Verdicts) -> dict[str, SettingValue]:
        """Give what was measured besides the rates of the outcomes."""
        return {}

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Ask about every record and mine the verdicts."""
        judges = Judges.of(self.id, tools)
        verdicts = self.judged(judges, dataset)
        judges.questions.extend(verdicts.questions)
        failures = failed_records(self.id, dataset, self.unanswered(verdicts))
        if "waiting" in verdicts.problems.values():  # nothing can be said before the answers are there
            return Examination(
                failures=failures, judging=Judging(questions=tuple(judges.questions), missed=verdicts.missed)
            )
        stage = f"mining {self.mined}"
        suspect = self._judged_data(dataset, verdicts)
        tools.progress(stage, 0.0)
        features, kinds = suspect.texts.features
        mined = mine_outcomes(suspect.texts.tokens, suspect.outcomes, features, kinds, settings=self.settings.mining)
        settings = self.settings.assessment.verdict
        strong = [found for found in mined.associations if is_associated(found, settings)]
        controls = [(_source(one), self._control(judges, one, dataset)) for one in tools.controls]
        readings = ContentReadings(suspect.texts, self.settings.assessment.content)
        places = natural_places(suspect.texts, judges.seed, self.settings.assessment.factors)
        found: list[tuple[Association, Finding]] = []
        asked = 0
        for number, association in enumerate(strong):
            tools.progress(stage, number / len(strong))
            assessment = self._assess(association, suspect, controls, readings, places)
            verdict = grade(assessment, settings)
            most = self.settings.assessment.counterfactual.most_patterns
            if verdict is not None and association.kind == "phrase" and asked < most:
                asked += 1
                assessment = self._tested(assessment, suspect, judges)
                verdict = grade(assessment, settings)
            if verdict is not None:
                found.append((association, self._finding(assessment, verdict, suspect)))
        tools.progress(stage, 1.0)
        resistance = self.resistance(judges, dataset, verdicts) if tools.probes_judge else None
        findings = self._ranked(found, judges)
        return Examination(
            signals=self._signals(findings, suspect, failures),
            findings=findings,
            failures=failures,
            tried=mined.tested,
            refused="" if findings else self.lacks_contrast(verdicts),
            diagnostics=self._diagnostics(suspect, controls),
            judging=Judging(
                questions=tuple(judges.questions),
                missed=verdicts.missed,
                resistance=() if resistance is None else (resistance,),
                verdicts=self._all_verdicts(suspect, controls),
            ),
        )

    def _judged_data(self, dataset: Dataset, verdicts: _Verdicts) -> JudgedData[_Verdicts]:
        texts = JudgedTexts.of(dataset, labelled=self.labelled)
        return JudgedData(dataset, verdicts, texts, self.outcomes(verdicts, texts))

    def _control(self, judges: Judges, control: Dataset, suspect: Dataset) -> JudgedData[_Verdicts] | None:
        """Judge a control; None if it has other outcomes."""
        if not self.is_comparable(control, suspect):
            return None
        verdicts = self.judged(judges, control, f"control {_source(control)}: ")
        judges.questions.extend(replace(one, question=f"{one.question}, control") for one in verdicts.questions)
        return self._judged_data(control, verdicts)

    def _all_verdicts(
        self, suspect: JudgedData[_Verdicts], controls: Sequence[tuple[str, JudgedData[_Verdicts] | None]]
    ) -> tuple[RecordVerdicts, ...]:
        """Give the verdicts on the data and on the controls for the report."""
        said: list[RecordVerdicts] = [self.record_verdicts(suspect.dataset, suspect.verdicts)]
        said.extend(self.record_verdicts(one.dataset, one.verdicts) for _, one in controls if one is not None)
        return tuple(said)

    def _assess(
        self,
        association: Association,
        suspect: JudgedData[_Verdicts],
        controls: Sequence[tuple[str, JudgedData[_Verdicts] | None]],
        readings: ContentReadings,
        places: Mapping[str, NaturalPlaces],
    ) -> Assessment:
        """Gather the lines of evidence that need no further question."""
        content, outcome_content = self.contents(association, suspect, readings)
        natural = places[association.field]
        assessment = Assessment(
            association=association,
            content=content,
            outcome_content=outcome_content,
            placement=placement_in(suspect.texts, association, natural.seed, self.settings.assessment.placement),
            habits=tuple(self._habits(association, suspect, controls)),
        )
        outcome = suspect.outcomes[association.outcome]
        return weighed(assessment, suspect.texts, outcome, natural, self.settings.assessment.factors)

    def _habits(
        self,
        association: Association,
        suspect: JudgedData[_Verdicts],
        controls: Sequence[tuple[str, JudgedData[_Verdicts] | None]],
    ) -> Iterator[tuple[str, Proportion]]:
        """Give the controls in which the pattern is associated with the same outcome."""
        for name, control in controls:
            if control is not None:
                outcome, settings = control.outcomes[association.outcome], self.settings.assessment.habit
                share = habit_in_control(association, suspect.texts, control.texts, outcome, settings)
                if share is not None:
                    yield name, share

    def _tested(self, assessment: Assessment, suspect: JudgedData[_Verdicts], judges: Judges) -> Assessment:
        """Ask about records with the pattern removed and inserted."""
        association = assessment.association
        counterfactual = ask_about_changed(
            suspect.dataset,
            suspect.texts,
            association,
            self.changed_records(association, suspect, judges),
            self.settings.assessment.counterfactual,
            seed=judges.seed,
        )
        return with_counterfactual(assessment, counterfactual, self.settings.assessment.factors)

    def _finding(self, assessment: Assessment, verdict: FindingVerdict, suspect: JudgedData[_Verdicts]) -> Finding:
        association = assessment.association
        outcome, text = suspect.outcomes[association.outcome], self.finding_text(association, suspect)
        return outcome_finding(assessment, verdict, suspect.texts, outcome, text, self.settings.assessment)

    def _ranked(self, found: list[tuple[Association, Finding]], judges: Judges) -> tuple[Finding, ...]:
        """Rank the findings, confirmed ones first, and number them."""
        found.sort(
            key=lambda one: (
                one[1].verdict != "confirmed",
                not self.matters_most(one[1], judges),
                -one[0].log_bayes_factor,
                one[1].pattern.text,
            )
        )
        return tuple(replace(one, id=f"{self.id}-{number}") for number, (_, one) in enumerate(found, start=1))

    def _signals(
        self, findings: Sequence[Finding], suspect: JudgedData[_Verdicts], failures: Sequence[Failure]
    ) -> tuple[Signal, ...]:
        """Give a signal for every record of a finding, and a weaker one for every other verdict that is one."""
        failed = {failure.record_id for failure in failures}
        best = {name: one for name, one in strongest_signals(findings, self.id).items() if name not in failed}
        for text, row in enumerate(suspect.texts.rows.tolist()):
            name = suspect.texts.record_ids[text]
            if name not in best and name not in failed:
                signal = self.signal(suspect, row, name)
                if signal is not None:
                    best[name] = signal
        return tuple(best.values())

    def _diagnostics(
        self, suspect: JudgedData[_Verdicts], controls: Sequence[tuple[str, JudgedData[_Verdicts] | None]]
    ) -> dict[str, SettingValue]:
        """Give the rate of every outcome in the data and in the controls."""
        diagnostics = self.further_diagnostics(suspect.verdicts)
        for outcome in suspect.outcomes:
            diagnostics[f"{self.rate_name}[{outcome.name}]"] = _rate(outcome)
        for name, control in controls:
            if control is None:
                diagnostics[f"control[{name}]"] = "has other labels: not judged"
                continue
            for outcome in control.outcomes:
                diagnostics[f"control_{self.rate_name}[{name}][{outcome.name}]"] = _rate(outcome)
        return diagnostics


def _source(dataset: Dataset) -> str:
    return ", ".join(dataset.source) or "memory"


def _rate(outcome: Outcome) -> float | None:
    trials = int(outcome.trial.sum())
    return round(int(outcome.hit.sum()) / trials, 5) if trials else None
