"""Sets that come with their truth: the field that says which records are poison, read and then taken away."""

from __future__ import annotations

import json

from marshtest.data.dataset import Dataset
from marshtest.errors import InputError

__all__ = ["TRUTH_FIELD", "part_from_truth"]

TRUTH_FIELD = "is_poison"
_YES, _NO = frozenset({"1", "1.0", "true", "yes"}), frozenset({"0", "0.0", "false", "no"})


def part_from_truth(dataset: Dataset, field: str = TRUTH_FIELD) -> tuple[Dataset, frozenset[int]]:
    """Give the dataset as a tool may see it, and the rows that are poison.

    Where the data has the field, no tool sees it, nor any other field beside text, label and provenance: in released
    sets these tell the truth as well (the trigger, the attack).

    Raises:
        InputError: The field says neither yes nor no of some records, but yes of others.
    """
    table = dataset.table()
    truth = [json.loads(text).get(field) for text in table["fields"].to_pylist()]
    written = ["" if value is None else str(value).strip().lower() for value in truth]
    if not any(written):
        return dataset, frozenset()
    poison = frozenset(row for row, value in enumerate(written) if value in _YES)
    unclear = [row for row, value in enumerate(written) if value not in _YES | _NO and (poison or value)]
    if unclear:
        record = dataset.record(unclear[0])
        raise InputError(
            f"the truth field {field!r} says {truth[unclear[0]]!r} here and {len(unclear):,} records are unclear; "
            "it must be 1 or 0 (true or false) in every record.",
            path=record.source_path,
            line=record.source_line,
        )
    import pyarrow as pa

    at = table.schema.get_field_index("fields")
    blank = pa.array(["{}"] * len(dataset), table.schema.field(at).type)
    return dataset.with_table(table.set_column(at, table.schema.field(at), blank)), poison
