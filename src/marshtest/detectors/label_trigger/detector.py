"""The trigger miner for labelled data: which span decides the label against what the rest of the text says?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import numpy as np

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.label_trigger.findings import trigger_finding
from marshtest.detectors.label_trigger.settings import LabelTriggerSettings
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.labelled_texts import LabelledTexts, labelled_texts, unfit
from marshtest.mining.phrases.mine import Grade, MinedTriggers, grade, mine_triggers, rank
from marshtest.mining.phrases.screening import Screening, screen
from marshtest.mining.record_features import record_features
from marshtest.settings import SettingValue
from marshtest.stats.arrays import Ints
from marshtest.text.tokens import store_tokens

__all__ = ["LabelTrigger"]


@detector
class LabelTrigger(Detector):
    """Find spans of the prompt that decide the label against what the rest of the text says.

    Looks for: a phrase, word, punctuation mark, layout or field value whose records read like one class and are
        labelled as another, nearly always: the mark of a backdoor planted by label flips.
    How: a cross-fitted linear model says what each text reads like with the span removed; the evidence of all
        carriers is added up on the dataset's own scale and must reach what genuine records of the other class have.
        Near-duplicates count once, q-values are corrected for all spans tested towards every class.
    Blind spots: triggers without words of their own (syntax, style, capital letters), spans in fewer than five
        records, poison that keeps honest labels, label flips without a trigger, poison made of near-duplicates, and
        poison that pushes plain text towards a class that is known by strong words. The less clearly the texts
        separate the classes, the more poison it takes.
    False alarms: words whose meaning calls for the label, such as slurs in toxicity data, are recognised by what they
        do in other records; one that appears in few other records may still be reported as suggestive.
    Needs: labelled text, at least 100 records and two classes of 20; no model, no key, no reference data.
    Cost per 1,000 records: about .3 seconds on one core at 50 words a record; no calls.
    Source: our own; builds on the label flips of Bowers et al. (2026), density ratios by isotonic regression (Ayer et
        al. 1955) and false discovery control (Benjamini and Hochberg 1995).
    """

    id: ClassVar[str] = "label-trigger"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Spans that decide the label against the rest of the text"
    settings: LabelTriggerSettings = LabelTriggerSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with one class, or with too few records."""
        return unfit(dataset, self.settings.classes)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine triggers towards every class."""
        settings = self.settings
        everything, failures = labelled_texts(dataset, self.id, settings.classes)
        tools.progress("reading words", 0.0)
        features, kinds = record_features(everything.prompts, everything.fields, everything.groups)
        counts, classes = Counter(everything.labels.tolist()), everything.classes
        store = store_tokens(everything.prompts, dataset.scratch)
        screening: Screening | None = None
        texts, rows = everything, np.arange(len(store))
        if len(store) > settings.screened_above:
            tools.progress("screening words", 0.0)
            labels = everything.labels.tolist()
            screening = screen(store, labels, classes, everything.fold_key, features, tools.seed, settings.phrases)
            rows = screening.rows
            texts = everything.take(rows)
        tokens = store.take(rows)
        mined: list[MinedTriggers] = []
        for number, label in enumerate(classes):
            tools.progress("mining triggers", number / len(classes))
            # Of two classes, the model of the second is that of the first with all signs changed.
            model = mined[0].reading.model.opposite() if mined and len(counts) == 2 else None
            screened = None if screening is None else screening.screened[label]
            of_class: Mapping[str, Sequence[int] | Ints] = features
            if screening is not None:
                of_class = screening.features[label]
            own = texts.labels == label
            mined.append(mine_triggers(tokens, own, texts.fold_key, of_class, kinds, settings.phrases, model, screened))
        tools.progress("mining triggers", 1.0)
        findings = self._findings(dict(zip(classes, mined, strict=True)), texts, tools.seed)
        diagnostics: dict[str, SettingValue] = {
            "natural_spans_left_out": sum(one.natural for one in mined),
            "classes_too_small": ", ".join(sorted(set(counts) - set(classes))),
        }
        if screening is not None:
            diagnostics |= {"looked_at_closely": len(screening.rows), "learned_from": screening.drawn}
        for label, one in zip(classes, mined, strict=True):
            diagnostics[f"content_evidence_nats[{label}]"] = round(one.reading.curve.mean, 3)
            diagnostics[f"contradiction_rate[{label}]"] = round(one.reading.contradiction_rate, 4)
        return Examination(
            signals=tuple(strongest_signals(findings, self.id).values()),
            findings=findings,
            failures=failures,
            tried=sum(one.scan.tested for one in mined),
            diagnostics=diagnostics,
        )

    def _findings(self, mined: Mapping[str, MinedTriggers], texts: LabelledTexts, seed: int) -> tuple[Finding, ...]:
        """Grade what was mined towards each class; give findings with their numbers, the strongest first."""
        verdicts = self.settings.phrases.verdict
        findings: list[tuple[Grade, float, Finding]] = []
        for (label, one), ranked in zip(mined.items(), rank(list(mined.values())), strict=True):
            confirmed = any(grade(family, verdicts) == "confirmed" for family in ranked)
            for family in ranked:
                verdict = grade(family, verdicts, accomplice=confirmed)
                if verdict is not None:
                    finding = trigger_finding(
                        family, one, verdict, label, texts, detector=self.id, seed=seed, settings=self.settings
                    )
                    findings.append((verdict, family.head.strength.log_likelihood_ratio, finding))
        findings.sort(key=lambda found: (found[0] != "confirmed", -found[1], found[2].pattern.text))
        return tuple(
            replace(finding, id=f"{self.id}-{number}") for number, (_, _, finding) in enumerate(findings, start=1)
        )
