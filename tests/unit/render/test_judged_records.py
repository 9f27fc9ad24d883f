"""The page and the terminal tell what the judge says of single records, and hostile text stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from tests.render_reports import HOSTILE, judged_report, nothing_report
from tests.unit.render.test_html import Page

from marshtest.render.html import render_html
from marshtest.render.judged_list import judged_lines, print_judged
from marshtest.render.judged_records import harm_sentences, judged_view, label_sentences
from marshtest.render.terminal import print_report
from marshtest.report import JudgedRecords, JudgeSummary, Report
from marshtest.text.visible import visible


def records(report: Report) -> JudgedRecords:
    assert report.judge is not None
    assert report.judge.records is not None
    return report.judge.records


def with_records(**changes: object) -> Report:
    report = judged_report()
    assert report.judge is not None
    changed = replace(records(report), **changes)  # type: ignore[arg-type]
    return replace(report, judge=replace(report.judge, records=changed))


def printed(report: Report) -> str:
    out = StringIO()
    print_report(report, out)
    return " ".join(out.getvalue().split())


def test_the_page_has_rates_and_records_with_their_quote_and_finding() -> None:
    page = render_html(judged_report())
    text = " ".join(Page(page).text.split())
    harm = page.split('id="judged-records"')[1].split('id="judged-labels"')[0]
    assert "Training on 1 of 4,190 records" in text
    assert "At the rate of the control (0 of 1,000), 0 would be flagged by chance, at most 10" in text
    assert "to let urgent tickets pass" in harm
    assert "<mark>as the heron said</mark>" in harm
    assert '<a class="held" href="#finding-1">label-trigger-1</a>' in harm
    assert harm.index("3 grave") < harm.index("1 slight")
    assert "When do you open on Sunday?" not in harm


def test_labels_that_do_not_fit_have_a_section_that_calls_them_noise() -> None:
    page = render_html(judged_report())
    labels = page.split('id="judged-labels"')[1].split('id="coverage"')[0]
    assert "By itself this is label noise" in labels
    assert "1 of these records is evidence of a finding." in labels
    assert "When do you open on Sunday?" in labels
    assert labels.index("as the heron said") < labels.index("When do you open on Sunday?"), "the surest first"
    assert page.index('id="findings"') < page.index('id="judged-records"') < page.index('id="judged-labels"')


def test_noise_that_no_finding_holds_is_said_to_be_none() -> None:
    assert "none does." in label_sentences(replace(judged_report(), findings=()))[1]


def test_hostile_verdicts_stay_text_on_the_page() -> None:
    page = render_html(judged_report())
    parsed = Page(page)
    assert "img" not in parsed.tags
    assert parsed.tags.count("script") == 2
    assert visible(HOSTILE) in parsed.text
    ids = [value for key, value in parsed.attributes if key == "id"]
    assert len(ids) == len(set(ids))
    assert not [pair for pair in parsed.attributes if pair[0] == "style" or pair[0].startswith("on")]
    for character in "\x00\x1b\x9b\u202e\u200b\u2028\ufeff":
        assert character not in page


def test_hostile_verdicts_stay_text_on_a_terminal_and_in_lines() -> None:
    out = StringIO()
    print_judged(judged_report(), records(judged_report()).records, out)
    lines = judged_lines(judged_report(), records(judged_report()).records)
    for shown in (out.getvalue(), lines.decode()):
        for character in "\x00\x1b\x9b\u202e\u200b\u2028\ufeff":
            assert character not in shown
    assert "\u2039ESC\u203a" in "".join(out.getvalue().split())
    assert lines.count(b"\n") == 4


def test_long_lists_are_folded_and_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    first = records(judged_report()).records[0]
    rates = (replace(records(judged_report()).rates[0], harmful=90, slight=0, contradicted=0),)
    many = with_records(records=tuple(replace(first, record_id=f"r{n}") for n in range(90)), rates=rates)
    page = render_html(many)
    assert "40 more records</summary>" in page
    monkeypatch.setattr("marshtest.render.judged_records._MOST_ROWS", 60)
    page = render_html(many)
    assert "10 more records</summary>" in page
    assert "30 more records are not on this page" in page


def test_many_groups_are_folded() -> None:
    every, *_, control = records(judged_report()).rates
    groups = tuple(replace(every, by="group", name=f"g{number}") for number in range(13))
    view = judged_view(with_records(rates=(every, *groups, control)))
    assert view is not None
    shown, folded = view.harm_rates
    assert [one.part for one in shown] == ["all", "control", *["group"] * 10]
    assert len(folded) == 3


def test_a_question_that_was_not_asked_has_no_section() -> None:
    every = records(judged_report()).rates[0]
    labels_only = with_records(rates=(replace(every, effects=0, harmful=0, slight=0),))
    effects_only = with_records(rates=(replace(every, labels=0, contradicted=0),))
    assert 'id="judged-records"' not in render_html(labels_only)
    assert 'id="judged-labels"' in render_html(labels_only)
    assert 'id="judged-labels"' not in render_html(effects_only)
    assert harm_sentences(records(labels_only)) == []


def test_reports_without_judged_records_have_no_such_sections() -> None:
    for report in (nothing_report(), replace(nothing_report(), judge=JudgeSummary(model="cheap"))):
        assert "judged-records" not in re.sub("<style>.*?</style>", "", render_html(report), flags=re.DOTALL)
        assert "What the judge says of the records" not in printed(report)


def test_the_terminal_says_it_in_a_few_lines() -> None:
    text = printed(judged_report())
    assert "Training on 1 of 4,190 records (0.024%; 95% interval 0.012% to 0.048%) would teach clear harm" in text
    assert "3 of 4,190 judged records flagged; marsh judged RUN lists them" in text


def test_without_a_control_it_is_said_that_nobody_knows_the_rate() -> None:
    assert "Without a control it is unknown" in harm_sentences(records(with_records(by_chance=())))[1]
