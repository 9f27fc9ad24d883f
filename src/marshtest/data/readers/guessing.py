"""Guess what the fields hold where that cannot be decided: a proposal for a person, never used unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import mean
from typing import Any

from marshtest.config import FieldMap
from marshtest.data.identity import as_text
from marshtest.data.readers.deciding import decide_layout
from marshtest.data.readers.naming import PLACE_NAMES, SORT_NAMES
from marshtest.errors import InputError

__all__ = ["guess_fields"]

_BEGINS_LIKE_JSON = ("{", "[")
_SHARE = 2
"""A field counts if more than one in so many records has it, and is a text if more than one in so many values is new.
Convention: most of them."""
_REPEATS = 3
"""Values of a label return so often on average, at least. Chosen by eye."""
_LONG_LABEL = 60
"""Characters of a label, at most. Chosen by eye."""


def guess_fields(records: Sequence[Mapping[str, Any]]) -> FieldMap | None:
    """Return the likeliest roles of the fields with which the records can be read; None where there are none.

    Args:
        records: The first records.
    """
    for guess in _guesses(records):
        try:
            layout = decide_layout(records, guess, path="")
        except InputError:
            continue
        if _SHARE * layout.fitting > len(records):
            return guess
    return None


def _guesses(records: Sequence[Mapping[str, Any]]) -> Iterator[FieldMap]:
    """Yield guesses, the likeliest first."""
    values: dict[str, list[Any]] = {}
    for record in records:
        for name, value in record.items():
            if value is not None:
                values.setdefault(name, []).append(value)
    usual = {name: held for name, held in values.items() if _SHARE * len(held) > len(records)}
    for name, held in usual.items():
        if all(isinstance(one, list) and one and all(isinstance(turn, dict) for turn in one) for one in held):
            yield FieldMap(messages=name)
    texts = {name: mean(map(len, held)) for name, held in usual.items() if _is_text(held)}
    sorts = [name for name in usual if PLACE_NAMES.fullmatch(name) or SORT_NAMES.fullmatch(name)]
    labels = [name for name, held in usual.items() if name not in sorts and _is_label(held)]
    ranked = sorted((name for name in texts if name not in labels), key=lambda name: -texts[name])
    for text in ranked[:1]:
        others = sorted((name for name in labels if name != text), key=lambda name: len(set(map(as_text, usual[name]))))
        for label in others:
            yield FieldMap(text=text, label=label)
        if len(ranked) > 1:
            first, second = sorted(ranked[:2], key=list(usual).index)
            yield FieldMap(text=first, completion=second)
        yield FieldMap(text=text, record_format="documents")


def _is_text(held: Sequence[Any]) -> bool:
    """Return whether the values are texts, mostly different ones, and no JSON."""
    if not all(isinstance(one, str) for one in held) or _SHARE * len(set(held)) <= len(held):
        return False
    return not all(one.lstrip().startswith(_BEGINS_LIKE_JSON) for one in held)


def _is_label(held: Sequence[Any]) -> bool:
    """Return whether the values are short and return."""
    if not all(isinstance(one, str | int) for one in held):
        return False
    names = {as_text(one) for one in held}
    return len(names) > 1 and _REPEATS * len(names) <= len(held) and max(map(len, names)) <= _LONG_LABEL
