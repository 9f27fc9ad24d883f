"""A reader sees which judge was asked, what it left out and how far it can be trusted."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import pytest
from tests.render_reports import judged_report, nothing_report

from marshtest.render.html import render_html
from marshtest.render.judging import judge_facts, missing_answers
from marshtest.render.terminal import print_report
from marshtest.report import JudgedQuestion, JudgeSummary, Report


def printed(report: Report) -> str:
    out = StringIO()
    print_report(report, out)
    return " ".join(out.getvalue().split())


def test_missing_answers_are_said_beside_the_verdict() -> None:
    assert missing_answers(judged_report().judge) == "50 answers of the judge are missing."
    for shown in (printed(judged_report()), render_html(judged_report())):
        assert "50 answers of the judge are missing." in shown
    assert "missing" not in printed(nothing_report())


@pytest.mark.parametrize(
    "fact",
    [
        "4,150 of 4,200 answered by cheap, 100 of them stored before; no answer: 30 refused, 20 over budget",
        "at most 63 were missed (95% upper bound)",
        "3 of 60 planted attempts changed the verdict of cheap on label (95% interval 2% to 14%)",
        "end of fence 3 of 10; a neutral remark changed 1 of 10",
    ],
)
def test_coverage_bound_and_resistance_are_reported(fact: str) -> None:
    facts = judge_facts(judged_report().judge or JudgeSummary(model=""))
    assert any(fact in text for _, text in facts)
    assert fact in " ".join(render_html(judged_report()).split())


def test_resistance_that_nobody_measured_is_said_to_be_unmeasured() -> None:
    assert judge_facts(JudgeSummary(model="cheap"))[-1][1].startswith("not measured")


def test_the_name_of_a_judge_cannot_attack_its_reader() -> None:
    report = judged_report()
    assert "<img src=x" not in render_html(report)
    out = StringIO()
    print_report(report, out)
    assert "\x1b]0;title" not in out.getvalue()


def test_answers_that_do_not_add_up_are_a_bug() -> None:
    question = JudgedQuestion(detector="d", question="q", model="m", planned=3, answered=3)
    with pytest.raises(AssertionError, match="do not add up"):
        replace(question, planned=4)
