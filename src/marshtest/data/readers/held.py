"""Data that a program holds in memory, read as files are: rows with their numbers.

Each class reads one kind of object and can take rows out of it. `objects.py` tells which one fits.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.class_names import classes_of, naming
from marshtest.data.readers.columnar import rows_of_batches
from marshtest.data.readers.plain import plain, row_of

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["HeldColumns", "HeldData", "HeldDataset", "HeldFrame", "HeldRecords", "HeldTable", "plain_name"]

_ROWS = 4_096
"""Rows turned into Python values at a time. Convention: as many as `mapping` makes columns of at once."""


class HeldData(Format):
    """One object that holds records. It is one piece, and nothing is written to disk.

    Args:
        data: The object.
        name: What stands for it in places, e.g. `<DataFrame>`.
    """

    name: ClassVar[str] = "memory"
    suffixes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any, name: str) -> None:
        self.data = data
        self.called = name

    def recognises(self, head: bytes) -> bool:  # noqa: ARG002  as every format is asked
        """Recognise no file."""
        return False

    def plan(self, path: str, file_index: int) -> tuple[list[FilePiece], str]:
        """Take the object as one piece. It has no bytes of its own, and so no hash."""
        return [FilePiece(path=path, file_index=file_index, records=self.count())], ""

    def split(self, path: str, lines: AbstractSet[int], cleaned: BinaryIO, quarantined: BinaryIO) -> tuple[int, int]:  # noqa: ARG002
        """Refuse: `take` does it in memory."""
        raise TypeError(f"{self.called} is no file")

    @abstractmethod
    def count(self) -> int:
        """Count the rows."""

    @abstractmethod
    def take(self, rows: Sequence[int]) -> Any:
        """Return some of the rows, counted from 0, as an object of the same kind."""


class HeldRecords(HeldData):
    """A list, a tuple, or anything with a length and items.

    Args:
        data: The items.
        name: What stands for them in places.
        features: Which fields hold numbers of classes, as `class_names.naming` takes them.
    """

    def __init__(self, data: Any, name: str, features: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, name)
        self._named = naming(features or {})

    def count(self) -> int:
        """Count the items."""
        return len(self.data)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the items one after another."""
        for index in range(len(self.data)):
            row = row_of(piece.line + index, self.data[index])
            if self._named is not None and row.value is not None:
                row = row._replace(value=self._named(dict(row.value)))
            yield row

    def take(self, rows: Sequence[int]) -> Any:
        """Return a list of the items themselves, not of copies."""
        return [self.data[row] for row in rows]


class HeldColumns(HeldData):
    """A dict of columns of equal length."""

    def count(self) -> int:
        """Count the rows."""
        return max(map(len, self.data.values()), default=0)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read a few thousand values of every column at a time."""
        columns = self.data.values()
        for start in range(0, self.count(), _ROWS):
            parts = [_values(column, start, start + _ROWS) for column in columns]
            for index, values in enumerate(zip(*parts, strict=True), start):
                yield row_of(piece.line + index, dict(zip(self.data, values, strict=True)))

    def take(self, rows: Sequence[int]) -> Any:
        """Return a dict of lists."""
        columns = {name: _values(column) for name, column in self.data.items()}
        return {name: [values[row] for row in rows] for name, values in columns.items()}


class HeldTable(HeldData):
    """An Arrow table, or what gave one through the Arrow C interface, such as a frame of polars; nothing is copied.

    Args:
        data: What the user gave.
        name: What stands for it in places.
        table: The same as a table.
    """

    def __init__(self, data: Any, name: str, table: pa.Table) -> None:
        super().__init__(data, name)
        self.table = table

    def count(self) -> int:
        """Count the rows."""
        return int(self.table.num_rows)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the rows of all batches."""
        yield from rows_of_batches(self.table.to_batches(), piece.line, "table")

    def take(self, rows: Sequence[int]) -> Any:
        """Return a frame of polars for one, else an Arrow table."""
        import pyarrow as pa

        if type(self.data).__module__.startswith("polars."):
            return self.data[list(rows)]
        return self.table.take(pa.array(rows, pa.int64()))


