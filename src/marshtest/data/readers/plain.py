"""Plain values, as a parser of JSON would give them, from whatever Python objects hold.

No library is imported: what NumPy, pandas and torch hold is known by its methods.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from marshtest.data.readers.base import SourceRow

__all__ = ["no_record", "plain", "row_of"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_KEPT = (bytes, date, time, Decimal, UUID)
"""Types that the rest of the reading writes as text, as it does where they come from a Parquet file."""
_BEGINS_LIKE_JSON = ("{", "[")


class _SameNames(ValueError):
    """Two keys of one dict become the same name."""


def row_of(number: int, item: Any) -> SourceRow:
    """Make a row of one record; what is no record becomes a failure, which says what it is."""
    anomalies: dict[str, None] = {}
    try:
        value = plain(item, anomalies)
    except _SameNames as error:
        return SourceRow(number, None, None, None, [], str(error))
    except RecursionError:
        return SourceRow(number, None, None, None, [], "the record is nested too deeply to be read.")
    if type(value) is dict:
        return SourceRow(number, None, None, value, list(anomalies), None)
    return SourceRow(number, None, None, None, [], no_record(item))


def no_record(item: Any) -> str:
    """Say what stands in the place of a record."""
    hint = ""
    if isinstance(item, str):
        hint = (
            "; parse it with `json.loads` first"
            if item.lstrip().startswith(_BEGINS_LIKE_JSON)
            else '; write it as {"text": …}, with its label if it has one'
        )
    elif isinstance(item, list | tuple):
        hint = "; give its values names, e.g. `dict(zip(names, values))`"
    kind = type(item).__name__
    return f"the record is {'an' if kind[0] in 'aeiou' else 'a'} {kind}, not a dict{hint}."


def plain(value: Any, anomalies: dict[str, None]) -> Any:
    """Return the value as text, number, truth value, None, list or dict.

    NaN, and what pandas has for missing values, becomes None. Lone surrogates, which no UTF-8 text can hold, are
    replaced. An object that is none of these, such as a picture, becomes the name of its type.

    Args:
        value: Any object.
        anomalies: Takes the kinds of anomalies that are met.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _valid(value, anomalies)
    if value is None or kind is bool or kind is int:
        return value
    if kind is float:
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    if kind is dict:
        result = {_key(key, anomalies): plain(item, anomalies) for key, item in value.items()}
        if len(result) < len(value):
            raise _SameNames("two keys of the record have the same name, such as 1 and '1'; rename one.")
        return result
    if kind is list or kind is tuple:
        return _named(value, anomalies) if hasattr(value, "_asdict") else [plain(item, anomalies) for item in value]
    return _converted(value, anomalies)


def _converted(value: Any, anomalies: dict[str, None]) -> Any:
    """Return a value of any other type."""
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "to_pydatetime"):
        return value.to_pydatetime(warn=False)
    if isinstance(value, Enum):
        return plain(value.value, anomalies)
    if isinstance(value, str):
        return _valid(str.__str__(value), anomalies)
    if isinstance(value, int | float):
        return plain(int(value) if isinstance(value, int) else float(value), anomalies)
    if isinstance(value, _KEPT):
        return value
    if isinstance(value, Mapping):
        return plain(dict(value), anomalies)
    if hasattr(value, "tolist"):  # arrays, their numbers, and tensors
        return plain(value.tolist(), anomalies)
    of_pandas = type(value).__module__.split(".")[0] == "pandas"  # periods and intervals
    if of_pandas or isinstance(value, timedelta | PurePath | complex):
        return _valid(str(value), anomalies)
    return _structured(value, anomalies)


def _structured(value: Any, anomalies: dict[str, None]) -> Any:
    """Return an object with fields as a dict, one with items as a list, and any other as the name of its type."""
    if hasattr(value, "_asdict") or hasattr(value, "model_dump"):
        return _named(value, anomalies)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: plain(getattr(value, field.name), anomalies) for field in fields}
    if isinstance(value, AbstractSet):
        return sorted((plain(item, anomalies) for item in value), key=repr)
    if isinstance(value, list | tuple) or type(value).__name__ in ("dict_keys", "dict_values", "deque"):
        items: Iterable[Any] = value
        return [plain(item, anomalies) for item in items]
    return f"<{type(value).__name__}>"


def _named(value: Any, anomalies: dict[str, None]) -> Any:
    """Return a named tuple or a model of pydantic as a dict."""
    return plain(value._asdict() if hasattr(value, "_asdict") else value.model_dump(), anomalies)


def _key(key: Any, anomalies: dict[str, None]) -> str:
    """Return the name of a field, of whatever type it is."""
    if type(key) is str:
        return key if key.isascii() else _valid(key, anomalies)
    return ".".join(map(str, key)) if isinstance(key, tuple) else _valid(str(key), anomalies)


def _valid(text: str, anomalies: dict[str, None]) -> str:
    """Replace lone surrogates."""
    if _LONE_SURROGATE.search(text) is None:
        return text
    anomalies["lone-surrogate"] = None
    return _LONE_SURROGATE.sub("\ufffd", text)
