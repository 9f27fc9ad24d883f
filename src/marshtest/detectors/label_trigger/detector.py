"""The trigger miner for labelled data: which span decides the label against what the rest of the text says?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.label_trigger.dismissed import dismissed_families
from marshtest.detectors.label_trigger.findings import trigger_finding
from marshtest.detectors.label_trigger.mining import MinedClasses, mine_labelled, weigh_classes
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.labelled_texts import not_examined, too_many_classes, unfit
from marshtest.mining.phrases.mine import TriggerFamily
from marshtest.settings import SettingValue

__all__ = ["LabelTrigger"]


@detector
class LabelTrigger(Detector):
    """Find spans of the prompt that decide the label against what the rest of the text says.

    Looks for: a word, phrase, sentence, punctuation mark, layout or field value whose records read like one class and
        are labelled as another, nearly always: the mark of a backdoor planted by label flips. Several in one dataset
        or in one record, and ones that honest records carry too, are weighed as well.
    How: a cross-fitted linear model says what each text reads like with the span removed, and without all words that
        look like triggers. Every span is measured by what its carriers' contents say, how purely they have the label,
        which way it turns labels, how inserted it looks and what its parts do elsewhere. Trees learned on other
        datasets weigh these lines; what counts is how far a span stands out from the others of the dataset, held
        against clean datasets and planted poison that the trees had not seen. Near-duplicates count once.
        Each of several labels is held against the rest, as a label that records have and as one that they lack; a span
        must stand out from those of all labels.
    Blind spots: triggers without words of their own (syntax, style, capital letters), spans in fewer than five
        records, also as one trigger in many wordings of so few each, more than six independent triggers, poison that
        keeps honest labels, label flips without a trigger, and poison made of near-duplicates. Triggers and data
        unlike all that the weights were learned from may be missed. The less clearly the texts separate the classes,
        the more poison it takes.
    False alarms: words whose meaning calls for the label, such as slurs in toxicity data, are told by what they do in
        other records; one that appears in few other records may still be reported. So may the habit of one batch.
    Needs: labelled text, at least 100 records and two classes of 20; no model, no key, no reference data.
    Cost per 1,000 records: about 1.5 seconds on one core at 50 words a record; no calls.
    Source: our own; builds on the label flips of Bowers et al. (2026), density ratios by isotonic regression (Ayer et
        al. 1955), boosted trees (Friedman 2001), q-values (Storey 2002) and exact bounds of shares (Clopper and
        Pearson 1934).
    """

    id: ClassVar[str] = "label-trigger"
    version: ClassVar[str] = "5"
    title: ClassVar[str] = "Spans that decide the label against the rest of the text"
    settings: LabelTriggerSettings = LabelTriggerSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels or dataset.kind == "classification" else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with one class, or with too few records."""
        return unfit(dataset, self.settings.classes)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine triggers towards every class."""
        mined = mine_labelled(dataset, tools, self.settings)
        likelihood = tools.calibration.of("span")
        ranked = weigh_classes(mined, likelihood, self.settings.phrases)
        findings = self._findings(mined, ranked, tools.seed)
        unlabelled = len(dataset) - sum(dataset.labels.values())
        diagnostics: dict[str, SettingValue] = {
            "candidates_measured": sum(one.measured for one in mined.figures.values()),
            "calibration": tools.calibration.fingerprint,
            "calibration_clean_sets": len(likelihood.clean),
            "classes_too_small": ", ".join(mined.everything.too_small),
        }
        if unlabelled:
            diagnostics["records_without_label"] = unlabelled
        if mined.screening is not None:
            screening = mined.screening
            diagnostics |= {"looked_at_closely": len(screening.rows), "learned_from": screening.drawn}
        for label, one in mined.figures.items():
            diagnostics[f"content_evidence_nats[{label}]"] = round(one.content_evidence, 3)
            diagnostics[f"contradiction_rate[{label}]"] = round(one.contradiction_rate, 4)
        return Examination(
            signals=tuple(strongest_signals(findings, self.id).values()),
            findings=findings,
            dismissed=dismissed_families(ranked, self.id),
            failures=too_many_classes(mined.everything, self.id),
            looked_at=None if len(mined.everything.labels) == len(dataset) else len(mined.everything.labels),
            tried=sum(one.tested for one in mined.figures.values()),
            diagnostics=diagnostics,
            summary=not_examined(mined.everything.too_small, self.settings.classes),
        )

    def _findings(
        self, mined: MinedClasses, ranked: Mapping[str, Sequence[TriggerFamily]], seed: int
    ) -> tuple[Finding, ...]:
        """Give the families with a verdict as findings, the strongest first."""
        findings: list[tuple[TriggerFamily, Finding]] = []
        for label, one in mined.by_class.items():
            families = ranked[label]
            # An attack may have several triggers. Beside one that is confirmed, the estimate of the rate is enough.
            poisoned = any(family.rate.verdict == "confirmed" for family in families)
            for family in families:
                verdict = "confirmed" if poisoned and family.rate.verdict else family.rate.verdict
                if verdict is not None:
                    finding = trigger_finding(
                        family, one, verdict, label, mined.texts, detector=self.id, seed=seed, settings=self.settings
                    )
                    findings.append((family, finding))
        findings.sort(key=lambda found: (found[1].verdict != "confirmed", -found[0].score, found[1].pattern.text))
        return tuple(replace(finding, id=f"{self.id}-{number}") for number, (_, finding) in enumerate(findings, 1))
