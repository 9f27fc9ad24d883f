"""An HTTP client that posts JSON and retries what may succeed later."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Final

from marshtest.sweep.scorers.scorer import ScorerError

__all__ = ["Client", "NotTaken"]

_FIRST_WAIT: Final = 0.25
"""Seconds that the waits are computed from: see `_LONGEST_WAIT`."""
_LONGEST_WAIT: Final = 30.0
"""Seconds before a retry: doubled each time from twice `_FIRST_WAIT` to this, half of it at random, so that clients
do not return together. With eight tries a server may be away for half a minute."""
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
        raise ScorerError(f"{address}: no usable answer after {self._tries} tries ({problem}); is the server up?")

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, address: str, body: dict[str, Any]) -> dict[str, Any] | str:
        """Give the answer, or the reason of a failure that a retry may overcome."""
        import aiohttp

        if self._session is None:
            headers = {} if self._key is None else {"Authorization": f"Bearer {self._key}"}
            self._session = aiohttp.ClientSession(
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                connector=aiohttp.TCPConnector(limit=0),
            )
        self.sent += 1
        try:
            async with self._session.post(address, json=body) as response:
                if response.status in _FATAL:
                    raise ScorerError(f"{address}: {_FATAL[response.status]}; set OPENAI_API_KEY.")
                if response.status in (408, 409, 429) or response.status >= 500:
                    return f"status {response.status}"
                if response.status >= 400:
                    raise NotTaken(response.status, (await response.text())[:500])
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return str(error) or type(error).__name__
        return answer if isinstance(answer, dict) else "the answer is not an object"