class HeldFrame(HeldData):
    """A frame of pandas. Columns that Arrow can share are not copied; the index is no field, unless it has a name."""

    def count(self) -> int:
        """Count the rows."""
        return len(self.data)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read a few thousand rows at a time, column by column."""
        columns = self._columns()
        for start in range(0, len(self.data), _ROWS):
            parts = [_values(column, start, start + _ROWS) for column in columns.values()]
            for index, values in enumerate(zip(*parts, strict=True), start):
                yield row_of(piece.line + index, dict(zip(columns, values, strict=True)))

    def names(self) -> list[str]:
        """Give the names of the fields: of the columns, and of the levels of the index that have one."""
        levels = [name for name in self.data.index.names if name is not None]
        return [plain_name(name) for name in (*levels, *self.data.columns)]

    def _columns(self) -> dict[str, Any]:
        levels = [
            self.data.index.get_level_values(name).to_series() for name in self.data.index.names if name is not None
        ]
        series = [*levels, *(self.data.iloc[:, place] for place in range(self.data.shape[1]))]
        return {name: _shared(one) for name, one in zip(self.names(), series, strict=True)}

    def take(self, rows: Sequence[int]) -> Any:
        """Return a frame with the same columns, and the index of these rows."""
        return self.data.iloc[list(rows)]


class HeldDataset(HeldData):
    """A `Dataset` of Hugging Face, read from the Arrow tables that it maps; pictures and sound are not decoded."""

    def count(self) -> int:
        """Count the rows."""
        return len(self.data)

    def rows(self, piece: FilePiece) -> Iterator[SourceRow]:
        """Read the rows in the order of the dataset, which may have been shuffled or filtered."""
        yield from rows_of_batches(self._batches(), piece.line, "dataset", self.features())

    def classes(self, path: str) -> Mapping[str, Any]:  # noqa: ARG002  as every format is asked
        """Return the columns of numbers, and what their classes are called."""
        return classes_of(self.data.features.arrow_schema)

    def features(self) -> Mapping[str, Any]:
        """Give the features, with the names of classes."""
        return dict(self.data.features.to_dict())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        arrow = self.data.with_format("arrow")
        for start in range(0, len(self.data), _ROWS):
            yield from arrow[start : start + _ROWS].to_batches()

    def take(self, rows: Sequence[int]) -> Any:
        """Return a dataset of these rows."""
        return self.data.select(rows)


def plain_name(name: Any) -> str:
    """Return the name of a column as text: that of several levels joined by dots."""
    return str(next(iter(plain({name: None}, {}))))


def _shared(series: Any) -> Any:
    """Return a column as an Arrow array that shares its memory; the column itself where Arrow has no such type.

    Columns of objects stay as they are, since Arrow gives every dict of a column the keys of all others. Whole numbers
    that pandas made fractional to mark missing ones by NaN become whole again.
    """
    import pyarrow as pa

    if str(series.dtype) == "object":
        return series
    try:
        array = pa.Array.from_pandas(series)
    except (pa.ArrowException, TypeError, ValueError, NotImplementedError):
        return series
    if isinstance(array.type, pa.BaseExtensionType):  # periods and intervals, which pandas writes better
        return series
    if pa.types.is_floating(array.type) and array.null_count:
        with suppress(pa.ArrowInvalid):  # one is not whole
            return array.cast(pa.int64())
    return array


def _values(column: Any, start: int = 0, stop: int | None = None) -> list[Any]:
    """Return a part of a column as a list."""
    part = (column.iloc if hasattr(column, "iloc") else column)[start:stop]
    if hasattr(part, "to_pylist"):
        return list(part.to_pylist())
    return list(part.tolist() if hasattr(part, "tolist") else part)
