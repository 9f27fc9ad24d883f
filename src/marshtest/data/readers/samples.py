"""What the first records of a dataset tell about its fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.sentences import is_sentence
from marshtest.data.readers.shapes import handful
from marshtest.data.readers.wrappings import seen_in, turns_within

__all__ = [
    "Samples",
    "holds_conversation",
    "holds_files",
    "holds_label",
    "holds_name",
    "holds_pairs",
    "holds_plain",
    "holds_side",
    "holds_steps",
    "holds_text",
    "holds_tokens",
    "holds_turns",
    "holds_words",
    "listed",
]

_MOST = 0.9
"""Share of the records, or of the values of a field, that counts as nearly all. Chosen by eye."""
_SHOWN = 20
"""Most field names that a message lists. Chosen by eye."""
_LONGEST = 80
"""Most characters of a field name that a message shows. Chosen by eye."""
_DESCRIBED = 6
"""Most fields of which a message says what they hold. Chosen by eye."""
_MARKS = re.compile(r"[\W_]+")
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
    def _by_folded(self) -> dict[str, list[str]]:
        """The fields of each name, in any case and with any signs between words."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(_folded(name), []).append(name)
        return found

    @cached_property
    def usual_names(self) -> list[str]:
        """The fields, without those that only a handful of records have."""
        stray = handful(len(self._records))
        return [name for name in self.names if self._holding(name) > stray]

    def find(self, wanted: Sequence[str], fits: Callable[[Any], bool], *, but: Sequence[str | None] = ()) -> str | None:
        """Return the field with the first of the names, in any case, if nearly all values fit; nulls do not count."""
        for name in wanted:
            same = [one for one in self._by_folded.get(_folded(name), ()) if one not in but]
            for one in sorted(same, key=lambda one: (one != name, one.lower() != name)):
                if self.fit(one, fits):
                    return one
        return None

    def fit(self, name: str, fits: Callable[[Any], bool]) -> bool:
        """Return whether a field holds anything, and nearly everything in it fits."""
        held = self.held(name)
        return bool(held) and sum(map(fits, held)) > _MOST * len(held)

    def held(self, name: str) -> list[Any]:
        """Return the values of a field that are not null; its name may be dotted."""
        return [value for record in self._records if (value := reach(record, name)) is not None]

    def has(self, name: str) -> bool:
        """Return whether any record has the field, which may be null; its name may be dotted."""
        return name in self.names or bool(self.held(name))

    def always(self, name: str) -> bool:
        """Return whether nearly all records have a value in the field."""
        return self._holding(name) > _MOST * len(self._records)

    def mostly(self, name: str) -> bool:
        """Return whether more than half of the records have a value in the field."""
        return 2 * self._holding(name) > len(self._records)

    def _holding(self, name: str) -> int:
        return len(self.held(name))

    def is_free(self, name: str) -> bool:
        """Return whether a field holds free texts: most are sentences, and more than half differ."""
        held = self.held(name)
        texts = [value for value in held if isinstance(value, str)]
        return 2 * len(set(texts)) > len(held) and 2 * sum(map(is_sentence, texts)) > len(held)

    def described(self) -> str:
        """List the fields for a message, up to a limit."""
        return f"the fields are {listed(self.names)}" if self.names else "the records have no fields"

    def seen(self) -> str:
        """Say what the first fields hold, for a message."""
        told = [f"`{name[:_LONGEST]}` holds {seen_in(held[0])}" for name in self.names if (held := self.held(name))]
        return "; ".join(told[:_DESCRIBED]) + ("; …" if len(told) > _DESCRIBED else "")


def _folded(name: str) -> str:
    """Return a field name without what spellings differ in: capitals, and marks between words."""
    return name if name.isalpha() and name.islower() else _MARKS.sub("", name.lower()) or name


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


def holds_tokens(value: Any) -> bool:
    """Return whether the value is a list of plain values; it may be empty."""
    return isinstance(value, list) and all(map(holds_plain, value))


def holds_name(value: Any) -> bool:
    """Return whether the value is a text or an integer."""
    return isinstance(value, str | int)


def holds_turns(value: Any) -> bool:
    """Return whether the value holds turns with roles, whatever wraps them."""
    return turns_within(value) is not None


def holds_conversation(value: Any) -> bool:
    """Return whether the value holds turns, with roles or as texts that take turns."""
    return turns_within(value, spoken=True) is not None


def holds_words(value: Any) -> bool:
    """Return whether the value is a text, a part of a content, or a list of these."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str | dict) for one in value)
    return isinstance(value, str) or (isinstance(value, dict) and bool(value))


def holds_side(value: Any) -> bool:
    """Return whether the value can be one side of an exchange: a text, parts, or turns."""
    return holds_words(value) or holds_turns(value)


def holds_files(value: Any) -> bool:
    """Return whether the value is a file or a list of files, which may be empty."""
    return isinstance(value, str | dict) or (isinstance(value, list) and all(isinstance(v, str | dict) for v in value))


def holds_steps(value: Any) -> bool:
    """Return whether the value is a list of steps of an agent."""
    return isinstance(value, list) and bool(value) and all(isinstance(s, dict) and _STEP_KEYS & set(s) for s in value)


def holds_pairs(value: Any) -> bool:
    """Return whether the value holds earlier turns, such as pairs of texts; it may be empty."""
    found = opened(value) if isinstance(value, str) else value
    return found == [] or turns_within(found, spoken=True) is not None
