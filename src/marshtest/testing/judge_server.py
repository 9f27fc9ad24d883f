"""A real HTTP server that speaks the OpenAI chat-completions protocol and answers by rule, with faults on demand.

    python -m marshtest.testing.judge_server --rule my_module:my_rule --port 8000 --busy 0.1 --log asked.jsonl

Every fault that a provider shows can be asked for: busy (429 with Retry-After), broken (500), dropped connections, half
an answer, malformed JSON, ids that nobody asked about, refusals. Faults are drawn by seed. The log holds a line for
every item in every answer that was sent whole, and one for every call that went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import IO, Any

from aiohttp import web

from marshtest.judges.questions import Passage
from marshtest.judges.tokens import estimate_tokens
from marshtest.testing.local_server import LocalServer, running
from marshtest.testing.rules import AskedItem, Decline, Rule, answer_text, read_items

__all__ = ["Faults", "JudgeServer", "main", "serving"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Shares of calls that go wrong, 0 to 1 each, and how long every call takes."""

    busy: float = 0.0
    """Status 429 with Retry-After."""
    broken: float = 0.0
    """Status 500."""
    dropped: float = 0.0
    """The connection ends without an answer."""
    half: float = 0.0
    """The connection ends within the answer."""
    malformed: float = 0.0
    """The content is no JSON."""
    wrong_ids: float = 0.0
    """The answers have ids that were not asked about."""
    most_spoilt: int | None = None
    """Most malformed answers and answers with wrong ids about one item; None is no limit. An inquiry gives an item up
    after four, so with three a run of many calls cannot lose an item by bad luck."""
    refused: float = 0.0
    """The model declines."""
    delay: float = 0.0
    """Seconds before every answer."""
    retry_after: float = 0.05
    """Seconds that a busy server asks to wait."""
    seed: int = 0


@contextmanager
def serving(rule: Rule, *, faults: Faults = Faults(), log: Path | None = None) -> Iterator[tuple[str, JudgeServer]]:
    """Run a server in a thread of this process; give its base URL and the server.

    Args:
        rule: Gives the answer about one item.
        faults: What goes wrong, how often.
        log: File that gets a line for every item of every whole answer; see `JudgeServer`.
    """
    with running(JudgeServer(rule, faults=faults, log=log)) as served:
        yield served


class JudgeServer(LocalServer):
    """The server; `start` gives its address.

    Args:
        rule: Gives the answer about one item.
        faults: What goes wrong, how often.
        log: File that gets a line for every item of every whole answer (when it was sent and when asked, in which call,
            the question, the keys of the instructions and of the item's text), and a line for every call that went
            wrong (when, which, its fault).
    """

    def __init__(self, rule: Rule, *, faults: Faults = Faults(), log: Path | None = None) -> None:
        super().__init__()
        self.rule = rule
        self.faults = faults
        self.calls = 0
        self._random = Random(faults.seed)
        self._spoilt: Counter[tuple[str, str]] = Counter()
        self._log: IO[str] | None = None if log is None else log.open("a", encoding="utf-8", buffering=1)

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the one path of the protocol."""
        return [web.post("/v1/chat/completions", self._complete)]

    async def stop(self) -> None:
        """Stop serving and close the log."""
        await super().stop()
        if self._log is not None:
            self._log.close()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.calls += 1
        call, asked = self.calls, round(time.time(), 3)
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        fault = self._draw()
        if fault:
            self._write({"call": call, "fault": fault})
        if fault == "busy":
            return _error(429, "slow down", {"Retry-After": str(self.faults.retry_after)})
        if fault == "broken":
            return _error(500, "something broke")
        if fault == "dropped":
            _cut(request)
            return web.Response()
        system, user = (message["content"] for message in body["messages"])
        question = body.get("response_format", {}).get("json_schema", {}).get("name", "")
        try:
            items = read_items(question, system, user)
            text = answer_text(self.rule, items)
        except Decline as refusal:
            return web.json_response(_completion(body, system + user, "", refusal=str(refusal)))
        except ValueError as error:
            return _error(400, str(error))
        if fault == "refused":
            return web.json_response(_completion(body, system + user, "", refusal="I cannot help with that."))
        if fault in ("malformed", "wrong_ids") and self._is_enough(items):
            fault = ""
        if fault == "malformed":
            text = text[: len(text) // 2] + " and so on"
        if fault == "wrong_ids":
            answers = json.loads(text)["answers"]
            text = json.dumps({"answers": [{**answer, "id": answer["id"][::-1] + "0"} for answer in answers]})
        answer = json.dumps(_completion(body, system + user, text)).encode()
        if fault == "half":
            response = web.StreamResponse(
                headers={"Content-Length": str(len(answer)), "Content-Type": "application/json"}
            )
            await response.prepare(request)
            await response.write(answer[: len(answer) // 2])
            _cut(request)
            return response
        response = web.Response(body=answer, content_type="application/json")
        try:
            await response.prepare(request)
            await response.write_eof()
        except ConnectionResetError:  # nobody is there any more
            return response
        if fault == "":
            for _, item in items:
                keys = {"prompt": _digest(item.instructions), "item": _key(item.passages)}
                self._write({"call": call, "asked": asked, "question": item.question, **keys})
        return response

    def _is_enough(self, items: Sequence[tuple[str, AskedItem]]) -> bool:
        """Count a spoilt answer for each item; tell instead that one of them has had as many as it may."""
        keys = [(item.question, _key(item.passages)) for _, item in items]
        most = self.faults.most_spoilt
        if most is not None and any(self._spoilt[key] >= most for key in keys):
            return True
        self._spoilt.update(keys)
        return False

    def _draw(self) -> str:
        place, faults = self._random.random(), self.faults
        for name in ("busy", "broken", "dropped", "half", "malformed", "wrong_ids", "refused"):
            share: float = getattr(faults, name)
            if place < share:
                return name
            place -= share
        return ""

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._log is not None:
            self._log.write(json.dumps({"at": round(time.time(), 3), **line}) + "\n")


def _key(passages: Sequence[Passage]) -> str:
    return _digest(json.dumps([[one.heading, one.text] for one in passages]))


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "error"}}, status=status, headers=headers)


def _completion(body: dict[str, Any], prompt: str, text: str, *, refusal: str | None = None) -> dict[str, Any]:
    tokens, written = estimate_tokens(prompt), estimate_tokens(text)
    return {
        "id": "chatcmpl-rule",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model", ""),
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, "refusal": refusal},
                "finish_reason": "stop",
                "logprobs": None,
            }
        ],
        "usage": {"prompt_tokens": tokens, "completion_tokens": written, "total_tokens": tokens + written},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted; prints the base URL as the first line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rule", required=True, help="module:function that gives the answer about one item")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path)
    for one in fields(Faults):
        default = getattr(Faults(), one.name)
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=type(default), default=default)
    given = parser.parse_args(arguments)
    module, _, name = given.rule.partition(":")
    rule: Rule = getattr(importlib.import_module(module), name)
    faults = Faults(**{one.name: getattr(given, one.name) for one in fields(Faults)})
    asyncio.run(_serve(JudgeServer(rule, faults=faults, log=given.log), given.port))


async def _serve(server: JudgeServer, port: int) -> None:
    sys.stdout.write(await server.start(port) + "\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await server.stop()


if __name__ == "__main__":
    main()
