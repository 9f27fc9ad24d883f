"""The words that every renderer uses for verdicts and for what the evidence says."""

from __future__ import annotations

from marshtest.findings import LineOfEvidence
from marshtest.report import Report, ReportVerdict
from marshtest.signals import Coverage

__all__ = ["STANDS", "VERDICT_NOTES", "VERDICT_TITLES", "count", "coverage_gap", "findings_sentence", "line_note"]

VERDICT_TITLES: dict[ReportVerdict, str] = {
    "poisoned": "Poison found",
    "suspicious": "Suspicious",
    "nothing_found": "Nothing found",
    "incomplete": "Incomplete",
}

VERDICT_NOTES: dict[ReportVerdict, str] = {
    "poisoned": "At least one pattern looks planted; its card says how ordinary explanations stand to it.",
    "suspicious": "Something is unusual, but an ordinary explanation is still open. A person should look.",
    "nothing_found": "No detector that ran found a pattern. That does not prove it clean: see what was not covered.",
    "incomplete": "Nothing was found, but not everything could be looked at. Do not read this as clean.",
}

STANDS = {
    "for": "the evidence speaks for it",
    "against": "the evidence speaks against it",
    "open": "left open",
}


def count(number: int, noun: str) -> str:
    """Give a number with its noun, e.g. `1 record` or `1,200 records`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def findings_sentence(report: Report) -> str:
    """Say how many findings there are among how many records."""
    confirmed = sum(finding.verdict == "confirmed" for finding in report.findings)
    suggestive = len(report.findings) - confirmed
    records = count(report.dataset.records, "record")
    if not report.findings:
        return f"No findings in {records}."
    kinds = [f"{number} {kind}" for number, kind in ((confirmed, "confirmed"), (suggestive, "suggestive")) if number]
    return f"{' and '.join(kinds)} {'finding' if len(report.findings) == 1 else 'findings'} in {records}."


def coverage_gap(coverage: Coverage, records: int) -> str:
    """Say what part of the records a detector looked at."""
    looked_at = coverage.planned - coverage.failures
    return f"all {count(records, 'record')}" if looked_at == records else f"{looked_at:,} of {count(records, 'record')}"


def line_note(line: LineOfEvidence) -> str:
    """Say how a line of evidence stands to the finding that it belongs to."""
    return f"{line.verdict}, {line.shared:,} of its {count(line.records, 'record')} are among these"
