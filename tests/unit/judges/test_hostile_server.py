"""A judge's server that means harm costs a counted failure or gets a clear message, and learns nothing more."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
import tracemalloc
from typing import Any, BinaryIO

import pytest
from tests.hostile_server import Answer, HostileServer, body_of, completion, drip, flood, hostile
from tests.unit.judges.judge_rules import COLOUR, Taken, colour_items

from marshtest.judges.interim import MOST_INTERIM
from marshtest.judges.live import LiveInquiry
from marshtest.judges.openai_judge import OpenAIJudge
from marshtest.judges.protocol import JudgeError
from marshtest.judges.questions import Answer as Said
from marshtest.judges.spending import CallBudget, Price, Spending
from marshtest.judges.store import AnswerStore
from marshtest.sweep.scorers.http_client import Client, NotTaken
from marshtest.sweep.scorers.scorer import ScorerError

KEY = "sk-made-up-0123456789abcdef"


def ask(server: HostileServer, *, patience: float = 0.3, **options: Any) -> tuple[Taken, LiveInquiry]:
    """Ask about two items; each gets an answer or a problem."""
    taken = Taken()
    judge = OpenAIJudge("m", base_url=server.address, api_key=KEY, timeout=options.pop("timeout", 5.0))
    with LiveInquiry(judge, AnswerStore(None), patience=patience, **options) as inquiry:
        tally = inquiry.ask(COLOUR, colour_items(2), taken)
    assert tally.planned == tally.answered + sum(tally.problems.values()) == 2
    return taken, inquiry


def answering(**usage: Any) -> Answer:
    """Answer every item well, and count the tokens so."""

    def answer(file: BinaryIO, body: dict[str, Any]) -> None:
        names = re.findall(r"^ITEM (\w+)$", body["messages"][1]["content"], re.MULTILINE)
        text = json.dumps({"answers": [{"id": one, "colour": "red", "sure": 1} for one in names]})
        body_of(completion(text, **usage))(file, body)

    return answer


def problems(taken: Taken) -> set[str | None]:
    return {one.problem for one in taken.values()}


def test_an_answer_without_end_is_cut_off_and_counted() -> None:
    tracemalloc.start()
    with hostile(flood) as server:
        taken, _ = ask(server)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problems(taken) == {"unreachable"}
    assert peak < 60 * 2**20


def test_an_answer_that_drips_ends_with_the_deadline_of_the_call() -> None:
    began = time.monotonic()
    with hostile(drip) as server:
        taken, _ = ask(server, timeout=0.5)
    assert problems(taken) == {"unreachable"}
    assert time.monotonic() - began < 10


def interim(count: int) -> Answer:
    """Write so many interim answers, and then a good one."""

    def answer(file: BinaryIO, body: dict[str, Any]) -> None:
        for _ in range(count):
            file.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
        answering()(file, body)

    return answer


@pytest.mark.parametrize(("count", "found"), [(MOST_INTERIM, {None}), (MOST_INTERIM + 1, {"unreachable"})])
def test_interim_answers_are_counted(count: int, found: set[str | None]) -> None:
    with hostile(interim(count)) as server:
        taken, _ = ask(server)
    assert problems(taken) == found


def test_interim_answers_without_end_do_not_last_until_the_deadline() -> None:
    began = time.monotonic()
    with hostile(interim(10**9)) as server:
        taken, _ = ask(server, timeout=100.0)
    assert problems(taken) == {"unreachable"}
    assert time.monotonic() - began < 20


def test_a_packed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b" " * (64 * 2**20))
    tracemalloc.start()
    with hostile(body_of(bomb, headers="Content-Encoding: gzip\r\n")) as server:
        taken, _ = ask(server)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problems(taken) == {"unreachable"}
    assert peak < 30 * 2**20


@pytest.mark.parametrize("tokens", ["many", float("inf"), 10**400, -1_000_000, True, [7], {"a": 1}, float("nan")])
def test_tokens_that_are_no_number_are_a_counted_failure(tokens: Any) -> None:
    with hostile(answering(prompt_tokens=tokens)) as server:
        taken, inquiry = ask(server)
    assert problems(taken) == {"unreachable"}
    assert inquiry.spending.input_tokens == 0


def test_negative_tokens_make_no_room_in_a_budget() -> None:
    spending = Spending(Price(1.0, 1.0), CallBudget(1.0))
    with hostile(answering(prompt_tokens=-(10**9), completion_tokens=5)) as server:
        ask(server, spending=spending)
    assert spending.budget.spent_usd >= 0


@pytest.mark.parametrize("body", [b"[" * 100_000 + b"]" * 100_000, b'{"choices":' * 100_000, b"\xff\xfe", b"", b"7"])
def test_a_body_that_cannot_be_read_is_a_counted_failure(body: bytes) -> None:
    with hostile(body_of(body)) as server:
        taken, _ = ask(server)
    assert problems(taken) == {"unreachable"}


def test_no_redirect_is_followed() -> None:
    with hostile(answering()) as other:
        place = f"Location: {other.address}/chat/completions\r\n"
        with (
            hostile(body_of(b"", status="307 Temporary Redirect", headers=place)) as server,
            pytest.raises(JudgeError, match="another address"),
        ):
            ask(server)
    assert other.asked == []


def test_a_key_that_is_sent_back_is_not_shown() -> None:
    error = json.dumps({"error": {"message": f"the key Bearer {KEY} is wrong"}}).encode()
    with hostile(body_of(error, status="401 Unauthorized")) as server, pytest.raises(JudgeError) as caught:
        ask(server)
    assert server.keys == [f"Bearer {KEY}"]
    assert KEY not in str(caught.value)
    assert "[key]" in str(caught.value)


def test_a_key_in_an_answer_is_not_kept() -> None:
    """A report that is handed on must not hold what a server wrote into its answers."""
    taken = Taken()
    with hostile(body_of(completion(json.dumps({"answers": [], "x": KEY})))) as server:
        judge = OpenAIJudge("m", base_url=server.address, api_key=KEY)
        with LiveInquiry(judge, AnswerStore(None), patience=0.3) as inquiry:
            inquiry.ask(COLOUR, colour_items(1), taken)
        sent = json.dumps(server.asked)
    assert KEY not in sent, "the repair attempt would quote it"
    assert taken[0] == Said(None, "malformed")


def posted(answer: Answer) -> Any:
    async def post(address: str) -> Any:
        client = Client(KEY, timeout=2.0, tries=1)
        try:
            return await client.post(f"{address}/completions", {})
        finally:
            await client.close()

    with hostile(answer) as server:
        return asyncio.run(post(server.address))


@pytest.mark.parametrize(
    "answer",
    [
        flood,
        body_of(b"[" * 100_000 + b"]" * 100_000),
        body_of(b'{"a": "\xff"}'),
        body_of(gzip.compress(b"{}"), headers="Content-Encoding: gzip\r\n"),
    ],
)
def test_a_scorer_takes_no_endless_deep_or_packed_answer(answer: Answer) -> None:
    with pytest.raises(ScorerError, match="no usable answer"):
        posted(answer)


def test_a_scorer_follows_no_redirect_and_shows_no_key() -> None:
    with hostile(body_of(b"{}")) as other:
        place = f"Location: {other.address}\r\n"
        with pytest.raises(NotTaken):
            posted(body_of(b"", status="308 Permanent Redirect", headers=place))
    assert other.asked == []
    with pytest.raises(NotTaken) as caught:
        posted(body_of(f"wrong: {KEY}".encode(), status="400 Bad Request"))
    assert str(caught.value) == "wrong: [key]"


def test_no_cookie_is_kept_or_sent() -> None:
    """They would grow with every call, and tell the server more than it was asked."""
    with hostile(body_of(b"{}", headers=f"Set-Cookie: a={'y' * 3000}; Path=/; Max-Age=99999\r\n")) as server:
        ask(server)
    assert len(server.cookies) > 1
    assert set(server.cookies) == {""}
