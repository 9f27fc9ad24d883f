"""A dataset of records, in columns.

A `Dataset` is what a detector sees: columns in the canonical schema, whatever the file format. Readers make one
(`marshtest.read_dataset`); tests and library users make one of Python values with `Dataset.from_records`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, get_args

from marshtest.config import FieldMap
from marshtest.data.identity import content_hash, fingerprint
from marshtest.data.records import Kind, Message, Record
from marshtest.data.schema import canonical_schema
from marshtest.data.skipped import Skipped
from marshtest.data.unread import UnreadField
from marshtest.errors import InputError
from marshtest.signals import Failure

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

__all__ = ["Dataset", "record_hash"]

_BATCH = 65_536
"""Records of a batch, unless the caller says otherwise. Chosen by eye."""


class Dataset:
    """A dataset of records, in columns.

    The records are parsed once and held as Arrow columns; `table` and `batches` share them without a copy.

    Args:
        table: The columns of `schema.canonical_schema`, one row per record, in source order.
        fingerprint: `sha256:` and the hash of the sorted content hashes, as hex.
        source: The files as named by the user.
        files: sha256 of each file's bytes as hex, by path.
        fields: Canonical field to source field, e.g. {"prompt": "text", "label": "label"}.
        failures: Records that could not be read.
        scratch: Folder for what does not fit in memory besides the columns; None where everything does.

    Raises:
        InputError: There are no records.
        TypeError: The table has other columns.
    """

    def __init__(
        self,
        table: pa.Table,
        *,
        fingerprint: str,
        source: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
        failures: Sequence[Failure] = (),
        scratch: Path | None = None,
    ) -> None:
        if table.schema != canonical_schema():
            raise TypeError(f"not the canonical columns: {table.schema}")
        if not table.num_rows:
            raise InputError("the dataset has no records; give data with at least one record.")
        self._table = table
        self.fingerprint = fingerprint
        self.source = tuple(source)
        self.files = dict(files or {})
        self.fields = dict(fields or {})
        self.failures = tuple(failures)
        self.scratch = scratch
        self.also: tuple[Dataset, ...] = ()
        """Further readings of the same records, of which a trainer could use each."""
        self.unread: tuple[UnreadField, ...] = ()
        """Fields that no reading holds although a trainer could use them."""
        self.asked = FieldMap()
        """Which fields the user named when it was read."""
        self.skipped: tuple[Skipped, ...] = ()
        """What the readers passed over."""
        self.adds_text = True
        """Of a further reading: whether it has text that the first one lacks."""

    def __len__(self) -> int:
        """Count the records."""
        return int(self._table.num_rows)

    def __repr__(self) -> str:
        """Describe the dataset in one line."""
        return f"<Dataset of {len(self):,} {self.kind} records from {', '.join(self.source) or 'memory'}>"

    def __getstate__(self) -> dict[str, object]:
        """Return what a copy in another process needs, which has no scratch folder of its own."""
        return vars(self) | {"scratch": None}

    @property
    def holds_negatives(self) -> bool:
        """Whether the completions are passages that do not answer their query."""
        return "negative" in self.fields

    @cached_property
    def kind(self) -> Kind:
        """The kind of the first record, which is that of all."""
        name = self._table["kind"][0].as_py()
        if name not in get_args(Kind):
            raise TypeError(f"unknown kind {name!r}")
        kind: Kind = name
        return kind

    @cached_property
    def labels(self) -> Mapping[str, int]:
        """Number of records by label, the most frequent first, equally frequent ones by name; empty without labels."""
        counts = self._table["label"].value_counts().to_pylist()
        found = [(item["values"], item["counts"]) for item in counts if item["values"] is not None]
        return dict(sorted(found, key=lambda item: (-item[1], item[0])))

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return some columns, or all, with one row per record in source order."""
        return self._table if columns is None else self._table.select(list(columns))

    def batches(self, columns: Sequence[str] | None = None, size: int = _BATCH) -> Iterator[pa.RecordBatch]:
        """Yield the columns in batches of at most `size` records, in the order of `table`."""
        yield from self.table(columns).to_batches(max_chunksize=size)

    def record(self, index: int) -> Record:
        """Return one record, counted from 0 in source order, or from the end if negative.

        Raises:
            IndexError: There is no such record.
        """
        size = len(self)
        if not -size <= index < size:
            raise IndexError(f"record {index} of {size}")
        row = self._table.slice(index % size, 1).to_pylist()[0]
        del row["anomalies"]
        row["messages"] = tuple(Message(turn["role"], turn["content"]) for turn in row["messages"] or ())
        return Record(**row)

    def select(self, rows: Sequence[int]) -> Dataset:
        """Return a dataset of some of the records, in this order. Its fingerprint is that of the choice."""
        import pyarrow as pa

        return self.with_table(self._table.take(pa.array(rows, pa.int64())))

    def with_table(self, table: pa.Table) -> Dataset:
        """Return a copy with other columns, to try something on. Its fingerprint differs from that of this dataset."""
        digest = sha256(self.fingerprint.encode())
        for name in ("record_id", "prompt", "completion"):
            for value in table[name].to_pylist():
                digest.update(value.encode("utf-8", "surrogatepass") + b"\0")
        return Dataset(
            table,
            fingerprint=f"sha256:{digest.hexdigest()}",
            source=self.source,
            files=self.files,
            fields=self.fields,
        )

    def with_readings(
        self, also: Sequence[Dataset], unread: Sequence[UnreadField], skipped: Sequence[Skipped] = ()
    ) -> Dataset:
        """Return the same dataset with further readings, the fields that none of them holds, and what is no record."""
        same = self._of(self._table)
        same.also, same.unread, same.skipped = tuple(also), tuple(unread), tuple(skipped)
        return same

    def as_reading(self, ids: pa.ChunkedArray, *, adds_text: bool) -> Dataset:
        """Return the same records as a further reading, under the ids that they have in the first one."""
        at = self._table.schema.get_field_index("record_id")
        reading = self._of(self._table.set_column(at, self._table.schema.field(at), ids))
        reading.adds_text = adds_text
        return reading

    def asked_for(self, fields: FieldMap) -> Dataset:
        """Return the same dataset with the fields that the user named when it was read."""
        same = self.with_readings(self.also, self.unread, self.skipped)
        same.asked = fields
        return same

    def _of(self, table: pa.Table) -> Dataset:
        return Dataset(
            table,
            fingerprint=self.fingerprint,
            source=self.source,
            files=self.files,
            fields=self.fields,
            failures=self.failures,
            scratch=self.scratch,
        )

    @classmethod
    def from_records(cls, records: Iterable[Record]) -> Dataset:
        """Make a dataset of records in memory.

        Raises:
            InputError: There are no records, two have the same id, or they are of several kinds.
        """
        import pyarrow as pa

        kept = list(records)
        kinds = sorted({record.kind for record in kept})
        if len(kinds) > 1:
            raise InputError(f"the records are of several kinds ({', '.join(kinds)}); make one dataset of each.")
        if len({record.record_id for record in kept}) < len(kept):
            raise InputError("two records have the same record_id; give every record its own.")
        schema = canonical_schema()
        columns = {
            name: [getattr(record, name) for record in kept]
            for name in schema.names
            if name not in ("messages", "anomalies")
        }
        turns = [[{"role": turn.role, "content": turn.content} for turn in record.messages] for record in kept]
        table = pa.table({**columns, "messages": turns, "anomalies": [[] for _ in kept]}, schema=schema)
        return cls(
            table,
            fingerprint=fingerprint(map(record_hash, kept)),
            source=tuple(dict.fromkeys(record.source_path for record in kept)),
        )


def record_hash(record: Record) -> bytes:
    """Return the content hash, 32 bytes, that the record would have if a reader had read it."""
    return content_hash(
        kind=record.kind,
        prompt=record.prompt,
        completion=record.completion,
        label=record.label,
        messages=[(turn.role, turn.content) for turn in record.messages],
        rejected=record.rejected,
        group=record.group,
        fields=json.loads(record.fields),
    )
