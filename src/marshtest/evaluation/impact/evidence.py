"""Which records are accused, and what trigger they carry: from a report, or from the truth of an organism."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from marshtest.auditing.content_hashes import check_evidence
from marshtest.data.dataset import Dataset
from marshtest.data.folders import open_ordinary
from marshtest.errors import InputError, ReportError
from marshtest.evaluation.impact.planting import Donor, donor_of
from marshtest.report import Report

__all__ = ["Evidence", "evidence_of_report", "evidence_of_truth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is said against some records of a dataset."""

    rows: frozenset[int]
    """The records that are taken out to clean the data."""
    touched: frozenset[int]
    """All records that somebody is known to have changed, decoys too: none of them is held out."""
    donors: tuple[Donor, ...]
    """The trigger as the records of the evidence carry it, in the order of the data."""


def evidence_of_report(
    report: Report, dataset: Dataset, *, verdict: Literal["confirmed", "suggestive"] = "confirmed"
) -> Evidence:
    """Take the evidence records of a report's findings.

    Args:
        report: The report of an audit of the dataset.
        dataset: The audited data.
        verdict: `confirmed` takes confirmed findings only, `suggestive` all of them.

    Raises:
        ReportError: The report is about other data, or has no such finding.
    """
    if report.dataset.fingerprint != dataset.fingerprint:
        raise ReportError("the report is about other data than this; audit this data, or give the data of the report.")
    findings = [one for one in report.findings if one.verdict == "confirmed" or verdict == "suggestive"]
    found = {record.record_id: record for finding in findings for record in finding.records}
    if not found:
        more = "" if verdict == "suggestive" else "; --verdict suggestive takes the suggestive ones too"
        raise ReportError(
            f"the report has no {verdict} finding with evidence records, so nothing can be taken out{more}."
        )
    check_evidence(findings, dataset)
    ids = dataset.table(["record_id"])["record_id"].to_pylist()
    spans = {
        row: [(span.start, span.end) for span in found[name].spans if span.field == "prompt"]
        for row, name in enumerate(ids)
        if name in found
    }
    rows = frozenset(spans)
    return Evidence(rows=rows, touched=rows, donors=_donors(dataset, spans))


def evidence_of_truth(path: str | Path, dataset: Dataset) -> Evidence:
    """Take the poison that a truth file names, as `marsh poison` writes it.

    Raises:
        InputError: The file cannot be read, is no truth file, names no poison, or is about other data.
    """
    try:
        with open_ordinary(path) as file:
            lines = file.read().decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"cannot read the truth ({error}); give the file that marsh poison wrote.", path=path
        ) from error
    table = dataset.table(["record_id", "source_line"])
    places = dict(zip(table["source_line"].to_pylist(), range(len(dataset)), strict=True))
    ids = table["record_id"].to_pylist()
    poison: dict[int, list[tuple[int, int]]] = {}
    touched: set[int] = set()
    for number, line in enumerate(lines, start=1):
        told = _truth(line, path, number)
        row = places.get(told["line"])
        if row is None or ids[row] != told["id"]:
            raise InputError("the truth is about other data: this record is not there.", path=path, line=number)
        touched.add(row)
        if told["is_poison"]:
            poison[row] = [(span["start"], span["end"]) for span in told["spans"] if span["field"] == "prompt"]
    if not poison:
        raise InputError("the truth names no poison; give the file that marsh poison wrote.", path=path)
    return Evidence(rows=frozenset(poison), touched=frozenset(touched), donors=_donors(dataset, poison))


def _truth(line: str, path: str | Path, number: int) -> Mapping[str, Any]:
    """Read one line of a truth file."""
    try:
        told = json.loads(line)
        whole = {"line": int(told["line"]), "id": str(told["id"]), "is_poison": bool(told["is_poison"])}
        spans = [
            {"field": str(span["field"]), "start": int(span["start"]), "end": int(span["end"])}
            for span in told["spans"]
        ]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InputError(
            "this line is no truth about a record; give the file that marsh poison wrote.", path=path, line=number
        ) from error
    return {**whole, "spans": spans}


def _donors(dataset: Dataset, spans: Mapping[int, Iterable[tuple[int, int]]]) -> tuple[Donor, ...]:
    table = dataset.table(["prompt", "label"])
    texts, labels = table["prompt"].to_pylist(), table["label"].to_pylist()
    donors = (donor_of(texts[row], spans[row], str(labels[row])) for row in sorted(spans))
    return tuple(donor for donor in donors if donor is not None)
