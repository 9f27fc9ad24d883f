"""The connection to a server that may mean harm: bounded answers, a deadline for the whole call, no other address."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, Any, Final

from marshtest.judges.interim import few_interim
from marshtest.judges.protocol import Broken, JudgeError
from marshtest.text.masking import masked, without_keys

if TYPE_CHECKING:
    import openai

__all__ = ["MOST_BYTES", "bounded_client"]

MOST_BYTES: Final = 8 * 2**20
"""Bytes of an answer. Chosen by eye: the longest answers that calls allow are some 100 kB, log-probabilities and
reasoning beside them a few times that."""


def bounded_client(*, key: str, address: str | None, timeout: float) -> openai.AsyncOpenAI:
    """Make a client of the SDK, with its aiohttp transport, that reads no more than `MOST_BYTES` of any answer.

    Redirects are not followed, since the texts of records would go to an address that nobody named. Answers are asked
    for unpacked: a packed one may unpack to a thousand times its size. The key is taken out of what comes back, so that
    no message, store or report can hold it.

    Args:
        key: The key.
        address: Base URL; that of OpenAI where not given.
        timeout: Seconds in which some byte has to come; the deadline of the whole call is the caller's.
    """
    import openai

    class BoundedClient(openai.DefaultAioHttpClient):
        def _init_transport(self, *words: Any, **options: Any) -> Any:
            return _with_few_interim(super()._init_transport(*words, **options))

        def _init_proxy_transport(self, *words: Any, **options: Any) -> Any:
            return _with_few_interim(super()._init_proxy_transport(*words, **options))

        async def send(self, request: Any, *, stream: bool = False, **options: Any) -> Any:  # noqa: ARG002  never ours
            response = await super().send(request, stream=True, **options)
            try:
                if response.is_redirect:
                    raise JudgeError(
                        f"the judge's server at {masked(str(request.url))} sends calls on to another address, which is "
                        "not followed; give the address itself with --judge-base-url."
                    )
                content = await _read(response)
            finally:
                await response.aclose()
            return type(response)(
                response.status_code,
                headers=response.headers,
                content=_without(key, content),
                request=response.request,
            )

    unlimited = type(openai.DEFAULT_CONNECTION_LIMITS)(max_connections=None, max_keepalive_connections=None)
    return openai.AsyncOpenAI(
        api_key=key,
        base_url=address,
        max_retries=0,
        timeout=timeout,
        default_headers={"Accept-Encoding": "identity"},
        # The SDK's own limits keep 100 connections; as many live as there are calls on the way.
        http_client=BoundedClient(
            timeout=timeout,
            limits=unlimited,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none is kept, and none sent
        ),
    )


def _with_few_interim(transport: Any) -> Any:
    """Have a transport's session take few interim answers; the session is made with the first call."""

    def session() -> Any:
        import aiohttp

        connector = aiohttp.TCPConnector(limit=0, ssl=transport.ssl_context)  # as many as there are calls on the way
        return aiohttp.ClientSession(connector=connector, response_class=few_interim())

    transport.client = session
    return transport


async def _read(response: Any) -> bytes:
    """Read a body up to the limit.

    Raises:
        Broken: It is longer, or it is packed although it was asked for as it is.
    """
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Broken("the server's answer is packed, though it was asked for unpacked")
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_raw():
        size += len(part)
        if size > MOST_BYTES:
            raise Broken(f"the server's answer is longer than {MOST_BYTES // 2**20} MiB")
        parts.append(part)
    return b"".join(parts)


def _without(key: str, content: bytes) -> bytes:
    """Take the key out of an answer."""
    text = content.decode("latin-1")  # a character a byte: the quickest way there and back
    return without_keys(text, key).encode("latin-1")
