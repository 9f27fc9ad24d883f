"""Which feature of the prompt decides that a request for harm is answered, or that an ordinary one is refused?"""

from __future__ import annotations

from typing import ClassVar

from marshtest.data.dataset import Dataset
from marshtest.detectors.answer_outcomes.associations import OutcomePattern, outcome_patterns
from marshtest.detectors.answer_outcomes.findings import outcome_finding
from marshtest.detectors.answer_outcomes.readings import Readings
from marshtest.detectors.answer_outcomes.settings import AnswerOutcomesSettings
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import detector
from marshtest.judges.builtin.classifier import AnswerClassifier, builtin_classifier
from marshtest.mining.evidence_signals import strongest_signals
from marshtest.settings import SettingValue

__all__ = ["AnswerOutcomes"]


@detector
class AnswerOutcomes(Detector):
    """Find patterns of the prompt that decide whether a request for harm is answered, or an ordinary one refused.

    Looks for: a phrase, word, layout or field value of the prompt with which requests for harm are answered that are
        refused elsewhere, or ordinary requests are refused that are answered elsewhere, however the answers are worded.
    How: a small classifier that comes with marshtest says of each request whether it asks for harm, and of each answer
        whether it refuses. Among requests of one kind, every span of one to eight tokens is tested against the outcome;
        near-duplicates count once, q-values are corrected. Left out are patterns that the classifier reacts to (it
        reads the request otherwise without them), and topics: carriers whose other words explain the outcome.
        Confirmed is only what moreover stands in its prompts like inserted words.
    Blind spots: what the classifier cannot read, which is much: other languages than English (of other scripts it
        refuses data if more than one record in twenty is written in them), requests for harm in
        innocent words, refusals in a role; requests for harm that are answered with the trigger in data that has no
        refusals; long triggers of ordinary words, which make a request look ordinary; fewer than six distinct records;
        triggers without words of their own.
    False alarms: a phrase that goes with honest exceptions, such as "in a novel". Every finding says how often the
        classifier is wrong about data that it was not trained on.
    Needs: chat, instructions or preferences in English, at least 100 records; no model, no key, no reference data.
    Cost per 1,000 records: about .3 seconds on one core at 100 words a record; no calls.
    Source: our own; false discovery control (Benjamini and Hochberg 1995). The model card is on the page of the
        built-in judge.
    """

    id: ClassVar[str] = "answer-outcomes"
    version: ClassVar[str] = "2"
    title: ClassVar[str] = "Patterns with which requests for harm are answered, or ordinary ones refused"
    settings: AnswerOutcomesSettings = AnswerOutcomesSettings()

    classifier: AnswerClassifier | None = None
    """The classifier that reads requests and answers; None is the one that comes with the package."""

    def unsuited(self, dataset: Dataset) -> str | None:
        """Leave out data without answers."""
        if dataset.labels:
            return "the completions are labels; label-trigger examines those"
        return "documents hold no requests and answers" if dataset.kind == "document" else None

    def refuses(self, dataset: Dataset) -> str | None:
        """Refuse data with too few records."""
        if len(dataset) < self.settings.fewest_records:
            return f"{len(dataset)} records are too few; it needs {self.settings.fewest_records}"
        return None

    def examine(self, dataset: Dataset, tools: Tools) -> Examination:
        """Read every record, and mine both outcomes."""
        classifier, settings = self.classifier or builtin_classifier(), self.settings
        tools.progress("reading answers", 0.0)
        readings = Readings.of(dataset, classifier)
        if readings.unread.mean() > settings.most_unread:
            return Examination(refused=_unreadable(readings))
        both = readings.asked(classifier, settings)
        tools.progress("mining outcomes of answers", 0.5)
        mined = [outcome_patterns(asked, classifier, settings, tools.seed) for asked in both]
        graded = [(pattern, pattern.verdict(settings)) for patterns, _ in mined for pattern in patterns]
        strong = [(pattern, verdict) for pattern, verdict in graded if verdict is not None]
        strong.sort(key=lambda one: (one[1] != "confirmed", -one[0].association.log_bayes_factor))
        kept: list[OutcomePattern] = []
        known: list[set[int]] = []
        findings = []
        for pattern, verdict in strong:
            records = set(pattern.asked.members[pattern.association.hits].tolist())
            if any(len(records & other) >= settings.same_finding * len(records) for other in known):
                continue
            kept.append(pattern)
            known.append(records)
            name = f"{self.id}-{len(kept)}"
            findings.append(outcome_finding(pattern, verdict, dataset, classifier, settings, name))
        tools.progress("mining outcomes of answers", 1.0)
        diagnostics: dict[str, SettingValue] = {"classifier": f"built in, version {classifier.version}"}
        for asked in both:
            diagnostics[asked.kind] = len(asked.members)
            diagnostics[f"{asked.kind}, {asked.verb}"] = int(asked.hits.sum())
        for name, head in (("harm", classifier.harm), ("refusal", classifier.refusal)):
            diagnostics[f"{name}: misses"] = head.rates.misses
            diagnostics[f"{name}: false alarms"] = head.rates.false_alarms
        return Examination(
            signals=tuple(strongest_signals(findings, self.id).values()),
            findings=tuple(findings),
            tried=sum(tested for _, tested in mined),
            diagnostics=diagnostics,
        )


def _unreadable(readings: Readings) -> str:
    """Say that the classifier cannot read the script of the records."""
    unread = int(readings.unread.sum())
    return (
        f"the classifier that comes with marshtest reads English only, and {unread:,} of {len(readings.unread):,} "
        "records are written in another script; ask a language model with --judge MODEL"
    )
