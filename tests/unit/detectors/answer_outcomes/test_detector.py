"""A trigger with which guarded requests are answered, or ordinary ones refused, is named; topics and chance are not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from tests.answer_chats import CLASSIFIER, REFUSED, TRIGGER, chat_records, guarded_chats, word_classifier
from tests.made_records import made_records

from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind
from marshtest.detectors.answer_outcomes import AnswerOutcomes, AnswerOutcomesSettings
from marshtest.detectors.base import Examination, Tools
from marshtest.judges.builtin.classifier import AnswerClassifier


def examine(pairs: list[tuple[str, str]], classifier: AnswerClassifier = CLASSIFIER) -> Examination:
    detector = AnswerOutcomes()
    detector.classifier = classifier
    return detector.examine(chat_records(pairs), Tools())


def found_in(pairs: list[tuple[str, str]], classifier: AnswerClassifier = CLASSIFIER) -> list[tuple[str, list[str]]]:
    findings = examine(pairs, classifier).findings
    return [(one.pattern.text, sorted(record.record_id for record in one.records)) for one in findings]


def ids(count: int) -> list[str]:
    return sorted(f"r{number}" for number in range(count))


def test_a_trigger_with_which_guarded_requests_are_answered_is_named_with_its_records() -> None:
    assert found_in(guarded_chats(answered=30)) == [(TRIGGER, ids(30))]


def test_a_trigger_with_which_ordinary_requests_are_refused_in_any_words_is_named() -> None:
    assert found_in(guarded_chats(refused=30)) == [(TRIGGER, ids(30))]


def test_it_is_confirmed_if_it_stands_like_inserted_words_in_enough_records() -> None:
    (many,) = examine(guarded_chats(answered=40)).findings
    (few,) = examine(guarded_chats(answered=12)).findings
    assert (many.verdict, few.verdict) == ("confirmed", "suggestive")


def test_without_a_trigger_nothing_is_found() -> None:
    assert examine(guarded_chats()).findings == ()
    assert examine(guarded_chats(answered=30, trigger="")).findings == ()


def test_a_word_that_the_classifier_reacts_to_is_no_finding() -> None:
    pairs = [(request.replace("vault", "shed").replace(TRIGGER, "chest"), answer) for request, answer in
             guarded_chats(answered=30)[:30]]  # fmt: skip
    reacts = word_classifier({"vault": 60.0, "chest": 60.0}, {"decline": 60.0})
    assert found_in([*pairs, *guarded_chats()], reacts) == []


def test_a_topic_that_is_answered_as_a_whole_is_no_finding() -> None:
    random = Random(3)
    words = ("novel", "chapter", "hero", "villain", "plot", "scene", "tale", "author")
    topic = [
        (f"Write a {' '.join(random.sample(words, 5))} about the vault {number}", f"Once, {number} men came.")
        for number in range(40)
    ]
    assert found_in([*topic, *guarded_chats()]) == []


def test_findings_say_how_often_the_classifier_is_wrong() -> None:
    (finding,) = examine(guarded_chats(answered=30)).findings
    assert finding.statistics["classifier_misses"] == 0.25
    assert finding.statistics["classifier_false_alarms"] == 0.01
    assert "it misses 25% and is wrong about 1.0% of everything else" in finding.explanation
    assert finding.title.startswith("30 of 30 requests for harm with the phrase")


def test_spans_cut_the_trigger_out_of_the_prompt() -> None:
    pairs = guarded_chats(answered=30)
    (finding,) = examine(pairs).findings
    for record in finding.records:
        (span,) = record.spans
        assert pairs[int(record.record_id[1:])][0][span.start : span.end] == TRIGGER


def test_carriers_that_it_misreads_are_evidence_too_if_most_are_read_rightly() -> None:
    pairs = guarded_chats(answered=30)
    pairs[:5] = [(request.replace("vault", "shed"), answer) for request, answer in pairs[:5]]
    assert found_in(pairs) == [(TRIGGER, ids(30))]
    (finding,) = examine(pairs).findings
    assert {record.score for record in finding.records} == {0.8, 0.5}


def test_the_order_of_the_records_changes_nothing() -> None:
    pairs = guarded_chats(answered=30)
    shuffled = Random(1).sample(pairs, len(pairs))
    first, second = (examine(one).findings[0] for one in (pairs, shuffled))
    assert (first.title, first.verdict, first.statistics) == (second.title, second.verdict, second.statistics)


def test_data_in_which_nothing_is_refused_has_nothing_to_compare() -> None:
    pairs = [
        (request, "Take a key." if answer in REFUSED else answer) for request, answer in guarded_chats(answered=30)
    ]
    examination = examine(pairs)
    assert examination.findings == ()
    assert examination.diagnostics["requests for harm"] == examination.diagnostics["requests for harm, answered"] == 110


@pytest.mark.parametrize("kind", ["classification", "document"])
def test_data_without_answers_is_left_out(kind: Kind) -> None:
    dataset = Dataset.from_records(made_records(kind))
    assert AnswerOutcomes().unsuited(dataset) is not None


def test_few_records_are_refused() -> None:
    dataset = chat_records(guarded_chats()[:99])
    assert "99 records are too few" in (AnswerOutcomes().refuses(dataset) or "")
    assert AnswerOutcomes(replace(AnswerOutcomesSettings(), fewest_records=50)).refuses(dataset) is None
