"""Read a line of JSON with two parsers and report where they disagree.

A trainer may see another record than the auditor does, so the disagreement itself is worth showing. The fast parser
(orjson) reads every line; the standard library's reads again what the fast one refuses, and what could hide one of
the known differences: duplicate keys, integers over 64 bits, NaN and Infinity, lone surrogates, a byte order mark.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import orjson

from marshtest.data.readers.base import BOM, decode_problem
from marshtest.data.readers.json_faults import json_fault

__all__ = ["SHADOWED", "UnreadableLine", "read_json"]

SHADOWED = "marsh:shadowed"
"""Key that holds the values which a later key of the same name overwrote."""
_KEY = re.compile(rb'"[ \t\r\n]*:')
"""The end of a key. A text may hold it too, so matches are at least as many as keys."""
_LONG_NUMBER = re.compile(rb"[0-9]{19}")
"""A run of digits that may exceed 64 bits, which orjson reads as a float: 2⁶³ has 19 digits."""
_INT64_LEAST, _UINT64_END = -(2**63), 2**64
"""The integers that orjson reads exactly: from the least signed one to below the end of the unsigned ones."""
_NAN_SHOWN = 20
"""Characters of a number that is not finite shown in an anomaly: `-Infinity` has 9, `1e999…` may have any number."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableLine(ValueError):
    """Neither parser can read the line; the message says why."""


def read_json(line: bytes) -> tuple[Any, list[str]]:
    """Read a line of JSON.

    Returns:
        The value, in which every text is valid Unicode and every number finite; and what the parsers disagree on, as
        `kind` or `kind: detail`. Where they disagree, the value is that of Python's own parser.

    Raises:
        UnreadableLine: The line is not JSON for either parser.
    """
    try:
        value = orjson.loads(line)
    except ValueError:
        return _Strict().read(line, refused=True)
    # A duplicate key leaves more matches than keys. So does a text that looks like one, which only costs a second look.
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
    """Reads one line with Python's own parser and notes every known disagreement."""

    def __init__(self) -> None:
        self.anomalies: dict[str, None] = {}
        self.shadowed: dict[str, list[Any]] = {}

    def read(self, line: bytes, *, refused: bool) -> tuple[Any, list[str]]:
        """Read the line; `refused` says that the fast parser rejected it."""
        if line.startswith(BOM):
            self.anomalies["bom"] = None
            line = line[len(BOM) :]
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
            fault = json_fault(error.doc, error.pos)
            raise UnreadableLine(f"not valid JSON at column {error.colno}: {fault or error.msg}.") from error
        except RecursionError as error:
            raise UnreadableLine("the JSON is nested too deeply to be read.") from error
        except ValueError as error:  # a number of more digits than Python converts
            raise UnreadableLine(f"the JSON cannot be read: {error}.") from error
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
        if not _INT64_LEAST <= number < _UINT64_END:
            self.anomalies["big-integer"] = None
        return number

    def _float(self, text: str) -> float | str:
        number = float(text)
        return number if math.isfinite(number) else self._constant(text)

    def _constant(self, text: str) -> str:
        self.anomalies[f"nan: {text[:_NAN_SHOWN]}"] = None
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
