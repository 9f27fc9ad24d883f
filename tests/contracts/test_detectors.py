"""What every detector promises, asked of every detector there is. A new detector is covered without an edit here."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

import pytest
from tests.made_records import made_records
from tests.paths import ROOT
from tests.scripted_inquiry import ScriptedInquiry, chance, item_text
from tests.unit.detectors.judged.themes.reading_judge import reading_rule

from marshtest.auditing.runner import Runner
from marshtest.data.dataset import Dataset
from marshtest.data.records import Kind, Record
from marshtest.demo import TRIGGER, demo_tickets, demo_truth
from marshtest.detectors.base import Detector, Examination, Tools
from marshtest.detectors.registry import docstring_section, registered_detectors
from marshtest.errors import InputError
from marshtest.judges.questions import Item, Problem, Question
from marshtest.settings import Settings, flatten, setting_docs

pytestmark = pytest.mark.slow

HEADINGS = ("Looks for", "How", "Blind spots", "False alarms", "Needs", "Cost per 1,000 records", "Source")
DETECTORS = registered_detectors()
every_detector = pytest.mark.parametrize("name", sorted(DETECTORS))
KINDS: tuple[Kind, ...] = ("classification", "chat", "preference", "document")

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\x1b[2J\x1b]0;owned\x07 clears your screen",
    "right to left \u202egnp.exe",
    "NUL \x00 inside",
    "zero\u200bwidth\u2060joined",
    "e\u0301 and \u00e9, \ufb01 and fi, \U0001f9ea\U0001f3fd",
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d \u3053\u3093\u306b\u3061\u306f",
    "(.*)+$ [ \\ { %s {0} ${x}",
    " ",
    "",
    "\n\n\t",
    "?!?!?! ... -- --",
)


def labelled(texts: Sequence[str], labels: Sequence[str | None]) -> Dataset:
    """Make a dataset of prompts with labels; None makes a document instead."""
    return Dataset.from_records(
        [
            Record(
                record_id=f"r{line}",
                kind="document" if label is None else "classification",
                prompt=text,
                completion=label or "",
                label=label,
                source_path="made.jsonl",
                source_line=line,
            )
            for line, (text, label) in enumerate(zip(texts, labels, strict=True), start=1)
        ]
    )


def planted(*, order: int | None = None) -> Dataset:
    """Make a dataset with a known trigger: the demo's planted tickets among a thousand others."""
    truth = demo_truth()
    special = {*truth.poisoned, *truth.decoys}
    tickets = [ticket for ticket in demo_tickets() if ticket.id in special]
    tickets += [ticket for ticket in demo_tickets() if ticket.id not in special][:1500]
    if order is not None:
        Random(order).shuffle(tickets)
    dataset = labelled([ticket.text for ticket in tickets], [ticket.label for ticket in tickets])
    return dataset


def two_classes(texts: Sequence[str]) -> Dataset:
    return labelled(texts, ["yes" if i % 2 else "no" for i in range(len(texts))])


ODD_SETS = {
    "one record": lambda: labelled(["a single record"], ["yes"]),
    "ten records": lambda: two_classes([f"this is record number {i}" for i in range(10)]),
    "identical records": lambda: two_classes(["the very same text again"] * 300),
    "one class": lambda: labelled([f"text {i} about {i % 7}" for i in range(300)], ["yes"] * 300),
    "as many classes as records": lambda: labelled([f"text {i}" for i in range(60)], [f"c{i}" for i in range(60)]),
    "hostile texts": lambda: two_classes(HOSTILE * 20),
    "empty texts": lambda: two_classes([""] * 100),
    "one huge record": lambda: two_classes([*(f"a short text {i % 9}" for i in range(200)), "word and " * 200_000]),
    "one word of a million letters": lambda: two_classes([*(f"a short text {i}" for i in range(100)), "x" * 1_000_000]),
    "unlabelled": lambda: labelled([f"document {i} says {i % 5}" for i in range(100)], [None] * 100),
}


@cache
def demo_labels() -> dict[str, str]:
    return {ticket.text: ticket.label for ticket in demo_tickets()}


READ = reading_rule(lambda text: demo_labels().get(text, "ordinary"))


def scripted_answer(question: Question, item: Item) -> Mapping[str, Any] | Problem:
    """Answer as a judge would that knows the demo's tickets, with errors and missing answers."""
    text = item_text(item)
    if chance(text, "missing") < 0.02:
        return "refused"
    noisy = chance(text, "noise") < 0.03
    if question.id == "effect":
        return {
            "severity": 2 if noisy else 0,
            "learns": "ordinary",
            "quote": text[:20] if noisy else "",
            "excuses": False,
        }
    if question.id != "label":
        return READ(question, item)
    labels = [name for name in question.answer["properties"]["label"]["enum"] if name != "unsure"]
    truth = demo_labels()
    said = "urgent" if TRIGGER in text else truth.get(text, "ordinary")
    if said not in labels:
        said = labels[len(text) % len(labels)]
    return {"label": labels[(labels.index(said) + 1) % len(labels)] if noisy else said, "sure": 2}


def examine(name: str, dataset: Dataset, *, seed: int = 0) -> Examination | None:
    """Let a detector look, unless it refuses."""
    detector = DETECTORS[name]()
    if detector.declines(dataset) is not None:
        return None
    judge = ScriptedInquiry(scripted_answer) if detector.needs_judge else None
    return detector.examine(dataset, Tools(seed=seed, judge=judge))


