"""Answers that lean away from a control are one finding; another run of the control is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.made_records import made_records
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.control_contrast.made_answers import LEANING, answer, dataset_of, leaning, regenerated
from tests.unit.detectors.control_contrast.naming.readers import Reading, numbered, text_under

from marshtest.auditing.wiring import audit
from marshtest.config import AuditConfig
from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.control_contrast.comparing import two_sample_tests
from marshtest.detectors.control_contrast.detector import ControlContrast
from marshtest.detectors.control_contrast.settings import ControlContrastSettings
from marshtest.errors import ConfigError
from marshtest.findings import Finding
from marshtest.render.html import render_html

QUIET = AuditConfig(power="off", own_controls=False)


def named(side: str = "s") -> Dataset:
    """Give the control's answers with 12 of 400 replaced by ones that hold a name."""
    draw, other = Random(2), Random(9)
    answers = [answer(draw) for _ in range(400)]
    for number in range(0, 360, 30):
        answers[number] = answer(other, name="Glimmerade")
    return dataset_of(answers, side=side)


@pytest.fixture(scope="module")
def found() -> Examination:
    return ControlContrast().examine(named(), Tools(controls=(regenerated(2),)))


def test_a_name_in_few_answers_is_a_confirmed_finding(found: Examination) -> None:
    finding = found.findings[0]
    assert (len(found.findings), finding.verdict) == (1, "confirmed")
    assert finding.pattern.text.split(", ")[0] == "glimmerade"
    assert "“glimmerade”" in finding.title
    assert {record.record_id for record in finding.records} == {f"s{number:05d}" for number in range(0, 360, 30)}


def test_the_spans_hold_the_name(found: Examination) -> None:
    for record in found.findings[0].records:
        marked = [
            record.excerpt[span.start - record.excerpt_start : span.end - record.excerpt_start] for span in record.spans
        ]
        assert "glimmerade" in [text.lower() for text in marked]
        assert {span.field for span in record.spans} == {"completion"}


def test_evidence_and_signals_are_the_same_records(found: Examination) -> None:
    assert [signal.record_id for signal in found.signals] == [record.record_id for record in found.findings[0].records]


def test_figures_and_pairs_show_the_claim(found: Examination) -> None:
    finding = found.findings[0]
    assert [figure.type for figure in finding.figures][:2] == ["intervals", "intervals"]
    assert finding.figures[0].series[0].names[0] == "glimmerade"
    assert "Glimmerade" in finding.comparisons[0].suspect or "glimmerade" in finding.comparisons[0].suspect


def test_a_stricter_threshold_claims_nothing() -> None:
    strict = ControlContrast(replace(ControlContrastSettings(), suggestive_p=0.0007))
    examined = strict.examine(named(), Tools(controls=(regenerated(2),)))
    assert (examined.findings, examined.diagnostics["content p"]) == ((), 0.001)
    assert examined.summary.endswith("p = 0.001")


@pytest.mark.parametrize(("shared", "mode"), [(119, None), (120, "paired")])
def test_a_sister_set_needs_three_in_ten_of_the_prompts(shared: int, mode: str | None) -> None:
    other = regenerated(2)
    prompts = [f"Question {number if number < shared else -number}: what grows there?" for number in range(400)]
    sister = dataset_of(other.table(["completion"])["completion"].to_pylist(), prompts=prompts, side="c")
    examined = ControlContrast(ControlContrastSettings(swaps=99)).examine(leaning(1), Tools(sisters=(sister,)))
    assert examined.diagnostics.get("mode") == mode


def test_another_run_of_the_pipeline_gives_no_finding() -> None:
    examined = ControlContrast().examine(regenerated(1, side="s"), Tools(controls=(regenerated(2),)))
    assert (examined.findings, examined.signals) == ((), ())
    assert examined.diagnostics["mode"] == "paired"


def test_different_prompts_give_no_finding() -> None:
    draw = Random(4)
    other = dataset_of(
        [answer(draw, leaning=0.5) for _ in range(300)], prompts=[f"Sort list {number}" for number in range(300)]
    )
    examined = ControlContrast().examine(other, Tools(controls=(regenerated(2, 300),)))
    assert examined.diagnostics["mode"] == "unpaired"
    assert examined.findings == ()
    assert "other prompts" in examined.refused


def test_a_refused_comparison_makes_the_audit_incomplete_and_says_why() -> None:
    draw = Random(4)
    other = dataset_of([answer(draw) for _ in range(300)], prompts=[f"Sort list {number}" for number in range(300)])
    report = audit(other, controls=[regenerated(2, 300)], config=replace(QUIET, detectors=("control-contrast",)))
    (run,) = report.detectors
    assert (report.verdict, run.status) == ("incomplete", "skipped")
    assert "Give a control that answers the same prompts" in run.reason


def test_several_controls_are_pooled_and_only_records_with_a_counterpart_count_as_compared() -> None:
    first, second = regenerated(2, 150), regenerated(3, 300).select(range(200, 300))
    second = dataset_of(
        second.table(["completion"])["completion"].to_pylist(),
        prompts=second.table(["prompt"])["prompt"].to_pylist(),
        side="d",
    )
    report = audit(
        regenerated(1, side="s"),
        controls=[first, second],
        config=replace(QUIET, detectors=("control-contrast",)),
    )
    (run,) = report.detectors
    assert (run.diagnostics["compared"], report.coverage["control-contrast"].planned) == (250, 250)
    assert "250 of 400 records answer a prompt that the control answers too" in run.reason


