"""The names of classes that Hugging Face datasets store as numbers.

A dataset keeps a label as a number and its name in its features, which Arrow and Parquet files of datasets hold in the
metadata of their schema. The names are what people and detectors should see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Naming", "features_of", "naming"]

Naming = Callable[[dict[str, Any]], dict[str, Any]]
"""Puts names in the place of numbers, in one record."""
_METADATA = b"huggingface"
"""Key of a schema's metadata under which datasets keep their features."""


def features_of(schema: pa.Schema) -> Mapping[str, Any]:
    """Return the features that the schema of a file describes; empty where it describes none."""
    try:
        known = json.loads((schema.metadata or {})[_METADATA])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    return known if isinstance(known, dict) else {}


def naming(features: Mapping[str, Any]) -> Naming | None:
    """Return the function that names the classes of a record; None where no feature has classes.

    Args:
        features: As `Features.to_dict()` gives them.
    """
    return _names_inside(dict(features))  # a record is a dict, as are the features


def _names_inside(feature: Any) -> Callable[[Any], Any] | None:
    """Return the function that names the classes in the values of one feature; None where there are none."""
    if isinstance(feature, list):
        return _in_list(feature[0]) if len(feature) == 1 else None
    if not isinstance(feature, dict):
        return None
    if feature.get("_type") == "ClassLabel":
        return _class_name(feature["names"]) if isinstance(feature.get("names"), list) else None
    if isinstance(feature.get("_type"), str):  # `Sequence`, `List` and `LargeList` keep what is inside in `feature`
        inner = feature.get("feature")
        of_dicts = isinstance(inner, dict) and not isinstance(inner.get("_type"), str)
        in_list, in_dict = _in_list(inner), _names_inside(inner) if of_dicts else None
        if in_list is None:
            return None
        return lambda value: in_dict(value) if in_dict is not None and isinstance(value, dict) else in_list(value)
    inside = {name: found for name, one in feature.items() if (found := _names_inside(one)) is not None}
    if not inside:
        return None

    def in_fields(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {name: inside[name](item) if name in inside else item for name, item in value.items()}

    return in_fields


def _in_list(feature: Any) -> Callable[[Any], Any] | None:
    inside = _names_inside(feature)
    if inside is None:
        return None
    return lambda value: [inside(item) for item in value] if isinstance(value, list) else value


def _class_name(names: list[Any]) -> Callable[[Any], Any]:
    """Return the function that names a class; -1, which stands for an unknown label, becomes None."""

    def name(value: Any) -> Any:
        if type(value) is not int:
            return value
        if value == -1:
            return None
        return names[value] if 0 <= value < len(names) else value

    return name
