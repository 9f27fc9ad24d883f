"""What a server of the OpenAI protocol gave back, read alike whether it came at once or in a batch file."""

from __future__ import annotations

import re
from typing import Any

from marshtest.judges.protocol import Broken, Busy, JudgeError, Refused, Reply, TooLong
from marshtest.text.masking import answer_without_keys, masked

__all__ = ["NotUnderstood", "failure_of_status", "reply_of", "token_count"]

_SHOWN = 500
"""Characters kept of a server's message: some quote the whole request, and the rest is no help."""
_MOST_TOKENS = 10**9
"""Tokens of one call that are believed. Chosen by eye: a thousand times the longest context there is."""

_FATAL = {401: "the key was not accepted", 403: "the key may not use it", 404: "there is no such model or address"}
_NO_MONEY_LEFT = {"insufficient_quota", "billing_hard_limit_reached"}
_TOO_LONG = {"context_length_exceeded", "string_above_max_length"}
_SAYS_TOO_LONG = re.compile(r"context[ _](length|size|window)|completion tokens", re.IGNORECASE)
"""How servers without such codes say it. Seen with llama.cpp (context size); the words of vLLM (context length) and of
OpenAI for a limit above what the model can write (completion tokens) were not tried on their servers."""


class NotUnderstood(Exception):
    """The server does not take the request as it is (400 or 422)."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def failure_of_status(
    status: int, code: str, message: str, model: str, *, retry_after: str = "", key: str | None = None
) -> Exception:
    """Say what a status means for this call, or for all of them.

    Args:
        status: The HTTP status.
        code: The `code` of the error body; empty where there is none.
        message: The message of the error body.
        model: The model that was asked.
        retry_after: The header of this name.
        key: The key that was sent, which no message may hold.
    """
    message = masked(message, key)[:_SHOWN]
    if code in _NO_MONEY_LEFT:
        return JudgeError(f"the judge {model} cannot be asked: {message}")
    if status == 429:
        return Busy(message, _seconds(retry_after))
    if status in _FATAL:
        return JudgeError(f"the judge {model} cannot be asked: {_FATAL[status]} ({message}).")
    if code in _TOO_LONG or status == 413:
        return TooLong(message)
    if code == "content_filter":
        return Refused(message)
    if status in (408, 409) or status >= 500:
        return Broken(f"{status}: {message}")
    if _SAYS_TOO_LONG.search(message):
        return TooLong(message)
    return NotUnderstood(message)


def reply_of(answer: Any, *, key: str | None = None) -> Reply:
    """Read a completion. It is taken as plain JSON: building the SDK's types costs more than all the rest of a call.

    Args:
        answer: The body.
        key: The key that was sent, which no answer may hold.

    Raises:
        Broken: It is no completion.
        Refused: The model declined, or a filter stopped it.
    """
    try:
        choice = answer["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content") or "", message.get("refusal")
        usage = answer.get("usage") or {}
        read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise Broken("the server's answer is no completion") from error
    if refusal or reason == "content_filter":
        raise Refused(masked(str(refusal or "content filter"), key)[:_SHOWN])
    return Reply(
        text=answer_without_keys(str(text), key),
        input_tokens=token_count(read),
        output_tokens=token_count(written),
        cached_tokens=token_count(cached),
        cut=reason == "length",
    )


def token_count(count: object) -> int:
    """Read a number of tokens; none given is 0.

    Raises:
        Broken: It is no number, or none that a call can have: negative ones would make room in a budget.
    """
    if count is None:
        return 0
    if isinstance(count, bool) or not isinstance(count, int | float) or not 0 <= count <= _MOST_TOKENS:
        raise Broken("the server's answer counts its tokens by no number")
    return int(count)


def _seconds(text: str) -> float:
    """Read Retry-After; a date instead of seconds, which few servers send, counts as not given."""
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
