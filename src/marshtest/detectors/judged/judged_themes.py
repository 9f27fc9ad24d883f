"""A judge reads the whole dataset for what recurs in it, and every record is checked against what it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.judged.failed_records import failed_records
from marshtest.detectors.judged.label_judging import asked
from marshtest.detectors.judged.second_asking import ask_again, effects_again, labels_again
from marshtest.detectors.judged.themes.association import Tested, grounded_share, tested_criteria
from marshtest.detectors.judged.themes.checking import Checks, check
from marshtest.detectors.judged.themes.criteria import Criterion, make_criteria
from marshtest.detectors.judged.themes.merging import merge_criteria
from marshtest.detectors.judged.themes.outcomes import HARM, JudgedOutcomes, judged_outcomes
from marshtest.detectors.judged.themes.ranking import ranked
from marshtest.detectors.judged.themes.reading import read_shards
from marshtest.detectors.judged.themes.shards import half_of, make_shards
from marshtest.detectors.judged.themes.telling import (
    LEAST_GROUNDED,
    CheckedControl,
    ToldTheme,
    as_theme,
    quotes_by_criterion,
    theme_habits,
    theme_settings,
    theme_telling,
)
from marshtest.detectors.registry import detector
from marshtest.errors import ConfigError
from marshtest.findings import Finding
from marshtest.judges.asking.effect import SUSPICIOUS
from marshtest.judges.asking.items import EFFECT, LABEL
from marshtest.judges.questions import Inquiry, Tally
from marshtest.mining.outcomes.claims import Claim, grade, is_associated
from marshtest.mining.outcomes.harm_contents import harm_contents, label_of
from marshtest.mining.outcomes.judged_texts import JudgedTexts
from marshtest.mining.outcomes.label_readings import LabelReadings
from marshtest.mining.outcomes.outcome_findings import outcome_finding, strongest_signals
from marshtest.mining.outcomes.outcomes import Association, Outcome
from marshtest.mining.outcomes.planted import Content, content_of, place_of
from marshtest.report import JudgedQuestion

__all__ = ["JudgedThemes"]

_FEWEST_RECORDS = 50
_MOST_SECOND_ASKINGS = 10
_MOST_COMPARED, _MOST_CHECKED = 192, 48


class _Log:
    """What was asked."""

    def __init__(self, detector: str) -> None:
        self.questions: list[JudgedQuestion] = []
        self._detector = detector

    def add(self, question: str, judge: Inquiry, tally: Tally) -> None:
        """Note one question."""
        self.questions.append(asked(self._detector, question, judge, tally))


@detector
class JudgedThemes(Detector):
    """Find themes of the whole dataset that go with harm, or with labels that a blind judge contradicts.

    Looks for: anything that a reader can put into words (a phrase, a topic, a way of writing, a kind of answer) and
        that stands in records which contradict a blind judge, or would teach harm, far more often than elsewhere.
    How: a judge reads every record at least once, in shards: random ones that overlap, and shards of records that have
        an outcome, a label, a contributor or a completion in common. What recurs becomes criteria with a yes or no.
        The 48 whose own records show an outcome least by chance are asked of every record. What was read out of one
        half of the records is tested on the other half, corrected over all criteria and outcomes. With a control, its
        records are read beside the suspect ones, unlabelled and in both orders, and checked too.
    Blind spots: what nobody can put into words; themes that no shard shows twice; fewer than about twelve poisoned
        records, since only half of them are left to test on; poison that neither contradicts a label nor looks harmful
        to the judge; covert persona data.
    False alarms: topics on which the judge reads the policy otherwise than the labels do come out as suggestive. What
        goes with a label alone is ordinary and no finding. Themes are confirmed only where something besides the judge
        says that they were planted.
    Needs: at least 50 records and a judge (--judge); a control (--control) tells house style from poison.
    Cost per 1,000 records: reading takes about 1.3 times the tokens of the data (about 50 calls at 200 words a record,
        twice that with a control); checking takes 100 calls, 20 records and 24 criteria in each.
    Source: our own; themes by map and reduce as in Zhong et al. 2022 and 2023 (describing differences between text
        distributions), cross-fitting of discovery and test (Chernozhukov et al. 2018).
    """

    id: ClassVar[str] = "judged-themes"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Themes of the whole dataset that go with harm or contradicted labels"
    needs_judge: ClassVar[bool] = True

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data that is too small to part into two halves."""
        if len(dataset) < _FEWEST_RECORDS:
            return f"{len(dataset)} records are too few to read for themes; it needs {_FEWEST_RECORDS}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Read, make criteria, check every record, and test."""
        if tools.judge is None:
            raise ConfigError(f"the detector {self.id!r} asks a judge; name one with --judge MODEL.")
        reader = tools.strong_judge or tools.judge
        log = _Log(self.id)
        texts = JudgedTexts.of(dataset, labelled=False)
        said = self._outcomes(dataset, texts, tools)
        if "waiting" in said.problems.values():
            return self._waits(dataset, log, said.problems)
        shards = make_shards(dataset, tools.seed, said.together)
        control = None
        if tools.controls:
            control = (tools.controls[0], make_shards(tools.controls[0], tools.seed, {}))
        reading = read_shards(reader, dataset, shards, tools.charter, control=control)
        log.add("themes", reader, reading.tally)
        if "waiting" in reading.tally.problems:
            return self._waits(dataset, log, reading.problems)
        criteria, tally = make_criteria(reader, reading.themes)
        log.add("criteria", reader, tally)
        if "waiting" in tally.problems:
            return self._waits(dataset, log, dict.fromkeys(range(len(dataset)), "waiting"))
        made = len(criteria)
        criteria = ranked(criteria, said.outcomes, texts.rows)[:_MOST_COMPARED]
        criteria, tally = merge_criteria(reader, criteria)
        log.add("same", reader, tally)
        if "waiting" in tally.problems:
            return self._waits(dataset, log, dict.fromkeys(range(len(dataset)), "waiting"))
        criteria = ranked(criteria, said.outcomes, texts.rows)[:_MOST_CHECKED]
        questions = [one.question for one in criteria]
        checks = check(tools.judge, dataset, questions)
        log.add("check", tools.judge, checks.tally)
        controls = [self._control(one, questions, tools, log) for one in tools.controls]
        problems = {**reading.problems, **checks.problems}
        if "waiting" in checks.problems.values():
            return self._waits(dataset, log, problems)
        half = half_of(dataset, tools.seed)
        rows = texts.rows
        told, tried = tested_criteria(
            texts,
            said.outcomes,
            criteria,
            checks.holds[rows],
            checks.answered[rows],
            half[rows],
            quotes_by_criterion(checks),
        )
        findings = self._findings(told, criteria, dataset, texts, said, checks, controls, tools, log)
        failures = failed_records(
            self.id, dataset, {row: f"not read or not checked ({why})" for row, why in problems.items()}
        )
        failed = {failure.record_id for failure in failures}
        signals = [one for name, one in strongest_signals(findings, self.id).items() if name not in failed]
        return Examination(
            signals=tuple(signals),
            findings=findings,
            failures=failures,
            tried=tried,
            diagnostics=theme_settings(reading, criteria, checks, shards=len(shards), made=made),
            judging=Judging(questions=tuple(log.questions)),
        )

    def _outcomes(self, dataset: Dataset, texts: JudgedTexts, tools: Tools) -> JudgedOutcomes:
        if tools.judge is None:
            raise AssertionError("no judge")
        return judged_outcomes(
            tools.judge, tools.strong_judge, dataset, texts, tools.charter, detector=self.id, seed=tools.seed
        )

    def _waits(self, dataset: Dataset, log: _Log, problems: Mapping[int, str]) -> Examination:
        """Stop until the answers are there."""
        reasons = {row: f"the judge gave no answer ({why})" for row, why in problems.items()}
        failures = failed_records(self.id, dataset, reasons)
        return Examination(failures=failures, judging=Judging(questions=tuple(log.questions)))

    def _control(self, control: Dataset, criteria: Sequence[str], tools: Tools, log: _Log) -> CheckedControl:
        if tools.judge is None:
            raise AssertionError("no judge")
        texts = JudgedTexts.of(control, labelled=False)
        checks = check(tools.judge, control, criteria, stage="control: ")
        log.add("check, control", tools.judge, checks.tally)
        return CheckedControl(
            ", ".join(control.source) or "memory", self._outcomes(control, texts, tools), texts, checks
        )

    def _findings(
        self,
        told: Sequence[Tested],
        criteria: Sequence[Criterion],
        dataset: Dataset,
        texts: JudgedTexts,
        said: JudgedOutcomes,
        checks: Checks,
        controls: Sequence[CheckedControl],
        tools: Tools,
        log: _Log,
    ) -> tuple[Finding, ...]:
        readings = LabelReadings(texts)
        themes: list[ToldTheme] = []
        again = 0
        for tested in told:
            found, criterion = tested.found, criteria[tested.number]
            grounded = grounded_share(criterion, checks.holds[:, tested.number])
            known = next((one for one in themes if one.is_about(found.hits)), None)
            is_told = known is not None and known.is_settled
            if not is_associated(found) or grounded < LEAST_GROUNDED or is_told:
                continue
            outcome = said.outcomes[found.outcome]
            label = None if outcome.name == HARM else outcome.name
            content, outcome_content = _contents(found, outcome, label, texts, readings)
            claim = Claim(
                found=found,
                content=content,
                outcome_content=outcome_content,
                place=place_of(texts.tokens[found.field], found.sequence, found.hits, tools.seed)
                if found.kind == "phrase"
                else None,
                habits=tuple(theme_habits(tested, outcome.name, controls)),
            )
            if found.kind == "phrase" and again < _MOST_SECOND_ASKINGS:
                again += 1
                claim = self._asked_again(claim, dataset, texts, said, tools, log)
            verdict = grade(claim)
            if verdict is None:
                continue
            telling = theme_telling(self.id, tested, criterion, label)
            finding = outcome_finding(claim, verdict, texts, outcome, telling)
            finding = as_theme(finding, tested, outcome.name, criterion, grounded, dataset, texts, checks, controls)
            if known is None:
                themes.append(ToldTheme(set(found.hits.tolist()), found.gain, finding))
            else:
                known.better(found.gain, finding)
        themes.sort(key=lambda one: (one.finding.verdict != "confirmed", -one.gain, one.finding.pattern.text))
        return tuple(replace(one.finding, id=f"{self.id}-{number}") for number, one in enumerate(themes, start=1))

    def _asked_again(
        self, claim: Claim, dataset: Dataset, texts: JudgedTexts, said: JudgedOutcomes, tools: Tools, log: _Log
    ) -> Claim:
        """Ask about records without the words, and about others with them."""
        judge = tools.strong_judge or tools.judge
        if judge is None:
            raise AssertionError("no judge")
        outcome = said.outcomes[claim.found.outcome]
        free = ~np.isin(np.arange(len(texts)), claim.found.carriers)
        others = np.zeros(0, np.int64)
        if outcome.name == HARM:
            question, free = EFFECT, free & outcome.trial & ~outcome.hit
            ordinary = np.flatnonzero(free)
            ask = effects_again(
                judge,
                tools.charter,
                dataset.kind,
                SUSPICIOUS,
                lambda tally: log.add("effect, counterfactual", judge, tally),
            )
        else:
            question, labels = LABEL, tuple(sorted(dataset.labels))
            given = texts.labels == outcome.name
            free &= ~np.any([one.hit for one in said.outcomes if one.name != HARM], axis=0)
            ordinary, others = np.flatnonzero(free & given), np.flatnonzero(free & ~given)
            ask = labels_again(
                judge,
                tools.charter,
                labels,
                labels.index(outcome.name),
                lambda tally: log.add("label, counterfactual", judge, tally),
            )
        second = ask_again(
            dataset,
            texts,
            claim.found,
            question,
            ask,
            ordinary=ordinary,
            others=others,
            rate=claim.found.rate,
            seed=tools.seed,
        )
        return replace(claim, counterfactual=second)


def _contents(
    found: Association, outcome: Outcome, label: str | None, texts: JudgedTexts, readings: LabelReadings
) -> tuple[Content | None, Content | None]:
    """Read the contents of the records for which a theme holds."""
    if label is None:
        return harm_contents(found, outcome, label_of(found, texts), texts, readings)
    reading = readings.towards(label)
    return None if reading is None else content_of(reading, found, outcome.trial), None
