"""A call in the words of the OpenAI chat-completions protocol."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from marshtest.judges.protocol import Call

__all__ = ["Dialect", "request_body", "simpler_dialect"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parts of the protocol a server understands. Servers differ, and say so with status 400."""

    structure: Literal["schema", "object", "plain"] = "schema"
    """How the form of the answer is asked for: by JSON Schema, as any JSON object, or in words alone."""
    temperature: bool = True
    """Whether it takes a temperature."""
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"
    """What it calls the longest answer."""


def request_body(call: Call, model: str, dialect: Dialect = Dialect()) -> dict[str, Any]:
    """Give the body of a request."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": "system", "content": call.system}, {"role": "user", "content": call.user}],
        dialect.limit: call.max_tokens,
    }
    if dialect.temperature:
        body["temperature"] = 0
    if dialect.structure == "schema":
        form = {"name": call.question, "strict": True, "schema": call.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": form}
    elif dialect.structure == "object":
        body["response_format"] = {"type": "json_object"}
    return body


def simpler_dialect(dialect: Dialect, message: str) -> Dialect | None:
    """Give the next simpler dialect that this complaint calls for; None when the complaint is about the text."""
    if "temperature" in message and dialect.temperature:
        return replace(dialect, temperature=False)
    if "max_completion_tokens" in message and dialect.limit == "max_completion_tokens":
        return replace(dialect, limit="max_tokens")
    if any(word in message for word in ("response_format", "json_schema", "schema", "structured")):
        if dialect.structure == "schema":
            return replace(dialect, structure="object")
        if dialect.structure == "object":
            return replace(dialect, structure="plain")
    return None
