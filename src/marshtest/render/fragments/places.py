"""Paths and addresses of a report as URI references (RFC 3986), however odd their names are."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

__all__ = ["uri_of"]

_ADDRESS: Final = re.compile(r"([a-z][a-z0-9+.-]*://)(.*)", re.DOTALL)


def uri_of(path: str) -> str:
    """Give a path or an address as a URI reference in ASCII, everything unusual percent-encoded.

    Args:
        path: As the report has it: relative, absolute, or an address such as `s3://bucket/file`.
    """
    scheme, rest = "", path
    if found := _ADDRESS.fullmatch(path):
        scheme, rest = found[1], found[2]
    elif path.startswith("/"):
        scheme = "file://"
    return scheme + quote(rest.encode("utf-8", "surrogateescape" if _is_bytes(rest) else "replace"), safe="/")


def _is_bytes(text: str) -> bool:
    """Tell whether every half character stands for a byte of a file name that is no UTF-8."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True
