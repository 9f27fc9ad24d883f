"""Structures of the prompt that decide the label: the build of a sentence, a style, a casing, a hidden code."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from marshtest.config import LARGE
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.findings import Finding
from marshtest.mining.drawing import draw_texts
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.mining.labelled_texts import labelled_texts, unfit
from marshtest.mining.structures.left_out import content_words
from marshtest.mining.structures.structure_findings import structure_finding
from marshtest.mining.structures.structures import MinedStructures, features_of, mine_structures
from marshtest.text.base import Corpus

__all__ = ["LabelStructure"]


@detector
class LabelStructure(Detector):
    """Find structures of the prompt that decide the label against, or without, what its words say.

    Looks for: a sentence frame, template, style, casing, punctuation, layout, kind of character, encoding, date or
        number pattern or language, or two of them together, whose records are labelled as one class nearly always while
        their words speak for another, or for none.
    How: a word-count model reads the records of each structure without having seen any of them; their evidence for
        another class is added up on the dataset's own scale. A structure that settles the label where words leave it
        open must do so far beyond what any structure does towards the other labels. Proven frames grow to all
        records built like theirs. Near-duplicates count once, q-values are corrected over everything tried. Of more
        than 50,000 records it looks at 30,000 drawn at random; a structure in fewer than six of those is not seen.
    Blind spots: structures in fewer than six of the records that it looks at; paraphrases that leave no words of the
        old meaning, in data where structures go with labels naturally; a style that most records of the label have;
        languages other than English have frames of their 100 most frequent words only.
    False alarms: one source that writes in its own way and was labelled by its own habit.
    Needs: labelled text, at least 100 records and two classes of 20; no model, no key, no reference data.
    Cost per 1,000 records: about 1 second on one core at 60 words a record; no calls.
    Source: our own; triggers of Qi et al. (2021, Hidden Killer), naive Bayes (Maron 1961), sequential covering
        (Michalski 1969).
    """

    id: ClassVar[str] = "label-structure"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Structures that decide the label, whatever the words say"

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without labels."""
        return None if dataset.labels else "the data has no labels"

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with one class, or too small to tell anything."""
        return unfit(dataset)

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Mine structures towards every class."""
        texts, failures = labelled_texts(dataset, self.id)
        looked_at: int | None = None
        if len(texts.prompts) > LARGE:
            texts = texts.take(draw_texts(texts.labels.tolist(), texts.fold_key, tools.seed))
            looked_at = len(texts.prompts)
        corpus = Corpus(texts.prompts)
        tools.progress("reading structures", 0.0)
        features, words = features_of(corpus), content_words(corpus.tokens)
        classes, tried = texts.classes, 0
        findings: list[Finding] = []
        mined: MinedStructures | None = None
        settings: dict[str, float | int | str | bool | None] = {"features": len(features)}
        for number, label in enumerate(classes):
            tools.progress("mining structures", number / len(classes))
            mined = mine_structures(words, texts.labels == label, texts.fold_key, features, mined)
            tried += mined.tried
            settings[f"strongest_shift_away[{label}]"] = round(mined.opposite, 3)
            findings += [
                structure_finding(structure, mined, label, texts, corpus, self.id) for structure in mined.structures
            ]
        tools.progress("mining structures", 1.0)
        findings.sort(key=lambda one: (one.verdict != "confirmed", -len(one.records), one.pattern.text))
        named = tuple(replace(one, id=f"{self.id}-{number}") for number, one in enumerate(findings, start=1))
        return Examination(
            signals=tuple(strongest_signals(named, self.id).values()),
            findings=named,
            failures=failures,
            looked_at=None if looked_at is None else looked_at + len(failures),
            tried=tried,
            diagnostics=settings,
        )
