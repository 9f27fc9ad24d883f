"""The words that every renderer uses for verdicts and for alternative explanations."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from marshtest.data.unread import UnreadField
from marshtest.findings import Dismissed, LineOfEvidence
from marshtest.report import DatasetSummary, Report, ReportVerdict, TakenOver
from marshtest.signals import Coverage

__all__ = [
    "DISMISSED_NOTE",
    "STANDS",
    "VERDICT_NOTES",
    "VERDICT_TITLES",
    "count",
    "coverage_gap",
    "dismissed_share",
    "findings_sentence",
    "kind_of",
    "line_note",
    "skipped_sentence",
    "taken_over_sentences",
    "unlabelled_sentence",
    "unread_sentence",
]

DISMISSED_NOTE = "These patterns were tested and are no findings. Read them if you expect poison that is well hidden."

_UNREAD = 5
"""Fields that a sentence names. Chosen by eye: more fill the screen."""

VERDICT_TITLES: dict[ReportVerdict, str] = {
    "poisoned": "Poison found",
    "suspicious": "Suspicious",
    "nothing_found": "Nothing found",
    "incomplete": "Incomplete",
}

VERDICT_NOTES: dict[ReportVerdict, str] = {
    "poisoned": (
        "At least one pattern is hard to explain as natural. Read its alternative explanations and its records before "
        "you act."
    ),
    "suspicious": "Something is unusual, but a harmless explanation is possible. A person should read the records.",
    "nothing_found": "No detector found a pattern. That does not prove the data clean: see coverage and blind spots.",
    "incomplete": "Nothing was found, but not everything could be examined. Do not read this as clean.",
}

STANDS: Mapping[str, str] = {
    "for": "evidence for it",
    "against": "evidence against it",
    "open": "undecided",
}


def count(number: int, noun: str, plural: str = "") -> str:
    """Give a number with its noun, e.g. `1 record` or `1,200 records`; the plural where it is not noun and s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {plural or noun + 's'}"


def findings_sentence(report: Report) -> str:
    """Say how many findings there are among how many records."""
    confirmed = sum(finding.verdict == "confirmed" for finding in report.findings)
    suggestive = len(report.findings) - confirmed
    records = count(report.dataset.records, "record")
    if not report.findings:
        return f"No findings in {records}."
    kinds = [f"{number} {kind}" for number, kind in ((confirmed, "confirmed"), (suggestive, "suggestive")) if number]
    return f"{' and '.join(kinds)} {'finding' if len(report.findings) == 1 else 'findings'} in {records}."


def kind_of(dataset: DatasetSummary) -> str:
    """Say what the records are read as, e.g. `chat, also read as classification`."""
    return ", also read as ".join([dataset.kind, *(one.kind for one in dataset.readings)])


def unread_sentence(report: Report) -> str:
    """Say which fields no reading holds, what was done with them, and what to do; empty without one.

    It quotes names: escape it.
    """
    unread = report.dataset.unread
    if not unread:
        return ""
    weighing = [run.id for run in report.detectors if run.id in _WEIGHING and run.status == "ran"]
    weighed = [one for one in unread if one.holds == "values" and "[" not in one.name] if weighing else []
    unseen = [one for one in unread if one not in weighed]
    told = [f"No detector looked at {count(len(unseen), 'field')}: {_fields(unseen)}."] if unseen else []
    if weighed:
        by = " and ".join(dict.fromkeys(weighing))
        told.append(
            f"No detector asked whether a text decides {count(len(weighed), 'field')}: {_fields(weighed)}; {by} only "
            f"weighed the values as features that may decide {_decided(weighing)}."
        )
    ignoring = " ".join(f"--ignore-field {shlex.quote(one.name)}" for one in unread[:_UNREAD])
    told.append(
        f"If the model is trained on {'it' if len(unread) == 1 else 'them'}, say how with the field options (marsh "
        f"audit --help); if not, add {ignoring}."
    )
    return " ".join(told)


_WEIGHING = ("label-trigger", "response-trigger", "answer-outcomes")
"""Detectors that take values of other fields for features."""


def skipped_sentence(report: Report) -> str:
    """Say what the readers passed over as no record; empty if that is nothing."""
    parts = [f"{count(one.count, one.kind)} ({one.why}), e.g. {one.example!r}" for one in report.dataset.skipped]
    return f"Passed over, as no records: {'; '.join(parts)}." if parts else ""


def _fields(unread: Sequence[UnreadField]) -> str:
    """List fields with what they hold."""
    what = {"text": "text", "values": "values that return", "numbers": "numbers"}
    what["tags"] = "a tag for each token; only which tags a record has was compared"
    fields = ", ".join(f"{one.name!r} ({what[one.holds]}, e.g. {one.example!r})" for one in unread[:_UNREAD])
    more = len(unread) - _UNREAD
    return fields + (f" and {more:,} more" if more > 0 else "")


def _decided(weighing: Sequence[str]) -> str:
    """Say what detectors that weigh features explain by them."""
    label = "label-trigger" in weighing
    return "the label" if label and len(set(weighing)) == 1 else "label and answer" if label else "the answer"


def coverage_gap(coverage: Coverage, records: int) -> str:
    """Say what part of the records a detector examined."""
    examined = coverage.planned - coverage.failures
    return f"all {count(records, 'record')}" if examined == records else f"{examined:,} of {count(records, 'record')}"


def unlabelled_sentence(dataset: DatasetSummary) -> str:
    """Say how many records have no label where others have one; empty where all or none have."""
    missing = dataset.records - sum(dataset.labels.values())
    if dataset.kind != "classification" or not missing or missing == dataset.records:
        return ""
    return f"{count(missing, 'record')} without a label (null, NaN or empty): texts examined, no class made of them"


def line_note(line: LineOfEvidence) -> str:
    """Say how sure a line of evidence is and how many of its records the finding has too."""
    return f"{line.verdict}; shares {line.shared:,} of its {count(line.records, 'record')} with this finding"


def dismissed_share(dismissed: Dismissed) -> str:
    """Say how many of the records with a pattern share an outcome, e.g. `97% "offensive" (34% of all)`."""
    outcome = f" \u201c{dismissed.outcome}\u201d" if dismissed.outcome else ""
    of_all = "" if dismissed.base_share is None else f" ({dismissed.base_share:.0%} of all)"
    return f"{dismissed.share:.0%}{outcome}{of_all}"


def taken_over_sentences(taken: TakenOver) -> tuple[str, ...]:
    """Say what is of earlier audits, and what lay there and was not believed; none where there was nothing."""
    took: list[str] = []
    left: list[str] = []
    for said, results in ((took, taken.results), (left, taken.refused_results)):
        if results:
            said.append(f"{count(sum(results.values()), 'result')} of {', '.join(results)}")
    if taken.answers:
        took.append(f"{count(taken.answers, 'answer')} of the judge")
    if taken.refused_answers:
        left.append(f"{count(taken.refused_answers, 'row')} of the store of answers")
    sentences = [f"Taken over from earlier audits: {' and '.join(took)}."] if took else []
    sentences += [f"Lay there without your seal, not believed and made anew: {' and '.join(left)}."] if left else []
    return tuple(sentences)
