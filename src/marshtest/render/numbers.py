"""Numbers written for people: the statistics of a finding, with labels and intervals, and any value on its own."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from marshtest.render.statistic_keys import INTERVAL_SUFFIXES, PER_CONTROL, STATISTIC_KEYS, StatisticKey
from marshtest.text.written_numbers import scientific

__all__ = ["Statistic", "format_number", "statistics"]

_BRACKETED = re.compile(r"(?P<key>\w+)\[(?P<control>.*)\]", re.DOTALL)
_NOTES = (*(f"_{suffix}" for suffix in INTERVAL_SUFFIXES), "_standard_error")
"""Endings of keys that are shown beside the number of the key without the ending."""


class Statistic(NamedTuple):
    """One number, ready to be shown."""

    name: str
    label: str
    value: str
    meaning: str
    """What the number says, or empty when only the detector knows."""
    note: str = ""
    """Its interval or its standard error, or empty."""


def statistics(numbers: Mapping[str, float | int | str | None]) -> list[Statistic]:
    """Give the numbers that apply, in the order of `STATISTIC_KEYS`, unknown keys last.

    The bounds and the trials of a share (`_low`, `_high`, `_trials`) and a standard error become the note of the number
    that they belong to. What is None does not apply and is left out.
    """
    known = [name for name in STATISTIC_KEYS if name in numbers]
    names = known + [name for name in numbers if name not in STATISTIC_KEYS]
    return [
        Statistic(name, *_described(name, value), _note(name, numbers))
        for name in names
        if (value := numbers[name]) is not None and not _is_note(name, numbers)
    ]


def _described(name: str, value: float | int | str) -> tuple[str, str, str]:
    """Give the label, the written value and the meaning of one number."""
    key = STATISTIC_KEYS.get(name)
    if key is None and (match := _BRACKETED.fullmatch(name)) and match["key"] in PER_CONTROL:
        key = PER_CONTROL[match["key"]]
        key = key._replace(label=f"{key.label} {match['control']}")
    if key is None:
        key = StatisticKey(name.replace("_", " ").capitalize(), "")
    return key.label, _written(value, percent=key.percent), key.meaning


def _written(value: float | int | str | None, *, percent: bool) -> str:
    if percent and isinstance(value, (int, float)) and 0 <= value <= 1:
        return f"{100 * value:.3g}%"
    return format_number(value)


def _is_note(name: str, numbers: Mapping[str, float | int | str | None]) -> bool:
    """Say whether a number is shown in the note of another."""
    return any(name.endswith(end) and numbers.get(name.removesuffix(end)) is not None for end in _NOTES)


def _note(name: str, numbers: Mapping[str, float | int | str | None]) -> str:
    """Give what is shown beside a number: a fixed note, its interval, its trials, its standard error."""
    low, high, trials, error = (numbers.get(name + end) for end in _NOTES)
    key = STATISTIC_KEYS.get(name, StatisticKey("", ""))
    parts = [key.note] if key.note else []
    if low is not None and high is not None:
        parts.append(f"95% interval {_written(low, percent=key.percent)} to {_written(high, percent=key.percent)}")
    if trials is not None:
        parts.append(f"{format_number(trials)} trials")
    if error is not None:
        parts.append(f"standard error {format_number(error)}")
    return ", ".join(parts)


def format_number(value: float | str | bool | None) -> str:
    """Write a value for a person: thousands in groups, three digits that matter, powers of ten when tiny."""
    if value is None:
        return "\u2013"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return f"{value:,}" if abs(value) < 10**15 else str(value)
    if not math.isfinite(value):
        return "unlimited" if value == math.inf else str(value)
    size = abs(value)
    if size >= 1e15:
        return scientific(value)
    if value == int(value):
        return f"{int(value):,}"
    if size < 1e-3:
        return scientific(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
