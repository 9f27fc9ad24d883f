"""Features of whole records that a pattern can be, beside spans of text: layouts, values of other fields, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from marshtest.text.formats import format_features, value_features

__all__ = ["record_features"]


def record_features(
    prompts: Sequence[str], fields: Sequence[str], groups: Sequence[str | None]
) -> tuple[dict[str, list[int]], dict[str, Literal["format", "group"]]]:
    """Give the texts that show each feature of whole records, and the kind of each feature, by its name.

    Args:
        prompts: The texts.
        fields: The other fields of each record, as a JSON object.
        groups: The group of each record, if it has one.
    """
    formats, values = format_features(prompts), value_features(fields)
    for number, group in enumerate(groups):
        if group is not None:
            values.setdefault(f"group={group}", []).append(number)
    kinds: dict[str, Literal["format", "group"]] = dict.fromkeys(formats, "format")
    return formats | values, kinds | dict.fromkeys(values, "group")
