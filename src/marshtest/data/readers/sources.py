"""List the files that the user means: a file, a glob, a folder, a dataset saved by Hugging Face, an address.

Every file in a folder is either read, known to be no data (documentation, scripts), or an error: nothing is skipped
silently.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from marshtest.data.readers.packing import PACKED_SUFFIXES
from marshtest.data.readers.saved import SAVED_FILES, saved_files
from marshtest.data.readers.sniff import formats
from marshtest.data.readers.stores import as_address, is_address, list_address, refuse_options
from marshtest.data.skipped import note_skipped
from marshtest.errors import InputError

__all__ = ["files_size", "is_packed", "source_files"]

_NO_DATA = {
    ".bib",
    ".c",
    ".cff",
    ".css",
    ".gif",
    ".html",
    ".ipynb",
    ".jpeg",
    ".jpg",
    ".lock",
    ".md",
    ".pdf",
    ".png",
    ".py",
} | {".rst", ".sh", ".svg", ".toml", ".yaml", ".yml"}
"""Endings of files that hold no data."""
_NO_DATA_NAMES = re.compile(r"(?:license|licence|notice|readme|makefile|copying|citation)(?:\.txt)?|_success", re.I)
_CACHED = re.compile(r"(?:cache-|tmp)\w+\.arrow")
"""What the library leaves in the folder of a saved dataset when it maps or filters."""
_METADATA = {*SAVED_FILES, "dataset_infos.json", "croissant.json"}
"""JSON files that describe data."""
_COMPRESSED = {*PACKED_SUFFIXES, ".parquet"}
"""Endings of files that hold more than their size."""
_EXPANSION = 4
"""How many times their size these are taken to hold. Chosen by eye."""
_MAGIC = re.compile(r"[*?[]")


def source_files(paths: str | Path | Sequence[str | Path]) -> list[str]:
    """List the files that the user means, each once, in a fixed order.

    Raises:
        InputError: No file is named or found, a name appears twice or is not UTF-8, or a folder holds a file of no
            known format.
    """
    named = [paths] if isinstance(paths, str | Path) else list(paths)
    if not named:
        raise InputError("no file is given; name at least one.")
    files = [file for path in named for file in _files(_told(str(path)))]
    for file in files:
        if any("\ud800" <= character <= "\udfff" for character in file):
            raise InputError("the name of this file is not UTF-8, which no report can hold; rename it.", path=file)
    if len({_real(file) for file in files}) < len(files):
        raise InputError("a file is named twice; name each file once.")
    return files


def files_size(files: Iterable[str]) -> int:
    """Estimate the bytes that files hold: four times their size if they are compressed. Addresses and pipes count 0."""
    size = 0
    for file in files:
        if not is_address(file) and Path(file).is_file():
            size += Path(file).stat().st_size * (_EXPANSION if is_packed(file) else 1)
    return size


def is_packed(file: str) -> bool:
    """Return whether a file holds more than its size, by its ending."""
    return Path(file).suffix.lower() in _COMPRESSED


def _real(file: str) -> str:
    """Return the path of a file without links, so that its names can be compared."""
    try:
        return file if is_address(file) else str(Path(file).resolve())
    except (OSError, ValueError):  # no file can have this name; opening it will say so
        return file


def _told(path: str) -> str:
    """Return the address or the path that the user means.

    Raises:
        InputError: It may be either, because a folder here is called as a scheme: who unpacks a dataset with a folder
            `s3:` in it, and lets a shell list the files, would ask a store instead.
    """
    address = as_address(path)
    if address != path and os.path.lexists(path.partition("/")[0]):
        raise InputError(
            "this is either an address or a file in a folder that is called so; name the file by its absolute path, or "
            "go to another folder for the address.",
            path=path,
        )
    return address


def _files(path: str) -> list[str]:
    """List the files behind one name."""
    try:
        if is_address(path):
            return _stored_files(path)
        if Path(path).is_dir():
            return _folder_files(path, _inside(Path(path)))
        if not Path(path).exists() and _MAGIC.search(path):
            return _matching(path) or _nothing(path)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read the data: {error}.", path=path) from error
    return [path]


def _matching(pattern: str) -> list[str]:
    """List the files that a pattern matches.

    Raises:
        InputError: It matches a link to nothing, a pipe or a device, or a folder with the ending of data, none of which
            would be read.
    """
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  absolute patterns too
    files = [one for one in matches if Path(one).is_file()]
    for one in matches:
        folder = one.rstrip("/")
        if one in files or any(file.startswith(f"{folder}/") for file in files):
            continue
        if not Path(one).is_dir() or _is_data(folder):
            kind = "a folder" if Path(one).is_dir() else "a link to nothing, a pipe, a device or a socket"
            raise InputError(
                f"the pattern matches {one!r}, which is {kind} and would not be read; name the files that are data.",
                path=pattern,
            )
        note_skipped("file", "a folder that the pattern matches", one)
    return files


def _inside(folder: Path) -> Iterator[tuple[str, str]]:
    """List the ordinary files in a folder with their names below it; hidden ones, and what they hold, are no data.

    Raises:
        InputError: It holds a link to a folder, a link to nothing, a pipe or a device, which would be passed over.
    """
    for place in folder.rglob("*"):
        if place.is_file():
            yield place.relative_to(folder).as_posix(), str(place)
        elif place.is_symlink() or not place.is_dir():
            name = str(place.relative_to(folder))
            if not any(part.startswith(".") for part in place.relative_to(folder).parts):
                kind = "a link to a folder or to nothing" if place.is_symlink() else "a pipe, a device or a socket"
                raise InputError(
                    f"the folder holds {name!r}, which is {kind} and would not be read; remove it, or name the files "
                    "that are data.",
                    path=folder,
                )


def _stored_files(address: str) -> list[str]:
    """List the files behind an address."""
    refuse_options(address)
    place = _MAGIC.search(address)
    if place is None:
        found = list_address(address)
        if found is None:
            return [address]
        length = len(address.rstrip("/")) + 1
        return _folder_files(address, ((file[length:], file) for file in found))
    root = address[: place.start()].rpartition("/")[0]
    pattern = address.replace("**/", "*")
    matching = sorted(one for one in list_address(root) or () if fnmatchcase(one, pattern))
    return matching or _nothing(address)


def _nothing(pattern: str) -> list[str]:
    raise InputError("no file matches this; check the path.", path=pattern)


def _folder_files(folder: str, inside: Iterable[tuple[str, str]]) -> list[str]:
    """List the data files of a folder, from the names below it and the files."""
    root = folder.rstrip("/")
    below = dict(sorted(inside, key=lambda one: one[1]))
    shown = {name: file for name, file in below.items() if not any(part.startswith(".") for part in name.split("/"))}
    for name in below.keys() - shown.keys():
        note_skipped("file", "hidden", name)
    saved = saved_files(root, shown)
    if saved:
        _pass_over(folder, shown.keys() - {file[len(root) + 1 :] for file in saved})
        return saved
    strange = [name for name in shown if not _is_data(name) and not _is_no_data(name)]
    if strange:
        raise InputError(
            f"the folder holds {strange[0]!r}, whose format is not known; name the files that are data.", path=folder
        )
    for name in shown:
        if not _is_data(name):
            note_skipped("file", "no data by its name", name)
    data = [file for name, file in shown.items() if _is_data(name)]
    if not data:
        raise InputError("the folder holds no file that can be read; name the files that are data.", path=folder)
    return data


def _pass_over(folder: str, names: Iterable[str]) -> None:
    """Say what a saved dataset holds besides the files that it lists.

    Raises:
        InputError: It is data, which whoever reads the folder in another way would train on.
    """
    for name in sorted(names):
        cached = _CACHED.fullmatch(PurePosixPath(name).name) is not None
        if _is_data(name) and not cached:
            raise InputError(
                f"the folder is a saved dataset that does not list {name!r}, which would not be read; name the files "
                "that are data, or move it elsewhere.",
                path=folder,
            )
        if PurePosixPath(name).name not in _METADATA:
            note_skipped("file", "in a saved dataset that does not list it", name)


def _is_data(name: str) -> bool:
    """Return whether the name of a file has the ending of a known format."""
    path = PurePosixPath(name.lower())
    ending = PurePosixPath(path.stem).suffix if path.suffix in PACKED_SUFFIXES else path.suffix
    return path.name not in _METADATA and any(ending in one.suffixes for one in formats())


def _is_no_data(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix in _NO_DATA or path.name in _METADATA or _NO_DATA_NAMES.fullmatch(path.name) is not None
