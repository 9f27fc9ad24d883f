"""What a finding quotes, and its rows."""

from __future__ import annotations

import pytest

from marshtest.findings import EXCERPT, EvidenceRecord, Finding, Pattern, evidence_rows
from marshtest.signals import Span


def quoted(length: int, start: int) -> EvidenceRecord:
    """Quote a text whose span begins at a place."""
    span = Span(start=start, end=start + 1, field="prompt")
    return EvidenceRecord.quoting("x" * length, (span,), record_id="r", source=("<list>", 3))


@pytest.mark.parametrize(
    ("length", "start", "expected"),
    [
        (2_000, 1_999, 0),
        (2_001, 2_000, 1),
        (5_000, 999, 0),
        (5_000, 1_001, 1),
        (5_000, 2_500, 1_500),
        (5_000, 4_900, 3_000),
    ],
)
def test_an_excerpt_of_2000_characters_lies_around_the_span(length: int, start: int, expected: int) -> None:
    record = quoted(length, start)
    assert record.excerpt_start == expected
    assert len(record.excerpt) == min(length, EXCERPT) == min(length, 2_000)


def test_without_a_span_the_excerpt_is_the_start_of_the_text() -> None:
    record = EvidenceRecord.quoting("a" + "b" * 3_000, (), record_id="r", source=("p", 1))
    assert (record.excerpt_start, record.excerpt[0], len(record.excerpt), record.score) == (0, "a", 2_000, 1.0)


def test_a_record_scores_one_where_nothing_else_is_said() -> None:
    assert EvidenceRecord(record_id="r", source_path="p", source_line=1, spans=()).score == 1.0


def test_a_record_in_memory_has_a_row_that_counts_from_zero() -> None:
    finding = Finding(
        id="1", detector="d", verdict="confirmed", title="t", explanation="", pattern=Pattern("phrase", "x"),
        statistics={}, records=(quoted(5, 0), EvidenceRecord.quoting("x", (), record_id="q", source=("file", 3))),
    )  # fmt: skip
    assert [(row["line"], row["row"]) for row in evidence_rows([finding])] == [(3, 2), (3, None)]
