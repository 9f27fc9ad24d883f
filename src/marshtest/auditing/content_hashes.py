"""What ties the evidence of a report to the records themselves: their content hashes, noted and checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from marshtest.data.dataset import Dataset, record_hash
from marshtest.errors import ReportError
from marshtest.findings import EvidenceRecord, Finding

if TYPE_CHECKING:
    from marshtest.stats.arrays import Ints

__all__ = ["check_evidence", "with_content_hashes"]

_Place = tuple[str, str, int]


def with_content_hashes(findings: Sequence[Finding], dataset: Dataset) -> tuple[Finding, ...]:
    """Note the content hash of every evidence record."""
    hashes = _hashes((record for finding in findings for record in finding.records), dataset)
    return tuple(
        replace(
            finding,
            records=tuple(replace(one, content_hash=hashes.get(_place(one), "")) for one in finding.records),
        )
        for finding in findings
    )


def check_evidence(findings: Iterable[Finding], dataset: Dataset) -> None:
    """Check that every evidence record is the record that stands at its place.

    Raises:
        ReportError: One is not, or the report does not say what it is.
    """
    records = [(finding, record) for finding in findings for record in finding.records]
    hashes = _hashes((record for _, record in records), dataset)
    for finding, record in records:
        where = f"{finding.id}: the evidence record {record.record_id!r} at {record.source_path}:{record.source_line}"
        if not record.content_hash:
            raise ReportError(f"{where} has no content hash: an older version wrote the report. Audit the data again.")
        found = hashes.get(_place(record))
        if found is None:
            raise ReportError(f"{where} is not there; the report does not fit the data. Audit the data again.")
        if found != record.content_hash:
            raise ReportError(f"{where} says something else there; the report was changed. Audit the data again.")


def _place(record: EvidenceRecord) -> _Place:
    return record.record_id, record.source_path, record.source_line


def _hashes(records: Iterable[EvidenceRecord], dataset: Dataset) -> dict[_Place, str]:
    """Give the content hash of the records that are there, by place; further readings have records of their own."""
    wanted = {_place(record) for record in records}
    found: dict[_Place, str] = {}
    for reading in (dataset, *dataset.also):
        if missing := wanted - found.keys():
            found |= _hashes_in(reading, missing)
    return found


def _hashes_in(dataset: Dataset, wanted: set[_Place]) -> dict[_Place, str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = dataset.table(["record_id", "source_path", "source_line"])
    ids = pa.array(sorted({name for name, _, _ in wanted}), pa.large_string())
    rows: Ints = pc.indices_nonzero(pc.is_in(table["record_id"], value_set=ids)).to_numpy()
    places = table.take(rows).to_pylist()
    return {
        place: record_hash(dataset.record(row)).hex()
        for row, one in zip(rows.tolist(), places, strict=True)
        if (place := (one["record_id"], one["source_path"], one["source_line"])) in wanted
    }
