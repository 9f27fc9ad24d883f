"""Any server that speaks the OpenAI chat-completions protocol, through the openai SDK with its aiohttp transport."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from marshtest.judges.bounded_client import bounded_client
from marshtest.judges.protocol import Broken, Call, JudgeError, Refused, Reply, Unreachable
from marshtest.judges.replies import NotUnderstood, failure_of_status, reply_of
from marshtest.judges.requests import Dialect, request_body, simpler_dialect

if TYPE_CHECKING:
    import openai

__all__ = ["OpenAIJudge"]

_TIMEOUT = 180.0
"""Seconds for one whole attempt. Chosen by eye: models that reason first take minutes."""


class OpenAIJudge:
    """A model behind an OpenAI-compatible server: OpenAI, OpenRouter, vLLM, llama.cpp, Ollama and others.

    The SDK's own retries are off: waiting and trying again is counted, and is the business of `Sender`.

    Args:
        model: The model's name, as the server knows it.
        base_url: Address of the server; that of OpenAI where not given.
        api_key: The key; from OPENAI_API_KEY where not given. Servers of one's own need none.
        timeout: Seconds for one attempt.

    Raises:
        JudgeError: There is no key for OpenAI itself.
    """

    def __init__(
        self, model: str, *, base_url: str | None = None, api_key: str | None = None, timeout: float = _TIMEOUT
    ) -> None:
        address = base_url or os.environ.get("OPENAI_BASE_URL")
        key = api_key or os.environ.get("OPENAI_API_KEY")
        if key is None and address is None:
            raise JudgeError(
                "no key for the judge: set OPENAI_API_KEY, or name a server of your own with --judge-base-url."
            )
        self._model = model
        self._address = address
        self._key = key or "none"
        self._timeout = timeout
        self._client: openai.AsyncOpenAI | None = None
        self._dialect = Dialect()

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model

    async def complete(self, call: Call) -> Reply:
        """Make one attempt; see `Judge.complete`."""
        while True:
            dialect = self._dialect
            try:
                return reply_of(await self._send(request_body(call, self._model, dialect)), key=self._key)
            except NotUnderstood as refusal:
                simpler = simpler_dialect(dialect, refusal.message)
                if simpler is None:
                    raise Refused(refusal.message) from refusal
                if self._dialect == dialect:  # else another call has learned it in the meantime
                    self._dialect = simpler

    async def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _send(self, body: dict[str, Any]) -> Any:
        import openai

        if self._client is None:
            self._client = bounded_client(key=self._key, address=self._address, timeout=self._timeout)
        try:
            async with asyncio.timeout(self._timeout):  # the SDK's own begins again with every byte that comes
                return await self._client.post("/chat/completions", cast_to=object, body=body)
        except TimeoutError as error:
            raise Unreachable(f"no whole answer in {self._timeout:g} seconds") from error
        except openai.APIStatusError as error:
            retry_after = error.response.headers.get("retry-after", "")
            code = str(error.code or "")
            raise failure_of_status(
                error.status_code, code, error.message, self._model, retry_after=retry_after, key=self._key
            ) from error
        except openai.APIConnectionError as error:
            raise Unreachable(str(error.__cause__ or error)) from error
        except openai.APIError as error:
            raise Broken(str(error)) from error
        except (ValueError, RecursionError) as error:  # a body that is cut off, no JSON, or nested beyond reading
            raise Broken(f"the server's answer cannot be read: {error}") from error