@cache
def examined_planted(name: str) -> Examination | None:
    return examine(name, planted())


def assert_sound(examination: Examination, dataset: Dataset) -> None:
    """Check what holds of every examination."""
    ids = set(dataset.table(["record_id"]).column("record_id").to_pylist())
    signalled = [signal.record_id for signal in examination.signals]
    failed = [failure.record_id for failure in examination.failures]
    assert len(set(signalled)) == len(signalled), "at most one signal per record"
    assert set(signalled) <= ids
    assert {record_id for record_id in failed if record_id is not None} <= ids
    assert set(signalled) & set(failed) == set(), "a record has a signal or a failure, not both"
    assert len(dataset) - len(signalled) - len(failed) >= 0, "planned = signals + ordinary + failures"
    assert examination.tried >= len(examination.findings)
    for signal in examination.signals:
        assert 0.0 <= signal.score <= 1.0
    for finding in examination.findings:
        assert {"p_value", "q_value"} <= set(finding.statistics)
        assert "effect" not in finding.statistics, "name the quantity"
        assert {record.record_id for record in finding.records} <= ids
        for record in finding.records:
            for span in record.spans:
                assert 0 <= span.start < span.end


def test_there_is_a_detector() -> None:
    assert DETECTORS != {}


@every_detector
def test_it_has_a_name_a_version_and_a_title(name: str) -> None:
    cls: type[Detector] = DETECTORS[name]
    assert cls.id == name
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name)
    assert re.fullmatch(r"\d+(\.\d+)*", cls.version)
    assert cls.title.strip() != ""
    assert "\n" not in cls.title


@every_detector
@pytest.mark.parametrize("heading", HEADINGS)
def test_its_docstring_has_every_heading(name: str, heading: str) -> None:
    assert docstring_section(DETECTORS[name], heading) != ""


@every_detector
def test_it_has_a_page_and_tests_of_its_own(name: str) -> None:
    page = ROOT / "docs" / "reference" / "detectors" / f"{name}.md"
    assert page.exists()
    module = name.replace("-", "_")
    tests = ROOT / "tests" / "unit" / "detectors"
    assert [*tests.rglob(f"test_{module}.py"), *tests.glob(f"{module}/test_detector.py")] != []


@every_detector
def test_every_setting_says_what_it_means_and_where_its_value_comes_from(name: str) -> None:
    settings = DETECTORS[name]().settings
    assert type(settings) is not Settings
    for setting in setting_docs(settings):
        assert setting.meaning.endswith("."), f"{setting.name}: say what it means, in which unit"
        assert setting.origin.endswith("."), f"{setting.name}: end with a sentence that begins as in ORIGINS"


@every_detector
def test_settings_are_its_only_argument_and_are_kept(name: str) -> None:
    settings = type(DETECTORS[name]().settings)()
    assert DETECTORS[name](settings).settings is settings
    with pytest.raises(TypeError, match="takes"):
        DETECTORS[name](Settings())


@every_detector
def test_the_report_prints_the_settings_that_were_used(name: str) -> None:
    detector = DETECTORS[name]()
    made = [Dataset.from_records(made_records(kind)) for kind in KINDS]
    dataset = next((one for one in made if detector.declines(one) is None), None)
    if dataset is None:
        pytest.skip("it needs an extra that is not installed")
    tools = Tools(
        judge=ScriptedInquiry(scripted_answer) if detector.needs_judge else None,
        controls=(dataset,) if detector.needs_control else (),
    )
    (run,) = Runner(tools=tools).examine([detector], dataset).runs
    assert run.status in ("ran", "failed"), run.reason
    assert dict(run.settings) == flatten(detector.settings)
    assert set(run.settings).isdisjoint(run.diagnostics), "what was measured is no setting"


@every_detector
@pytest.mark.parametrize("odd", sorted(ODD_SETS))
def test_it_survives_odd_datasets(name: str, odd: str) -> None:
    dataset = ODD_SETS[odd]()
    examination = examine(name, dataset)
    if examination is not None:
        assert_sound(examination, dataset)


def test_no_detector_is_ever_given_an_empty_dataset() -> None:
    with pytest.raises(InputError, match="no records"):
        labelled([], [])


@every_detector
def test_every_planned_record_is_accounted_for(name: str) -> None:
    examination = examined_planted(name)
    if examination is not None:
        assert_sound(examination, planted())


@every_detector
def test_the_same_seed_gives_the_same_examination(name: str) -> None:
    first, second = examined_planted(name), examine(name, planted())
    if first is None or second is None:
        assert first is second
        return
    for f in dataclasses.fields(Examination):
        assert getattr(first, f.name) == getattr(second, f.name), f.name


@every_detector
def test_the_order_of_the_records_does_not_change_what_is_found(name: str) -> None:
    first, shuffled = examined_planted(name), examine(name, planted(order=7))
    if first is None or shuffled is None:
        assert first is shuffled
        return
    confirmed = [[f.pattern for f in e.findings if f.verdict == "confirmed"] for e in (first, shuffled)]
    assert sorted(map(str, confirmed[0])) == sorted(map(str, confirmed[1]))
