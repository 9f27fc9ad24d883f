"""What the cells of an Arrow batch would take as Python values, told before they become any.

A cell may stand in the file once and in the table a million times: as an entry of a dictionary, as a view, as a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["weight"]

_VALUE_BYTES = 64
"""Bytes of a value in Python, besides its letters. Measured: `sys.getsizeof` of a short text and its place in a list
give 57 to 65."""


def weight(array: pa.Array) -> int:
    """Return about how many bytes the values of an array take in Python; cells that share bytes count each."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    own = _VALUE_BYTES * len(array)
    if not len(array):
        return 0
    if pa.types.is_dictionary(kind):
        return own + len(array) * _largest(array.dictionary)
    if pa.types.is_run_end_encoded(kind):
        return own + len(array) * _largest(array.values)
    if kind in (pa.string_view(), pa.binary_view()):
        return own + _view_bytes(array)
    if pa.types.is_struct(kind):
        return own + sum(map(weight, array.flatten()))
    if pa.types.is_map(kind):
        return own + weight(
            pa.ListArray.from_arrays(
                array.offsets, pa.StructArray.from_arrays([array.keys, array.items], ["key", "value"])
            )
        )
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        inner = len(array.values)
        taken = pc.sum(array.sizes).as_py() or 0
        return own + (0 if not inner else taken * weight(array.values) // inner)
    if pa.types.is_fixed_size_list(kind) or pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return own + weight(array.flatten())
    if isinstance(array, pa.ExtensionArray):
        return weight(array.storage)
    return own + int(array.nbytes)


def _largest(values: pa.Array) -> int:
    """Return the bytes of the largest of some values, or all of their bytes where single ones cannot be told."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not len(values):
        return 0
    kind = values.type
    if (
        pa.types.is_binary(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_binary(kind)
        or (pa.types.is_large_string(kind))
    ):
        return int(pc.max(pc.binary_length(values)).as_py() or 0)
    return weight(values)


def _view_bytes(array: pa.Array) -> int:
    """Sum the lengths that the views of an array state, each in the first four bytes of its sixteen."""
    import numpy as np

    views = array.buffers()[1]
    if views is None:
        return 0
    lengths = np.frombuffer(views, "<i4")[4 * array.offset : 4 * (array.offset + len(array)) : 4]
    return int(lengths.astype(np.int64).sum())
