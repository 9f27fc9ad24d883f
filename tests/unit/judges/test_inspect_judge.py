"""A judge through Inspect AI, with its own mock model: what comes back, what failures mean, what is kept."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import tracemalloc
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import pytest
from inspect_ai.model import ModelOutput, ModelUsage, RetryDecision
from tests.unit.judges.judge_rules import COLOUR, Taken, colour_items, colour_rule

from marshtest.judges.asking.effect import effect_question
from marshtest.judges.asking.label import label_question
from marshtest.judges.inspect_judge import InspectJudge, answer_form
from marshtest.judges.live import LiveInquiry
from marshtest.judges.packing import make_call
from marshtest.judges.protocol import Broken, Busy, Call, JudgeError, Refused, Reply, TooLong, Unreachable
from marshtest.judges.store import AnswerStore
from marshtest.testing.rules import answer_text, read_items

pytestmark = pytest.mark.slow

USAGE = {"input_tokens": 90, "output_tokens": 12, "total_tokens": 102}
CALL = make_call(COLOUR, colour_items(3), b"secret")


def output(text: str = "{}", stop: Any = "stop", *, error: str | None = None, **usage: int) -> ModelOutput:
    made = ModelOutput.from_content("mockllm", text, stop_reason=stop, error=error)
    made.usage = ModelUsage(**{**USAGE, **usage})
    return made


def judge(outputs: Iterable[ModelOutput] | Callable[..., ModelOutput]) -> InspectJudge:
    return InspectJudge("mockllm/model", {"custom_outputs": outputs})


def complete(made: InspectJudge, call: Call = CALL) -> Reply:
    async def go() -> Reply:
        reply = await made.complete(call)
        await made.close()
        return reply

    return asyncio.run(go())


def raising(error: Exception) -> InspectJudge:
    def fail(*_: object) -> ModelOutput:
        raise error

    return judge(fail)


def by_rule(messages: list[Any], *_: object) -> ModelOutput:
    """Read the prompt as a model does, and answer by the rule."""
    return output(answer_text(colour_rule, read_items("colour", messages[0].text, messages[1].text)))


class StatusError(Exception):
    """What SDKs raise: an exception with a status."""

    def __init__(self, status: int, message: str = "no") -> None:
        super().__init__(message)
        self.status_code = status


def test_a_reply_holds_the_text_and_what_it_used() -> None:
    reply = complete(judge([output("hello", input_tokens_cache_read=50, input_tokens_cache_write=7)]))
    assert reply == Reply(text="hello", input_tokens=147, output_tokens=12, cached_tokens=50, cut=False)


def test_the_model_is_given_the_call_and_nothing_else() -> None:
    seen: list[Any] = []

    def look(messages: list[Any], tools: list[Any], _: object, config: Any) -> ModelOutput:
        seen.append((messages, tools, config))
        return output()

    complete(judge(look))
    messages, tools, config = seen[0]
    assert [(message.role, message.text) for message in messages] == [("system", CALL.system), ("user", CALL.user)]
    assert tools == []
    assert (config.max_tokens, config.temperature) == (CALL.max_tokens, 0.0)
    assert config.response_schema.json_schema.model_dump(exclude_none=True) == CALL.schema


@pytest.mark.parametrize(
    "question", [effect_question(None, "chat"), label_question(None, ["a", "b"])], ids=["effect", "label"]
)
def test_no_part_of_a_schema_is_lost_on_the_way(question: Any) -> None:
    call = make_call(question, colour_items(2), b"secret")
    assert answer_form("any", call.schema).json_schema.model_dump(exclude_none=True) == call.schema


def test_an_answer_that_ran_out_of_tokens_is_cut() -> None:
    assert complete(judge([output('{"answers": [', "max_tokens")])).cut


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (output("Sorry.", "content_filter"), Refused),
        (output("Sorry.", "content_filter", error="output blocked by content filtering"), Refused),
        (output("the prompt is too long", "model_length"), TooLong),
        (output("", error="the backend crashed"), Broken),
        (ModelOutput(model="mockllm", choices=[], usage=ModelUsage(**USAGE)), Broken),
    ],
    ids=["declined", "declined with an error", "too long", "an error", "no choice"],
)
def test_an_output_that_is_no_answer_is_a_failure_of_its_kind(made: ModelOutput, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        complete(judge([made]))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StatusError(429), Busy),
        (StatusError(529, "overloaded"), Busy),
        (StatusError(401), JudgeError),
        (StatusError(402), JudgeError),
        (StatusError(403), JudgeError),
        (StatusError(404), JudgeError),
        (StatusError(429, "insufficient_quota: check your plan"), JudgeError),
        (StatusError(400, "Your credit balance is too low to use this API"), JudgeError),
        (StatusError(400, "this request is not for us"), Refused),
        (StatusError(400, "prompt is too long: 300000 tokens"), TooLong),
        (StatusError(413), TooLong),
        (StatusError(500), Broken),
        (StatusError(503), Broken),
        (ConnectionResetError("gone"), Unreachable),
        (TimeoutError(), Unreachable),
        (ValueError("what came was no JSON"), Broken),
    ],
    ids=lambda value: f"{getattr(value, 'status_code', '')} {value}"[:30] if isinstance(value, Exception) else None,
)
def test_every_exception_of_a_provider_is_a_failure_of_its_kind(error: Exception, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        complete(raising(error))


def test_inspect_neither_tries_again_nor_hides_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that would be retried for ever is called once, and its Retry-After comes through."""
    calls = []

    def fail(*_: object) -> ModelOutput:
        calls.append(1)
        raise StatusError(429, "slow down")

    made = judge(fail)
    monkeypatch.setattr(made._inspect.api, "should_retry", lambda error: RetryDecision.rate_limit(retry_after=7))
    with pytest.raises(Busy, match="slow down") as caught:
        complete(made)
    assert caught.value.retry_after == 7
    assert len(calls) == 1


