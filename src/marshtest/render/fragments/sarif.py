"""A report as SARIF 2.1.0 (OASIS), within the limits that GitHub sets for uploads.

A finding is one result, and its evidence records are its locations. What a limit cuts off is said in the result and
as a notification of the run.
"""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshtest.findings import Dismissed, EvidenceRecord, Finding
from marshtest.render.fragments.facts import (
    drawn,
    evidence_hash,
    facts,
    finding_hash,
    fragment_json,
    fragment_uuid,
    gaps,
)
from marshtest.render.fragments.places import uri_of
from marshtest.render.fragments.standards import ITEMS, STANDARDS, TITLES, items_of
from marshtest.render.words import count, dismissed_share
from marshtest.report import Report

__all__ = ["SarifLimits", "sarif"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"confirmed": "error", "suggestive": "warning"}
_LEAST: Final = 1
"""Evidence records of a finding that are always written: its place."""
_GAPS: Final = 50
"""Notifications of what was not examined; the rest is counted. Chosen by eye."""
_LONGEST_MESSAGE: Final = 2_000
"""Characters of a message. Chosen by eye: a finding with its explanation."""
_PLACEHOLDER: Final = re.compile(r"\{(\d+)\}")
_LINK_SIGNS: Final = re.compile(r"([\\\[\]])")


@dataclass(frozen=True, slots=True, kw_only=True)
class SarifLimits:
    """Limits of GitHub code scanning for SARIF uploads, from its documentation."""

    results: int = 5_000
    """Results of a run that are shown; up to 25,000 are accepted."""
    locations: int = 100
    """Locations of a result that are kept; up to 1,000 are accepted."""
    bytes_packed: int = 10_000_000
    """Size of the file after gzip."""


def sarif(report: Report, limits: SarifLimits | None = None) -> bytes:
    """Give a report as SARIF 2.1.0: UTF-8 JSON, the same bytes for the same report.

    Args:
        report: The report; its texts are hostile and are drawn.
        limits: What the file must not exceed; default: those of GitHub. A file that is too large gets fewer locations a
            result, then fewer results, and says so.
    """
    limits = limits or SarifLimits()
    results, locations = limits.results, limits.locations
    while True:
        content = fragment_json(_log(report, results, locations))
        least = results <= 1 and locations <= _LEAST
        if least or len(gzip.compress(content, mtime=0)) <= limits.bytes_packed:
            return content
        if locations > _LEAST:
            locations = max(_LEAST, locations // 2)
        else:
            results = max(1, min(results, len(report.findings) + len(report.dismissed)) // 2)


def _log(report: Report, most_results: int, most_locations: int) -> dict[str, Any]:
    """Give the whole log; confirmed findings come first, so that a cut takes the weakest."""
    findings = sorted(report.findings, key=lambda one: one.verdict != "confirmed")
    told: list[Finding | Dismissed] = [*findings, *report.dismissed]
    told = told[:most_results]
    rules = sorted({one.detector for one in told} | {run.id for run in report.detectors if run.status == "ran"})
    seen: Counter[str] = Counter()
    results = []
    for one in told:
        result = _finding(one, most_locations) if isinstance(one, Finding) else _dismissed(one, report)
        fingerprint = result["partialFingerprints"]["marshtestFinding/v1"]
        seen[fingerprint] += 1
        result["partialFingerprints"]["primaryLocationLineHash"] = f"{fingerprint}:{seen[fingerprint]}"
        results.append({"ruleId": one.detector, "ruleIndex": rules.index(one.detector), **result})
    cut = _cuts(report, told, most_locations)
    missing = gaps(report)
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "marshtest",
                "version": report.tool_version,
                "shortDescription": {"text": "Detects poison in training data and shows it."},
                "rules": [_rule(name, report) for name in rules],
                "supportedTaxonomies": [{"name": one.name, "index": number} for number, one in enumerate(STANDARDS)],
            }
        },
        "automationDetails": {"id": "marshtest/", "guid": fragment_uuid(report, "sarif")},
        "invocations": [
            {
                "executionSuccessful": not missing,
                "toolExecutionNotifications": [*_notified(missing), *({"level": "warning", **_text(x)} for x in cut)],
            }
        ],
        "taxonomies": [_taxonomy(number) for number in range(len(STANDARDS))],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"audit": facts(report), "cut": cut},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _text(text: str) -> dict[str, Any]:
    """Give a message; what a viewer would read as a link or a placeholder is escaped (SARIF 3.11.5, 3.11.6)."""
    return {"message": {"text": _plain(text)}}


def _plain(text: str) -> str:
    return _PLACEHOLDER.sub(r"{{\1}}", _LINK_SIGNS.sub(r"\\\1", drawn(text, _LONGEST_MESSAGE)))


def _notified(missing: Sequence[str]) -> list[dict[str, Any]]:
    told = [{"level": "error", **_text(f"Not examined: {one}")} for one in missing[:_GAPS]]
    rest = len(missing) - _GAPS
    return told + (
        [{"level": "error", **_text(f"{count(rest, 'more gap')}; report.json lists all.")}] if rest > 0 else []
    )


