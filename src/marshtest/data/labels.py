"""The labels of a record as text: one, several as a JSON array, or none."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from marshtest.data.identity import as_text, canonical_json

__all__ = [
    "LONGEST_LABEL",
    "NO_LABEL",
    "absence_of",
    "absent_in",
    "is_absence",
    "label_of",
    "labelled_as",
    "labels_in",
    "may_be_class",
    "several",
]

_MISSING = frozenset(
    {
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
        "NULL", "NaN", "None", "n/a", "nan", "null",
    }
)  # fmt: skip
"""Texts that stand for no label. Convention: those that pandas reads as missing; `none` and `NONE` are classes."""
_NAMES = _MISSING & {"N/A", "NA", "NULL", "None", "n/a", "null"}
"""Those of them that may be the name of a class all the same: a trainer that does not read with pandas takes them for
one."""
_SHORTEST = 3
"""Values of 0 and 1 from which on a list says for every label whether the record has it. Derived: two of them may be
the labels 0 and 1; of three, one would stand twice."""
LONGEST_LABEL = 60
"""Characters of what may be a label where nobody says so. Chosen by eye: names are shorter, sentences longer."""
NO_LABEL = "[]"
"""The label of a record that may have several labels and has none of them."""
_KNOWN = 1024
"""Labels that are remembered. Chosen by eye: more than most datasets have."""
_ABSENCE = re.compile(r"not “(.*)”", re.DOTALL)


def label_of(value: Any) -> str | None:
    """Return the label that a value stands for, or None where it is missing.

    Several labels become a JSON array, in the order of their names; a list of one label is that label.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (list, tuple)):
        return several(_named(value))
    return _label_in(value if isinstance(value, str) else as_text(value))


@lru_cache(maxsize=_KNOWN)
def _label_in(text: str) -> str | None:
    """Return the label that a text stands for."""
    bare = text.strip()
    if bare in _MISSING:
        return None
    held = _array(text) if bare.startswith("[") else None
    return text if held is None else several(_named(held))


def several(values: Iterable[Any]) -> str:
    """Write several labels as one text: each once, in the order of their names, without those that are missing."""
    names = sorted({label for value in values if (label := label_of(value)) is not None})
    return names[0] if len(names) == 1 else canonical_json(names)


def labels_in(label: str) -> tuple[str, ...]:
    """Return the labels that a text stands for: one, several or none."""
    held = _array(label) if label.startswith("[") else None
    return (label,) if held is None else tuple(map(as_text, held))


def may_be_class(value: Any) -> bool:
    """Say whether a value that counts as a missing label is a text that may be the name of a class."""
    return isinstance(value, str) and value.strip() in _NAMES


def absence_of(label: str) -> str:
    """Name the class of the records without one of several labels."""
    return f"not “{label}”"


def absent_in(name: str) -> str | None:
    """Return the label that the records of a class lack, or None where the class is of a label that they have."""
    found = _ABSENCE.fullmatch(name)
    return found[1] if found else None


def is_absence(name: str) -> bool:
    """Say whether the records of a class are told by a label that they lack, or by lacking all of them."""
    return name == NO_LABEL or absent_in(name) is not None


def labelled_as(name: str) -> str:
    """Say of the records of a class how they are labelled, as it follows “are”."""
    label = absent_in(name)
    return f"labelled “{name}”" if label is None else f"not labelled “{label}”"


def _named(values: Sequence[Any]) -> Sequence[Any]:
    """Return the values, or their numbers where each only says whether the record has that label."""
    if len(values) >= _SHORTEST and all(value in (0, 1) for value in values):
        return [number for number, value in enumerate(values) if value]
    return values


def _array(text: str) -> list[Any] | None:
    """Return the plain values of a JSON array, or None if the text is none."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(held, list) or any(isinstance(value, (list, dict)) for value in held):
        return None
    return held
