"""A real HTTP server that gives log-probabilities of prompts as vLLM does, by a rule instead of a model.

A token is a word with the space before it, or a single other character. Its log-probability comes from a rule that
sees the text before it, so a test knows every figure. Faults are drawn by seed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from aiohttp import web

from marshtest.testing.local_server import LocalServer, running

__all__ = ["ScoreRule", "ScoreServer", "cut", "serving_scores"]

ScoreRule = Callable[[str, str], float]
"""Gives the log-probability of a token after a text."""

_LONGEST_TEXT = 4096
"""Tokens of the model's context."""
_TOKEN = re.compile(r"<\|\w+\|>| ?\w+|.", re.DOTALL)


def cut(text: str) -> list[str]:
    """Cut a text into tokens; joined they are the text."""
    return _TOKEN.findall(text)


class ScoreServer(LocalServer):
    """The server; see `serving_scores`."""

    def __init__(self, rule: ScoreRule, *, tokenizes: bool, system: bool, busy: float, seed: int) -> None:
        super().__init__()
        self.calls = 0
        """Completions that were answered."""
        self._rule = rule
        self._tokenizes = tokenizes
        self._system = system
        self._busy = busy
        self._random = Random(seed)
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the paths that vLLM has, tokenizing only if asked for."""
        completions = web.post("/v1/completions", self._complete)
        return [completions, web.post("/tokenize", self._tokenize)] if self._tokenizes else [completions]

    async def _tokenize(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "messages" in body:
            turns: Sequence[Mapping[str, str]] = body["messages"]
            if not self._system and any(turn["role"] == "system" for turn in turns):
                return web.json_response({"error": "System role not supported"}, status=400)
            text = "".join(f"<|{turn['role']}|>{turn['content']}" for turn in turns)
            text += "<|assistant|>" if body.get("add_generation_prompt") else ""
        else:
            text = body["prompt"]
        tokens = [self._number(word) for word in cut(text)]
        return web.json_response({"count": len(tokens), "max_model_len": _LONGEST_TEXT, "tokens": tokens})

    async def _complete(self, request: web.Request) -> web.Response:
        body = await request.json()
        if self._random.random() < self._busy:
            return web.json_response({"error": "slow down"}, status=self._random.choice([429, 500, 503]))
        prompt = body["prompt"]
        words = cut(prompt) if isinstance(prompt, str) else [self._words[number] for number in prompt]
        if len(words) > _LONGEST_TEXT:
            return web.json_response({"error": "the prompt is longer than the model's context"}, status=400)
        self.calls += 1
        choice: dict[str, Any] = {"index": 0, "text": " the", "finish_reason": "length", "logprobs": None}
        logprobs: list[float | None] = [None]
        before = words[0] if words else ""
        for word in words[1:]:
            logprobs.append(self._rule(before, word))
            before += word
        if body.get("prompt_logprobs") is not None:
            given = zip(words, logprobs, strict=True)
            choice["prompt_logprobs"] = [
                None
                if one is None
                else {
                    "999999": {"logprob": -0.01, "rank": 1, "decoded_token": " likelier"},
                    str(self._number(word)): {"logprob": one, "rank": 2, "decoded_token": word},
                }
                for word, one in given
            ]
        if body.get("echo"):
            starts = [0]
            for word in words:
                starts.append(starts[-1] + len(word))
            choice["logprobs"] = {
                "tokens": [*words, " the"],
                "token_logprobs": [*logprobs, -1.0],
                "text_offset": starts,
            }
        return web.json_response({"id": "cmpl-rule", "object": "text_completion", "model": "", "choices": [choice]})

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self._words)
            self._words.append(word)
        return self._numbers[word]


@contextmanager
def serving_scores(
    rule: ScoreRule, *, tokenizes: bool = True, system: bool = True, busy: float = 0.0, seed: int = 0
) -> Iterator[tuple[str, ScoreServer]]:
    """Run a server in a thread of this process; give its base URL and the server.

    Args:
        rule: Gives the log-probability of a token after a text.
        tokenizes: Whether it cuts texts into tokens and applies a chat template, as vLLM does.
        system: Whether that template takes system turns.
        busy: Share of requests that are turned away with status 429, 500 or 503.
        seed: Seed of what is turned away.
    """
    with running(ScoreServer(rule, tokenizes=tokenizes, system=system, busy=busy, seed=seed)) as served:
        yield served
