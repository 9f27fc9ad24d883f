"""Take keys and passwords out of text that is printed, kept or handed on: a server may send back what it was sent."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["answer_without_keys", "masked", "without_keys"]

_MASK = "[key]"
_FEWEST = 8
"""Characters of a secret that is looked for. Chosen by eye: shorter ones are words that stand in any text."""
_NAMED_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
"""Names of environment variables that hold secrets, as providers name them."""
_USER_OF_ADDRESS = re.compile(r"(?<=://)[^/@\s\"'<>]+(?=@)")
"""Name and password in an address."""
_QUERY_OF_ADDRESS = re.compile(r"(?<=://)([^\s\"'<>?#]*\?)[^\s\"'<>]+")
"""What stands behind the question mark of an address: keys of many gateways do."""
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(/))")
"""How JSON may write any character, or a slash, in another way."""


def masked(text: str, *secrets: str | None) -> str:
    """Replace secrets: those given, those of the environment, and names, passwords and queries in addresses.

    Cut a text afterwards: of a key that is cut in two, nothing is recognised.

    Args:
        text: What is shown.
        secrets: Keys in use; None and short ones are passed over.

    Example:
        >>> masked("sent sk-0123456789 to http://me:word@host/v1", "sk-0123456789")
        'sent [key] to http://[key]@host/v1'
    """
    named = _USER_OF_ADDRESS.sub(_MASK, without_keys(text, *secrets))
    return _QUERY_OF_ADDRESS.sub(rf"\1{_MASK}", named)


def without_keys(text: str, *secrets: str | None) -> str:
    """Replace secrets that are given and those of the environment, and leave addresses alone: for a model's answers."""
    for secret in sorted({one for one in (*secrets, *_of_environment()) if one}, key=len, reverse=True):
        if len(secret) >= _FEWEST:
            text = text.replace(secret, _MASK)
    return text


def answer_without_keys(text: str, *secrets: str | None) -> str:
    """Take keys out of an answer that is JSON still: one that spells a key in escapes is given up as a whole."""
    text = without_keys(text, *secrets)
    if "\\" not in text:
        return text
    spelt = _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else "/", text)
    return text if without_keys(spelt, *secrets) == spelt else _MASK


def _of_environment() -> list[str]:
    """Give the values of variables that are named like secrets; paths to key files are none.

    A slash alone makes no path: keys in base 64 hold some.
    """
    return [
        value
        for name, value in os.environ.items()
        if _NAMED_SECRET.search(name) and not (os.sep in value and Path(value).exists())
    ]