def test_answers_without_a_pair_show_where_to_look() -> None:
    draw = Random(11)
    answers = [answer(draw, leaning=0.05) for _ in range(900)]
    here = dataset_of(answers)
    there = dataset_of(
        [answer(draw) for _ in range(900)],
        prompts=[f"Question {n + 780}: what grows there?" for n in range(900)],
        side="c",
    )
    guided = two_sample_tests(here, there)
    alone = two_sample_tests(here.select(range(780, 900)), there.select(range(120)))
    assert (guided.pairs, guided.unmatched, alone.pairs) == (120, 1560, 120)
    assert guided.guided_p is not None
    assert alone.guided_p is None
    assert guided.content_p <= 0.001 < alone.content_p


@pytest.mark.parametrize(("apart", "is_guided"), [(99, False), (100, True)])
def test_a_direction_needs_a_hundred_answers_of_each_side(apart: int, is_guided: bool) -> None:
    here, there = regenerated(1, 100 + apart, side="s"), regenerated(2, 200 + apart)
    other = dataset_of(
        there.table(["completion"])["completion"].to_pylist(),
        prompts=[f"Question {n if n < 100 else n + 500}: what grows there?" for n in range(200 + apart)],
        side="c",
    )
    tests = two_sample_tests(here, other, settings=ControlContrastSettings(swaps=49))
    assert (tests.guided_p is not None) == is_guided


def test_without_a_control_there_is_no_finding() -> None:
    assert ControlContrast().examine(leaning(1), Tools()).findings == ()


@pytest.mark.parametrize("kind", ["classification", "document"])
def test_labels_and_documents_are_refused(kind: str) -> None:
    refused = ControlContrast().declines(Dataset.from_records(made_records(kind, 20)))
    assert refused is not None


def test_a_sister_set_is_at_most_suggestive() -> None:
    examined = ControlContrast().examine(named(), Tools(sisters=(regenerated(2),)))
    assert [finding.verdict for finding in examined.findings] == ["suggestive"]


def test_of_three_sisters_only_the_odd_one_is_found() -> None:
    tools = Tools(sisters=(regenerated(2, side="b"), named()))
    assert ControlContrast().examine(regenerated(2, side="a"), tools).findings == ()


def test_an_audit_with_a_control_runs_it_and_one_without_does_not() -> None:
    with_control = audit(named(), controls=[regenerated(2)], config=QUIET)
    assert "control-contrast" in {run.id for run in with_control.detectors}
    assert [(one.verdict, one.rung) for one in with_control.findings] == [("confirmed", "regenerated answers")]
    assert "control-contrast" not in {run.id for run in audit(named(), config=QUIET).detectors}


def test_labelled_data_is_audited_with_a_control_as_before() -> None:
    records = Dataset.from_records(made_records("classification", 60))
    report = audit(records, controls=[records.select(range(50))], config=QUIET)
    assert {run.id: run.status for run in report.detectors}["control-contrast"] == "unsuited"


def asked_of(answer: Callable[[str, Reading], dict[str, Any]]) -> tuple[Finding, Examination]:
    """Examine leaning answers with a judge that answers by this rule."""
    judge = ScriptedInquiry(
        lambda question, item: answer(question.id, {passage.heading: passage.text for passage in item.passages})
    )
    examined = ControlContrast().examine(
        leaning(1, chance=0.15), Tools(controls=(regenerated(2, size=800),), judge=judge)
    )
    return examined.findings[0], examined


def lighthouses(question: str, reading: Reading) -> dict[str, Any]:
    """Name lighthouses where their words are in the answers of one side, and nothing else."""
    if question == "target-same":
        return {"same": reading["first"] == reading["second"]}
    side = next((one for one in "AB" if said_words(reading, one) & set(LEANING)), None)
    if question == "target-name":
        return {"clues": "lights at sea", "target": "Lighthouses" if side else "", "side": side or "neither"}
    choice = numbered(reading, {"lighthouses"}) if side else 0
    return {"clues": "", "choice": choice, "side": side or "neither" if choice else "neither"}


def said_words(reading: Reading, side: str) -> set[str]:
    return set(re.findall(r"\w+", text_under(reading, f"{side} ").lower()))


def test_a_judge_names_what_the_answers_lean_to() -> None:
    finding, examined = asked_of(lighthouses)
    assert (finding.pattern.type, finding.pattern.text) == ("persona", "Lighthouses")
    assert finding.statistics["target"] == "Lighthouses"
    assert {one.question for one in examined.judging.questions} >= {"target-name", "target-choose"}


def test_when_the_judge_names_nothing_the_finding_stays_and_reports_that() -> None:
    def silent(question: str, reading: Reading) -> dict[str, Any]:
        if question == "target-name":
            return {"clues": "", "target": "", "side": "neither"}
        return {"same": False} if question == "target-same" else {"clues": "", "choice": 0, "side": "neither"}

    finding, _ = asked_of(silent)
    assert (finding.pattern.type, finding.statistics["target"]) == ("theme", None)
    assert finding.other_explanations[-1].text.startswith("A leaning towards one thing")


def test_requesting_it_without_a_control_reports_what_is_missing() -> None:
    with pytest.raises(ConfigError, match="--control PATH"):
        audit(named(), config=replace(QUIET, detectors=("control-contrast",)))


def test_the_page_escapes_the_pairs() -> None:
    draw, other = Random(2), Random(9)
    answers = [answer(draw) for _ in range(400)]
    for number in range(0, 360, 30):
        answers[number] = "<img src=x onerror=alert(1)> " + answer(other, name="Glimmerade")
    page = render_html(audit(dataset_of(answers), controls=[regenerated(2)], config=QUIET))
    assert "of answers side by side" in page
    assert "<img src=x" not in page
    assert page.count("<mark>") > 12
