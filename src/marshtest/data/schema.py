"""The canonical columns, into which every format is read and which are all that a detector sees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["canonical_schema"]


@cache
def canonical_schema() -> pa.Schema:
    """Return the Arrow schema of every dataset.

    Texts are `large_string`: a plain `string` column holds 2 GiB at most.
    """
    import pyarrow as pa

    text = pa.large_string()
    turn = pa.struct([("role", text), ("content", text)])
    return pa.schema(
        [
            ("record_id", text),
            ("kind", text),
            ("prompt", text),
            ("completion", text),
            ("label", text),
            ("messages", pa.large_list(turn)),
            ("rejected", text),
            ("group", text),
            ("fields", text),
            ("source_path", text),
            ("source_line", pa.int64()),
            ("byte_offset", pa.int64()),
            ("byte_length", pa.int64()),
            ("anomalies", pa.large_list(text)),
        ]
    )
