"""What a failed request means is read from its status, its code and, where there is neither, its words."""

from __future__ import annotations

import pytest

from marshtest.judges.protocol import TooLong
from marshtest.judges.replies import NotUnderstood, failure_of_status


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("context_length_exceeded", "too long"),
        ("400", "request (2417 tokens) exceeds the available context size (2048 tokens), try increasing it"),
        ("400", "This model's maximum context length is 2048 tokens. However, you requested 2417 tokens."),
        ("invalid_value", "max_tokens is too large: 19520. This model supports at most 16384 completion tokens."),
    ],
    ids=["code", "llama.cpp", "vLLM", "OpenAI"],
)
def test_a_call_that_does_not_fit_is_told_from_a_refusal(code: str, message: str) -> None:
    assert isinstance(failure_of_status(400, code, message, "m"), TooLong)


def test_a_request_that_is_not_understood_is_no_call_that_is_too_long() -> None:
    for message in ("response_format is not supported", "Unsupported parameter: 'max_completion_tokens'"):
        assert isinstance(failure_of_status(400, "400", message, "m"), NotUnderstood)
