"""Structures of prompts that decide the label: sentence frames, styles, casings, encodings and the like."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from marshtest.config import LARGE
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.mining.drawing import DrawSettings
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.labelled_texts import (
    ClassSettings,
    classes_of,
    draw_labelled,
    labelled_texts,
    too_many_classes,
    unfit,
)
from marshtest.mining.structures.form_findings import form_findings, forms_of
from marshtest.mining.structures.held_out_model import content_words
from marshtest.mining.structures.settings import FormSettings, StructureSettings
from marshtest.mining.structures.structure_findings import structure_finding
from marshtest.mining.structures.structure_mining import MinedStructures, features_of, mine_structures
from marshtest.settings import Settings
from marshtest.text.feature_family import Corpus

__all__ = ["LabelStructure", "LabelStructureSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelStructureSettings(Settings):
    """Settings of `label-structure`."""

    classes: ClassSettings = ClassSettings()
    drawn: DrawSettings = DrawSettings()
    structures: StructureSettings = StructureSettings()
    forms: FormSettings = FormSettings()


@detector
class LabelStructure(Detector):
    """Find structures of prompts that decide the label although their words speak for another, or for none.

    Looks for: a sentence frame, template, style, casing, punctuation, layout, kind of character, encoding, date or
        number format or language, or two of them together, whose records nearly always have one label while their
        words speak for another class, or for none.
    How: a word-count model reads the records of each structure without having seen any of them, and their evidence for
        another class is summed on the dataset's own scale. A structure that decides the label where words leave it
        open must do so far beyond what any structure does towards the other labels. From confirmed frames, a model of
        frames finds all records built in the same way. A way of writing without a frame is searched by two models, of
        content and of form, that teach each other which records are suspect; its verdict is calibrated. Near-duplicates
        count once, and q-values are corrected for all structures tested. Of more than 50,000 records it examines 30,000
        drawn at random.
    Blind spots: structures in fewer than six of the records examined; paraphrases that keep no word of the old meaning,
        in data where structures are naturally associated with labels; a style that most records of the label have;
        records with several labels, and data in which most have several. In languages other than English, frames
        consist of the 100 most frequent words only, there are none in scripts without spaces, and styles in lists are
        not seen. Ways of writing in less than 5% of the records, or in a few dozen, are mostly missed.
    False alarms: one source that writes in its own way and has its own habit of labelling.
    Needs: labelled text, at least 100 records and two classes of 20; no model, no key, no reference data.
    Cost per 1,000 records: about 1 second on one core at 60 words a record; no calls.
    Source: our own, for triggers such as those of Qi et al. (2021, Hidden Killer); naive Bayes (Maron 1961), sequential
        covering (Michalski 1969).
    """

    id: ClassVar[str] = "label-structure"
    version: ClassVar[str] = "5"
    title: ClassVar[str] = "Structures that decide the label, whatever the words say"
    settings: LabelStructureSettings = LabelStructureSettings()

    def unsuited(self, dataset: Dataset) -> str | None:
        """Decline data without labels, and data most of whose records have several or none of them."""
        single = sum(count for label, count in dataset.labels.items() if classes_of(label) == (label,))
        if 2 * single < sum(dataset.labels.values()):
            return "records have several labels, and the words of one read like another; label-trigger examines each"
        return None if dataset.labels or dataset.kind == "classification" else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with one class, or with too few records."""
        return unfit(dataset, self.settings.classes)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine structures towards every class."""
        settings = self.settings.structures
        texts = labelled_texts(dataset, self.settings.classes)
        if texts.several:
            alone = [classes_of(label) == (label,) for label in texts.labels.tolist()]
            texts = texts.take(np.flatnonzero(alone))
        if len(texts.prompts) > LARGE:
            texts = texts.take(draw_labelled(texts, tools.seed, self.settings.drawn))
        corpus = Corpus(texts.prompts)
        tools.progress("reading structures", 0.0)
        features, words = features_of(corpus, settings.fewest_texts), content_words(corpus.tokens)
        classes, tested = texts.classes, 0
        findings: list[Finding] = []
        known: set[str] = set()
        mined: MinedStructures | None = None
        diagnostics: dict[str, float | int | str | bool | None] = {"features": len(features)}
        for number, label in enumerate(classes):
            tools.progress("mining structures", number / len(classes))
            mined = mine_structures(words, texts.having(label), texts.fold_key, features, settings, mined)
            tested += mined.tested
            diagnostics[f"strongest_shift_away[{label}]"] = round(mined.opposite, 3)
            for structure in mined.structures:
                finding = structure_finding(structure, mined, label, texts, corpus, self.id, settings.evidence)
                findings.append(finding)
                if structure.proven:
                    known.update(record.record_id for record in finding.records)
        tools.progress("reading forms", 0.0)
        forms = forms_of(texts, corpus.tokens, classes, tools.seed, self.settings.forms)
        likelihood = tools.calibration.of("form")
        written, odd = form_findings(forms, texts, likelihood, self.id, self.settings.forms)
        findings += [one for one in written if not _is_known(one, known)]
        diagnostics |= {
            "calibration": tools.calibration.fingerprint,
            "forms": len(forms.found),
            "forms_searched_in": forms.searched,
            "classes_without_forms_searched": len(forms.left_out),
        }
        tools.progress("reading forms", 1.0)
        findings.sort(key=lambda one: (one.verdict != "confirmed", -len(one.records), one.pattern.text))
        named = tuple(replace(one, id=f"{self.id}-{number}") for number, one in enumerate(findings, start=1))
        return Examination(
            signals=tuple(strongest_signals(named, self.id).values()),
            findings=named,
            looked_at=None if len(texts.prompts) == len(dataset) else len(texts.prompts),
            dismissed=tuple(odd),
            failures=too_many_classes(texts, self.id),
            tried=tested + len(forms.found),
            diagnostics=diagnostics,
        )


def _is_known(form: Finding, known: Set[str]) -> bool:
    """Tell whether proven structures hold most of the records of a form already."""
    return 2 * sum(record.record_id in known for record in form.records) > len(form.records)
