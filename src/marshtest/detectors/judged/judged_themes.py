"""A judge reads the whole dataset for what recurs in it, and every record is checked against what it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Judging, Tools
from marshtest.detectors.judged.assessment import (
    Assessment,
    grade,
    is_associated,
    natural_places,
    placement_in,
    weighed,
    with_counterfactual,
)
from marshtest.detectors.judged.carrier_content import ContentReadings, label_of, read_carriers
from marshtest.detectors.judged.counterfactual import (
    ChangedRecords,
    ask_about_changed,
    effect_verdicts,
    label_verdicts,
)
from marshtest.detectors.judged.factors import NaturalPlaces
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import failed_records
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.outcome_findings import outcome_finding
from marshtest.detectors.judged.themes.checked_data import HARM, CheckedData, JudgedOutcomes, judged_outcomes
from marshtest.detectors.judged.themes.checking import check
from marshtest.detectors.judged.themes.criteria import Criterion, make_criteria, merge_criteria
from marshtest.detectors.judged.themes.criteria_associations import (
    AssociatedCriterion,
    CheckedCriteria,
    associated_criteria,
    grounded_share,
    ranked_criteria,
)
from marshtest.detectors.judged.themes.kind_findings import kind_finding
from marshtest.detectors.judged.themes.kinds import Kind, kinds_of_harm
from marshtest.detectors.judged.themes.reading import ThemesRead, read_shards
from marshtest.detectors.judged.themes.settings import JudgedThemesSettings
from marshtest.detectors.judged.themes.shards import half_of, make_shards
from marshtest.detectors.judged.themes.theme_findings import (
    ThemeFinding,
    quotes_by_criterion,
    theme_diagnostics,
    theme_finding,
    theme_habits,
    theme_text,
)
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.judges.asking.effect import SUSPICIOUS
from marshtest.judges.asking.items import EFFECT, LABEL
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.outcomes.outcome_mining import Association
from marshtest.settings import SettingValue

__all__ = ["JudgedThemes"]


class _Waiting(Exception):
    """Answers wait in a batch file, and nothing can be said before they are there."""

    def __init__(self, problems: Mapping[int, str]) -> None:
        super().__init__()
        self.problems = problems
        """By row, why a record has no answer."""


@detector
class JudgedThemes(Detector):
    """Find themes of the whole dataset that are associated with harm, or with labels that a blind judge contradicts.

    Looks for: anything that a reader can put into words (a phrase, a topic, a way of writing, a kind of answer) and
        whose records contradict a blind judge, or would teach harm, far more often than other records; without labels,
        also the kinds of harm that the judge sees.
    How: a judge reads every record at least once, in shards: random ones that overlap, and shards of records that share
        an outcome, a label, a contributor or a completion. What recurs becomes criteria about the text, with a yes
        or no. Code checks those about exact words on every record; of the others, the 24 whose own records have the
        smallest p-value of an outcome are asked of every record. What was read out of one half of the records is tested
        on the other half, what was read out of both on both: posterior odds of planting against chance and against a
        topic, as in judged-label. Without labels, harmful records are grouped by criteria into kinds of harm. With a
        control, its records are read beside the suspect ones, unlabelled and in both orders, and checked too.
    Blind spots: what nobody can put into words; themes that no shard shows twice; fewer than about twelve poisoned
        records, if their theme is read out of one half only; poison that neither contradicts a label nor looks harmful
        to the judge; covert persona data.
    False alarms: topics on which the judge and the labels disagree are suggestive. A theme that is associated only with
        a label is ordinary and no finding. Themes are confirmed only if evidence that does not come from the judge says
        that they were planted. A kind of harm is suggestive, unless the rate of a control makes it improbable.
    Needs: at least 50 records and a judge (--judge); a control (--control) tells house style from poison.
    Cost per 1,000 records: reading takes about 1.3 times the tokens of the data (about 50 calls at 200 words a record,
        twice that with a control); checking takes at most 50 calls, with 20 records and up to 24 criteria in each.
    Source: our own; themes by map and reduce as in Zhong et al. 2022 and 2023 (describing differences between text
        distributions), cross-fitting of discovery and test (Chernozhukov et al. 2018).
    """

    id: ClassVar[str] = "judged-themes"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Themes of the whole dataset that are associated with harm or contradicted labels"
    needs_judge: ClassVar[bool] = True
    needs_language_model: ClassVar[bool] = True
    settings: JudgedThemesSettings = JudgedThemesSettings()

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data that is too small to split into two halves."""
        fewest = self.settings.fewest_records
        if len(dataset) < fewest:
            return f"{len(dataset)} records are too few to read for themes; it needs {fewest}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Read, make criteria, check every record, and test."""
        judges = Judges.of(self.id, tools)
        try:
            return self._examined(dataset, tools.controls, judges)
        except _Waiting as waiting:
            reasons = {row: f"the judge gave no answer ({why})" for row, why in waiting.problems.items()}
            failures = failed_records(self.id, dataset, reasons)
            return Examination(failures=failures, judging=Judging(questions=tuple(judges.questions)))

    def _examined(self, dataset: Dataset, controls: Sequence[Dataset], judges: Judges) -> Examination:
        texts = JudgedTexts.of(dataset, labelled=False)
        judged = judged_outcomes(judges, dataset, texts)
        if "waiting" in judged.problems.values():
            raise _Waiting(judged.problems)
        themes, shards = self._themes(dataset, controls, judged, judges)
        criteria, made = self._criteria(dataset, themes, judged, texts, judges)
        questions = [one.question for one in criteria]
        checks = check(judges.judge, dataset, questions)
        judges.note("check", judges.judge, checks.tally)
        checked = [_checked_control(one, questions, judges) for one in controls]
        problems = {**themes.problems, **checks.problems}
        if "waiting" in checks.problems.values():
            raise _Waiting(problems)
        rows = texts.rows
        tested, count = associated_criteria(
            texts,
            judged.outcomes,
            CheckedCriteria(
                criteria=criteria,
                holds=checks.holds[rows],
                answered=checks.answered[rows],
                quotes=quotes_by_criterion(checks),
                made=made,
            ),
            half_of(dataset, judges.seed)[rows],
            self.settings.criteria,
        )
        suspect = CheckedData("the data", dataset, texts, judged, checks)
        kinds = self._kinds(criteria, suspect)
        findings = self._findings(tested, criteria, suspect, checked, judges, kinds)
        failures = failed_records(
            self.id, dataset, {row: f"not read or not checked ({why})" for row, why in problems.items()}
        )
        failed = {failure.record_id for failure in failures}
        signals = [one for name, one in strongest_signals(findings, self.id).items() if name not in failed]
        diagnostics: dict[str, SettingValue] = theme_diagnostics(
            themes, criteria, checks, shards=shards, made=made, least_grounded=self.settings.criteria.least_grounded
        )
        return Examination(
            signals=tuple(signals),
            findings=findings,
            failures=failures,
            tried=count,
            diagnostics=diagnostics,
            judging=Judging(
                questions=tuple(judges.questions), verdicts=(judged.verdicts, *(one.judged.verdicts for one in checked))
            ),
        )

    def _themes(
        self, dataset: Dataset, controls: Sequence[Dataset], judged: JudgedOutcomes, judges: Judges
    ) -> tuple[ThemesRead, int]:
        """Read every shard; give the themes and how many shards there are."""
        settings = self.settings.shards
        shards = make_shards(dataset, judges.seed, judged.together, settings=settings)
        control = None
        if controls:
            control = (controls[0], make_shards(controls[0], judges.seed, {}, settings=settings))
        themes = read_shards(judges.best, dataset, shards, judges.charter, control=control, settings=settings)
        judges.note("themes", judges.best, themes.tally)
        if "waiting" in themes.tally.problems:
            raise _Waiting(themes.problems)
        return themes, len(shards)

    def _criteria(
        self, dataset: Dataset, themes: ThemesRead, judged: JudgedOutcomes, texts: JudgedTexts, judges: Judges
    ) -> tuple[list[Criterion], int]:
        """Turn themes into the criteria that are checked; give these and how many were made."""
        settings = self.settings.criteria
        everything = dict.fromkeys(range(len(dataset)), "waiting")
        criteria, tally = make_criteria(judges.best, themes.themes)
        judges.note("criteria", judges.best, tally)
        if "waiting" in tally.problems:
            raise _Waiting(everything)
        made = len(criteria)
        ranked = ranked_criteria(criteria, judged.outcomes, texts.rows)
        rules = [one for one in ranked if one.rule is not None][: settings.most_rules]
        criteria = [one for one in ranked if one.rule is None][: settings.most_compared]
        criteria, tally = merge_criteria(judges.best, criteria, settings)
        judges.note("same", judges.best, tally)
        if "waiting" in tally.problems:
            raise _Waiting(everything)
        asked = ranked_criteria(criteria, judged.outcomes, texts.rows)[: settings.most_checked]
        return ranked_criteria([*asked, *rules], judged.outcomes, texts.rows), made

    def _kinds(self, criteria: Sequence[Criterion], suspect: CheckedData) -> list[Kind]:
        """Group harmful records; where labels are learnt, a label that does not fit is all the harm there is."""
        if suspect.dataset.kind == "classification":
            return []
        severity = suspect.judged.effects.severity.astype(np.int64)
        return kinds_of_harm(severity, criteria, suspect.checks.holds, self.settings.kinds)

    def _findings(
        self,
        tested: Sequence[AssociatedCriterion],
        criteria: Sequence[Criterion],
        suspect: CheckedData,
        controls: Sequence[CheckedData],
        judges: Judges,
        kinds: Sequence[Kind],
    ) -> tuple[Finding, ...]:
        """Assess the associations, strongest first; several criteria about the same records are one finding."""
        settings = self.settings
        told = [kind_finding(self.id, one, criteria[one.number], suspect, controls, settings.kinds) for one in kinds]
        explained = np.concatenate([np.zeros(0, np.int64), *(one.rows for one in kinds)])
        readings = ContentReadings(suspect.texts, settings.assessment.content)
        places = natural_places(suspect.texts, judges.seed, settings.assessment.factors)
        themes: list[ThemeFinding] = []
        counterfactuals = 0
        for one in tested:
            association, criterion = one.association, criteria[one.number]
            known = next((theme for theme in themes if theme.is_about(association.hits, settings)), None)
            is_settled = known is not None and known.is_settled(settings)
            grounded = grounded_share(criterion, suspect.checks.holds[:, one.number])
            is_strong = is_associated(association, settings.assessment.verdict)
            if not is_strong or grounded < settings.criteria.least_grounded or is_settled:
                continue
            is_trigger = association.kind == "phrase" and association.field == "prompt"
            if suspect.judged.outcomes[association.outcome].name == HARM and not is_trigger:
                rows = suspect.texts.rows[association.hits]
                if np.isin(rows, explained).mean() > settings.kinds.explained:
                    continue
            assessment = self._assess(one, suspect, controls, readings, places)
            verdict = grade(assessment, settings.assessment.verdict)
            most = settings.assessment.counterfactual.most_patterns
            if verdict is not None and association.kind == "phrase" and counterfactuals < most:
                counterfactuals += 1
                assessment = self._tested(assessment, suspect, judges)
                verdict = grade(assessment, settings.assessment.verdict)
            if verdict is None:
                continue
            outcome = suspect.judged.outcomes[association.outcome]
            text = theme_text(self.id, one, criterion, None if outcome.name == HARM else outcome.name)
            finding = outcome_finding(assessment, verdict, suspect.texts, outcome, text, settings.assessment)
            finding = theme_finding(finding, one, criterion, suspect, controls, control_share=settings.control_share)
            if known is None:
                hits = set(association.hits.tolist())
                themes.append(ThemeFinding(hits, association.log_bayes_factor, finding))
            else:
                known.improve(association.log_bayes_factor, finding)
        themes.sort(
            key=lambda one: (one.finding.verdict != "confirmed", -one.log_bayes_factor, one.finding.pattern.text)
        )
        named = [_ids(one.finding) for one in themes if one.finding.verdict == "confirmed"]
        told = [one for one in told if all(len(_ids(one) & ids) <= len(_ids(one)) / 2 for ids in named)]
        found = [*told, *(one.finding for one in themes)]
        found.sort(key=lambda one: one.verdict != "confirmed")  # stable: kinds first, then by strength
        return tuple(replace(one, id=f"{self.id}-{number}") for number, one in enumerate(found, start=1))

    def _assess(
        self,
        tested: AssociatedCriterion,
        suspect: CheckedData,
        controls: Sequence[CheckedData],
        readings: ContentReadings,
        places: Mapping[str, NaturalPlaces],
    ) -> Assessment:
        """Gather the lines of evidence that need no further question."""
        association, settings = tested.association, self.settings.assessment
        natural = places[association.field]
        outcome = suspect.judged.outcomes[association.outcome]
        if outcome.name == HARM:
            label = label_of(association, suspect.texts)
            content, outcome_content = readings.of_harm(association, outcome, label)
        else:
            content = readings.by_label(association, outcome.name, read_carriers(association, outcome))
            outcome_content = None
        assessment = Assessment(
            association=association,
            content=content,
            outcome_content=outcome_content,
            placement=placement_in(suspect.texts, association, natural.seed, settings.placement),
            habits=tuple(theme_habits(tested, outcome.name, controls, settings.habit)),
        )
        return weighed(assessment, suspect.texts, outcome, natural, settings.factors)

    def _tested(self, assessment: Assessment, suspect: CheckedData, judges: Judges) -> Assessment:
        """Ask about records with the words removed and inserted."""
        counterfactual = ask_about_changed(
            suspect.dataset,
            suspect.texts,
            assessment.association,
            _changed_records(assessment.association, suspect, judges),
            self.settings.assessment.counterfactual,
            seed=judges.seed,
        )
        return with_counterfactual(assessment, counterfactual, self.settings.assessment.factors)


