"""A report as a CycloneDX 1.6 ML-BOM fragment (ECMA-424): the dataset, its files, what was examined, and findings.

Findings are `vulnerabilities` that wait for triage. They are no `annotations`, which need a time that a report does not
have, so that the fragment is the same for the same report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from marshtest.findings import Finding
from marshtest.render.fragments.facts import drawn, evidence_hash, facts, finding_hash, fragment_json, fragment_uuid
from marshtest.render.fragments.places import uri_of
from marshtest.render.fragments.standards import items_of
from marshtest.render.words import count
from marshtest.report import Report

__all__ = ["cyclonedx"]

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SEVERITIES: Final = {"confirmed": "high", "suggestive": "medium"}
_RECORDS: Final = 100
"""Evidence records of a finding that are named; the rest is counted. As many as in SARIF."""


def cyclonedx(report: Report) -> bytes:
    """Give a report as a CycloneDX 1.6 document: UTF-8 JSON, the same bytes for the same report."""
    data: dict[str, Any] = {
        "type": "data",
        "bom-ref": "dataset",
        "name": drawn(", ".join(report.dataset.source)) or "dataset",
        "description": f"Training data, {count(report.dataset.records, 'record')}.",
        **_hashes(report.dataset.fingerprint.removeprefix("sha256:")),
        "properties": _properties({f"marshtest:{name}": text for name, text in facts(report).items()}),
        "data": [{"type": "dataset", "name": "records", "description": _FINGERPRINT}],
    }
    files = [
        {"type": "file", "bom-ref": f"file-{number}", "name": drawn(path), **_hashes(digest)}
        for number, (path, digest) in enumerate(sorted(report.dataset.files.items()), 1)
    ]
    if files:
        data["components"] = files
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{fragment_uuid(report, 'cyclonedx')}",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "marshtest", "version": report.tool_version}]}
        },
        "components": [data],
        "vulnerabilities": [_vulnerability(finding) for finding in report.findings],
    }
    return fragment_json(bom)


_FINGERPRINT: Final = "The hash is SHA-256 over the sorted content hashes of all records; those of files are beside it."


def _hashes(digest: str) -> dict[str, Any]:
    """Give a hash, or nothing where the report has none."""
    return {"hashes": [{"alg": "SHA-256", "content": digest}]} if _SHA256.fullmatch(digest) else {}


def _properties(told: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": text} for name, text in told.items()]


def _vulnerability(finding: Finding) -> dict[str, Any]:
    """Give a finding; nobody has decided yet whether it is poison."""
    told = {
        "marshtest:verdict": finding.verdict,
        "marshtest:detector": finding.detector,
        "marshtest:pattern": drawn(finding.pattern.text),
        "marshtest:fingerprint": finding_hash(finding),
        "marshtest:records": str(len(finding.records)),
        "marshtest:recordsLeftOut": str(max(0, len(finding.records) - _RECORDS)),
        **{f"marshtest:standard:{one.id}": f"{one.title} ({one.address})" for one in items_of(finding.detector)},
    }
    named = [
        {
            "name": "marshtest:record",
            "value": f"{uri_of(one.source_path)}#{one.source_line} sha256:{evidence_hash(one)}",
        }
        for one in finding.records[:_RECORDS]
    ]
    return {
        "bom-ref": f"finding-{finding_hash(finding)}-{drawn(finding.id)}",
        "id": drawn(finding.id) or "finding",
        "source": {"name": "marshtest"},
        "ratings": [{"source": {"name": "marshtest"}, "severity": _SEVERITIES[finding.verdict], "method": "other"}],
        "description": drawn(finding.title),
        "detail": drawn(finding.explanation, 2_000),
        "recommendation": "Read the evidence records and the alternative explanations in report.json.",
        "analysis": {"state": "in_triage"},
        "affects": [{"ref": "dataset"}],
        "properties": [*_properties(told), *named],
    }
