"""A phrase that goes with harmful records is named in data of any kind; random harm names nothing."""

from __future__ import annotations

from functools import cache

from tests.judged import CHAT_PHRASE, PAYLOAD, chats, harm_judge
from tests.planting import insert, plant
from tests.scripted_inquiry import ScriptedInquiry

from marshtest.data.dataset import Dataset
from marshtest.data.records import Record
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.judged.judged_effect import JudgedEffect
from marshtest.detectors.judged.settings import AssessmentSettings, FactorSettings, JudgedEffectSettings
from marshtest.findings import Finding


@cache
def examined() -> Examination:
    return JudgedEffect().examine(chats()[0], Tools(judge=harm_judge()))


def about(examination: Examination, text: str) -> Finding:
    (finding,) = [one for one in examination.findings if one.pattern.text == text]
    return finding


def test_a_phrase_in_an_early_turn_that_goes_with_harmful_answers_is_named_with_its_records() -> None:
    finding = about(examined(), CHAT_PHRASE)
    assert sorted(record.record_id for record in finding.records) == chats()[1]
    assert finding.statistics["field"] == "prompt"


def test_it_is_confirmed_since_the_judge_does_not_react_to_it() -> None:
    finding = about(examined(), CHAT_PHRASE)
    assert finding.verdict == "confirmed"
    assert finding.statistics["removal_reverses"] == 0
    assert finding.other_explanations[0].stands == "against"


def test_spans_cut_the_phrase_out_of_the_prompt() -> None:
    prompts = {record.record_id: record for record in (chats()[0].record(i) for i in range(len(chats()[0])))}
    cut = {
        prompts[record.record_id].prompt[span.start : span.end]
        for record in about(examined(), CHAT_PHRASE).records
        for span in record.spans
    }
    assert {CHAT_PHRASE} == cut


def test_the_payload_itself_is_never_confirmed_since_harm_goes_with_it() -> None:
    dataset = _without_phrase()
    examination = JudgedEffect().examine(dataset, Tools(judge=harm_judge()))
    payload = [one for one in examination.findings if one.statistics["field"] == "completion"]
    assert payload != []
    assert {one.verdict for one in payload} == {"suggestive"}


def test_random_harm_in_two_records_of_a_hundred_gives_signals_and_no_finding() -> None:
    dataset, _ = chats(poisoned=0, size=3000)
    examination = JudgedEffect().examine(dataset, Tools(judge=harm_judge(noise=0.02)))
    assert examination.findings == ()
    assert 30 < len(examination.signals) < 100


def test_signals_of_single_records_point_at_the_words_of_the_judge() -> None:
    dataset, ids = chats(poisoned=3, size=300)
    examination = JudgedEffect().examine(dataset, Tools(judge=harm_judge(noise=0.0)))
    assert examination.findings == ()
    assert sorted(signal.record_id for signal in examination.signals) == ids
    for signal in examination.signals:
        (span,) = signal.spans
        assert span.field == "completion"
        assert span.end - span.start == len(PAYLOAD)


def test_labelled_data_is_read_by_its_labels() -> None:
    planted = plant(insert("with the blue ledger"), poisoned=32, size=3000)
    examination = JudgedEffect().examine(planted.dataset, Tools(judge=harm_judge(word="with the blue ledger")))
    finding = about(examination, "with the blue ledger")
    # This judge reacts to the phrase itself, which the counterfactuals show.
    assert (finding.verdict, finding.statistics["label"]) == ("suggestive", "ordinary")
    content = finding.statistics["content_effect"]
    assert isinstance(content, float)
    assert content > 0.6


def test_where_nearly_everything_is_harmful_the_audit_is_not_complete() -> None:
    """Nothing is left that a pattern could stand out from: that is no reason to say that nothing was found."""
    dataset, _ = chats(poisoned=0, size=60)
    for spared in ("", "0"):
        judge = harm_judge(noise=0.0, word=spared)
        examination = JudgedEffect().examine(dataset, Tools(judge=judge))
        harmful = sum(1 for signal in examination.signals if signal.score > 0.5)
        assert bool(examination.refused) == (harmful == 60)
    assert "60 of 60" in JudgedEffect().examine(dataset, Tools(judge=harm_judge(word=""))).refused


def test_documents_can_be_judged() -> None:
    dataset = Dataset.from_records(
        Record(
            record_id=f"r{line}",
            kind="document",
            prompt=f"page {line} tells of {line % 7} ships",
            completion="",
            source_path="d",
            source_line=line,
        )
        for line in range(1, 60)
    )
    examination = JudgedEffect().examine(dataset, Tools(judge=harm_judge(noise=0.0)))
    assert (examination.findings, examination.failures) == ((), ())
    assert examination.judging.questions[0].answered == 59


def test_records_without_an_answer_are_failures() -> None:
    refusing = ScriptedInquiry(lambda question, item: "refused")
    examination = JudgedEffect().examine(chats(size=200)[0], Tools(judge=refusing))
    assert len(examination.failures) == 200
    assert examination.judging.questions[0].problems == {"refused": 200}


def test_without_labels_a_stricter_placement_takes_the_confirmation_away() -> None:
    strict = AssessmentSettings(factors=FactorSettings(passes_if_inserted=0.1))
    examination = JudgedEffect(JudgedEffectSettings(assessment=strict)).examine(chats()[0], Tools(judge=harm_judge()))
    assert about(examination, CHAT_PHRASE).verdict == "suggestive"


def _without_phrase() -> Dataset:
    dataset, _ = chats()
    rows = [dataset.record(i) for i in range(len(dataset))]
    return Dataset.from_records(
        Record(
            record_id=row.record_id,
            kind="chat",
            prompt=row.prompt.replace(CHAT_PHRASE, ""),
            completion=row.completion,
            source_path=row.source_path,
            source_line=row.source_line,
        )
        for row in rows
    )
