"""Turn the columns that were read into a dataset: put them in order, add ids, odd shapes and the fingerprint."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from marshtest.data.dataset import Dataset
from marshtest.data.identity import canonical_json, fingerprint_of_sorted, record_ids
from marshtest.data.readers.shapes import odd_traits
from marshtest.data.schema import canonical_schema
from marshtest.errors import InputError
from marshtest.signals import Failure

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from marshtest.stats.arrays import Ints

__all__ = ["SKIP_HINT", "assemble"]

SKIP_HINT = "Fix it, or count such records as failures with --on-bad-record skip."
_SHARED_IDS = 100
"""An id is taken for an id if at most one record in so many shares its own with another. Chosen by eye."""


_NUMBERS = re.compile(r"\d[\d,.]*|'[^']*'")
"""What differs between messages of one kind: numbers, and names in quotes."""
_KIND_SHOWN = 120
"""First characters of a message that tell its kind. Chosen by eye: the longest first sentence."""
_NAMED, _KINDS = 1_000, 50
"""Failures of one kind that are named one by one, and kinds that are told apart. Chosen by eye: a report that a person
can open; the others are counted."""


def assemble(
    raw: pa.Table,
    *,
    source: Sequence[str],
    files: Mapping[str, str] | None = None,
    fields: Mapping[str, str],
    skip_bad_records: bool,
    scratch: Path | None = None,
) -> Dataset:
    """Put rows in source order and add what only the whole dataset can tell.

    Args:
        raw: The rows, with the columns of `mapping.raw_schema`, in any order.
        source: The files as named by the user.
        files: sha256 of each file's bytes, by path.
        fields: Canonical field to source field.
        skip_bad_records: Whether records that cannot be read are counted as failures.
        scratch: Folder for what does not fit in memory; None where everything does.

    Raises:
        InputError: A record could not be read and bad records are not skipped, or no record is left.
    """
    import pyarrow.compute as pc

    raw = _in_source_order(raw)
    broken = raw.filter(pc.is_valid(raw["failure"])).select(["failure", "source_path", "source_line"])
    if len(broken) and not skip_bad_records:
        first = broken.slice(0, 1).to_pylist()[0]
        raise InputError(f"{first['failure']} {SKIP_HINT}", path=first["source_path"], line=first["source_line"])
    if len(broken):
        raw = raw.filter(pc.is_null(raw["failure"]))
    if not raw.num_rows:
        raise InputError("no record can be read; check the format of the data.", path=source[0])
    table = raw
    repeated: Sequence[bool] = ()
    if not _has_own_ids(raw):
        ids, repeated = record_ids(raw["record_id"].to_pylist(), raw["content_hash"].to_pylist())
        table = _with_column(raw, "record_id", ids)
    table = _with_anomalies(table, raw, repeated)
    if any(repeated):
        table = _with_column(table, "fields", _fields_with_ids(raw, repeated, fields["record_id"]))
    return Dataset(
        table.select(canonical_schema().names),
        fingerprint=_fingerprint(raw),
        source=source,
        files=files,
        fields=fields,
        failures=_failures(broken),
        scratch=scratch,
    )


def _failures(broken: pa.Table) -> list[Failure]:
    """Name the first records of each kind that cannot be read, and count the others with the last of them."""
    named: dict[str, list[Failure]] = {}
    more: Counter[str] = Counter()
    for batch in broken.to_batches():
        for row in batch.to_pylist():
            kind = _NUMBERS.sub("0", row["failure"][:_KIND_SHOWN])
            kind = kind if kind in named or len(named) < _KINDS else ""
            kept = named.setdefault(kind, [])
            if len(kept) == _NAMED:
                more[kind] += 1
                continue
            message, path, line = row["failure"], row["source_path"], row["source_line"]
            kept.append(Failure(detector="reader", message=message, source_path=path, source_line=line))
    for kind, count in more.items():
        last = named[kind][-1]
        said = f"and {count:,} more such records: {last.message}"
        named[kind].append(replace(last, message=said, records=count))
    return [one for kept in named.values() for one in kept]


def _in_source_order(raw: pa.Table) -> pa.Table:
    """Sort the rows. Usually it suffices to put the batches in order, which copies nothing."""
    import numpy as np
    import pyarrow as pa

    def places(table: pa.Table) -> Ints:
        line = table["source_line"].to_numpy()
        return np.asarray(table["file_index"].to_numpy() * (int(line.max(initial=0)) + 1) + line)

    batches = [batch for batch in raw.to_batches() if batch.num_rows]
    batches.sort(key=lambda batch: (batch["file_index"][0].as_py(), batch["source_line"][0].as_py()))
    ordered = pa.Table.from_batches(batches, raw.schema)
    if (np.diff(places(ordered)) >= 0).all():
        return ordered
    return raw.sort_by([("file_index", "ascending"), ("source_line", "ascending")])


def _has_own_ids(raw: pa.Table) -> bool:
    """Return whether every record has an id that no other record has."""
    import pyarrow.compute as pc

    own = raw["record_id"]
    if own.null_count or pc.count_distinct(own).as_py() < len(own):
        return False
    return bool(pc.min(pc.binary_length(own)).as_py())


def _fingerprint(raw: pa.Table) -> str:
    """Return the fingerprint, without a Python value for every record at once."""
    import numpy as np

    parts = [np.frombuffer(b"".join(chunk.to_pylist()), "S32") for chunk in raw["content_hash"].chunks]
    hashes = np.sort(np.concatenate(parts))
    return fingerprint_of_sorted(hashes.tobytes())


def _with_column(table: pa.Table, name: str, values: Sequence[object]) -> pa.Table:
    """Replace one column."""
    import pyarrow as pa

    field = table.schema.field(name)
    return table.set_column(table.schema.get_field_index(name), field, pa.chunked_array([pa.array(values, field.type)]))


def _fields_with_ids(raw: pa.Table, repeated: Sequence[bool], name: str) -> list[str]:
    """Return the other fields, with the id added to records that share it, as it no longer identifies them."""
    rows = zip(raw["fields"].to_pylist(), raw["record_id"].to_pylist(), repeated, strict=True)
    return [canonical_json({**json.loads(text), name: own}) if again else text for text, own, again in rows]


def _with_anomalies(table: pa.Table, raw: pa.Table, repeated: Sequence[bool]) -> pa.Table:
    """Add odd shapes and repeated ids to the anomalies that the parsers found.

    A field in which more than 1 record in 100 shares its value is no id, whatever its name, and the same id in two
    files is ordinary: neither is an anomaly.
    """
    counts = {item["values"]: item["counts"] for item in raw["shape"].value_counts().to_pylist()}
    odd = odd_traits(counts)
    if not odd and not any(repeated):
        return table
    shapes = raw["shape"].to_pylist()
    found: list[list[str]] = raw["anomalies"].to_pylist()
    for index, shape in enumerate(shapes if odd else []):
        if shape in odd and not any(
            note.startswith("nan") for note in found[index]
        ):  # whose NaN is kept as text, a type of its own
            found[index] += [f"odd-shape: {trait}" for trait in odd[shape]]
    if 0 < sum(repeated) <= len(repeated) // _SHARED_IDS:
        own = raw["record_id"].to_pylist()
        places = list(zip(raw["file_index"].to_pylist(), own, strict=True))
        together: dict[tuple[int, str], int] = {}
        for place, again in zip(places, repeated, strict=True):
            if again:
                together[place] = together.get(place, 0) + 1
        for index, place in enumerate(places):
            if together.get(place, 0) > 1:
                found[index].append(f"duplicate-id: {own[index]}")
    return _with_column(table, "anomalies", found)
