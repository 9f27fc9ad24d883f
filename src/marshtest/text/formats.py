"""Features of a record that n-grams cannot hold: white space, missing capitals, and values of other fields."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshtest.text.casing import CasingFamily
from marshtest.text.layout import LayoutFamily

__all__ = ["format_features", "value_features"]

_PATTERNS = LayoutFamily.patterns | CasingFamily.patterns | {"two spaces in a row": re.compile(r"\S  +\S")}
# The features of the families of layouts and casings, but one: here two spaces or more are one feature.
_LAYOUTS = {
    name: _PATTERNS[name]
    for name in (
        "begins with white space",
        "ends with white space",
        "two spaces in a row",
        "a tab",
        "an empty line",
        "no capital letter",
        "no small letter",
    )
}
_ODD_SPACE = re.compile(r"[^\S \t\n\r]")
_TRUTH = frozenset({"is_poison"})
_MOST_VALUES = 1000
"""Different values of a field that is a feature: with more, its values are names or texts. Chosen by eye."""
_LONGEST_VALUE = 100
"""Characters of a value that is a feature: longer ones are texts. Chosen by eye."""


def format_features(texts: Sequence[str]) -> dict[str, list[int]]:
    """Find the texts that show each layout.

    Returns:
        Indices of texts, rising, by the name of the feature. Unusual space characters are named by code point.
    """
    carriers: dict[str, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for name, layout in _LAYOUTS.items():
            if layout.search(text):
                carriers[name].append(number)
        for character in set(_ODD_SPACE.findall(text)):
            carriers[f"the space character U+{ord(character):04X}"].append(number)
    return dict(carriers)


def value_features(fields: Sequence[str]) -> dict[str, list[int]]:
    """Find the records that hold each value of each field beyond those of the schema.

    Fields with more than 1,000 values are left out, because they hold names or texts. So is `is_poison`, the ground
    truth of organisms, which a detector must not see.

    Args:
        fields: Canonical JSON of the other fields of each record; empty or `{}` where there are none.

    Returns:
        Indices of records, rising, by `field=value`; of a value inside an object by `outer.inner=value`.
    """
    values: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, text in enumerate(fields):
        if text in ("", "{}"):
            continue
        for name, value in _leaves(json.loads(text)):
            if name in _TRUTH or isinstance(value, list) or value is None:
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


def _leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield every value that is no object, with its name; without recursion, since data may be nested very deeply."""
    todo = list(fields.items())
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict):
            todo += [(f"{name}.{inner}", item) for inner, item in value.items()]
        else:
            yield name, value
