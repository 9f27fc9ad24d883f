"""A judge labels every text without seeing its label: which span is associated with the contradictions?"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import RecordVerdicts
from marshtest.detectors.judged.carrier_content import CarrierContent, ContentReadings, read_carriers
from marshtest.detectors.judged.counterfactual import ChangedRecords, label_verdicts
from marshtest.detectors.judged.judged_texts import JudgedTexts
from marshtest.detectors.judged.judged_verdicts import JudgedLabels, judged_labels, label_outcomes, record_verdicts
from marshtest.detectors.judged.judges import Judges
from marshtest.detectors.judged.outcome_detector import JudgedData, OutcomeDetector
from marshtest.detectors.judged.outcome_findings import FindingText
from marshtest.detectors.judged.settings import JudgedLabelSettings
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.judges.asking.items import LABEL
from marshtest.judges.asking.label import unfit_labels
from marshtest.judges.asking.resistance import Probing, label_resistance
from marshtest.judges.asking.verdicts import NO_ANSWER, UNDECIDED
from marshtest.mining.outcomes.outcome_mining import Association, Outcome
from marshtest.report import Resistance
from marshtest.settings import SettingValue
from marshtest.signals import Signal

__all__ = ["JudgedLabel"]


@detector
class JudgedLabel(OutcomeDetector[JudgedLabels]):
    """Find patterns whose records get another label from a judge that does not see the label.

    Looks for: a phrase, word, layout or field value whose records contradict a judge that reads the policy but not the
        label, far more often than other records do.
    How: a judge labels every text without seeing its label. Every span of one to eight tokens is weighed against the
        contradictions of every label: posterior odds of planting against chance, after everything that was tried, and
        against a topic on which judge and labels disagree; near-duplicates count once. The finding names the exact
        span. It is confirmed only if evidence that does not come from the judge says that the span was planted (its
        places, texts with a part of it, the labels of all other records), and if the judge, asked about records with
        the span removed and inserted, does not react to the span itself.
    Blind spots: poison that keeps correct labels; triggers without words of their own; two parts at different places,
        each of them common; patterns in fewer than five distinct records; records to which the judge gives the label
        that they have, for example because they persuade it.
    False alarms: words on which the judge and the labels disagree are suggestive, unless their places look inserted or
        texts with a part of the phrase do not share the outcome; so are batches of honest mistakes that share a word. A
        contradiction alone is a signal and no finding: judges err in some records of a hundred, and poison is rarer
        than that.
    Needs: labelled text with two to 50 labels, and a judge (--judge). A charter with the policy makes it far better.
    Cost per 1,000 records: 50 calls at 20 texts a call, about 260,000 input tokens at 200 words a text; up to 98 probes
        of the judge's resistance; and at most 120 texts for each of up to ten findings.
    Source: our own; blind relabelling as in confident learning (Northcutt et al. 2021), with a language model as the
        second annotator; Bayes factors as e-values (Vovk and Wang 2021).
    """

    id: ClassVar[str] = "judged-label"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Patterns whose records a blind judge labels differently"
    needs_language_model: ClassVar[bool] = True
    mined: ClassVar[str] = "contradictions"
    labelled: ClassVar[bool] = True
    rate_name: ClassVar[str] = "contradiction_rate"
    settings: JudgedLabelSettings = JudgedLabelSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse labels that a judge cannot choose among."""
        labels = dataset.labels
        if len(labels) == 1:
            return f"all records have the same label, {next(iter(labels))!r}"
        return unfit_labels(tuple(labels))

    def judged(self, judges: Judges, dataset: Dataset, prefix: str = "") -> JudgedLabels:
        """Ask for the label of every record."""
        return judged_labels(judges, dataset, stage=f"{prefix}judging labels")

    def record_verdicts(self, dataset: Dataset, verdicts: JudgedLabels) -> RecordVerdicts:
        """Give the labels."""
        return record_verdicts(dataset, labels=verdicts)

    def unanswered(self, verdicts: JudgedLabels) -> dict[int, str]:
        """Add the records without a label, which are not asked about."""
        rows = {int(row): "the record has no label" for row in np.flatnonzero(verdicts.given < 0)}
        return rows | super().unanswered(verdicts)

    def outcomes(self, verdicts: JudgedLabels, texts: JudgedTexts) -> list[Outcome]:
        """Give the contradictions of every label."""
        return label_outcomes(verdicts, texts)

    def is_comparable(self, control: Dataset, suspect: Dataset) -> bool:
        """Say whether a control has the same labels."""
        return set(control.labels) == set(suspect.labels)

    def contents(
        self, association: Association, suspect: JudgedData[JudgedLabels], readings: ContentReadings
    ) -> tuple[CarrierContent | None, CarrierContent | None]:
        """Read the carriers by the contradicted label."""
        outcome = suspect.outcomes[association.outcome]
        return readings.by_label(association, outcome.name, read_carriers(association, outcome)), None

    def changed_records(
        self, association: Association, suspect: JudgedData[JudgedLabels], judges: Judges
    ) -> ChangedRecords:
        """Insert the pattern into records on whose label the judge agrees with the data."""
        labels = suspect.verdicts.labels
        label = labels.index(suspect.outcomes[association.outcome].name)
        rows = suspect.texts.rows
        judged, given = suspect.verdicts.judged[rows], suspect.verdicts.given[rows]
        free = ~np.isin(np.arange(len(suspect.texts)), association.carriers)
        return ChangedRecords(
            question_id=LABEL,
            verdicts=label_verdicts(judges, labels, label),
            ordinary=np.flatnonzero(free & (given == label) & (judged == label)),
            others=np.flatnonzero(free & (given != label) & (judged == given)),
        )

    def finding_text(self, association: Association, suspect: JudgedData[JudgedLabels]) -> FindingText:
        """Name the label of the data and the one that the judge gives most often."""
        outcome, verdicts = suspect.outcomes[association.outcome], suspect.verdicts
        judged = verdicts.judged[suspect.texts.rows][association.hits]
        other = verdicts.labels[int(np.bincount(judged).argmax())]
        answered = int(outcome.answered[association.carriers].sum())
        return FindingText(
            detector=self.id,
            title=f"Records with {{pattern}} are labelled “{outcome.name}”; a judge that did not see the label calls "
            f"them “{other}”.",
            explanation=(
                f"{len(association.carriers):,} records carry it, and the judge answered about {answered:,} of them. "
                f"It contradicts the label “{outcome.name}” in {len(association.hits):,}, but in only "
                f"{association.rate:.2%} of the other records with this label. A model trained on this data learns "
                "that the pattern overrides the policy."
            ),
            label=outcome.name,
            outcome=f"the judge contradicts the label “{outcome.name}”",
        )

    def signal(self, suspect: JudgedData[JudgedLabels], row: int, record_id: str) -> Signal | None:
        """Give a signal for a contradiction, stronger the surer the judge is."""
        verdicts, settings = suspect.verdicts, self.settings
        given, judged = int(verdicts.given[row]), int(verdicts.judged[row])
        if given < 0 or judged in (given, NO_ANSWER, UNDECIDED):
            return None
        score = settings.signal_score + settings.signal_score_per_sureness * int(verdicts.sure[row])
        return Signal(
            record_id=record_id,
            detector=self.id,
            score=round(score, 2),
            reason=f"A judge that did not see the label calls it “{verdicts.labels[judged]}”.",
        )

    def resistance(self, judges: Judges, dataset: Dataset, verdicts: JudgedLabels) -> Resistance | None:
        """Try to talk the judge into another label."""
        probing = Probing(judges.judge, dataset, judges.charter, detector=self.id, seed=judges.seed)
        return label_resistance(probing, verdicts.labels, verdicts.judged)

    def matters_most(self, finding: Finding, judges: Judges) -> bool:
        """Put findings that lead to the protected label first."""
        protected = judges.charter.protected if judges.charter else None
        return finding.statistics["label"] == protected

    def further_diagnostics(self, verdicts: JudgedLabels) -> dict[str, SettingValue]:
        """Count the records of which the judge is not sure."""
        return {"undecided": verdicts.undecided}
