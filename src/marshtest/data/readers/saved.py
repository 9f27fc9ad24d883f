"""Datasets that Hugging Face's `save_to_disk` wrote: Arrow streams, and JSON files that say which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from marshtest.data.identity import canonical_json
from marshtest.data.readers.opening import hash_source, open_stored
from marshtest.data.readers.stores import is_address
from marshtest.errors import InputError

__all__ = ["SAVED_FILES", "descriptions_beside", "saved_files"]

SAVED_FILES = ("dataset_dict.json", "dataset_info.json", "state.json")
"""What stands beside the data."""


def saved_files(root: str, shown: Iterable[str]) -> list[str]:
    """Give the files of a dataset that Hugging Face's `save_to_disk` wrote; none when it is no such folder."""
    names = set(shown)
    if "dataset_dict.json" in names:
        splits = _json_of(f"{root}/dataset_dict.json").get("splits")
        if not isinstance(splits, list) or not all(isinstance(one, str) for one in splits):
            raise InputError("it names no splits; save the dataset again.", path=f"{root}/dataset_dict.json")
        return [file for split in splits for file in _listed(f"{root}/{split}")]
    return _listed(root) if "state.json" in names else []


def _listed(root: str) -> list[str]:
    """Give the files that the state of a saved dataset lists, in order."""
    place = f"{root}/state.json"
    state = _json_of(place)
    if state.get("_indices_data_files"):
        raise InputError("the dataset was saved with indices; call flatten_indices() and save it again.", path=place)
    files = state.get("_data_files")
    names = [one.get("filename") if isinstance(one, dict) else None for one in files] if isinstance(files, list) else []
    if not names or not all(isinstance(name, str) and not {"/", "\\", "\0"} & set(name) for name in names):
        raise InputError("it lists no data files; save the dataset again.", path=place)
    return [f"{root}/{name}" for name in names]


def _json_of(path: str) -> dict[str, object]:
    """Read a small JSON object."""
    try:
        with open_stored(path) as file:
            value = json.loads(file.read())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"cannot read what describes the saved dataset: {error}.", path=path) from error
    return value if isinstance(value, dict) else {}


def descriptions_beside(source: str) -> dict[str, bytes]:
    """Give what has to stand beside a file of a saved dataset so that it can be loaded again, by relative name.

    The dataset's own fingerprint becomes another one, since libraries cache by it. Nothing is given for other files.
    """
    folder = Path(source).parent
    if is_address(source) or not (folder / "state.json").is_file():
        return {}
    given = {"state.json": _other_fingerprint(_json_of(str(folder / "state.json")), source)}
    for place in (folder / "dataset_info.json", folder.parent / "dataset_dict.json"):
        if place.is_file():
            name = place.name if place.parent == folder else f"../{place.name}"
            given[name] = place.read_bytes()
    return given


def _other_fingerprint(state: dict[str, object], source: str) -> bytes:
    """Give the state with a fingerprint of its own."""
    return canonical_json({**state, "_fingerprint": hash_source(source)[:16]}).encode()
