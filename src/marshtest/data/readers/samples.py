"""What the first records of a dataset tell about its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from marshtest.data.readers.shapes import handful

__all__ = [
    "Samples",
    "holds_label",
    "holds_name",
    "holds_pairs",
    "holds_plain",
    "holds_steps",
    "holds_text",
    "holds_turns",
    "listed",
]

_MOST = 0.9
"""Share of the records, or of the values of a field, that counts as nearly all. Chosen by eye."""
_SHOWN = 20
"""Most field names that a message lists. Chosen by eye."""
_LONGEST = 80
"""Most characters of a field name that a message shows. Chosen by eye."""
_STEP_KEYS = {"thought", "action", "observation", "tool", "tool_input", "action_input"}


class Samples:
    """The first records of a dataset."""

    def __init__(self, records: Sequence[Mapping[str, Any]]) -> None:
        self._records = records

    @cached_property
    def names(self) -> list[str]:
        """The fields, in the order of their appearance."""
        return list(dict.fromkeys(key for record in self._records for key in record))

    @cached_property
    def usual_names(self) -> list[str]:
        """The fields, without those that only a handful of records have."""
        stray = handful(len(self._records))
        return [name for name in self.names if self._holding(name) > stray]

    def find(self, wanted: Sequence[str], fits: Callable[[Any], bool], *, but: Sequence[str | None] = ()) -> str | None:
        """Return the field with the first of the names, in any case, if nearly all values fit; nulls do not count."""
        for name in wanted:
            same = [one for one in self.names if one.lower() == name and one not in but]
            for one in sorted(same, key=lambda one: one != name):
                held = [value for record in self._records if (value := record.get(one)) is not None]
                if held and sum(map(fits, held)) > _MOST * len(held):
                    return one
        return None

    def always(self, name: str) -> bool:
        """Return whether nearly all records have a value in the field."""
        return self._holding(name) > _MOST * len(self._records)

    def mostly(self, name: str) -> bool:
        """Return whether more than half of the records have a value in the field."""
        return 2 * self._holding(name) > len(self._records)

    def _holding(self, name: str) -> int:
        return sum(record.get(name) is not None for record in self._records)

    def described(self) -> str:
        """List the fields for a message, up to a limit."""
        return f"the fields are {listed(self.names)}" if self.names else "the records have no fields"


def listed(names: Sequence[str]) -> str:
    """List field names for a message, up to a limit."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(repr(name[:_LONGEST]) for name in names[:_SHOWN]) + more


def holds_text(value: Any) -> bool:
    """Return whether the value is a text."""
    return isinstance(value, str)


def holds_plain(value: Any) -> bool:
    """Return whether the value is a text, a number or a boolean."""
    return isinstance(value, str | int | float)


def holds_label(value: Any) -> bool:
    """Return whether the value is a text, a number or a boolean, or a list of such labels."""
    return holds_plain(value) or (isinstance(value, list) and all(map(holds_plain, value)))


def holds_name(value: Any) -> bool:
    """Return whether the value is a text or an integer."""
    return isinstance(value, str | int)


def holds_turns(value: Any) -> bool:
    """Return whether the value is a list of turns."""
    return isinstance(value, list) and bool(value) and all(_is_turn(turn) for turn in value)


def holds_steps(value: Any) -> bool:
    """Return whether the value is a list of steps of an agent."""
    return isinstance(value, list) and bool(value) and all(isinstance(s, dict) and _STEP_KEYS & set(s) for s in value)


def holds_pairs(value: Any) -> bool:
    """Return whether the value is a list of pairs of texts, which may be empty."""
    return isinstance(value, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair) for pair in value
    )


def _is_turn(turn: Any) -> bool:
    return isinstance(turn, dict) and (isinstance(turn.get("role"), str) or isinstance(turn.get("from"), str))
