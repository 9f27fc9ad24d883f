"""One signal for each evidence record, from the finding that scores it highest."""

from __future__ import annotations

import pytest

from marshtest.findings import EvidenceRecord, Finding, Pattern
from marshtest.mining.evidence_signals import strongest_signals


def finding(title: str, score: float) -> Finding:
    """Make a finding with one record."""
    record = EvidenceRecord(record_id="r", source_path="p", source_line=1, spans=(), score=score)
    return Finding(
        id=title,
        detector="d",
        verdict="confirmed",
        title=title,
        explanation="",
        statistics={},
        pattern=Pattern("phrase", title),
        records=(record,),
    )


@pytest.mark.parametrize(("first", "second", "wins"), [(0.2, 0.9, "two"), (0.9, 0.2, "one"), (0.5, 0.5, "one")])
def test_the_higher_score_gives_the_reason_and_the_first_among_equals(first: float, second: float, wins: str) -> None:
    signals = strongest_signals([finding("one", first), finding("two", second)], "d")
    assert (signals["r"].reason, signals["r"].score) == (wins, max(first, second))
