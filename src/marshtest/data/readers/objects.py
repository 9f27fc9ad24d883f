"""Tell what kind of object in memory holds the records; no library is imported to find out.

An object of pandas or of Hugging Face can only be there if its library is loaded, so `sys.modules` is asked. Everything
that speaks the Arrow C interface (polars, DuckDB and others) is known by it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from marshtest.data.readers.columnar import check_names, first_line, unsound
from marshtest.data.readers.held import (
    HeldColumns,
    HeldData,
    HeldDataset,
    HeldFrame,
    HeldRecords,
    HeldTable,
    plain_name,
)
from marshtest.data.readers.plain import no_record
from marshtest.data.readers.stores import is_address
from marshtest.data.records import Record
from marshtest.errors import InputError

__all__ = ["ArrowStream", "Numbered", "Records", "held_data", "in_python_words", "with_python_words"]

_KINDS = (
    "a list of dicts, a dict of lists, a frame of pandas or polars, an Arrow table, a dataset of Hugging Face or an "
    "iterator of dicts"
)
_LOOKED_AT = 100
"""Items of a list that are looked at before it is refused as a whole. Chosen by eye."""
_NAMED = 6
"""Most columns that a message lists with their lengths. Chosen by eye."""
_SHOWN = 60
"""Characters of a text that a message quotes. Chosen by eye."""
_LONGEST_NAME = 255
"""Bytes of the longest file name that common file systems allow. Convention."""


_P = ParamSpec("_P")
_T = TypeVar("_T")


class ArrowStream(Protocol):
    """An object that gives its rows through the Arrow C stream interface: a frame of pandas or polars, a table."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give a capsule with the stream."""


class Numbered(Protocol):
    """An object with a length and numbered items, such as the datasets of torch."""

    def __len__(self) -> int:
        """Count the items."""

    def __getitem__(self, index: int, /) -> Any:
        """Give one item."""


Records = ArrowStream | Mapping[str, Any] | Iterable[Any] | Numbered
"""Records in memory, or a dict of splits that each hold some."""


def held_data(data: Any, most: int | None = None) -> list[HeldData] | None:
    """Return how to read an object in memory, one part for each split; None where the data are names of files.

    Iterators are read to their end and kept, since records are looked at more than once. What this has returned may be
    given again.

    Args:
        data: What the user gave.
        most: Take at most so many records from iterators and streams.

    Raises:
        InputError: The object holds no records; the message says what it is and what to give.
    """
    if isinstance(data, list) and data and all(isinstance(one, HeldData) for one in data):
        return list(data)
    if isinstance(data, str | PathLike):
        _check_path(str(data))
        return None
    if isinstance(data, list | tuple) and data and all(isinstance(one, str | PathLike) for one in data):
        _check_paths([str(one) for one in data])
        return None
    name = f"<{type(data).__name__}>"
    parts = _splits(data, most)
    if parts is None:
        one = _one(data, name, most)
        if one is None:
            raise InputError(_refusal(data))
        parts = [one]
    if not any(part.count() for part in parts):
        is_list = isinstance(data, list | tuple)
        nothing = "no file is given and no record" if is_list else "there is not one record"
        raise InputError(f"this {type(data).__name__} is empty: {nothing}; give at least one.")
    for part in parts:
        _check_fields(part)
    return parts


