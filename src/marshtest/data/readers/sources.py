"""List the files that the user means: a file, a glob, a folder, a dataset saved by Hugging Face, an address.

Every file in a folder is either read, known to be no data (documentation, scripts), or an error: nothing is skipped
silently.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path, PurePath, PurePosixPath

from marshtest.data.readers.packing import PACKED_SUFFIXES
from marshtest.data.readers.saved import SAVED_FILES, saved_files
from marshtest.data.readers.sniff import formats
from marshtest.data.readers.stores import (
    as_address,
    is_address,
    list_address,
    looks_like_address,
    refuse_options,
)
from marshtest.data.skipped import note_skipped
from marshtest.errors import InputError

__all__ = ["files_size", "is_packed", "source_files"]

_NO_DATA = {
    ".bib", ".c", ".cff", ".css", ".gif", ".html", ".ipynb", ".jpeg", ".jpg",
    ".lock", ".md", ".md5", ".pdf", ".png", ".py", ".rst", ".sh", ".sha1",
    ".sha256", ".sha512", ".svg", ".toml", ".yaml", ".yml",
}  # fmt: skip
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
    files = [file for path in named for file in _files(_meant(str(path)))]
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


def _meant(path: str) -> str:
    """Return a path, or the address that lost its second slash on its way here.

    Raises:
        InputError: It is both: the data brought a folder `s3:`, say, and a shell listed what is in it.
    """
    if looks_like_address(path) and os.path.lexists(path.partition("/")[0]):
        raise InputError("this is an address, and the path of a file here too; rename the folder.", path=path)
    return as_address(path)


def _files(path: str) -> list[str]:
    """List the files behind one name."""
    try:
        if is_address(path):
            return _stored_files(path)
        if _MAGIC.search(path):
            found = _matching(path)
            if found and Path(path).exists() and found != [path]:
                raise InputError("this is the name of a file, and a pattern of others too; rename it.", path=path)
            if not Path(path).exists():
                return found or _nothing(path)
        if Path(path).is_dir():
            return _folder_files(str(Path(path)), _inside(Path(path)))
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"cannot read the data: {error}.", path=path) from error
    return [path]


def _matching(pattern: str) -> list[str]:
    """List the files that a pattern matches, and note the folders that it matches without anything in them.

    Raises:
        InputError: It matches a link to nothing, a pipe or a device, or a folder with the ending of data, none of which
            would be read.
        OSError: A folder that it leads through cannot be listed.
    """
    _list_all(pattern)
    matched = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207  absolute patterns too
    found = [one for one in matched if Path(one).is_file()]
    for one in matched:
        folder = one.rstrip("/")
        if Path(one).is_file() or any(file.startswith(f"{folder}/") for file in found):
            continue
        if not Path(one).is_dir() or _is_data(folder):
            raise InputError(
                f"the pattern matches {one!r}, which is {_strange(Path(one))} and would not be read; remove it, or "
                "name the files that are data.",
                path=pattern,
            )
        note_skipped("file", "a folder that the pattern matches", one)
    return found


def _list_all(pattern: str) -> None:
    """Look into every folder that a pattern leads through, since `glob` passes over those that it cannot read.

    Raises:
        OSError: One cannot be listed or searched.
    """
    parts = pattern.split("/")
    first = next((number for number, part in enumerate(parts) if _MAGIC.search(part)), len(parts))
    parts += [""] if parts[-1] == "**" else []  # what it leads to are folders too
    for number, part in enumerate(parts[first:], start=first):
        above = "/".join(parts[:number]) or ("/" if pattern.startswith("/") else ".")
        for folder in filter(os.path.isdir, glob.glob(above, recursive=True)):  # noqa: PTH207  absolute patterns too
            if _MAGIC.search(part) or not part:
                os.scandir(folder).close()
            else:
                with suppress(FileNotFoundError):
                    os.lstat(f"{folder}/{part}")


def _strange(place: Path) -> str:
    """Say what is no file."""
    if place.is_dir() and not place.is_symlink():
        return "a folder"
    return "a link to a folder or to nothing" if place.is_symlink() else "a pipe, a device or a socket"


def _inside(folder: Path) -> Iterator[str]:
    """List the ordinary files in a folder; hidden ones are no data, and neither is what they hold.

    Raises:
        InputError: It holds a link to a folder, a link to nothing, a pipe or a device, which would be passed over, or a
            name that means something else.
        OSError: A folder in it cannot be listed.
    """

    def refuse(error: OSError) -> None:
        if not _is_hidden(Path(error.filename).relative_to(folder)):
            raise error

    for above, folders, files in os.walk(folder, onerror=refuse):
        links = [name for name in folders if (Path(above) / name).is_symlink()]
        for place in (Path(above) / name for name in (*files, *links)):
            name = place.relative_to(folder)
            if looks_like_address(str(place)):
                raise InputError(f"the folder holds {str(name)!r}, which reads as an address; rename it.", path=folder)
            if place.is_file():
                yield str(place)
            elif not _is_hidden(name):
                raise InputError(
                    f"the folder holds {str(name)!r}, which is {_strange(place)} and would not be read; remove it, or "
                    "name the files that are data.",
                    path=folder,
                )


def _is_hidden(name: PurePath) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _stored_files(address: str) -> list[str]:
    """List the files behind an address."""
    refuse_options(address)
    place = _MAGIC.search(address)
    if place is None:
        found = list_address(address)
        return [address] if found is None else _folder_files(address, found)
    root = address[: place.start()].rpartition("/")[0]
    pattern = address.replace("**/", "*")
    matching = sorted(one for one in list_address(root) or () if fnmatchcase(one, pattern))
    return matching or _nothing(address)


def _nothing(pattern: str) -> list[str]:
    raise InputError("no file matches this; check the path.", path=pattern)


def _folder_files(folder: str, inside: Iterable[str]) -> list[str]:
    """List the data files of a folder."""
    root = folder.rstrip("/")
    start = 0 if root == "." else len(root) + 1
    below = {file[start:]: file for file in sorted(inside)}
    shown = {name: file for name, file in below.items() if not _is_hidden(PurePosixPath(name))}
    for name in below.keys() - shown.keys():
        note_skipped("file", "hidden", name)
    saved = saved_files(root, shown)
    if saved:
        _refuse_others(folder, set(shown) - {one[len(root) + 1 :] for one in saved})
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


def _refuse_others(folder: str, others: Iterable[str]) -> None:
    """Refuse data in a saved dataset that it does not list, which another library may read; note all other files.

    Raises:
        InputError: There are such data.
    """
    for name in sorted(others):
        is_cache = _CACHED.fullmatch(PurePosixPath(name).name) is not None
        if _is_data(name) and not is_cache:
            raise InputError(
                f"the folder is a saved dataset and holds {name!r}, which the dataset does not list; remove it, or "
                "name the files that are data.",
                path=folder,
            )
        if PurePosixPath(name).name not in SAVED_FILES:
            note_skipped("file", "not listed by the saved dataset", name)


def _is_data(name: str) -> bool:
    """Return whether the name of a file has the ending of a known format."""
    path = PurePosixPath(name.lower())
    ending = PurePosixPath(path.stem).suffix if path.suffix in PACKED_SUFFIXES else path.suffix
    return path.name not in _METADATA and any(ending in one.suffixes for one in formats())


def _is_no_data(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return path.suffix in _NO_DATA or path.name in _METADATA or _NO_DATA_NAMES.fullmatch(path.name) is not None
