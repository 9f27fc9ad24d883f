"""Read a line of JSON with two parsers and say what they would read differently.

A trainer may see another record than the auditor did, so the difference itself is worth showing. The fast parser
(orjson) reads every line; the standard library's reads again what the fast one refuses, and what could hide one of
the known differences: duplicate keys, integers over 64 bits, NaN and Infinity, lone surrogates, a byte order mark.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from marshtest.data.readers.base import decode_problem

__all__ = ["SHADOWED", "UnreadableLine", "read_json"]

SHADOWED = "marsh:shadowed"
"""Key under which values are kept that a later key of the same name overwrote."""
_KEY = re.compile(rb'"[ \t\r\n]*:')
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BOM = b"\xef\xbb\xbf"


class UnreadableLine(ValueError):
    """No parser can read the line; the message says why."""


def read_json(line: bytes) -> tuple[Any, list[str]]:
    """Read a line of JSON.

    Returns:
        The value, in which every text is valid Unicode and every number finite, and what the parsers disagree on, as
        `kind` or `kind: detail`. Where they disagree, the value is what Python's own parser reads.

    Raises:
        UnreadableLine: It is no JSON for either parser.
    """
    try:
        value = orjson.loads(line)
    except ValueError:
        return _Strict().read(line, refused=True)
    # Every key leaves one match at least; a text that looks like a key only costs the second look.
    if len(_KEY.findall(line)) != _count_keys(value) or _LONG_NUMBER.search(line):
        return _Strict().read(line, refused=False)
    return value, []


def _count_keys(value: Any) -> int:
    """Count the keys of all objects inside a value."""
    count = 0
    stack = [value]
    while stack:
        item = stack.pop()
        if type(item) is dict:
            count += len(item)
            stack += [inner for inner in item.values() if type(inner) is dict or type(inner) is list]
        elif type(item) is list:
            stack += [inner for inner in item if type(inner) is dict or type(inner) is list]
    return count


class _Strict:
    """One slow, careful look at one line."""

    def __init__(self) -> None:
        self.anomalies: dict[str, None] = {}
        self.shadowed: dict[str, list[Any]] = {}

    def read(self, line: bytes, *, refused: bool) -> tuple[Any, list[str]]:
        """Read the line; `refused` when the fast parser did not take it."""
        if line.startswith(_BOM):
            self.anomalies["bom"] = None
            line = line[len(_BOM) :]
        try:
            value = json.loads(
                line.decode("utf-8"),
                object_pairs_hook=self._object,
                parse_int=self._integer,
                parse_float=self._float,
                parse_constant=self._constant,
            )
            value = self._valid(value)
            shadowed = self._valid(self.shadowed)
        except UnicodeDecodeError as error:
            raise UnreadableLine(decode_problem(line, error)) from error
        except json.JSONDecodeError as error:
            raise UnreadableLine(f"no valid JSON at column {error.colno}: {error.msg}.") from error
        except RecursionError as error:
            raise UnreadableLine("the JSON is nested too deeply to be read.") from error
        except ValueError as error:  # a number of more digits than Python converts
            raise UnreadableLine(f"no readable JSON: {error}.") from error
        if refused and not self.anomalies:
            self.anomalies["other"] = None
        if shadowed and isinstance(value, dict):
            value[SHADOWED] = shadowed
        return value, list(self.anomalies)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in pairs:
            if key in result:
                name = _LONE_SURROGATE.sub("\ufffd", key)
                self.anomalies[f"duplicate-key: {name}"] = None
                self.shadowed.setdefault(key, []).append(result[key])
            result[key] = value
        return result

    def _integer(self, text: str) -> int:
        number = int(text)
        if not -(2**63) <= number < 2**64:
            self.anomalies["big-integer"] = None
        return number

    def _float(self, text: str) -> float | str:
        number = float(text)
        return number if math.isfinite(number) else self._constant(text)

    def _constant(self, text: str) -> str:
        self.anomalies[f"nan: {text[:20]}"] = None
        return text

    def _valid(self, value: Any) -> Any:
        """Replace lone surrogates, which no UTF-8 text can hold."""
        if isinstance(value, str):
            if _LONE_SURROGATE.search(value):
                self.anomalies["lone-surrogate"] = None
                return _LONE_SURROGATE.sub("\ufffd", value)
            return value
        if isinstance(value, list):
            return [self._valid(item) for item in value]
        if isinstance(value, dict):
            return {self._valid(key): self._valid(item) for key, item in value.items()}
        return value
