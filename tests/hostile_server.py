"""A server of the OpenAI protocol that means harm: it writes what a test asks for, and notes what it is sent."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO

__all__ = ["HostileServer", "body_of", "completion", "drip", "flood", "hostile"]

Answer = Callable[[BinaryIO, dict[str, Any]], None]
"""Writes the whole answer, status line and all; is given the request's body."""


class HostileServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine; every answer is written by a function."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        """Bodies of the requests, in order."""
        self.keys: list[str] = []
        """Their Authorization headers."""
        self.cookies: list[str] = []
        """Their Cookie headers."""

    @property
    def address(self) -> str:
        """Give the base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: HostileServer

    def do_POST(self) -> None:
        """Answer one request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers.get("Authorization", ""))
        self.server.cookies.append(self.headers.get("Cookie", ""))
        try:
            self.server.answer(self.wfile, body)  # type: ignore[arg-type]
            self.wfile.flush()
        except OSError:  # whoever asked has gone
            pass
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def hostile(answer: Answer) -> Iterator[HostileServer]:
    """Run a server in threads of this process."""
    with HostileServer(answer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()


def body_of(body: bytes, *, status: str = "200 OK", headers: str = "") -> Answer:
    """Answer with these bytes."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"

    def answer(file: BinaryIO, _: dict[str, Any]) -> None:
        file.write(head.encode() + body)

    return answer


def completion(text: str, **usage: Any) -> bytes:
    """Give a completion that holds a text."""
    return json.dumps({"choices": [{"message": {"content": text}}], "usage": usage}).encode()


def flood(file: BinaryIO, _: dict[str, Any]) -> None:
    """Write without end."""
    file.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    for _part in range(10_000):
        file.write(b" " * 2**20)


def drip(file: BinaryIO, _: dict[str, Any]) -> None:
    """Write a byte every twentieth of a second."""
    file.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{")
    for _part in range(2_000):
        file.write(b" ")
        file.flush()
        time.sleep(0.05)