def with_python_words(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Have a function that reads data name options in the words of Python where an object in memory is to blame."""

    @wraps(function)
    def worded(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except InputError as error:
            raise in_python_words(error) from error.__cause__

    return worded


def in_python_words(error: InputError) -> InputError:
    """Return the error with options in the words of Python, if an object in memory is to blame."""
    if error.path is None or not error.path.startswith("<"):
        return error
    place = error.path if error.line is None else f"{error.path}:{error.line}"
    message = str(error).removeprefix(f"{place}: ")
    message = message.replace("--on-bad-record skip", 'on_bad_record="skip" (in an audit: `AuditConfig`)')
    message = re.sub(r"--ignore-field(?: (?:NAME|[\w.\[\]-]+\w))?", "FieldMap(ignored=(…,))", message)
    message = re.sub(r"--format ([\w-]+)", r'FieldMap(record_format="\1")', message)
    message = message.replace("--format", "FieldMap(record_format=…)")
    message = re.sub(r"--(\w+)-field", r"FieldMap(\1=…)", message)
    return InputError(message, path=error.path, line=error.line)


def _one(data: Any, name: str, most: int | None) -> HeldData | None:
    """Return how to read an object that is no dict of splits; None where nothing fits."""
    if _is(data, "pandas", "DataFrame"):
        return HeldFrame(data, name)
    if _is(data, "datasets", "Dataset"):
        return HeldDataset(data, name)
    if _is(data, "datasets", "IterableDataset"):
        features = None if data.features is None else data.features.to_dict()
        return HeldRecords(list(islice(data, most)), name, features)
    if isinstance(data, str | bytes | bytearray | type) or hasattr(data, "read") or _is(data, "pandas", "Series"):
        return None
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        return HeldTable(data, name, _table(data, name, most))
    if isinstance(data, Mapping):
        return HeldColumns(dict(data), name) if data and all(map(_is_column, data.values())) else None
    if isinstance(data, list | tuple):
        return HeldRecords(data, name) if _holds_records(data) else None
    if hasattr(data, "__len__") and hasattr(data, "__getitem__"):  # the datasets of torch
        return HeldRecords(data, name)
    if isinstance(data, Iterable):
        items = list(islice(data, most))
        if not _holds_records(items):
            raise InputError(f"this {type(data).__name__} yields no records: {no_record(items[0])}")
        return HeldRecords(items, name)
    return None


def _splits(data: Any, most: int | None) -> list[HeldData] | None:
    """Return the parts of a dict of splits, or of a list of frames; None where the object is neither."""
    if isinstance(data, Mapping):
        named = list(data.items())
    elif isinstance(data, list | tuple):
        named = list(enumerate(data, start=1))
    else:
        return None
    if not named or not all(_is_whole(one) for _, one in named):
        return None
    kind = type(data).__name__
    parts = [_one(one, f"<{kind} {plain_name(name)}>", most) for name, one in named]
    return [part for part in parts if part is not None]


def _is_whole(data: Any) -> bool:
    """Return whether the object is a table or a dataset by itself, which is no value of a record."""
    if any(_is(data, "datasets", kind) for kind in ("Dataset", "IterableDataset")) or _is(data, "pandas", "DataFrame"):
        return True
    is_column = _is(data, "pandas", "Series") or type(data).__name__ in ("Series", "ChunkedArray", "Array")
    return hasattr(data, "__arrow_c_stream__") and not is_column


def _is(data: Any, library: str, name: str) -> bool:
    """Return whether the object is of a class of a library, which is not imported for it."""
    cls = getattr(sys.modules.get(library), name, None)
    return isinstance(cls, type) and isinstance(data, cls)


def _is_column(values: Any) -> bool:
    """Return whether the object is a list of values."""
    is_text = isinstance(values, str | bytes | Mapping)
    return not is_text and hasattr(values, "__len__") and hasattr(values, "__getitem__")


def _holds_records(items: Sequence[Any]) -> bool:
    """Return whether there are items and any of the first could be a record; the others then are bad records."""
    first = list(islice(items, _LOOKED_AT))
    return not items or not all(isinstance(one, str | bytes | int | float | list | Record) for one in first)


def _table(data: Any, name: str, most: int | None) -> Any:
    """Take the rows of an object that speaks Arrow, without a copy.

    Raises:
        InputError: It holds no rows of fields, or a column that Arrow has no type for.
    """
    import pyarrow as pa

    refused: tuple[type[Exception], ...] = (*unsound(), TypeError, RuntimeError)
    try:
        if hasattr(data, "read_next_batch") and most is not None:
            return pa.Table.from_batches(_first(data, most), data.schema)
        if hasattr(data, "__arrow_c_stream__"):
            return pa.table(data)
        return pa.Table.from_batches([pa.record_batch(data)])
    except refused as error:
        raise InputError(
            f"this {type(data).__name__} gives Arrow no rows of fields ({first_line(error)}); give a table with a name "
            "for every column, and cast columns of objects to text.",
            path=name,
        ) from error


def _first(reader: Any, most: int) -> Iterator[Any]:
    """Yield the first batches of a stream."""
    for batch in reader:
        yield batch.slice(0, most)
        most -= batch.num_rows
        if most <= 0:
            return


def _check_fields(part: HeldData) -> None:
    """Refuse columns of different lengths, and two of one name.

    Raises:
        InputError: It is such an object.
    """
    path = part.called
    if isinstance(part, HeldColumns):
        sizes = {name: len(column) for name, column in part.data.items()}
        if len(set(sizes.values())) > 1:
            listed = ", ".join(f"{name!r} {size:,}" for name, size in list(sizes.items())[:_NAMED])
            raise InputError(f"the lists have different lengths ({listed}); every record needs all fields.", path=path)
    if isinstance(part, HeldFrame):
        names = part.names()
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise InputError(f"two columns have the name {repeated[0]!r}; give each column its own.", path=path)
    elif isinstance(part, HeldTable):
        check_names(part.table.schema, path)


def _check_path(text: str) -> None:
    """Refuse a text that is data and no name of a file.

    Raises:
        InputError: It is.
    """
    if text.lstrip().startswith(("{", "[")) and '"' in text:
        raise InputError("this text is JSON and no path; parse it with `json.loads` and give the records.")
    is_long = len(text) > _LONGEST_NAME and "/" not in text
    if "\n" in text.strip() or is_long:
        raise InputError(f"this text is no path: {text[:_SHOWN]!r}…; give a path, or records as {_KINDS}.")


def _check_paths(texts: Sequence[str]) -> None:
    """Refuse a list of texts that are data.

    Raises:
        InputError: None is the name of a file, and one is a sentence.
    """
    for text in texts:
        _check_path(text)
    spaced = [text for text in texts if len(text.split()) > 1]
    if 2 * len(spaced) > len(texts) and not any(is_address(text) or Path(text).exists() for text in spaced):
        raise InputError(
            f"this list holds texts and no paths of files, such as {spaced[0][:_SHOWN]!r}; give records: "
            '`[{"text": text} for text in texts]`, with their labels if they have some.'
        )


def _refusal(data: Any) -> str:
    """Say why an object holds no records, and what to give."""
    kind = type(data).__name__
    if _is(data, "pandas", "Series") or kind == "Series":
        return "a Series has no fields; give the frame, or `series.to_frame(name)` for texts alone."
    if hasattr(data, "read"):
        return f"this is an open file ({kind}); give its path."
    if isinstance(data, bytes | bytearray):
        return "these are bytes; write them to a file and give its path, or parse them and give the records."
    if hasattr(data, "collect") and not hasattr(data, "__len__"):
        return f"this {kind} is lazy; give `data.collect()`."
    if isinstance(data, Mapping):
        return _refused_mapping(data)
    if isinstance(data, list | tuple) and isinstance(data[0], Record):
        return "these are Record objects; give `Dataset.from_records(records)`."
    if isinstance(data, list | tuple):
        return f"this {kind} holds no records: {no_record(data[0])}"
    return f"cannot read records from this {kind}; give a path, {_KINDS}."


def _refused_mapping(data: Mapping[Any, Any]) -> str:
    """Say why a dict holds no records."""
    if not data:
        return "this dict is empty; give at least one record."
    if all(isinstance(value, Mapping) for value in data.values()):
        return (
            "this is a dict of dicts; give its records as a list, e.g. `list(data.values())`, or what "
            '`frame.to_dict("records")` returns.'
        )
    if any(isinstance(value, str | int | float) for value in data.values()):
        return "this dict is one record; give a list of records: `[record, …]`."
    return f"this dict holds neither columns of equal length nor splits; give {_KINDS}."
