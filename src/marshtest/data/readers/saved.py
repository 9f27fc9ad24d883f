"""Datasets that Hugging Face's `save_to_disk` wrote: Arrow streams, and JSON files that list them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from marshtest.data.folders import open_ordinary
from marshtest.data.identity import canonical_json
from marshtest.data.readers.opening import hash_source, open_stored
from marshtest.data.readers.stores import is_address
from marshtest.errors import InputError

__all__ = ["SAVED_FILES", "descriptions_beside", "saved_files"]

SAVED_FILES = ("dataset_dict.json", "dataset_info.json", "state.json")
"""The JSON files beside the data."""
_LARGEST = 64 * 1024**2
"""Bytes of the largest description that is read. Chosen by eye: that of a thousand files has less than one in a hundred
of it."""
_FINGERPRINT_DIGITS = 16
"""Hexadecimal digits of a fingerprint, as the library writes them."""


def saved_files(root: str, shown: Iterable[str]) -> list[str]:
    """Return the files of a dataset that Hugging Face's `save_to_disk` wrote; none if the folder is not one.

    Raises:
        InputError: The files that describe it are damaged, or it was saved with indices.
    """
    names = set(shown)
    if "dataset_dict.json" in names:
        splits = _json_of(f"{root}/dataset_dict.json").get("splits")
        if not isinstance(splits, list) or not all(map(_is_plain, splits)):
            raise InputError("the file names no splits; save the dataset again.", path=f"{root}/dataset_dict.json")
        return [file for split in splits for file in _listed(f"{root}/{split}")]
    return _listed(root) if "state.json" in names else []


def _listed(root: str) -> list[str]:
    """Return the files that the state of a saved dataset lists, in order."""
    place = f"{root}/state.json"
    state = _json_of(place)
    if state.get("_indices_data_files"):
        raise InputError("the dataset was saved with indices; call flatten_indices() and save it again.", path=place)
    files = state.get("_data_files")
    names = [one.get("filename") if isinstance(one, dict) else None for one in files] if isinstance(files, list) else []
    if not names or not all(map(_is_plain, names)):
        raise InputError("the file lists no data files; save the dataset again.", path=place)
    return [f"{root}/{name}" for name in names]


def _is_plain(name: object) -> bool:
    """Tell whether this is the name of something in its folder, and leads nowhere else."""
    return isinstance(name, str) and name not in ("", ".", "..") and not {"/", "\\", "\0"} & set(name)


def _json_of(path: str) -> dict[str, object]:
    """Read a small JSON object."""
    try:
        with open_stored(path) as file:
            value = json.loads(file.read(_LARGEST))  # what is cut off is no JSON
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"cannot read the description of the saved dataset: {error}; save the dataset again.", path=path
        ) from error
    return value if isinstance(value, dict) else {}


def descriptions_beside(source: str) -> dict[str, bytes]:
    """Return the files, by relative name, that a copy of a file of a saved dataset needs beside it to be loaded.

    The fingerprint changes, because libraries cache by it. Files of other datasets need none.
    """
    folder = Path(source).parent
    if is_address(source) or not (folder / "state.json").is_file():
        return {}
    given = {"state.json": _other_fingerprint(_json_of(str(folder / "state.json")), source)}
    for place in (folder / "dataset_info.json", folder.parent / "dataset_dict.json"):
        if place.is_file() or place.is_symlink():
            name = place.name if place.parent == folder else f"../{place.name}"
            with open_ordinary(place, follow=False) as file:  # a link could put any file of the user into the copy
                given[name] = file.read(_LARGEST)
    return given


def _other_fingerprint(state: dict[str, object], source: str) -> bytes:
    """Return the state with another fingerprint."""
    return canonical_json({**state, "_fingerprint": hash_source(source)[:_FINGERPRINT_DIGITS]}).encode()
