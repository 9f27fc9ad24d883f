"""From drafts to numbered findings and one signal a record."""

from __future__ import annotations

from tests.planting import dataset_of

from marshtest.detectors.drafts import Draft, findings_from, signals_from
from marshtest.findings import FindingVerdict, Pattern
from marshtest.signals import Span

DATA = dataset_of(("a", "b", "c"), ("x", "y", "z"))


def draft(verdict: FindingVerdict, reason: str, *rows: int) -> Draft:
    """Make a draft with some rows as evidence."""
    return Draft(
        verdict=verdict, title=reason, explanation="", pattern=Pattern("phrase", "x"), statistics={},
        other_explanations=(), evidence={row: (Span("prompt", 0, 1),) for row in rows}, reason=reason,
    )  # fmt: skip


DRAFTS = [draft("suggestive", "weak", 2, 1), draft("confirmed", "strong", 0, 1)]


def test_findings_are_numbered_from_one_in_their_order() -> None:
    found = findings_from(DRAFTS, "made", DATA)
    assert [one.id for one in found] == ["made-1", "made-2"]
    assert [[record.excerpt for record in one.records] for one in found] == [["c", "b"], ["a", "b"]]


def test_a_record_has_one_signal_from_the_first_draft_in_the_order_of_the_rows() -> None:
    signals = signals_from(DRAFTS, "made", DATA, suggestive_score=0.4)
    assert [(one.reason, one.score) for one in signals] == [("strong", 1.0), ("weak", 0.4), ("weak", 0.4)]
    assert [one.record_id for one in signals] == DATA.table(["record_id"])["record_id"].to_pylist()
