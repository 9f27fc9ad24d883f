"""The canonical columns: where everything that reads a format ends, and all that a detector sees."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["canonical_schema"]


@cache
def canonical_schema() -> pa.Schema:
    """Give the Arrow schema that every dataset has. Texts are `large_string`, as the engine holds them."""
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
