"""A scorer that asks a server for the log-probabilities of prompts: vLLM, and others that echo a prompt with them.

Where the server tokenises texts (`/tokenize`, as vLLM does), it also applies the model's own chat template, and the
completion is tokenised by itself. Other servers get plain text and must say where each token begins.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any, Final

from marshtest.data.records import Message
from marshtest.judges.tokens import estimate_tokens
from marshtest.sweep.scorers.http_client import Client, NotTaken
from marshtest.sweep.scorers.prompting import PROBE, in_first_turn, in_system_turn, plain_text
from marshtest.sweep.scorers.scorer import Likelihood, ScorerError, Size, Text, Unscored
from marshtest.text.masking import masked

__all__ = ["ServerScorer"]

_CHUNK: Final = 64
"""Texts that are scored before their likelihoods are kept: so many are lost when a run is killed."""
_TURN_TOKENS: Final = 4
"""Tokens of the marks around a turn, for estimates: about what chat templates add."""
_LARGEST: Final = 1e9
"""Size of a log-probability that is believed, nats. Chosen by eye: no model's reach a thousand."""


class ServerScorer:
    """A model behind an OpenAI-compatible server.

    Args:
        model: Its name on the server.
        base_url: Address of the server, e.g. http://localhost:8000/v1.
        concurrency: Requests in flight at once.
        longest: A completion is scored up to this token.
        client: What sends the requests.
    """

    def __init__(
        self,
        model: str,
        base_url: str,
        *,
        concurrency: int = 16,
        longest: int = 512,
        client: Client | None = None,
    ) -> None:
        self._model = model
        self._base = base_url.rstrip("/")
        self._shown = masked(self._base)
        self._concurrency = concurrency
        self._longest = longest
        self._client = client or Client(os.environ.get("OPENAI_API_KEY"))
        self._runner = asyncio.Runner()
        self._tokenises: bool | None = None
        """Whether the server tokenises texts; None before it was asked."""
        self._place = in_system_turn

    @property
    def key(self) -> str:
        """Identify everything that could change a likelihood."""
        return f"server:{self._shown}:{self._model}:{self._longest}"

    def size(self, text: Text) -> Size:
        """Estimate the tokens of a text without a persona."""
        context = sum(_TURN_TOKENS + estimate_tokens(turn.content) for turn in text.turns)
        return Size(_TURN_TOKENS + context, min(self._longest, estimate_tokens(text.completion)))

    def persona_tokens(self, persona: str) -> int:
        """Estimate the tokens that a persona adds to a text."""
        return _TURN_TOKENS + estimate_tokens(persona)

    def score(
        self, persona: str | None, texts: Sequence[Text]
    ) -> Iterator[Sequence[tuple[int, Likelihood | Unscored]]]:
        """Score texts; see `Scorer.score`."""
        for start in range(0, len(texts), _CHUNK):
            yield self._runner.run(self._chunk(persona, start, texts[start : start + _CHUNK]))

    def close(self) -> None:
        """Close all connections."""
        self._runner.run(self._client.close())
        self._runner.close()

    async def _chunk(
        self, persona: str | None, start: int, texts: Sequence[Text]
    ) -> list[tuple[int, Likelihood | Unscored]]:
        if self._tokenises is None:
            await self._probe()
        gate = asyncio.Semaphore(self._concurrency)

        async def one(text: Text) -> Likelihood | Unscored:
            async with gate:
                try:
                    return await (self._by_tokens(persona, text) if self._tokenises else self._by_text(persona, text))
                except NotTaken as refusal:
                    if refusal.status == 404:
                        raise ScorerError(f"{self._shown}: there is no model {self._model!r} ({refusal}).") from refusal
                    return Unscored(f"the server rejects it: {str(refusal)[:200]}")

        return list(enumerate(await _all(one(text) for text in texts), start=start))

    async def _probe(self) -> None:
        """Find out whether the server tokenises texts, and where its template shows a persona."""
        try:
            tokens = await self._tokenise({"prompt": "a", "add_special_tokens": False})
        except NotTaken as refusal:
            if refusal.status not in (404, 405):
                raise ScorerError(f"{self._shown}: cannot tokenise a text ({refusal}).") from refusal
            tokens = []
        self._tokenises = bool(tokens)  # llama.cpp calls the text otherwise, and gives none
        if not self._tokenises:
            return
        hello = [Message("user", "Hello.")]
        try:
            with_persona = await self._context(PROBE, hello)
            if with_persona != await self._context(None, hello):  # some templates leave system turns out
                return
        except NotTaken:  # and some refuse them
            pass
        self._place = in_first_turn

    async def _tokenise(self, what: dict[str, Any]) -> list[int]:
        root = self._base.removesuffix("/v1")
        answer = await self._client.post(f"{root}/tokenize", {"model": self._model, **what})
        tokens = answer.get("tokens")
        if not isinstance(tokens, list) or not all(isinstance(one, int) for one in tokens):
            raise ScorerError(f"{masked(root)}/tokenize: the answer holds no list of tokens; is it vLLM?")
        return tokens

    async def _context(self, persona: str | None, turns: Sequence[Message]) -> list[int]:
        placed = self._place(persona, turns) or [Message("user", "")]
        messages = [{"role": turn.role, "content": turn.content} for turn in placed]
        return await self._tokenise({"messages": messages, "add_generation_prompt": True})

    async def _by_tokens(self, persona: str | None, text: Text) -> Likelihood | Unscored:
        context = await self._context(persona, text.turns)
        completion = (await self._tokenise({"prompt": text.completion, "add_special_tokens": False}))[: self._longest]
        if not completion or not context:
            return Unscored("there is nothing to score")
        tokens = context + completion
        choice = await self._completion({"prompt": tokens, "prompt_logprobs": 1})
        given = choice.get("prompt_logprobs")
        if not isinstance(given, list) or len(given) != len(tokens):
            raise ScorerError(
                f"{self._shown}: gives no log-probabilities of prompts; use a server that does, such as vLLM."
            )
        pairs = zip(given[len(context) :], completion, strict=True)
        return _summed([_logprob_of(one, token) for one, token in pairs])

    async def _by_text(self, persona: str | None, text: Text) -> Likelihood | Unscored:
        context, completion = plain_text(persona, text.turns), f" {text.completion}"
        choice = await self._completion({"prompt": context + completion, "echo": True, "logprobs": 1})
        given = choice.get("logprobs")
        try:
            pairs = zip(given["text_offset"], given["token_logprobs"], strict=True)  # type: ignore[index]
            placed = [(int(place), value) for place, value in pairs]
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise ScorerError(
                f"{self._shown}: does not echo a prompt with log-probabilities; use a server that does, such as vLLM."
            ) from error
        end = len(context) + len(completion)
        values = [value for place, value in placed if len(context) <= place < end][: self._longest]
        return _summed(values) if values else Unscored("there is nothing to score")

    async def _completion(self, asked: dict[str, Any]) -> dict[str, Any]:
        body = {"model": self._model, "max_tokens": 1, "temperature": 0, **asked}
        answer = await self._client.post(f"{self._base}/completions", body)
        try:
            choice = answer["choices"][0]
        except (KeyError, IndexError, TypeError) as error:
            raise ScorerError(f"{self._shown}: the answer does not follow the completions protocol.") from error
        return choice if isinstance(choice, dict) else {}


def _logprob_of(given: Any, token: int) -> Any:
    """Read the log-probability of the token that is in the prompt, which vLLM gives by the token's number."""
    entry = given.get(str(token)) if isinstance(given, dict) else None
    return entry.get("logprob") if isinstance(entry, dict) else None


def _summed(values: Sequence[Any]) -> Likelihood | Unscored:
    """Add log-probabilities; numbers of hundreds of digits are none."""
    if not all(isinstance(one, int | float) and -_LARGEST < one < _LARGEST for one in values):
        return Unscored("the server gives no log-probability for some token")
    return Likelihood(len(values), float(sum(values)))


async def _all(waited: Iterator[Coroutine[Any, Any, Likelihood | Unscored]]) -> list[Likelihood | Unscored]:
    """Wait for all; when one fails, the others are cancelled, so that none is left running."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in waited]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return [task.result() for task in tasks]
