"""The text of an evidence record, cut into parts for display."""

from __future__ import annotations

from marshtest.findings import EvidenceRecord
from marshtest.text.visible import Part, parts

__all__ = ["excerpt_parts", "excerpt_spans"]


def excerpt_spans(record: EvidenceRecord) -> list[tuple[int, int]]:
    """Give the spans of a record in characters of its excerpt; spans of other fields are not in it."""
    return [
        (span.start - record.excerpt_start, span.end - record.excerpt_start)
        for span in record.spans
        if span.field == record.spans[0].field
    ]


def excerpt_parts(record: EvidenceRecord, *, before: int | None = None, after: int | None = None) -> list[Part]:
    """Cut the excerpt into parts.

    Args:
        record: The record.
        before: Keep so many characters before the first span; None keeps all.
        after: Keep so many characters after the start of the first span; None keeps all.
    """
    spans = [(start, end) for start, end in excerpt_spans(record) if end > 0 and start < len(record.excerpt)]
    first = min((start for start, _ in spans), default=0)
    begin = 0 if before is None else max(0, first - before)
    end = len(record.excerpt) if after is None else min(len(record.excerpt), max(0, first) + after)
    cut = parts(record.excerpt[begin:end], [(start - begin, stop - begin) for start, stop in spans])
    if begin > 0 or record.excerpt_start > 0:
        cut.insert(0, Part("\u2026"))
    if end < len(record.excerpt):
        cut.append(Part("\u2026"))
    return cut
