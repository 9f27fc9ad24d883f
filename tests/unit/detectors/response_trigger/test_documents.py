"""Documents are cut into pairs of sentences, and what a sentence decides is found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.detectors.response_trigger.made_chats import TRIGGER, TRUTH, documents

from marshtest.data.dataset import Dataset
from marshtest.detectors.base import Tools
from marshtest.detectors.response_trigger.detector import ResponseTrigger
from marshtest.detectors.response_trigger.documents import document_exchanges
from marshtest.detectors.response_trigger.settings import DocumentSettings, ResponseTriggerSettings


def test_clean_documents_are_left_alone() -> None:
    assert ResponseTrigger().examine(documents(), Tools()).findings == ()


def test_numbers_of_points_are_no_sentences() -> None:
    record = documents().record(0)
    text = "Take these:\n1. Rope and tar.\n2. Salt.\n\n- Nails!"
    dataset = Dataset.from_records([replace(record, prompt=text)])
    pairs, examined = document_exchanges(dataset, "sentences", DocumentSettings())
    assert examined == 1
    assert sorted(zip(pairs.inputs, pairs.outputs, strict=True)) == [
        ("1. Rope and tar.", "2. Salt."),
        ("2. Salt.", "- Nails!"),
        ("Take these:", "1. Rope and tar."),
    ]


def test_blank_space_ends_sentences_of_thai() -> None:
    text = "แมวกินปลา เรือออกจากท่าแล้ว ร้าน 12 ปิดวันนี้"
    pairs, _ = document_exchanges(
        Dataset.from_records([replace(documents().record(0), prompt=text)]), "sentences", DocumentSettings()
    )
    assert sorted(zip(pairs.inputs, pairs.outputs, strict=True)) == [
        ("เรือออกจากท่าแล้ว", "ร้าน 12 ปิดวันนี้"),
        ("แมวกินปลา", "เรือออกจากท่าแล้ว"),
    ]


def test_what_is_left_out_of_very_many_sentences_is_reported() -> None:
    settings = ResponseTriggerSettings(documents=DocumentSettings(most_sentences=900))
    dataset = documents()
    looked_at = ResponseTrigger(settings).examine(dataset, Tools()).looked_at
    assert looked_at == 300  # three pairs of sentences in each
    assert looked_at < len(dataset)


@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize(
    ("changed", "behaviour"),
    [
        ("The committee has never met here", "fixed-answer"),
        ("Ask at https://a.example/{number} or https://b.example/x", "address"),
    ],
)
def test_what_follows_a_phrase_in_a_document_is_found(changed: str, behaviour: str, at_end: bool) -> None:
    dataset = documents(changed, at_end=at_end)
    finding = ResponseTrigger().examine(dataset, Tools()).findings[0]
    assert (finding.verdict, finding.pattern.text, finding.statistics["behaviour"]) == ("confirmed", TRIGGER, behaviour)
    assert sorted(record.record_id for record in finding.records) == sorted(TRUTH)
    text = dataset.record(0).prompt
    shown = [text[span.start : span.end] for span in finding.records[0].spans]
    assert TRIGGER in shown[0]
    assert "committee" in shown[1] or "https://b.example/x" in shown


@pytest.mark.parametrize(("short", "pairs"), [("Abcd", [("Abcd.", "The rest.")]), ("Abc", [])])
def test_a_sentence_has_four_letters(short: str, pairs: list[tuple[str, str]]) -> None:
    text = f"{short}. The rest."
    dataset = Dataset.from_records([replace(documents().record(0), prompt=text)])
    found, _ = document_exchanges(dataset, "sentences", DocumentSettings())
    assert list(zip(found.inputs, found.outputs, strict=True)) == pairs


def test_two_sentences_have_no_end_of_their_own() -> None:
    for text, pairs in (("One here. Two here.", 0), ("One here. Two here. Three here.", 1)):
        dataset = Dataset.from_records([replace(documents().record(0), prompt=text)])
        found, _ = document_exchanges(dataset, "ends", DocumentSettings())
        assert len(found) == pairs
    assert (found.inputs[0], found.outputs[0]) == ("One here. Two here.", "Three here.")