def test_inspect_caches_nothing() -> None:
    made = judge([output("first"), output("second")])

    async def twice() -> list[str]:
        return [(await made.complete(CALL)).text for _ in range(2)]

    assert asyncio.run(twice()) == ["first", "second"]


def test_a_provider_that_knows_no_temperature_or_schema_is_asked_without() -> None:
    configs: list[Any] = []

    def picky(messages: object, tools: object, choice: object, config: Any) -> ModelOutput:
        configs.append(config)
        if config.temperature is not None:
            raise StatusError(400, "temperature is not supported")
        if config.response_schema is not None:
            raise StatusError(400, "response_format is not supported")
        return output("fine")

    made = judge(picky)
    assert complete(made).text == "fine"
    assert complete(made).text == "fine"
    assert len(configs) == 4  # it is learned once


def test_failures_are_tried_again_by_us_and_change_no_answer() -> None:
    """A tenth of the calls fails; Inspect's limit of connections holds nothing up."""
    state = {"calls": 0, "now": 0, "most": 0}

    async def shaky(messages: list[Any], *rest: object) -> ModelOutput:
        state["calls"] += 1
        number = state["calls"]
        state["now"] += 1
        state["most"] = max(state["most"], state["now"])
        try:
            await asyncio.sleep(0.02)
        finally:
            state["now"] -= 1
        if number % 10 == 0:
            raise StatusError(500)
        return by_rule(messages)

    items, taken = colour_items(1200), Taken()
    with LiveInquiry(judge(shaky), AnswerStore(None), concurrency=140) as inquiry:  # type: ignore[arg-type]
        tally = inquiry.ask(COLOUR, items, taken)
    assert tally.answered == 1200
    assert state["calls"] > 150
    assert state["most"] > 100  # Inspect alone begins with 20 and ends at 100
    expected = ("red", "blue", "none")
    assert all(taken[number].value == {"colour": expected[number % 3], "sure": len(item.passages[0].text)}
               for number, item in enumerate(items))  # fmt: skip


def test_a_refused_record_is_refused_alone() -> None:
    def strict(messages: list[Any], *_: object) -> ModelOutput:
        return output("", "content_filter") if "record 5 " in messages[1].text else by_rule(messages)

    taken = Taken()
    with LiveInquiry(judge(strict), AnswerStore(None)) as inquiry:
        tally = inquiry.ask(COLOUR, colour_items(16), taken)
    assert tally.problems == {"refused": 1}
    assert taken[5].problem == "refused"


def grown_by_2000_calls() -> int:
    """How many bytes a judge holds more after its next 2,000 calls, once it has made some."""
    made = judge(lambda *_: output("x"))

    async def rounds(count: int) -> int:
        for _ in range(count):
            await asyncio.gather(*(made.complete(CALL) for _ in range(20)))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async def grown() -> int:
        await rounds(5)
        tracemalloc.start()
        before = await rounds(10)
        return await rounds(100) - before

    return asyncio.run(grown())


def test_memory_does_not_grow_with_the_calls() -> None:
    """Inspect keeps every call of a task in its transcript: 8 to 11 KB each, if ours shared a task."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:  # nothing else's memory is counted
        assert alone.submit(grown_by_2000_calls).result() < 2000 * 500  # half a kilobyte a call


@pytest.mark.parametrize("name", ["nobody/model", "openai-api/nowhere/model"])
def test_a_model_that_cannot_be_made_says_why_in_one_line(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOWHERE_API_KEY", raising=False)
    with pytest.raises(JudgeError, match="cannot make the model") as caught:
        InspectJudge(name)
    assert "[bold]" not in str(caught.value)
    assert "\n" not in str(caught.value)
