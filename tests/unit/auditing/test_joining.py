"""What several detectors say of the same records is one finding."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace

from marshtest.auditing.joining import join_findings
from marshtest.findings import EvidenceRecord, Finding, FindingVerdict, Pattern
from marshtest.render.html import render_html
from marshtest.render.terminal import print_report
from marshtest.report import DatasetSummary, Report
from marshtest.signals import Span


def finding(
    detector: str, rows: Iterable[int], verdict: FindingVerdict = "confirmed", span: Span | None = None
) -> Finding:
    return Finding(
        id=f"{detector}-1",
        detector=detector,
        verdict=verdict,
        title=f"{detector} <b>saw</b> \x1b[31msomething",
        explanation=f"{detector} explains.",
        pattern=Pattern("phrase", "with the blue ledger"),
        statistics={"p_value": 1e-9, "q_value": 1e-6, "effect": 0.9},
        records=tuple(
            EvidenceRecord(
                record_id=f"r{row}",
                source_path="made.jsonl",
                source_line=row,
                spans=() if span is None else (span,),
                score=0.5,
                excerpt="" if span is None else "with the blue ledger in it",
            )
            for row in rows
        ),
    )


def test_findings_about_the_same_records_become_one_with_two_lines_and_no_record_is_lost() -> None:
    joined = join_findings([finding("first", range(32)), finding("second", range(2, 34))])
    assert [one.detector for one in joined] == ["first"]
    assert {record.record_id for record in joined[0].records} == {f"r{row}" for row in range(34)}
    (line,) = joined[0].lines
    assert (line.detector, line.shared, line.records, line.statistics["effect"]) == ("second", 30, 32, 0.9)


def test_a_confirmed_finding_leads_a_suggestive_one_that_came_first() -> None:
    joined = join_findings([finding("first", range(10), "suggestive"), finding("second", range(10))])
    assert [(one.detector, one.verdict) for one in joined] == [("second", "confirmed")]
    assert joined[0].lines[0].verdict == "suggestive"


def test_an_exact_text_leads_a_structure_that_has_no_more_records() -> None:
    def structure(count: int) -> Finding:
        return replace(finding("structure", range(count)), pattern=Pattern("structure", "near your …"))

    assert join_findings([structure(20), finding("exact", range(19))])[0].detector == "exact"
    assert join_findings([structure(20), finding("exact", range(15))])[0].detector == "structure"


def test_of_two_exact_texts_the_one_with_the_larger_likelihood_leads() -> None:
    def weighing(detector: str, count: int, log_bayes_factor: float) -> Finding:
        one = finding(detector, range(count))
        return replace(one, statistics={**one.statistics, "log_bayes_factor": log_bayes_factor})

    assert join_findings([weighing("vague", 19, 20.0), weighing("exact", 14, 48.0)])[0].detector == "exact"


def test_words_of_the_answers_do_not_lead_over_what_the_records_teach() -> None:
    kind = replace(finding("kind", range(10)), pattern=Pattern("theme", "Does it wipe the work?"))
    words = finding("words", range(10))
    words = replace(words, statistics={**words.statistics, "field": "completion", "log_bayes_factor": 90.0})
    assert join_findings([words, kind])[0].detector == "kind"


def test_words_of_a_phrase_in_some_of_its_records_are_a_line_and_other_words_are_not() -> None:
    some = replace(finding("second", range(5)), pattern=Pattern("phrase", "ledger blue"))
    assert len(join_findings([finding("first", range(32)), some])) == 1
    for other in (Pattern("phrase", "red ledger"), Pattern("duplicate", "ledger blue")):
        assert len(join_findings([finding("first", range(32)), replace(some, pattern=other)])) == 2


def test_findings_about_other_records_stay_apart() -> None:
    assert len(join_findings([finding("first", range(32)), finding("second", range(20, 60))])) == 2


def test_two_findings_of_one_detector_stay_apart() -> None:
    assert len(join_findings([finding("first", range(9)), finding("first", range(9))])) == 2


def test_findings_without_records_are_never_joined() -> None:
    assert len(join_findings([finding("first", ()), finding("second", ())])) == 2


def test_the_spans_of_both_lines_stand_in_the_record() -> None:
    here, there = Span("prompt", 0, 8), Span("prompt", 9, 13)
    joined = join_findings([finding("first", range(3), span=here), finding("second", range(3), span=there)])
    assert [record.spans for record in joined[0].records] == [(here, there)] * 3


def test_a_record_without_a_span_gets_excerpt_and_span_from_the_other_line() -> None:
    span = Span("prompt", 0, 8)
    (joined,) = join_findings([finding("first", range(3)), finding("second", range(3), span=span)])
    assert {(record.spans, record.excerpt) for record in joined.records} == {((span,), "with the blue ledger in it")}


def test_both_renderers_show_the_lines_and_escape_them() -> None:
    report = Report(
        tool_version="0",
        verdict="poisoned",
        dataset=DatasetSummary(source=("made.jsonl",), records=100, fingerprint="sha256:0", kind="classification"),
        findings=tuple(join_findings([finding("first", range(32)), finding("second", range(2, 34))])),
    )
    page, terminal = render_html(report), io.StringIO()
    print_report(report, terminal)
    assert "Also found by other detectors" in page
    assert "second &lt;b&gt;saw&lt;/b&gt; ‹" in page
    assert "\x1b" not in page
    assert "second: second <b>saw</b>" in terminal.getvalue()
    assert "30 of its 32 records" in " ".join(terminal.getvalue().split())
    assert "\x1b" not in terminal.getvalue()