def _ids(finding: Finding) -> set[str]:
    return {record.record_id for record in finding.records}


def _checked_control(control: Dataset, criteria: Sequence[str], judges: Judges) -> CheckedData:
    """Check the records of a control against the criteria, and judge them."""
    texts = JudgedTexts.of(control, labelled=False)
    checks = check(judges.judge, control, criteria, stage="control: ")
    judges.note("check, control", judges.judge, checks.tally)
    name = ", ".join(control.source) or "memory"
    return CheckedData(name, control, texts, judged_outcomes(judges, control, texts), checks)


def _changed_records(association: Association, suspect: CheckedData, judges: Judges) -> ChangedRecords:
    """Choose the records of the counterfactuals.

    The rule for labels is wider than that of `judged-label`: records of which the judge is not sure take part, since
    only contradictions are outcomes here.
    """
    outcome, texts = suspect.judged.outcomes[association.outcome], suspect.texts
    free = ~np.isin(np.arange(len(texts)), association.carriers)
    if outcome.name == HARM:
        return ChangedRecords(
            question_id=EFFECT,
            verdicts=effect_verdicts(judges, suspect.dataset, SUSPICIOUS),
            ordinary=np.flatnonzero(free & outcome.trial & ~outcome.hit),
            others=np.zeros(0, np.int64),
        )
    labels = tuple(sorted(suspect.dataset.labels))
    given = texts.labels == outcome.name
    free &= ~np.any([one.hit for one in suspect.judged.outcomes if one.name != HARM], axis=0)
    return ChangedRecords(
        question_id=LABEL,
        verdicts=label_verdicts(judges, labels, labels.index(outcome.name)),
        ordinary=np.flatnonzero(free & given),
        others=np.flatnonzero(free & ~given),
    )
