"""Every other provider, through Inspect AI: what safety teams use, with its providers, keys and settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from marshtest.judges.inspect_errors import failure_of, first_cause, plain
from marshtest.judges.protocol import Broken, Call, JudgeError, Refused, Reply, TooLong
from marshtest.judges.replies import NotUnderstood, token_count
from marshtest.judges.requests import Dialect, simpler_dialect
from marshtest.text.masking import answer_without_keys, masked

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, ResponseSchema

__all__ = ["InspectJudge", "answer_form"]

_TIMEOUT = 180
"""Seconds for one attempt. Chosen by eye: models that reason first take minutes."""
_MOST_CONNECTIONS = 10_000
"""So many that Inspect never limits them: `LiveInquiry` decides how many calls are under way."""


class InspectJudge:
    """A model of Inspect AI, e.g. `anthropic/claude-haiku-4-5`; keys come from the environment, as Inspect reads them.

    Inspect's own retries, its cache and its limit of connections are off: waiting and trying again is counted, answers
    are kept in our store, and how many calls are under way is the business of `LiveInquiry`. Each call runs in a task
    of its own, since Inspect keeps every call of a task in its transcript.

    Args:
        name: The model as Inspect names it: `provider/model`.
        arguments: Arguments of the provider, as `get_model` of Inspect takes them.

    Raises:
        JudgeError: Inspect AI is not installed, or cannot make this model.
    """

    def __init__(self, name: str, arguments: Mapping[str, Any] | None = None) -> None:
        if find_spec("inspect_ai") is None:
            raise JudgeError("the judge needs Inspect AI; install it with: pip install 'marshtest[inspect]'")
        from inspect_ai.model import get_model

        self._name = name
        self._dialect = Dialect()
        try:
            self._inspect: Model = get_model(name, memoize=False, **(arguments or {}))
        except Exception as error:
            raise JudgeError(f"Inspect AI cannot make the model {name!r}: {plain(error)}") from error

    @property
    def model(self) -> str:
        """The model's name."""
        return f"inspect:{self._name}"

    async def complete(self, call: Call) -> Reply:
        """Make one attempt; see `Judge.complete`."""
        return await asyncio.create_task(self._complete(call))

    async def close(self) -> None:
        """Close the connections of the provider."""
        await self._inspect.api.aclose()

    async def _complete(self, call: Call) -> Reply:
        while True:
            dialect = self._dialect
            try:
                return _reply(await self._send(call, dialect))
            except NotUnderstood as refusal:
                simpler = simpler_dialect(dialect, refusal.message)
                if simpler is None:
                    raise Refused(refusal.message) from refusal
                if self._dialect == dialect:  # else another call has learned it in the meantime
                    self._dialect = simpler

    async def _send(self, call: Call, dialect: Dialect) -> ModelOutput:
        from inspect_ai.model import ChatMessageSystem, ChatMessageUser

        messages: list[ChatMessage] = [ChatMessageSystem(content=call.system), ChatMessageUser(content=call.user)]
        try:
            return await self._inspect.generate(messages, config=_config(call, dialect), cache=False)
        except Exception as error:
            cause = first_cause(error)
            raise failure_of(cause, self._inspect.api.should_retry(cause), self.model) from error


def answer_form(question_id: str, schema: Mapping[str, Any]) -> ResponseSchema:
    """Give the form of an answer as Inspect asks providers for it."""
    from inspect_ai.model import ResponseSchema
    from inspect_ai.util import JSONSchema

    return ResponseSchema(name=question_id, json_schema=JSONSchema.model_validate(schema), strict=True)


def _config(call: Call, dialect: Dialect) -> GenerateConfig:
    from inspect_ai.model import GenerateConfig

    return GenerateConfig(
        max_tokens=call.max_tokens,
        temperature=0.0 if dialect.temperature else None,
        response_schema=answer_form(call.question, call.schema) if dialect.structure == "schema" else None,
        max_retries=0,
        attempt_timeout=_TIMEOUT,
        max_connections=_MOST_CONNECTIONS,
    )


def _reply(output: ModelOutput) -> Reply:
    if output.empty:
        raise Broken(masked(output.error or "the answer holds no choice"))
    if output.stop_reason == "content_filter":
        raise Refused(masked(output.error or "content filter"))
    if output.stop_reason == "model_length":
        raise TooLong(masked(output.error or "longer than the model's context"))
    if output.error:
        raise Broken(masked(output.error))
    usage = output.usage
    if usage is None:
        return Reply(text=answer_without_keys(output.completion), cut=output.stop_reason == "max_tokens")
    cached = token_count(usage.input_tokens_cache_read)
    return Reply(
        text=answer_without_keys(output.completion),
        input_tokens=token_count(usage.input_tokens) + cached + token_count(usage.input_tokens_cache_write),
        output_tokens=token_count(usage.output_tokens),
        cached_tokens=cached,
        cut=output.stop_reason == "max_tokens",
    )
