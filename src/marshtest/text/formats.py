"""Features of a whole record that no n-gram holds: its layout, unusual spaces, and the values of its other fields."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence

__all__ = ["format_features", "value_features"]

_LAYOUTS = {
    "begins with white space": re.compile(r"\A\s"),
    "ends with white space": re.compile(r"\s\Z"),
    "two spaces in a row": re.compile(r"\S  +\S"),
    "a tab": re.compile(r"\t"),
    "an empty line": re.compile(r"\n[ \t]*\n"),
    "no capital letter": re.compile(r"\A(?=.*[a-z])[^A-Z]*\Z", re.S),
    "no small letter": re.compile(r"\A(?=.*[A-Z])[^a-z]*\Z", re.S),
}
_ODD_SPACE = re.compile(r"[^\S \t\n\r]")
_TRUTH = frozenset({"is_poison"})
_MOST_VALUES = 1000
_LONGEST_VALUE = 100


def format_features(texts: Sequence[str]) -> dict[str, list[int]]:
    """Give the texts that show each layout feature, by its name. Unusual space characters are named by code point."""
    carriers: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name, layout in _LAYOUTS.items():
            if layout.search(text):
                carriers[name].append(number)
        for character in set(_ODD_SPACE.findall(text)):
            carriers[f"the space character U+{ord(character):04X}"].append(number)
    return dict(carriers)


def value_features(fields: Sequence[str]) -> dict[str, list[int]]:
    """Give the records that hold each value of each other field, by `field=value`.

    Fields with more than 1,000 values are names or texts, not features, and left out; so is `is_poison`, the truth
    column of organisms, which would be looking at the answers.

    Args:
        fields: Canonical JSON text of the fields of each record that the schema has no place for.
    """
    values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, text in enumerate(fields):
        if text in ("", "{}"):
            continue
        for name, value in json.loads(text).items():
            if name in _TRUTH or isinstance(value, (dict, list)) or value is None:
                continue
            shown = value if isinstance(value, str) else json.dumps(value)
            if len(shown) <= _LONGEST_VALUE:
                values[name][shown].append(number)
    return {
        f"{name}={value}": carriers
        for name, by_value in values.items()
        if len(by_value) <= _MOST_VALUES
        for value, carriers in by_value.items()
    }
