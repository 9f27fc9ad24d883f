"""Columns of very many records in any order, without a Python value for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from marshtest.stats.arrays import Ints

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Rows", "shared_values"]

_PIECE = 20_000
"""Rows turned into Python values at a time when iterating. Chosen by eye."""


def shared_values(column: pa.ChunkedArray) -> NDArray[np.object_]:
    """Return the values of a column as an array of shape (N,), in which equal values share one object; None is null.

    For columns of few different values, such as labels.
    """
    coded = column.combine_chunks().dictionary_encode()
    names: NDArray[np.object_] = np.array([*coded.dictionary.to_pylist(), None], object)
    codes: Ints = coded.indices.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    return names[codes]


class Rows(Sequence[Any]):
    """Some rows of an Arrow column as a sequence of Python values, which are made when they are asked for.

    Args:
        column: The column.
        rows: Shape (N,): indices of its rows, in the order of the sequence.
        missing: The value that stands for null.
    """

    def __init__(self, column: pa.ChunkedArray, rows: Ints, missing: Any = None) -> None:
        self._chunks = column.chunks
        self._starts = np.append(0, np.cumsum([len(chunk) for chunk in self._chunks])).astype(np.int64)
        self._rows = rows
        self._missing = missing

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        """Return one value, or several as a list."""
        if isinstance(index, slice):
            return self._values(self._rows[index])
        row = self._rows[index]
        chunk = int(np.searchsorted(self._starts, row, side="right")) - 1
        value = self._chunks[chunk][int(row - self._starts[chunk])].as_py()
        return self._missing if value is None else value

    def __iter__(self) -> Iterator[Any]:
        """Yield all values; a piece of them is held at a time."""
        for start in range(0, len(self._rows), _PIECE):
            yield from self._values(self._rows[start : start + _PIECE])

    def take(self, places: Ints) -> list[Any]:
        """Return the values at these places."""
        return self._values(self._rows[places])

    def _values(self, rows: Ints) -> list[Any]:
        """Return the values of rows, asking each chunk of the column once."""
        order = np.argsort(rows, kind="stable")
        rising = rows[order]
        bounds = np.searchsorted(rising, self._starts)
        values = np.empty(len(rows), object)
        for number in np.flatnonzero(np.diff(bounds)):
            part = slice(bounds[number], bounds[number + 1])
            found = self._chunks[number].take(rising[part] - self._starts[number]).to_pylist()
            values[order[part]] = np.array([*found, None], object)[
                :-1
            ]  # without the None, lists of equal length would become a table
        return [self._missing if value is None else value for value in values.tolist()]
