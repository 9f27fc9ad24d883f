"""An HTTP client that posts JSON and retries what may succeed later."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any, Final

from marshtest.judges.interim import few_interim
from marshtest.sweep.scorers.scorer import ScorerError
from marshtest.text.masking import masked, without_keys

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Client", "NotTaken"]

_FIRST_WAIT: Final = 0.25
"""Seconds that the waits are computed from: see `_LONGEST_WAIT`."""
_LONGEST_WAIT: Final = 30.0
"""Seconds before a retry: doubled each time from twice `_FIRST_WAIT` to this, half of it at random, so that clients
do not return together. With eight tries a server may be away for half a minute."""
_MOST_BYTES: Final = 64 * 2**20
"""Bytes of an answer. Chosen by eye: log-probabilities of 100,000 tokens are some 10 MB."""
_PART: Final = 2**16
"""Bytes read at once. Convention."""
_SHOWN: Final = 500
"""Characters kept of a refusal: the rest is no help."""
_FATAL: Final = {401: "the key was not accepted", 403: "the key may not use it"}


class NotTaken(Exception):
    """The server rejects this request (status 400 to 499), so a retry would not help."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """Posts JSON and reads JSON.

    Args:
        key: Sent as bearer token, where there is one.
        timeout: Seconds for one attempt.
        tries: Attempts per request, with a longer wait before each.
    """

    def __init__(self, key: str | None, *, timeout: float = 300.0, tries: int = 8) -> None:
        self.sent = 0
        """Requests that were sent, failed ones included."""
        self._key = key
        self._timeout = timeout
        self._tries = tries
        self._session: Any = None

    async def post(self, address: str, body: dict[str, Any]) -> dict[str, Any]:
        """Post until there is an answer.

        Raises:
            NotTaken: The server rejects this request.
            ScorerError: There is no usable answer after all tries, or the key is refused.
        """
        problem = ""
        for attempt in range(self._tries):
            if attempt:
                await asyncio.sleep(min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt) * (0.5 + random.random() / 2))
            answer = await self._attempt(address, body)
            if isinstance(answer, dict):
                return answer
            problem = answer
        raise ScorerError(
            f"{masked(address)}: no usable answer after {self._tries} tries ({problem}); is the server up?"
        )

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, address: str, body: dict[str, Any]) -> dict[str, Any] | str:
        """Give the answer, or the reason of a failure that a retry may overcome."""
        import aiohttp

        if self._session is None:
            headers = {"Accept-Encoding": "identity"}  # a packed answer may unpack to a thousand times its size
            if self._key is not None:
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                connector=aiohttp.TCPConnector(limit=0),
                auto_decompress=False,
                response_class=few_interim(),
            )
        self.sent += 1
        try:
            # A redirect is not followed: texts would go to an address that nobody named.
            async with self._session.post(address, json=body, allow_redirects=False) as response:
                if response.status in _FATAL:
                    raise ScorerError(f"{masked(address)}: {_FATAL[response.status]}; set OPENAI_API_KEY.")
                if response.status in (408, 409, 429) or response.status >= 500:
                    return f"status {response.status}"
                content = without_keys(await self._read(response), self._key)
                if response.status >= 300:
                    raise NotTaken(response.status, content[:_SHOWN])
                answer = json.loads(content)
        except (aiohttp.ClientError, TimeoutError, ValueError, RecursionError) as error:
            return masked(str(error) or type(error).__name__, self._key)
        return answer if isinstance(answer, dict) else "the answer is not an object"

    @staticmethod
    async def _read(response: aiohttp.ClientResponse) -> str:
        """Read a body up to the limit.

        Raises:
            ValueError: It is longer, or no UTF-8.
        """
        content = bytearray()
        async for part in response.content.iter_chunked(_PART):
            content += part
            if len(content) > _MOST_BYTES:
                raise ValueError(f"the answer is longer than {_MOST_BYTES // 2**20} MiB")
        return content.decode("utf-8")
