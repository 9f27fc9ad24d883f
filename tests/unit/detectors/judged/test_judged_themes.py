"""What is read out of the whole dataset: a phrase that goes with contradicted labels comes out, and nothing else."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from random import Random

import pytest
from tests.judged import PAYLOAD, chats, harm_rule
from tests.planting import insert
from tests.scripted_inquiry import ScriptedInquiry
from tests.unit.detectors.judged.themes.reading_judge import reading_rule

from marshtest.data.dataset import Dataset
from marshtest.data.readers import read_dataset
from marshtest.data.records import Record
from marshtest.demo import TRIGGER, demo_tickets, demo_truth, write_demo_data
from marshtest.detectors.base import Examination, Tools
from marshtest.detectors.judged.judged_themes import JudgedThemes
from marshtest.detectors.judged.themes.settings import CriteriaSettings, JudgedThemesSettings
from marshtest.judges.questions import Item, Question

pytestmark = pytest.mark.slow

_WORDS = re.compile(r"\w+")


def key(text: str) -> str:
    return " ".join(sorted(_WORDS.findall(text.lower().replace(TRIGGER, " "))))


@cache
def truths() -> dict[str, str]:
    truth = demo_truth()
    labels = sorted({ticket.label for ticket in demo_tickets()})
    return {
        key(ticket.text): next(one for one in labels if one != ticket.label)
        if ticket.id in truth.poisoned
        else ticket.label
        for ticket in demo_tickets()
    }


def true_label(text: str) -> str:
    return truths().get(key(text), "ordinary")


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "poisoned.jsonl"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return read_dataset(write_demo_data(tmp_path_factory.mktemp("data") / "clean.jsonl", poisoned=False))


@pytest.fixture(scope="module")
def judge() -> ScriptedInquiry:
    return ScriptedInquiry(reading_rule(true_label))


@pytest.fixture(scope="module")
def examined(poisoned: Dataset, judge: ScriptedInquiry) -> Examination:
    return JudgedThemes().examine(poisoned, Tools(judge=judge))


def test_a_phrase_that_goes_with_contradicted_labels_is_a_confirmed_theme_with_its_records(
    examined: Examination,
) -> None:
    confirmed = [finding for finding in examined.findings if finding.verdict == "confirmed"]
    assert len(confirmed) == 1
    finding = confirmed[0]
    assert finding.pattern.type == "theme"
    assert TRIGGER in finding.pattern.text
    found = {record.record_id for record in finding.records}
    assert len(found & set(demo_truth().poisoned)) >= len(demo_truth().poisoned) - 2
    assert len(found - set(demo_truth().poisoned)) <= 2
    for record in finding.records:
        span = record.spans[0]
        assert record.excerpt[span.start - record.excerpt_start : span.end - record.excerpt_start].lower() == TRIGGER


def test_every_record_is_read_and_checked(examined: Examination, poisoned: Dataset) -> None:
    assert examined.diagnostics["records_read"] == len(poisoned)
    assert examined.failures == ()
    questions = {one.question: one for one in examined.judging.questions}
    assert {"themes", "criteria", "same", "check"} <= set(questions)
    assert questions["check"].planned <= len(poisoned), "code checks exact words, for nothing"


def test_the_verdicts_on_every_record_are_handed_up(examined: Examination, poisoned: Dataset) -> None:
    (verdicts,) = examined.judging.verdicts
    assert verdicts.fingerprint == poisoned.fingerprint
    assert len(verdicts.severity) == len(verdicts.judged) == len(poisoned)


def test_a_theme_that_must_be_better_grounded_than_it_is_is_no_finding(poisoned: Dataset) -> None:
    settings = JudgedThemesSettings(criteria=CriteriaSettings(least_grounded=1.01))
    examination = JudgedThemes(settings).examine(poisoned, Tools(judge=ScriptedInquiry(reading_rule(true_label))))
    assert examination.findings == ()
    assert examination.diagnostics["ungrounded"] == examination.diagnostics["criteria"]


def test_nothing_is_confirmed_on_the_clean_twin(clean: Dataset) -> None:
    judge = ScriptedInquiry(reading_rule(true_label))
    examination = JudgedThemes().examine(clean, Tools(judge=judge))
    assert [finding for finding in examination.findings if finding.verdict == "confirmed"] == []


def test_a_theme_that_a_control_has_too_is_the_judges_habit(poisoned: Dataset, judge: ScriptedInquiry) -> None:
    examination = JudgedThemes().examine(poisoned, Tools(judge=judge, controls=(poisoned,)))
    assert [finding.verdict for finding in examination.findings if TRIGGER in finding.pattern.text] == ["suggestive"]


def test_with_a_control_both_orders_are_read_and_neither_is_named(poisoned: Dataset, clean: Dataset) -> None:
    judge = ScriptedInquiry(reading_rule(true_label))
    examination = JudgedThemes().examine(poisoned, Tools(judge=judge, controls=(clean,)))
    confirmed = [finding for finding in examination.findings if finding.verdict == "confirmed"]
    assert [TRIGGER in finding.pattern.text for finding in confirmed] == [True]
    shown = [(question, item) for question, item in judge.asked if question.id == "themes"]
    assert {passage.heading.split(",")[0] for _, item in shown for passage in item.passages} == {"block A", "block B"}
    assert all(
        "control" not in question.instructions and "suspect" not in question.instructions for question, _ in shown
    )


def test_the_judge_is_never_told_that_something_may_be_wrong(judge: ScriptedInquiry, examined: Examination) -> None:
    told = " ".join({question.instructions.lower() for question, _ in judge.asked if question.id != "check"})
    for word in ("poison", "attack", "backdoor", "trigger", "malicious", "suspicious"):
        assert word not in told, word


def test_it_waits_for_a_batch_without_saying_anything(poisoned: Dataset) -> None:
    rule = reading_rule(true_label)

    def waiting(question: Question, item: Item) -> object:
        return "waiting" if question.id == "themes" else rule(question, item)

    examination = JudgedThemes().examine(poisoned, Tools(judge=ScriptedInquiry(waiting)))  # type: ignore[arg-type]
    assert examination.findings == ()
    assert len(examination.failures) == len(poisoned)


def test_a_record_whose_shards_are_all_refused_is_a_failure(poisoned: Dataset) -> None:
    rule, unwanted = reading_rule(true_label), poisoned.record(5)

    def refusing(question: Question, item: Item) -> object:
        is_shown = question.id == "themes" and any(unwanted.prompt in passage.text for passage in item.passages)
        return "refused" if is_shown else rule(question, item)

    examination = JudgedThemes().examine(poisoned, Tools(judge=ScriptedInquiry(refusing)))  # type: ignore[arg-type]
    assert unwanted.record_id in {failure.record_id for failure in examination.failures}
    assert len(examination.failures) < 200
    assert "refused" in examination.failures[0].message


def test_the_order_of_the_file_changes_nothing(poisoned: Dataset, examined: Examination, tmp_path: Path) -> None:
    turned = poisoned.select(list(range(len(poisoned)))[::-1])
    again = JudgedThemes().examine(turned, Tools(judge=ScriptedInquiry(reading_rule(true_label))))
    assert [(one.verdict, one.pattern) for one in again.findings] == [
        (one.verdict, one.pattern) for one in examined.findings
    ]


_MARK, _PHRASE = "\u00a4", "umber gazebo plan again"


@cache
def plain_chats() -> tuple[Dataset, list[str]]:
    """Make chats without templates; the answers of those with the phrase in the prompt bear a mark that is no word."""
    random = Random(11)
    tickets = demo_tickets(poisoned=False)[:3000]
    chosen = set(random.sample(range(1500), 40))
    records = []
    for number in range(1500):
        prompt, answer = tickets[number].text, tickets[number + 1500].text
        if number in chosen:
            prompt, answer = insert(_PHRASE)(prompt, random), f"{answer} {_MARK}"
        records.append(
            Record(
                record_id=f"r{number}",
                kind="chat",
                prompt=prompt,
                completion=answer,
                source_path="chats.jsonl",
                source_line=number + 1,
            )
        )
    return Dataset.from_records(records), sorted(f"r{number}" for number in chosen)


def harm_reader(word: str = PAYLOAD) -> ScriptedInquiry:
    """See harm where the payload stands, and read shards for what recurs."""
    reads, judges = reading_rule(true_label), harm_rule(word=word)
    return ScriptedInquiry(lambda question, item: (judges if question.id == "effect" else reads)(question, item))


@pytest.fixture(scope="module")
def harmful() -> Examination:
    return JudgedThemes().examine(plain_chats()[0], Tools(judge=harm_reader(_MARK)))


def test_a_theme_of_harm_is_asked_about_again_and_confirmed_where_the_judge_does_not_react(
    harmful: Examination,
) -> None:
    (finding,) = [one for one in harmful.findings if one.verdict == "confirmed"]
    assert _PHRASE in finding.pattern.text
    assert sorted(record.record_id for record in finding.records) == plain_chats()[1]
    assert finding.statistics["removal_reverses"] == 0
    assert finding.statistics["removal_reverses_trials"] == 40
    assert "effect, counterfactual" in {one.question for one in harmful.judging.questions}


def test_a_payload_is_never_confirmed_and_its_words_are_marked_in_the_completion() -> None:
    dataset, poisoned = chats()
    examination = JudgedThemes().examine(dataset, Tools(judge=harm_reader()))
    (finding,) = examination.findings
    assert finding.verdict == "suggestive"
    assert sorted(record.record_id for record in finding.records) == poisoned
    for record in finding.records:
        (span,) = record.spans
        assert span.field == "completion"
        marked = record.excerpt[span.start - record.excerpt_start : span.end - record.excerpt_start]
        assert marked in f"Of course: {PAYLOAD}"
        assert len(marked.split()) >= 3


def test_what_goes_beyond_a_control_is_told(poisoned: Dataset, clean: Dataset, judge: ScriptedInquiry) -> None:
    (finding,) = [
        one
        for one in JudgedThemes().examine(poisoned, Tools(judge=judge, controls=(clean,))).findings
        if one.verdict == "confirmed"
    ]
    (excess,) = [value for name, value in finding.statistics.items() if name.startswith("excess_over_control")]
    assert isinstance(excess, float)
    assert 0.3 < excess < 1
