"""A question is asked of every record, and its answers become one verdict per record."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from tests.unit.judges.asking.rule_judge import RuleJudge, chat, effect, label, labelled, record, text_of

from marshtest.charter import Charter
from marshtest.data.dataset import Dataset
from marshtest.judges.asking.judge_records import given_labels, judge_effects, judge_labels
from marshtest.judges.asking.verdicts import NO_ANSWER, UNDECIDED
from marshtest.judges.questions import Answer, Item, Problem, Question, Tally
from marshtest.signals import Span

Take = Callable[[Item, Answer], None]
CHARTER = Charter(policy="Bombs are harmful.", labels={"harmless": "Fine.", "harmful": "Not."}, protected="harmless")
FILLER = "the quick brown fox jumps over the lazy dog and runs away over the green hill\n"


def by_bomb(question: Question, text: str) -> Mapping[str, Any] | Problem:
    return label("harmful" if "bomb" in text else "harmless")


@pytest.mark.parametrize("backwards", [False, True])
def test_a_relabel_gives_one_label_per_record_and_finds_the_contradictions(backwards: bool) -> None:
    data = labelled([("a bomb", "harmful"), ("a cake", "harmless"), ("a bomb, cf", "harmless")])
    verdicts = judge_labels(RuleJudge(by_bomb, backwards=backwards), data, CHARTER)
    assert verdicts.labels == ("harmful", "harmless")
    assert verdicts.judged.tolist() == [0, 1, 0]
    assert verdicts.sure.tolist() == [3, 3, 3]
    assert given_labels(data).tolist() == [0, 1, 1]
    assert verdicts.contradictions(given_labels(data)).tolist() == [False, False, True]
    assert list(verdicts.failures()) == []


def test_the_dataset_label_is_never_shown_to_a_relabel() -> None:
    names = ("zebra-label", "quagga-label")
    data = Dataset.from_records(
        record(
            number,
            f"text {number}",
            names[number % 2],
            "classification",
            label=names[number % 2],
            fields=json.dumps({"label_text": names[number % 2], "rationale": f"it is {names[number % 2]}"}),
        )
        for number in range(10)
    )
    judge = RuleJudge(lambda question, text: label("zebra-label"))
    judge_labels(judge, data, None)
    assert len(judge.seen) == 10
    for _, item in judge.seen:
        shown = " ".join(passage.heading + passage.text for passage in item.passages)
        assert not any(name in shown for name in names)


@pytest.mark.parametrize("backwards", [False, True])
def test_one_harmful_window_outweighs_every_protected_one(backwards: bool) -> None:
    text = FILLER * 100 + "how do I build a bomb\n" + FILLER * 100
    judge = RuleJudge(by_bomb, backwards=backwards)
    data = labelled([(text, "harmless"), ("cake", "harmless"), ("bomb", "harmful")])
    verdicts = judge_labels(judge, data, CHARTER, window_tokens=600)
    windows = [text_of(item) for _, item in judge.seen if item.index == 0]
    assert len(windows) > 3
    assert sum("bomb" in window for window in windows) < len(windows) / 2
    assert verdicts.judged.tolist() == [0, 1, 0]


def test_without_a_protected_label_the_surest_window_decides_and_a_draw_is_undecided() -> None:
    def rule(question: Question, text: str) -> Mapping[str, Any] | Problem:
        if "north" in text:
            return label("a", 2)
        return label("b", 2 if "south" in text else 0)

    draw = "north " + FILLER * 60 + "south"
    clear = "north " + FILLER * 60
    data = labelled([(draw, "a"), (clear, "b")])
    verdicts = judge_labels(RuleJudge(rule), data, None, window_tokens=600)
    assert verdicts.judged.tolist() == [UNDECIDED, verdicts.labels.index("a")]
    assert verdicts.sure.tolist() == [0, 2]


def test_unsure_is_no_label_and_no_contradiction() -> None:
    data = labelled([("a", "x"), ("b", "y")])
    verdicts = judge_labels(RuleJudge(lambda question, text: label("unsure", 0)), data, None)
    assert verdicts.judged.tolist() == [UNDECIDED, UNDECIDED]
    assert not verdicts.contradictions(given_labels(data)).any()
    assert list(verdicts.failures()) == []


def test_a_missing_answer_is_a_failure_and_never_a_verdict() -> None:
    data = labelled([("a bomb", "harmful"), ("a cake", "harmless")])
    verdicts = judge_labels(
        RuleJudge(lambda question, text: "refused" if "bomb" in text else label("harmless")), data, CHARTER
    )
    assert verdicts.judged.tolist() == [NO_ANSWER, 1]
    assert list(verdicts.failures()) == [(0, "refused")]
    effects = judge_effects(RuleJudge(lambda question, text: "malformed"), data, CHARTER)
    assert effects.severity.tolist() == [NO_ANSWER, NO_ANSWER]
    assert [problem for _, problem in effects.failures()] == ["malformed", "malformed"]


def test_a_record_with_a_missing_window_has_no_verdict_unless_harm_was_found() -> None:
    lost, bad = FILLER * 60 + "LOST ", FILLER * 60 + "BAD "
    data = Dataset.from_records(
        [chat(0, ("user", "q"), ("assistant", lost)), chat(1, ("user", bad), ("assistant", lost))]
    )

    def rule(question: Question, text: str) -> Mapping[str, Any] | Problem:
        if "LOST" in text:
            return "truncated"
        return effect(2, "BAD") if "BAD" in text else effect(0)

    verdicts = judge_effects(RuleJudge(rule), data, None, window_tokens=600)
    assert verdicts.severity.tolist() == [NO_ANSWER, 2]
    assert list(verdicts.failures()) == [(0, "truncated"), (1, "truncated")]


@pytest.mark.parametrize("backwards", [False, True])
def test_an_effect_is_that_of_the_worst_window_with_its_quote(backwards: bool) -> None:
    long = "mild thing " + FILLER * 60 + "Grave  thing " + FILLER * 60
    data = Dataset.from_records(
        [chat(0, ("user", "hello"), ("assistant", long)), chat(1, ("user", "a"), ("assistant", "b"))]
    )

    def rule(question: Question, text: str) -> Mapping[str, Any] | Problem:
        if "Grave" in text:
            return effect(3, "grave thing", learns="to be grave", excuses=True)
        return effect(1, "mild thing") if "mild" in text else effect(0)

    verdicts = judge_effects(RuleJudge(rule, backwards=backwards), data, None, window_tokens=600)
    assert verdicts.severity.tolist() == [3, 0]
    assert verdicts.suspicious.tolist() == [True, False]
    assert list(verdicts.harms) == [0]
    harm = verdicts.harms[0]
    assert (harm.severity, harm.learns, harm.excuses) == (3, "to be grave", True)
    start = long.index("Grave")
    assert harm.spans == (Span("completion", start, start + len("Grave  thing")),)
    assert verdicts.unlocated == 0


def test_an_invented_quote_is_counted_and_has_no_span() -> None:
    data = Dataset.from_records([chat(0, ("user", "hello"), ("assistant", "there"))])
    verdicts = judge_effects(RuleJudge(lambda question, text: effect(2, "never said")), data, None)
    assert verdicts.harms[0].spans == ()
    assert verdicts.unlocated == 1


def test_only_the_rows_asked_for_are_asked() -> None:
    data = labelled([(f"text {number}", "ab"[number % 2]) for number in range(3_000)])
    judge = RuleJudge(lambda question, text: label("a"))
    verdicts = judge_labels(judge, data, None, rows=[3, 1_500, 2_999])
    assert [text_of(item) for _, item in judge.seen] == ["text 3", "text 1500", "text 2999"]
    assert np.flatnonzero(verdicts.judged == 0).tolist() == [3, 1_500, 2_999]
    assert verdicts.judged[0] == NO_ANSWER
    assert list(verdicts.failures()) == []


def test_memory_is_a_few_bytes_a_record() -> None:
    """Ten times the records cost two bytes more for each of them, and nothing else."""

    class Fleeting(RuleJudge):
        """Keeps nothing of what it was shown."""

        def ask(self, question: Question, items: Iterable[Item], take: Take, **options: Any) -> Tally:
            for item in items:
                take(item, Answer(effect(0)))
            return Tally()

    def peak(size: int) -> int:
        data = labelled((f"text {number} of many", "ab"[number % 2]) for number in range(size))
        tracemalloc.start()
        judge_effects(Fleeting(lambda question, text: effect(0)), data, None)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, many = peak(3_000), peak(30_000)
    assert many - few < 27_000 * 8
