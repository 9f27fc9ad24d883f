"""Values as JSON text without blanks, fast: one is written for every answer about every record."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["compact"]


def compact(value: Any) -> str:
    """Give a value as JSON text; half a surrogate pair or a number beyond 64 bits only takes longer."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, separators=(",", ":"))
