"""Records as evidence for a finding."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.data.records import Record
from marshtest.findings import EvidenceRecord
from marshtest.signals import Span

__all__ = ["evidence_record"]


def evidence_record(record: Record, spans: Sequence[Span] = (), *, score: float = 1.0) -> EvidenceRecord:
    """Make evidence of a record, with an excerpt of the field in which its first span stands (without spans: prompt).

    Args:
        record: The record.
        spans: Where the pattern stands, the most telling place first.
        score: How strongly the record is evidence, 0 to 1.
    """
    text = getattr(record, spans[0].field) if spans else record.prompt
    return EvidenceRecord.quoting(
        text or "",
        spans,
        record_id=record.record_id,
        source=(record.source_path, record.source_line),
        label=record.label,
        score=score,
    )
