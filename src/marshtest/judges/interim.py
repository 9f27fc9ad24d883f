"""A response that takes few interim answers (1xx): a server may write them without end before the real one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import aiohttp

__all__ = ["MOST_INTERIM", "few_interim"]

MOST_INTERIM: Final = 100
"""Interim answers to one request. Chosen by eye: 103 comes once or twice, and 102 every some seconds."""


@cache
def few_interim() -> type[aiohttp.ClientResponse]:
    """Give the class of responses for `aiohttp.ClientSession(response_class=...)`.

    A request whose interim answers are more than `MOST_INTERIM` ends with `aiohttp.ClientPayloadError`.
    """
    import aiohttp

    class FewInterim(aiohttp.ClientResponse):
        async def start(self, connection: Any) -> aiohttp.ClientResponse:
            protocol = connection.protocol
            read, taken = protocol.read, 0

            async def counted() -> Any:
                nonlocal taken
                taken += 1
                if taken > MOST_INTERIM + 1:
                    raise aiohttp.ClientPayloadError(f"more than {MOST_INTERIM} interim answers (1xx), and no answer")
                return await read()

            protocol.read = counted  # the loop over interim answers is inside of `start`
            try:
                return await super().start(connection)
            finally:
                del protocol.read

    return FewInterim
