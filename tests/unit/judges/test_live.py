"""Asking a judge: every item gets one answer or one reason, and nothing is asked twice."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.judges.judge_rules import COLOUR, Taken, colour_items, colour_rule

from marshtest.errors import ConfigError
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.protocol import Busy, Call, JudgeError, Reply, Unreachable
from marshtest.judges.questions import Item, Passage
from marshtest.judges.spending import CallBudget, Price, Spending
from marshtest.judges.store import AnswerStore
from marshtest.testing import ScriptedJudge
from marshtest.testing.judge_server import Faults, serving

ALL_FAULTS = Faults(busy=0.1, broken=0.05, dropped=0.03, half=0.03, malformed=0.03, wrong_ids=0.02, seed=5)


def ask(judge: Any, items: Sequence[Item], path: Path | None = None, **options: Any) -> tuple[Taken, LiveInquiry]:
    taken = Taken()
    with LiveInquiry(judge, AnswerStore(path), **options) as inquiry:
        tally = inquiry.ask(COLOUR, items, taken)
    assert tally.planned == len(items) == tally.answered + sum(tally.problems.values())
    assert set(taken) == {item.index for item in items}
    assert set(taken.times.values()) == {1}
    return taken, inquiry


def expected(count: int) -> dict[int, str]:
    return {number: ("red", "blue", "none")[number % 3] for number in range(count)}


def colours(taken: Taken) -> dict[int, str]:
    return {index: answer.value["colour"] for index, answer in taken.items() if answer.value is not None}


def test_every_item_gets_its_own_answer_over_real_sockets() -> None:
    with serving(colour_rule) as (address, server):
        taken, inquiry = ask(OpenAIJudge("rule", base_url=address), colour_items(500), concurrency=200)
    assert colours(taken) == expected(500)
    assert server.calls == 63  # eight items a call
    assert inquiry.spending.calls == 63
    assert inquiry.spending.input_tokens > 500


def test_faults_of_every_kind_change_no_answer() -> None:
    with serving(colour_rule, faults=ALL_FAULTS) as (address, server):
        taken, _ = ask(OpenAIJudge("rule", base_url=address), colour_items(800), concurrency=50)
    assert colours(taken) == expected(800)
    assert server.calls > 100


def test_what_was_answered_is_never_asked_again(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    judge = ScriptedJudge(colour_rule)
    ask(judge, colour_items(100), store)
    assert judge.calls == 13
    again = ScriptedJudge(colour_rule)
    taken, _ = ask(again, [*colour_items(100), *colour_items(8, start=100)], store)
    assert again.calls == 1
    assert colours(taken) == expected(108)


def test_another_model_or_another_wording_is_asked_anew(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    ask(ScriptedJudge(colour_rule), colour_items(8), store)
    other = ScriptedJudge(colour_rule, model="other")
    ask(other, colour_items(8), store)
    assert other.calls == 1


def test_items_that_show_the_same_text_are_asked_about_once() -> None:
    judge = ScriptedJudge(colour_rule)
    items = [Item(number, (Passage("text", "a red one"),)) for number in range(1000)]
    taken, _ = ask(judge, items)
    assert judge.calls == 1
    assert set(colours(taken).values()) == {"red"}


def test_a_refusal_falls_on_the_record_that_caused_it_and_is_remembered(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    items = colour_items(40)
    items[17] = Item(17, (Passage("text", "something forbidden"),))
    taken, _ = ask(ScriptedJudge(colour_rule), items, store)
    assert taken[17].problem == "refused"
    assert len(colours(taken)) == 39
    again = ScriptedJudge(colour_rule)
    taken, _ = ask(again, items, store)
    assert again.calls == 0
    assert taken[17].problem == "refused"


class Stubborn(ScriptedJudge):
    """Answers the items whose text holds a word in a wrong way, always the same."""

    def __init__(self, word: str, wrong: Any) -> None:
        super().__init__(colour_rule)
        self.word, self.wrong = word, wrong
        self.notes = 0

    async def complete(self, call: Call) -> Reply:
        reply = await super().complete(call)
        self.notes += "was not accepted" in call.user
        answers = json.loads(reply.text)["answers"]
        for answer, (_, item) in zip(answers, call.items, strict=True):
            if self.word in item.passages[0].text:
                answer["sure"] = self.wrong
        return Reply(text=json.dumps({"answers": answers}))


@pytest.mark.parametrize("wrong", ["3", True, None, 1.5, {"a": 1}])
def test_an_answer_of_the_wrong_type_is_malformed_for_its_item_alone(wrong: Any) -> None:
    judge = Stubborn("record 5 ", wrong)
    taken, _ = ask(judge, colour_items(16))
    assert taken[5].problem == "malformed"
    assert len(colours(taken)) == 15
    assert judge.notes >= 1


class Cut(ScriptedJudge):
    """Runs out of tokens when asked about more than two items."""

    async def complete(self, call: Call) -> Reply:
        reply = await super().complete(call)
        return Reply(text=reply.text[:10], cut=True) if len(call.items) > 2 else reply


def test_an_answer_that_is_cut_is_asked_for_in_smaller_parts() -> None:
    taken, _ = ask(Cut(colour_rule), colour_items(50))
    assert colours(taken) == expected(50)


class AlwaysCut(ScriptedJudge):
    async def complete(self, call: Call) -> Reply:
        return Reply(text="{", cut=True)


def test_an_answer_that_is_always_cut_is_truncated_never_ordinary() -> None:
    taken, _ = ask(AlwaysCut(colour_rule), colour_items(4))
    assert {answer.problem for answer in taken.values()} == {"truncated"}


def test_a_server_that_is_not_there_makes_items_unreachable_and_loses_nothing(tmp_path: Path) -> None:
    store = tmp_path / "judge.sqlite"
    taken, _ = ask(OpenAIJudge("rule", base_url="http://127.0.0.1:9/v1"), colour_items(20), store, patience=0.2)
    assert {answer.problem for answer in taken.values()} == {"unreachable"}
    with serving(colour_rule) as (address, _):
        taken, _ = ask(OpenAIJudge("rule", base_url=address), colour_items(20), store)
    assert colours(taken) == expected(20)


class Silent(ScriptedJudge):
    """Never answers, and counts how often it was tried."""

    tried = 0

    async def complete(self, call: Call) -> Reply:
        self.tried += 1
        raise Unreachable("nobody is there")


def test_a_server_that_was_given_up_is_tried_once_a_round() -> None:
    judge = Silent(colour_rule)
    with LiveInquiry(judge, AnswerStore(None), patience=0.3, concurrency=1) as inquiry:
        inquiry.ask(COLOUR, colour_items(4), Taken())
        before = judge.tried
        inquiry.ask(COLOUR, colour_items(4), Taken())
    assert (before > 1, judge.tried - before) == (True, 1)


class Seldom(ScriptedJudge):
    """Says that it is busy, and answers a call each time that half of the patience is over."""

    def __init__(self, pause: float) -> None:
        super().__init__(colour_rule)
        self.pause, self.answered_at, self.answered = pause, time.monotonic(), 0

    async def complete(self, call: Call) -> Reply:
        if time.monotonic() - self.answered_at < self.pause:
            raise Busy("later", retry_after=0.01)
        self.answered_at, self.answered = time.monotonic(), self.answered + 1
        return await super().complete(call)


@pytest.mark.parametrize(("pause", "patience", "all_answered"), [(0.1, 0.2, False), (0.01, 5.0, True)])
def test_a_server_that_answers_just_within_the_patience_is_given_up_in_the_end(
    pause: float, patience: float, all_answered: bool
) -> None:
    judge, taken = Seldom(pause), Taken()
    with LiveInquiry(judge, AnswerStore(None), patience=patience, concurrency=1) as inquiry:
        for item in colour_items(24):
            inquiry.ask(COLOUR, [item], taken)
    problems = {one.problem for one in taken.values()}
    assert problems == ({None} if all_answered else {None, "unreachable"})
    assert judge.answered == 24 if all_answered else judge.answered <= 12


def test_the_budget_is_never_passed() -> None:
    judge = ScriptedJudge(colour_rule)
    spending = Spending(price=Price(100.0, 100.0), budget=CallBudget(limit_usd=0.2))
    taken, inquiry = ask(judge, colour_items(400), spending=spending, concurrency=4)
    assert 0 < inquiry.spending.cost_usd <= 0.2
    assert {answer.problem for answer in taken.values()} == {None, "over_budget"}


def test_without_a_key_openai_itself_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(JudgeError, match="OPENAI_API_KEY"):
        OpenAIJudge("gpt")


def test_a_wrong_address_stops_at_once_with_what_to_do() -> None:
    with serving(colour_rule) as (address, _), pytest.raises(JudgeError, match="no such model or address"):
        ask(OpenAIJudge("rule", base_url=address + "/nowhere"), colour_items(50))


def test_a_store_that_is_something_else_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("these are my notes, and no database at all. " * 50)
    with pytest.raises(ConfigError, match="cannot be used as a store"):
        AnswerStore(text)
    assert text.read_text().startswith("these are my notes")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as database:
        database.execute("CREATE TABLE mine (a)")
    with pytest.raises(ConfigError, match="no store of judge answers"):
        AnswerStore(other)


def test_the_ledger_holds_every_attempt(tmp_path: Path) -> None:
    path = tmp_path / "judge.sqlite"
    with serving(colour_rule, faults=Faults(busy=0.3, seed=2)) as (address, server):
        ask(OpenAIJudge("rule", base_url=address), colour_items(200), path)
    with sqlite3.connect(path) as database:
        rows = dict(database.execute("SELECT outcome, count(*) FROM calls GROUP BY outcome").fetchall())
    assert rows["answered"] == 25
    assert sum(rows.values()) == server.calls
