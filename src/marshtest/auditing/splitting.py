"""Split audited records in memory into what is kept and what a finding points at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from marshtest.auditing.content_hashes import check_evidence
from marshtest.config import FieldMap
from marshtest.data.readers import read_dataset
from marshtest.data.readers.held import HeldColumns, HeldData, HeldDataset
from marshtest.data.readers.objects import Records, held_data
from marshtest.errors import ReportError
from marshtest.report import Report

__all__ = ["SplitData", "split_data"]


class SplitData(NamedTuple):
    """Both parts of the data, as objects of the kind that was given."""

    kept: Any
    """The records that no chosen finding points at, in their order; bad records that were skipped are among them."""
    removed: Any
    """The evidence records."""


def split_data(
    report: Report,
    data: Records,
    *,
    fields: FieldMap = FieldMap(),
    verdict: Literal["confirmed", "suggestive"] = "confirmed",
) -> SplitData:
    """Take the evidence records of an audit out of the object that was audited, which itself is not changed.

    `clean_dataset` does the same for files. Frames of pandas and polars, Arrow tables and datasets of Hugging Face stay
    what they are, with all their columns; a dict of splits becomes a dict of the same splits; iterators become lists.

    Args:
        report: The report of the audit.
        data: The object that was audited; for an iterator, a new one that gives the same records.
        fields: The `fields` of the audit, if it was given some.
        verdict: `confirmed` takes out the records of confirmed findings, `suggestive` those of all findings.

    Raises:
        InputError: The object holds no records.
        ReportError: Files were audited, or the data are not those of the audit.
    """
    parts = held_data(data)
    if parts is None:
        raise ReportError("these are names of files; split them with `clean_dataset(report, out)`.")
    if [part.called for part in parts] != list(report.dataset.source):
        raise ReportError(
            f"the report is about {', '.join(report.dataset.source)} and this is {', '.join(p.called for p in parts)}; "
            "give the object that was audited."
        )
    read = read_dataset(parts, fields=fields, on_bad_record=report.config.on_bad_record)
    if read.fingerprint != report.dataset.fingerprint:
        raise ReportError(
            "the data are not those of the audit: they changed since, or other `fields` were given; audit them again."
        )
    findings = [one for one in report.findings if one.verdict == "confirmed" or verdict == "suggestive"]
    check_evidence(findings, read)
    chosen: dict[str, set[int]] = {part.called: set() for part in parts}
    for record in (record for finding in findings for record in finding.records):
        chosen[record.source_path].add(record.source_line - 1)
    sides = [
        [part.take([row for row in range(part.count()) if (row in chosen[part.called]) == removed]) for part in parts]
        for removed in (False, True)
    ]
    return SplitData(*(_like(data, parts, side) for side in sides))


def _like(data: Any, parts: list[HeldData], taken: list[Any]) -> Any:
    """Put the parts together as they were given: alone, in a dict of splits, or in a list."""
    if isinstance(data, Mapping) and not isinstance(parts[0], HeldColumns):
        splits = dict(zip(data, taken, strict=True))
        is_dataset = all(isinstance(part, HeldDataset) for part in parts)
        return type(data)(splits) if is_dataset else splits  # type: ignore[call-arg]
    if isinstance(data, list | tuple) and parts[0].data is not data:
        return taken
    return taken[0]
