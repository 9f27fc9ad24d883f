"""A dataset of records, in columns.

`Dataset` is what a detector sees: it knows columns and the canonical schema, never a file format. Readers build it
(`marshtest.readers.read_dataset`); tests and library users build one from Python values with `Dataset.from_records`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Dataset"]


class Dataset:
    """A dataset of records, in columns. (To be written by the data-in work: see the contract below.)

    kind: Kind                       what is trained on
    source: tuple[str, ...]          the files as named by the user
    files: Mapping[str, str]         sha256 of each file's bytes, by path
    fields: Mapping[str, str]        canonical field -> source field, e.g. {"prompt": "text", "label": "label"}
    fingerprint: str                 "sha256:..." over the sorted content hashes
    labels: Mapping[str, int]        records per label, most frequent first; {} when unlabelled
    failures: tuple[Failure, ...]    records the reader could not read (only with on_bad_record="skip")
    frame: daft.DataFrame            the lazy columnar frame in the canonical schema (through marshtest.engine)

    len(dataset)
    dataset.table([columns]) -> pa.Table      in source order (file, position in file); row i is the same record in every call
    dataset.batches([columns], size=65536) -> Iterator[pa.RecordBatch]   same order
    dataset.record(i) -> Record
    Dataset.from_records(iterable of Record) -> Dataset

    Canonical columns (all present in every dataset): record_id, kind, prompt, completion, label, messages
    (list<struct<role, content>>), rejected, group, fields, source_path, source_line, byte_offset, byte_length,
    anomalies (list<string>: what two parsers read differently or a shape unlike the rest, see readers).
    """

    def table(self, columns: list[str]) -> pa.Table:
        """Give the columns, one row per record, in source order."""
        raise NotImplementedError
