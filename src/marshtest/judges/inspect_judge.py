"""Every other provider, through Inspect AI: what safety teams use, with its providers, keys and settings."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING

from marshtest.judges.protocol import Broken, Call, JudgeError, Refused, Reply

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, Model, ModelOutput

__all__ = ["InspectJudge"]

_TIMEOUT = 180


class InspectJudge:
    """A model of Inspect AI, e.g. `anthropic/claude-haiku-4-5`; keys come from the environment, as Inspect reads them.

    Inspect retries rate limits and dropped connections itself. Each call runs in a task of its own, since Inspect keeps
    every call of a task in its transcript.

    Args:
        name: The model as Inspect names it: `provider/model`.

    Raises:
        JudgeError: Inspect AI is not installed, or cannot make this model.
    """

    def __init__(self, name: str) -> None:
        if find_spec("inspect_ai") is None:
            raise JudgeError("the judge needs Inspect AI; install it with: pip install 'marshtest[inspect]'")
        from inspect_ai.model import get_model

        self._name = name
        try:
            self._inspect: Model = get_model(name, memoize=False)
        except (ValueError, ImportError, RuntimeError) as error:
            raise JudgeError(f"Inspect AI cannot make the model {name!r}: {error}") from error

    @property
    def model(self) -> str:
        """The model's name."""
        return f"inspect:{self._name}"

    async def complete(self, call: Call) -> Reply:
        """Make one attempt; see `Judge.complete`."""
        return await asyncio.create_task(self._complete(call))

    async def close(self) -> None:
        """Nothing to close: Inspect keeps its connections."""

    async def _complete(self, call: Call) -> Reply:
        from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig, ResponseSchema
        from inspect_ai.util import JSONSchema

        config = GenerateConfig(
            max_tokens=call.max_tokens,
            temperature=0.0,
            timeout=_TIMEOUT,
            response_schema=ResponseSchema(name=call.question, json_schema=JSONSchema.model_validate(call.schema)),
        )
        messages: list[ChatMessage] = [ChatMessageSystem(content=call.system), ChatMessageUser(content=call.user)]
        try:
            output = await self._inspect.generate(messages, config=config)
        except (RuntimeError, OSError, ValueError, TimeoutError) as error:
            raise Broken(f"{type(error).__name__}: {error}") from error
        return _reply(output)


def _reply(output: ModelOutput) -> Reply:
    if output.error:
        raise Broken(output.error)
    if output.stop_reason == "content_filter":
        raise Refused("content filter")
    usage = output.usage
    return Reply(
        text=output.completion,
        input_tokens=0 if usage is None else usage.input_tokens + (usage.input_tokens_cache_read or 0),
        output_tokens=0 if usage is None else usage.output_tokens,
        cached_tokens=0 if usage is None else usage.input_tokens_cache_read or 0,
        cut=output.stop_reason in ("max_tokens", "model_length"),
    )
