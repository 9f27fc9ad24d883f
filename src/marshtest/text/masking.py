"""Take keys and passwords out of text that is printed, kept or handed on: a server may send back what it was sent."""

from __future__ import annotations

import os
import re

__all__ = ["masked", "without_keys"]

_MASK = "[key]"
_FEWEST = 8
"""Characters of a secret that is looked for. Chosen by eye: shorter ones are words that stand in any text."""
_NAMED_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
"""Names of environment variables that hold secrets, as providers name them."""
_USER_OF_ADDRESS = re.compile(r"(?<=://)[^/@\s\"'<>]+(?=@)")
"""Name and password in an address."""


def masked(text: str, *secrets: str | None) -> str:
    """Replace secrets: those given, those of the environment, and names and passwords in addresses.

    Args:
        text: What is shown.
        secrets: Keys in use; None and short ones are passed over.

    Example:
        >>> masked("sent sk-0123456789 to http://me:word@host/v1", "sk-0123456789")
        'sent [key] to http://[key]@host/v1'
    """
    return _USER_OF_ADDRESS.sub(_MASK, without_keys(text, *secrets))


def without_keys(text: str, *secrets: str | None) -> str:
    """Replace secrets that are given and those of the environment, and leave addresses alone: for a model's answers."""
    for secret in sorted({one for one in (*secrets, *_of_environment()) if one}, key=len, reverse=True):
        if len(secret) >= _FEWEST:
            text = text.replace(secret, _MASK)
    return text


def _of_environment() -> list[str]:
    """Give the values of variables that are named like secrets; paths to key files are none."""
    return [value for name, value in os.environ.items() if _NAMED_SECRET.search(name) and os.sep not in value]