def _cuts(report: Report, told: Sequence[Finding | Dismissed], most_locations: int) -> list[str]:
    """Say what the limits cut off."""
    cut = []
    if left := len(report.findings) + len(report.dismissed) - len(told):
        cut.append(f"{count(left, 'result')} left out, the weakest, to stay within the limits; report.json has all.")
    shortened = [one for one in told if isinstance(one, Finding) and len(one.records) > most_locations]
    if shortened:
        records = sum(len(one.records) - most_locations for one in shortened)
        cut.append(
            f"{count(records, 'evidence record')} of {count(len(shortened), 'finding')} left out, the weakest, to stay "
            "within the limits; report.json has all."
        )
    return cut


def _rule(name: str, report: Report) -> dict[str, Any]:
    """Describe a detector."""
    title = drawn(TITLES.get(name, f"Findings of the detector {name}"))
    blind = next((run.blind_spots for run in report.detectors if run.id == name and run.blind_spots), "")
    items = items_of(name)
    named = "; ".join(f"{one.id} {one.title}" for one in items)
    blind = f" It cannot see: {' '.join(drawn(blind, 2_000).split())}" if blind else ""
    places = {one.name: number for number, one in enumerate(STANDARDS)}
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": f"{title}."},
        "help": {"text": f"{title}.{blind} `marsh detectors {name}` explains it. Standards: {named}."},
        "helpUri": next(one.address for one in items if one.standard == "MITRE-ATLAS"),
        "properties": {"tags": ["security", "data-poisoning", *(f"external/{one.standard}/{one.id}" for one in items)]},
        "relationships": [
            {
                "target": {
                    "id": one.id,
                    "toolComponent": {"name": one.standard, "index": places[one.standard]},
                },
                "kinds": ["relevant"],
            }
            for one in items
        ],
    }


def _taxonomy(number: int) -> dict[str, Any]:
    standard = STANDARDS[number]
    return {
        "name": standard.name,
        "fullName": standard.title,
        "version": standard.version,
        "organization": standard.organization,
        "informationUri": standard.address,
        "taxa": [
            {"id": one.id, "name": one.title, "shortDescription": {"text": one.title}, "helpUri": one.address}
            for one in ITEMS.values()
            if one.standard == standard.name
        ],
    }


def _finding(finding: Finding, most: int) -> dict[str, Any]:
    """Give a finding as a result, its strongest record as the location and the others as related ones."""
    records = sorted(finding.records, key=lambda one: (-one.score, one.source_path, one.source_line, one.record_id))
    shown = records[:most]
    said = f"{finding.title} ({finding.verdict}, {count(len(records), 'evidence record')}"
    said += f", {len(shown):,} of them here)" if len(shown) < len(records) else ")"
    result: dict[str, Any] = {
        "level": _LEVELS[finding.verdict],
        **_text(f"{drawn(said, 1_000)} {finding.explanation}"),
        "partialFingerprints": {"marshtestFinding/v1": finding_hash(finding)},
        "properties": {
            "finding": drawn(finding.id),
            "verdict": finding.verdict,
            "records": len(records),
            "shown": len(shown),
        },
    }
    if shown:
        result["locations"] = [_location(shown[0])]
    if shown[1:]:
        result["relatedLocations"] = [{"id": number, **_location(one)} for number, one in enumerate(shown[1:], 1)]
    return result


def _dismissed(one: Dismissed, report: Report) -> dict[str, Any]:
    """Give what looked odd as a note on the first file: a report names no records of it."""
    said = f"Looked odd, and is no finding: \u201c{drawn(one.pattern.text)}\u201d in {count(one.carriers, 'record')}, "
    said += f"{dismissed_share(one)}: {one.reason}."
    stand_in = Finding(
        id="", detector=one.detector, verdict="suggestive", title="", explanation="", pattern=one.pattern, statistics={}
    )
    result: dict[str, Any] = {
        "level": "note",
        **_text(said),
        "partialFingerprints": {"marshtestFinding/v1": finding_hash(stand_in)},
        "properties": {"verdict": "looked odd", "records": one.carriers, "shown": 0},
    }
    if report.dataset.source:
        artifact = {"uri": uri_of(report.dataset.source[0])}
        result["locations"] = [{"physicalLocation": {"artifactLocation": artifact}}]
    return result


def _location(record: EvidenceRecord) -> dict[str, Any]:
    """Give a record's place; spans are characters of a field, which are no offsets into the file."""
    place: dict[str, Any] = {"artifactLocation": {"uri": uri_of(record.source_path)}}
    if record.source_line > 0:
        place["region"] = {"startLine": record.source_line, "snippet": {"text": drawn(record.excerpt)}}
    where = ", ".join(f"{one.field} characters {one.start} to {one.end}" for one in record.spans[:_MOST_SPANS])
    told = f"record {drawn(record.record_id, 200)}"
    told += "" if record.label is None else f", label {drawn(record.label, 200)}"
    return {
        "physicalLocation": place,
        **_text(f"{told}; {where}" if where else told),
        "properties": {
            "contentHash": evidence_hash(record),
            "score": record.score,
            "spans": [
                {"field": drawn(one.field), "charOffset": one.start, "charLength": one.end - one.start}
                for one in record.spans[:_MOST_SPANS]
            ],
            "spansLeftOut": max(0, len(record.spans) - _MOST_SPANS),
        },
    }


_MOST_SPANS: Final = 20
"""Spans of a record; the rest is counted. Chosen by eye."""
