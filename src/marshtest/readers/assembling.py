"""From what the kernels read to a dataset: order, ids, odd shapes, fingerprint."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from marshtest.dataset import Dataset
from marshtest.errors import InputError
from marshtest.identity import canonical_json, fingerprint, record_ids
from marshtest.readers.shapes import odd_traits
from marshtest.schema import canonical_schema
from marshtest.signals import Failure

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SKIP_HINT", "assemble"]

SKIP_HINT = "Mend it, or count such records as failures with --on-bad-record skip."


def assemble(
    raw: pa.Table,
    *,
    source: Sequence[str],
    files: Mapping[str, str],
    fields: Mapping[str, str],
    skip_bad_records: bool,
) -> Dataset:
    """Put what was read in source order and add what only the whole dataset can tell.

    Raises:
        InputError: A record could not be read and none is to be skipped, or no record is left.
    """
    import pyarrow.compute as pc

    raw = raw.sort_by([("file_index", "ascending"), ("source_line", "ascending")])
    broken = raw.filter(pc.is_valid(raw["failure"])).select(["failure", "source_path", "source_line"]).to_pylist()
    if broken and not skip_bad_records:
        first = broken[0]
        raise InputError(f"{first['failure']} {SKIP_HINT}", path=first["source_path"], line=first["source_line"])
    if broken:
        raw = raw.filter(pc.is_null(raw["failure"]))
    if not raw.num_rows:
        raise InputError("no record can be read; check the format of the data.", path=source[0])
    hashes = raw["content_hash"].to_pylist()
    ids, repeated = record_ids(raw["record_id"].to_pylist(), hashes)
    table = _with_column(raw, "record_id", ids)
    table = _with_column(table, "anomalies", _anomalies(raw, repeated))
    if any(repeated):
        table = _with_column(table, "fields", _fields_with_ids(raw, repeated, fields["record_id"]))
    return Dataset(
        table.select(canonical_schema().names),
        fingerprint=fingerprint(hashes),
        source=source,
        files=files,
        fields=fields,
        failures=[
            Failure(
                detector="reader",
                message=row["failure"],
                source_path=row["source_path"],
                source_line=row["source_line"],
            )
            for row in broken
        ],
    )


def _with_column(table: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    """Replace one column."""
    import pyarrow as pa

    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pa.chunked_array([pa.array(values, field.type)]))


def _fields_with_ids(raw: pa.Table, repeated: Sequence[bool], name: str) -> list[str]:
    """Keep an id that names no record, because several share it, among the other fields."""
    rows = zip(raw["fields"].to_pylist(), raw["record_id"].to_pylist(), repeated, strict=True)
    return [canonical_json({**json.loads(text), name: own}) if again else text for text, own, again in rows]


def _anomalies(raw: pa.Table, repeated: Sequence[bool]) -> list[object]:
    """Add odd shapes and repeated ids to what the parsers said.

    A field in which more than 1 record in 100 shares its value is no id but something else of that name, and the same
    id in two files says nothing: neither is odd.
    """
    shapes = raw["shape"].to_pylist()
    odd = odd_traits(shapes)
    found: list[list[str]] = raw["anomalies"].to_pylist()
    for index, shape in enumerate(shapes if odd else []):
        if shape in odd and not any(note.startswith("nan") for note in found[index]):  # NaN was kept as text
            found[index] += [f"odd-shape: {trait}" for trait in odd[shape]]
    if 0 < sum(repeated) <= len(repeated) // 100:
        own = raw["record_id"].to_pylist()
        places = list(zip(raw["file_index"].to_pylist(), own, strict=True))
        counts: dict[tuple[int, str], int] = {}
        for place, again in zip(places, repeated, strict=True):
            if again:
                counts[place] = counts.get(place, 0) + 1
        for index, place in enumerate(places):
            if counts.get(place, 0) > 1:
                found[index].append(f"duplicate-id: {own[index]}")
    return list(found)
