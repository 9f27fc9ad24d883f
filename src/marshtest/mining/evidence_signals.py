"""Signals of the records that findings give as evidence."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.findings import Finding
from marshtest.signals import Signal

__all__ = ["strongest_signals"]


def strongest_signals(findings: Sequence[Finding], detector: str) -> dict[str, Signal]:
    """Give one signal for each evidence record, by record id, from the finding that scores it highest."""
    best: dict[str, Signal] = {}
    for finding in findings:
        for record in finding.records:
            known = best.get(record.record_id)
            if known is None or known.score < record.score:
                best[record.record_id] = Signal(
                    record_id=record.record_id,
                    detector=detector,
                    score=record.score,
                    spans=record.spans,
                    reason=finding.title,
                )
    return best
