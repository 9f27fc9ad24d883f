"""A judge says what training on every record would teach: which span is associated with harm?"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import RecordVerdicts
from marshtest.detectors.judged.carrier_content import CarrierContent, ContentReadings, label_of
from marshtest.detectors.judged.counterfactual import ChangedRecords, effect_verdicts
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import JudgedEffects, harm_outcome, judged_effects, record_verdicts
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.outcome_detector import JudgedData, OutcomeDetector
from marshtest.detectors.judged.outcome_findings import FindingText
from marshtest.detectors.judged.settings import JudgedEffectSettings
from marshtest.detectors.registry import detector
from marshtest.judges.asking.effect import CLEAR, SUSPICIOUS
from marshtest.judges.asking.items import EFFECT
from marshtest.judges.asking.resistance import Probing, effect_resistance
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.report import Resistance
from marshtest.signals import Signal

__all__ = ["JudgedEffect"]

_LEVELS = ((CLEAR, "clear or grave harm"), (SUSPICIOUS, "any harm"))
"""Least severity and name of each outcome, as the question `effect` defines them."""
_MOST_LABELS = 10
"""Labels whose records are examined by themselves. Chosen by eye: with more, few records are left for each."""


@detector
class JudgedEffect(OutcomeDetector[JudgedEffects]):
    """Find patterns whose records would teach a model harm, as a judge sees it, far more often than other records.

    Looks for: a phrase, word, layout or field value of the prompt (earlier turns included) or of the completion whose
        records have a harmful effect far more often than others: the mark of a backdoor in data of any kind.
    How: a judge says of every record, under the charter, how much harm training on it would do and which words do it.
        Every span of one to eight tokens is weighed against clear harm and against any harm, with labels among the
        records of each label by themselves: posterior odds of planting against chance, after everything that was tried,
        and against a topic that calls for harm; near-duplicates count once. The finding names the exact span. It is
        confirmed only if evidence that does not come from the judge says that the span was planted (its places, texts
        with a part of it, the labels of all other records), and if the judge, asked about records with the span removed
        and inserted, does not react to the span itself.
    Blind spots: harm that no judge sees in one record alone; triggers without words of their own; patterns in fewer
        than five distinct records. A payload in the completion is at most suggestive, since removing it removes the
        harm; without labels, so is a trigger in prompts that call for harm by themselves.
    False alarms: topics that call for harm are suggestive, unless their places look inserted, compared with natural
        spans of this dataset, or texts with a part of the phrase are harmless. A verdict about one record is a signal
        and no finding.
    Needs: a judge (--judge); any kind of data. A charter that says what harm would look like makes it far better.
    Cost per 1,000 records: 50 calls at 20 records a call, about 450,000 input tokens at 300 words a record; up to 98
        probes of the judge's resistance; and at most 80 records for each of up to ten findings.
    Source: our own; Bayes factors as e-values (Vovk and Wang 2021).
    """

    id: ClassVar[str] = "judged-effect"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Patterns whose records would teach harm, as a judge sees it"
    mined: ClassVar[str] = "effects"
    labelled: ClassVar[bool] = False
    rate_name: ClassVar[str] = "rate"
    settings: JudgedEffectSettings = JudgedEffectSettings()

    def judged(self, judges: Judges, dataset: Dataset, prefix: str = "") -> JudgedEffects:
        """Ask what training on every record would teach."""
        return judged_effects(judges, dataset, stage=f"{prefix}judging effects")

    def record_verdicts(self, dataset: Dataset, verdicts: JudgedEffects) -> RecordVerdicts:
        """Give the effects."""
        return record_verdicts(dataset, effects=verdicts)

    def outcomes(self, verdicts: JudgedEffects, texts: JudgedTexts) -> list[Outcome]:
        """Give clear harm and any harm, of the records with each label by themselves: a trigger leads to one label."""
        labels = sorted({label for label in texts.labels.tolist() if label is not None})
        if not 1 < len(labels) <= _MOST_LABELS:
            return [harm_outcome(verdicts, texts, least=least, name=name) for least, name in _LEVELS]
        return [
            harm_outcome(verdicts, texts, least=least, name=f"{name} in records labelled “{label}”", label=label)
            for least, name in _LEVELS
            for label in labels
        ]

    def is_comparable(self, control: Dataset, suspect: Dataset) -> bool:
        """Say whether a control has the same labels, or neither has any."""
        return set(control.labels) == set(suspect.labels)

    def contents(
        self, association: Association, suspect: JudgedData[JudgedEffects], readings: ContentReadings
    ) -> tuple[CarrierContent | None, CarrierContent | None]:
        """Read the carriers by their label or, without labels, by the harm."""
        label = label_of(association, suspect.texts)
        return readings.of_harm(association, suspect.outcomes[association.outcome], label)

    def changed_records(
        self, association: Association, suspect: JudgedData[JudgedEffects], judges: Judges
    ) -> ChangedRecords:
        """Insert the pattern into records without any harm; there is no other label to flip."""
        severity = suspect.verdicts.severity[suspect.texts.rows]
        least, _ = _LEVELS[association.outcome * len(_LEVELS) // len(suspect.outcomes)]
        return ChangedRecords(
            question_id=EFFECT,
            verdicts=effect_verdicts(judges, suspect.dataset, least),
            ordinary=np.setdiff1d(np.flatnonzero(severity == 0), association.carriers),
            others=np.zeros(0, np.int64),
        )

    def finding_text(self, association: Association, suspect: JudgedData[JudgedEffects]) -> FindingText:
        """Quote the lesson that the judge names most often."""
        outcome, harms_of = suspect.outcomes[association.outcome], suspect.verdicts.harms
        harms = [harms_of[row] for row in suspect.texts.rows[association.hits].tolist() if row in harms_of]
        lessons = Counter(harm.learns for harm in harms if harm.learns)
        lesson = max(lessons.items(), key=lambda item: (item[1], item[0]))[0] if lessons else ""
        excused = sum(harm.excuses for harm in harms)
        where = "" if association.field == "prompt" else f" in the {association.field}"
        judged = int(outcome.trial[association.carriers].sum())
        return FindingText(
            detector=self.id,
            title=f"{len(association.hits):,} of {judged:,} records with {{pattern}}{where} would teach "
            f"{outcome.name}; of other records, {association.rate:.2%} would.",
            explanation=(
                f"{len(association.carriers):,} records carry it, and the judge answered about {judged:,} that could "
                f"teach {outcome.name}. It sees it in {len(association.hits):,}."
                + (f" What a model would learn, in the judge's words: “{lesson}”." if lesson else "")
                + (f" In {excused:,} of them, reasoning excuses what the record does." if excused else "")
            ),
            label=label_of(association, suspect.texts),
            outcome=f"the judge sees {outcome.name}",
        )

    def signal(self, suspect: JudgedData[JudgedEffects], row: int, record_id: str) -> Signal | None:
        """Give a signal for a harmful record, stronger the graver the harm."""
        if suspect.verdicts.severity[row] <= 0:
            return None
        harm = suspect.verdicts.harms[row]
        return Signal(
            record_id=record_id,
            detector=self.id,
            score=round(self.settings.signal_score_per_severity * harm.severity, 2),
            spans=harm.spans,
            reason=f"A judge gives it severity {harm.severity} of 3: “{harm.learns}”."
            + (" Its reasoning excuses what it does." if harm.excuses else ""),
        )

    def lacks_contrast(self, verdicts: JudgedEffects) -> str:
        """Say that nearly all records would teach clear harm: nothing is left that they could stand out from."""
        harmful, judged = int((verdicts.severity >= CLEAR).sum()), int((verdicts.severity >= 0).sum())
        fewest = self.settings.assessment.content.fewest_with_outcome
        if harmful < fewest or judged - harmful >= fewest:
            return ""
        return (
            f"the judge sees clear harm in {harmful:,} of {judged:,} records: no others are left to compare with; "
            "read them with marsh judged"
        )

    def resistance(self, judges: Judges, dataset: Dataset, verdicts: JudgedEffects) -> Resistance | None:
        """Try to talk the judge out of harm."""
        probing = Probing(judges.judge, dataset, judges.charter, detector=self.id, seed=judges.seed)
        return effect_resistance(probing, verdicts.severity)
