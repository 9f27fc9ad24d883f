"""What an exception out of Inspect AI means: its providers raise whatever the SDKs beneath them raise."""

from __future__ import annotations

import re

from marshtest.judges.protocol import Broken, Busy, JudgeError, Refused, TooLong, Unreachable
from marshtest.judges.replies import NotUnderstood
from marshtest.text.masking import masked

__all__ = ["failure_of", "first_cause", "plain"]

_FATAL = {
    401: "the key was not accepted",
    402: "there is no money left",
    403: "the key may not use it",
    404: "there is no such model or address",
}
_NO_MONEY_LEFT = ("insufficient_quota", "billing_hard_limit", "credit balance is too low")
_BUSY = {429, 529}
_FAILING = {408, 409, 425}
_TOO_LONG = ("context_length_exceeded", "string_above_max_length", "prompt is too long", "maximum context length")
_NO_CONNECTION = ("Timeout", "Connect", "NetworkError", "ReadError", "WriteError", "ProtocolError")
_WRAPPERS = {"RetryError", "ModelGenerateError"}
_LONGEST = 500
"""Characters kept of an error: some quote the whole request."""
_MARKUP = re.compile(r"\[/?[a-z]+\]")


def first_cause(error: Exception) -> Exception:
    """Unwrap what Inspect and its retries put around a provider's exception: the wrapping quotes the whole request."""
    while type(error).__name__ in _WRAPPERS:
        attempt = getattr(error, "last_attempt", None)
        inner = error.__cause__ if attempt is None else attempt.exception()
        if not isinstance(inner, Exception):
            break
        error = inner
    return error


def plain(error: Exception) -> str:
    """Give the words of an exception in one line, without the markup that Inspect puts into them for terminals."""
    return masked(" ".join(_MARKUP.sub("", str(error)).split()))[:_LONGEST]


def failure_of(error: Exception, retry: object, name: str) -> Exception:
    """Say what an exception means for this call, or for all of them.

    Args:
        error: The exception of the provider, unwrapped.
        retry: What the provider says of trying again: `RetryDecision` of Inspect, or whether it is worth it.
        name: The judge.
    """
    kind, status = type(error).__name__, _status(error)
    message = f"{kind}: {plain(error)}"
    if kind == "PrerequisiteError" or isinstance(error, ImportError):
        return JudgeError(f"the judge {name} cannot be asked: {plain(error)}")
    if any(word in str(error) for word in _NO_MONEY_LEFT):
        return JudgeError(f"the judge {name} cannot be asked: {message}")
    if status in _BUSY or getattr(retry, "kind", "") == "rate_limit":
        return Busy(message, float(getattr(retry, "retry_after", None) or 0.0))
    if status in _FATAL:
        return JudgeError(f"the judge {name} cannot be asked: {_FATAL[status]} ({message}).")
    if status == 413 or any(word in str(error) for word in _TOO_LONG):
        return TooLong(message)
    if status is not None and (status >= 500 or status in _FAILING):
        return Broken(message)
    if status is not None and status >= 400:
        return Refused(message) if "content_filter" in str(error) else NotUnderstood(message)
    if isinstance(error, OSError) or retry or any(word in kind for word in _NO_CONNECTION):
        return Unreachable(message)
    return Broken(message)


def _status(error: Exception) -> int | None:
    """Give the HTTP status, wherever the SDK keeps it."""
    response = getattr(error, "response", None)
    amazon = response.get("ResponseMetadata", {}).get("HTTPStatusCode") if isinstance(response, dict) else None
    found = (
        getattr(error, "status_code", None),
        getattr(error, "code", None),
        getattr(error, "status", None),
        getattr(response, "status_code", None),
        amazon,
    )
    return next((one for one in found if isinstance(one, int) and 100 <= one < 600), None)
