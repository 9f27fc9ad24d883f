"""A real HTTP server on this machine, run as a process or in a thread of a test."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import TypeVar

from aiohttp import web

__all__ = ["LocalServer", "running"]

_LARGEST_BODY = 64 * 2**20
"""Bytes of a request: a call about long records must fit."""
_LONGEST_START = 30.0
"""Seconds after which a server that does not start is an error."""
_POLL = 0.01
"""Seconds between two looks at whether a server in a thread is to stop."""


class LocalServer(ABC):
    """A server; `start` gives its address."""

    def __init__(self) -> None:
        self._runner: web.AppRunner | None = None

    @abstractmethod
    def routes(self) -> Sequence[web.RouteDef]:
        """Give what is served, each path below `/`."""

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> str:
        """Begin to serve and give the base URL, which ends in `/v1`.

        Args:
            port: The port; 0 takes any free one.
            host: The address to listen on.
        """
        app = web.Application(client_max_size=_LARGEST_BODY)
        app.router.add_routes(self.routes())
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port, backlog=1024, reuse_address=True).start()
        return f"http://{host}:{self._runner.addresses[0][1]}/v1"

    async def stop(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()


_Server = TypeVar("_Server", bound=LocalServer)


@contextmanager
def running(server: _Server) -> Iterator[tuple[str, _Server]]:
    """Run a server in a thread of this process; give its base URL and the server.

    Raises:
        RuntimeError: It did not start.
    """
    ready, done = Event(), Event()
    address: list[str] = []

    async def serve() -> None:
        address.append(await server.start())
        ready.set()
        while not done.is_set():
            await asyncio.sleep(_POLL)
        await server.stop()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(_LONGEST_START):
        raise RuntimeError("the server did not start")
    try:
        yield address[0], server
    finally:
        done.set()
        thread.join(_LONGEST_START)
