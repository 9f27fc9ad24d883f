"""The names of classes that Hugging Face datasets store as numbers.

A dataset keeps a label as a number and its name in its features, which Arrow and Parquet files of datasets hold in the
metadata of their schema. The names are what people and detectors should see.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from marshtest.data.identity import canonical_json

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Naming", "classes_of", "differing_names", "features_of", "naming"]

Naming = Callable[[dict[str, Any]], dict[str, Any]]
"""Puts names in the place of numbers, in one record."""
_METADATA = b"huggingface"
"""Key of a schema's metadata under which datasets keep their features."""


def features_of(schema: pa.Schema) -> Mapping[str, Any]:
    """Return the features that the schema of a file describes; empty where it describes none."""
    try:
        known = json.loads((schema.metadata or {})[_METADATA])["info"]["features"]
    except (KeyError, ValueError, TypeError, RecursionError):
        return {}
    return known if isinstance(known, dict) else {}


def naming(features: Mapping[str, Any]) -> Naming | None:
    """Return the function that names the classes of a record; None where no feature has classes.

    Args:
        features: As `Features.to_dict()` gives them.
    """
    try:
        return _names_inside(dict(features))  # a record is a dict, as are the features
    except RecursionError:  # no type is nested so deeply
        return None


def classes_of(schema: pa.Schema) -> dict[str, Any]:
    """Return the feature of every column that may hold numbers of classes; None for numbers without names."""
    import pyarrow as pa

    known = features_of(schema)
    numbers = [one.name for one in schema if pa.types.is_integer(one.type)]
    return dict.fromkeys(numbers) | {name: known[name] for name in schema.names if _has_names(known.get(name))}


def differing_names(files: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return a column whose classes are not the same in all files that have it; None where there is none.

    A trainer sees the numbers, which the first file names for all others. So a file that swaps the names would have its
    labels read as others than they are trained as.

    Args:
        files: What `classes_of` gives of each file, by its path.
    """
    seen: dict[str, str] = {}
    for features in files.values():
        for column, feature in features.items():
            names = (
                feature["names"] if isinstance(feature, dict) and isinstance(feature.get("names"), list) else feature
            )
            told = canonical_json(names)
            if seen.setdefault(column, told) != told:
                return column
    return None


def _has_names(feature: Any) -> bool:
    """Return whether a feature has classes; one that is nested too deeply has none."""
    try:
        return _names_inside(feature) is not None
    except RecursionError:
        return False


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
