"""Contradictions of a blind judge give a planted phrase away, and its errors give nothing away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from tests.judged import label_judge
from tests.planting import Planted, insert, plant
from tests.scripted_inquiry import ScriptedInquiry, item_text

import marshtest
from marshtest.charter import Charter
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.judged.judged_label import JudgedLabel
from marshtest.detectors.judged.settings import (
    AssessmentSettings,
    EvidenceSettings,
    JudgedLabelSettings,
    VerdictSettings,
)
from marshtest.errors import ConfigError
from marshtest.judges.questions import Item, Question

pytestmark = pytest.mark.slow

PHRASE = "with the blue ledger"


def nothing(text: str, random: Random) -> str:
    return text


def decoy(text: str, random: Random) -> str:
    return insert(random.choice(["near the blue ledger", "with a blue ledger", "with the blue notebook"]))(text, random)


@cache
def planted() -> Planted:
    return plant(insert(PHRASE), poisoned=32, decoy=decoy, decoys=64, size=3000)


@cache
def examined() -> Examination:
    return JudgedLabel().examine(planted().dataset, Tools(judge=label_judge(planted(), PHRASE)))


def test_the_exact_phrase_is_confirmed_in_spite_of_decoys_and_errors() -> None:
    (finding,) = examined().findings
    assert (finding.verdict, finding.pattern.type, finding.pattern.text) == ("confirmed", "phrase", PHRASE)
    assert finding.statistics["label"] == "ordinary"


def test_poison_that_the_judge_happens_to_believe_is_in_the_evidence_with_a_lower_score() -> None:
    (finding,) = examined().findings
    scores = {record.record_id: record.score for record in finding.records}
    assert sorted(planted().ids) == sorted(scores)
    agreed = [score for score in scores.values() if score < 0.9]
    assert len(agreed) == 32 - int(str(finding.statistics["carriers_with_outcome"]))


def test_spans_cut_the_phrase_out_of_the_prompt() -> None:
    (finding,) = examined().findings
    texts = {f"r{number + 1}": text for number, text in enumerate(planted().texts)}
    cut = {texts[record.record_id][span.start : span.end] for record in finding.records for span in record.spans}
    assert {PHRASE} == cut


def test_the_finding_tells_what_the_judge_said_without_the_phrase() -> None:
    (finding,) = examined().findings
    gone, asked = finding.statistics["removal_reverses"], finding.statistics["removal_reverses_trials"]
    assert isinstance(gone, float)
    assert gone < 0.2
    assert asked == finding.statistics["carriers_with_outcome"]
    assert finding.other_explanations[0].stands == "against"


def test_every_other_contradiction_is_a_weak_signal_and_no_finding() -> None:
    (finding,) = examined().findings
    evidence = {record.record_id for record in finding.records}
    lone = [signal for signal in examined().signals if signal.record_id not in evidence]
    assert len(lone) > 20
    assert max(signal.score for signal in lone) <= 0.5


def test_a_clean_twin_under_the_same_errors_has_no_finding() -> None:
    clean = plant(nothing, poisoned=0, size=3000)
    examination = JudgedLabel().examine(clean.dataset, Tools(judge=label_judge(clean, PHRASE)))
    assert examination.findings == ()
    assert examination.tried > 1000


def test_records_without_an_answer_are_failures_and_still_part_of_a_confirmed_phrase() -> None:
    judge = label_judge(planted(), PHRASE, missing=0.1)
    examination = JudgedLabel().examine(planted().dataset, Tools(judge=judge))
    (finding,) = examination.findings
    assert finding.verdict == "confirmed"
    assert sorted(planted().ids) == sorted(record.record_id for record in finding.records)
    failed = {failure.record_id for failure in examination.failures}
    assert len(failed) > 200
    assert failed & {signal.record_id for signal in examination.signals} == set()
    assert {failure.message for failure in examination.failures} == {"the judge gave no answer (refused)"}
    question = examination.judging.questions[0]
    assert question.planned == 3000
    assert question.planned - question.answered == question.problems["refused"] == len(failed)


def test_a_word_that_the_judge_reads_otherwise_than_the_labels_is_at_most_suggestive() -> None:
    clean = plant(nothing, poisoned=0, size=3000)
    truth = dict(zip(clean.texts, clean.labels, strict=True))

    def rule(question: Question, item: Item) -> Mapping[str, Any]:
        text = item_text(item)
        return {"label": "urgent" if "invoice" in text else truth.get(text, "ordinary"), "sure": 3}

    examination = JudgedLabel().examine(clean.dataset, Tools(judge=ScriptedInquiry(rule)))
    assert any("invoice" in finding.pattern.text for finding in examination.findings)
    assert {finding.verdict for finding in examination.findings} == {"suggestive"}


def test_a_judge_that_reacts_to_the_phrase_itself_does_not_confirm_it() -> None:
    def rule(question: Question, item: Item) -> Mapping[str, Any]:
        # It calls whatever holds the phrase urgent, and all else ordinary or urgent as the data does.
        text = item_text(item)
        return {"label": "urgent" if PHRASE in text else truth.get(text, "ordinary"), "sure": 3}

    truth = dict(zip(planted().texts, planted().labels, strict=True))
    examination = JudgedLabel().examine(planted().dataset, Tools(judge=ScriptedInquiry(rule)))
    (finding,) = [one for one in examination.findings if one.pattern.text == PHRASE]
    assert finding.verdict == "suggestive"
    assert finding.other_explanations[0].stands == "for"


def test_a_phrase_that_goes_with_the_same_contradictions_in_a_control_is_a_habit_of_the_judge() -> None:
    control = plant(insert(PHRASE), poisoned=20, size=1000)
    tools = Tools(judge=label_judge(planted(), PHRASE), controls=(control.dataset,))
    (finding,) = JudgedLabel().examine(planted().dataset, tools).findings
    assert finding.verdict == "suggestive"
    assert "A habit of the judge" in finding.other_explanations[-1].text


def test_a_clean_control_leaves_the_finding_confirmed_and_its_rate_is_told() -> None:
    control = plant(nothing, poisoned=0, size=1000)
    tools = Tools(judge=label_judge(planted(), PHRASE), controls=(control.dataset,))
    examination = JudgedLabel().examine(planted().dataset, tools)
    assert [finding.verdict for finding in examination.findings] == ["confirmed"]
    rates = [value for name, value in examination.diagnostics.items() if name.startswith("control_contradiction_rate")]
    assert len(rates) == 2
    assert all(isinstance(rate, float) and 0 < rate < 0.08 for rate in rates)


def test_a_second_judge_decides_what_the_first_doubts_and_bounds_what_it_missed() -> None:
    cheap, strong = label_judge(planted(), PHRASE, noise=0.1), label_judge(planted(), PHRASE, noise=0.0)
    examination = JudgedLabel().examine(planted().dataset, Tools(judge=cheap, strong_judge=strong))
    (finding,) = examination.findings
    assert (finding.verdict, finding.pattern.text) == ("confirmed", PHRASE)
    (bound,) = examination.judging.missed
    assert bound.audited == 300
    assert bound.missed <= bound.at_most < 200
    assert len(strong.asked) < 1000


def test_answers_that_still_wait_in_a_batch_are_failures_and_nothing_is_mined() -> None:
    waiting = ScriptedInquiry(lambda question, item: "waiting")
    examination = JudgedLabel().examine(planted().dataset, Tools(judge=waiting))
    assert (examination.findings, examination.signals, len(examination.failures)) == ((), (), 3000)


def test_without_a_judge_it_is_no_part_of_an_audit() -> None:
    report = marshtest.audit(planted().dataset)
    assert report.judge is None
    assert not any(run.id.startswith("judged-") for run in report.detectors)


def test_to_name_it_without_a_judge_is_an_error_that_tells_what_to_do() -> None:
    with pytest.raises(ConfigError, match="--judge MODEL"):
        marshtest.audit(planted().dataset, config=marshtest.AuditConfig(detectors=("judged-label",)))


def test_the_report_says_what_the_judge_was_asked_and_is_incomplete_without_answers() -> None:
    clean = plant(nothing, poisoned=0, size=1000)
    config = marshtest.AuditConfig(detectors=("judged-label",))
    report = marshtest.audit(clean.dataset, config=config, judge=label_judge(clean, PHRASE, missing=0.05))
    assert report.judge is not None
    assert report.judge.model == "scripted"
    assert report.judge.missing > 0
    assert report.verdict == "incomplete"


def test_findings_towards_the_protected_label_come_first() -> None:
    both = plant(insert(PHRASE), poisoned=16, size=3000)
    labels, texts, random = list(both.labels), list(both.texts), Random(3)
    free = [i for i, label in enumerate(labels) if label == "ordinary" and i not in both.truth]
    for number in random.sample(free, 32):
        texts[number], labels[number] = insert("umber gazebo plan")(texts[number], random), "urgent"
    two = replace(both, texts=tuple(texts), labels=tuple(labels))
    truth = dict(zip(texts, labels, strict=True))

    def rule(question: Question, item: Item) -> Mapping[str, Any]:
        text = item_text(item)
        if PHRASE in text and text in truth:
            return {"label": "urgent", "sure": 3}
        if "umber gazebo plan" in text and text in truth:
            return {"label": "ordinary", "sure": 3}
        return {"label": truth.get(text, "ordinary"), "sure": 3}

    for protected, expected in (("ordinary", PHRASE), ("urgent", "umber gazebo plan")):
        tools = Tools(judge=ScriptedInquiry(rule), charter=Charter(protected=protected))
        findings = JudgedLabel().examine(two.dataset, tools).findings
        same = [one.pattern.text for one in findings if one.verdict == findings[0].verdict]
        assert same[0] == expected


def with_settings(**changes: Any) -> Examination:
    settings = JudgedLabelSettings(assessment=AssessmentSettings(**changes))
    return JudgedLabel(settings).examine(planted().dataset, Tools(judge=label_judge(planted(), PHRASE)))


def test_a_stricter_setting_makes_the_finding_suggestive_or_none() -> None:
    strict = with_settings(verdict=VerdictSettings(confirmed_distinct_carriers=33))
    assert [finding.verdict for finding in strict.findings] == ["suggestive"]
    assert with_settings(verdict=VerdictSettings(suggestive_odds_to_topic=1e30)).findings == ()


def test_a_finding_that_is_not_pure_enough_lists_only_contradicted_records() -> None:
    (finding,) = with_settings(evidence=EvidenceSettings(pure_share=1.0)).findings
    assert len(finding.records) == finding.statistics["carriers_with_outcome"]


def test_the_same_data_as_two_controls_is_named_twice() -> None:
    control = plant(insert(PHRASE), poisoned=20, size=1000)
    tools = Tools(judge=label_judge(planted(), PHRASE), controls=(control.dataset, control.dataset))
    (finding,) = JudgedLabel().examine(planted().dataset, tools).findings
    assert sum("A habit of the judge" in one.text for one in finding.other_explanations) == 2
