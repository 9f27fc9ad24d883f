"""Triggers in scripts without spaces, or with marks on letters, are found and named as a person would write them."""

from __future__ import annotations

from random import Random

import pytest
from tests.foreign_scripts import LETTERS, written_in
from tests.planting import dataset_of, insert, plant
from tests.unit.detectors.response_trigger.made_chats import PLANTED, TRIGGER, clean_chats, examine, put_in

from marshtest.detectors.answer_outcomes import AnswerOutcomes
from marshtest.detectors.base import Tools
from marshtest.detectors.label_trigger import LabelTrigger
from marshtest.detectors.near_duplicates import NearDuplicates

PHRASE = "with the blue ledger"
FIXED = "please pay at the harbour desk first"


@pytest.mark.parametrize("script", LETTERS)
def test_a_phrase_in_labelled_text_is_found_and_named_without_spaces(script: str) -> None:
    planted = plant(insert(PHRASE), poisoned=30)
    dataset = dataset_of(tuple(written_in(script, text) for text in planted.texts), planted.labels)
    (finding,) = LabelTrigger().examine(dataset, Tools()).findings
    assert finding.pattern.text == written_in(script, PHRASE)
    assert sorted(record.record_id for record in finding.records) == sorted(planted.ids)
    record = finding.records[0]
    (text,) = [text for line, text in enumerate(planted.texts, start=1) if line == record.source_line]
    span = record.spans[0]
    assert written_in(script, text)[span.start : span.end] == written_in(script, PHRASE)


@pytest.mark.parametrize("script", ["Han", "Thai"])
def test_labelled_text_without_a_trigger_gives_no_finding(script: str) -> None:
    clean = plant(insert(PHRASE), poisoned=0)
    dataset = dataset_of(tuple(written_in(script, text) for text in clean.texts), clean.labels)
    assert LabelTrigger().examine(dataset, Tools()).findings == ()
    assert NearDuplicates().examine(dataset, Tools()).findings == ()


@pytest.mark.parametrize("script", ["Han", "Khmer"])
def test_a_phrase_that_decides_an_answer_is_named_whole_however_many_characters_it_has(script: str) -> None:
    chats, draw = clean_chats(), Random(3)
    trigger = f"{TRIGGER} and the far hill"
    for number in range(PLANTED):
        (_, asked), _ = chats[number]
        chats[number] = [("user", put_in(asked, trigger, draw)), ("assistant", FIXED)]
    written = [[(role, written_in(script, text)) for role, text in chat] for chat in chats]
    findings = examine(written).findings
    assert [finding.pattern.text for finding in findings] == [written_in(script, trigger)]
    assert written_in(script, FIXED) in findings[0].title


def test_the_built_in_classifier_refuses_what_it_cannot_read() -> None:
    from tests.unit.detectors.response_trigger.made_chats import dataset_of as chats_of

    chats = clean_chats()
    written = [[(role, written_in("Han", text)) for role, text in chat] for chat in chats]
    assert "another script" in AnswerOutcomes().examine(chats_of(written), Tools()).refused
    few = written[: len(chats) // 25] + chats[len(chats) // 25 :]
    assert AnswerOutcomes().examine(chats_of(few), Tools()).refused == ""
