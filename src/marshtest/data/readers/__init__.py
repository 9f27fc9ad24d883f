"""Read data: bytes to the canonical schema, one file per format family.

`read_dataset` is the front door. The parts, in the order in which data passes them: `sources` finds the files, `sniff`
their formats, which cut files into pieces and pieces into rows (`jsonl`, `json_array`, `csv`, `parquet`, `arrow`;
`opening`, `packing` and `stores` get at the bytes). `deciding` finds out which field holds what, `contents` and `turns`
take the texts from there, `mapping` makes canonical columns, `assembling` the dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from uuid import uuid4

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.memory import MemoryBudget
from marshtest.data.readers.assembling import assemble
from marshtest.data.readers.mapping import raw_schema
from marshtest.data.readers.planning import plan_reading
from marshtest.data.readers.sources import source_files

__all__ = ["read_dataset"]


def read_dataset(
    paths: str | Path | Sequence[str | Path],
    *,
    fields: FieldMap = FieldMap(),
    on_bad_record: Literal["fail", "skip"] = "fail",
    kind: Literal["document"] | None = None,
    memory: MemoryBudget | None = None,
) -> Dataset:
    """Read one file, or several that form one dataset.

    Args:
        paths: Files, globs, folders or addresses (`s3://`, `hf://`) of JSON Lines, JSON arrays, CSV, Parquet or Arrow,
            packed or not; what they are is found out from ending and content.
        fields: Which source fields hold what; found out from the first 1,000 records where not given.
        on_bad_record: What to do with a record that cannot be read: `fail`, or `skip` it and count it among
            `Dataset.failures`.
        kind: `document` takes every record as a text of its own; found out where not given.
        memory: How much memory to take; without a budget all columns are held in memory.

    Raises:
        ConfigError: The data exceed the memory budget even with columns in files.
        InputError: A file or a record cannot be read as asked; it names the file, the line and what to try next.

    Example:
        >>> from marshtest import read_dataset
        >>> read_dataset("data.jsonl")  # doctest: +SKIP
        <Dataset of 13,809 classification records from data.jsonl>
    """
    from marshtest.data import engine  # heavy, and of no use to those who only name this module

    files = source_files(paths)
    plan = plan_reading(files, fields, on_bad_record=on_bad_record, kind=kind)
    scratch = None if memory is None else memory.scratch(plan.size, plan.records)
    into = None
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
        into = scratch / f"{uuid4().hex}.arrow"
    return assemble(
        engine.read_pieces(plan.pieces, plan.kernel, raw_schema(), into),
        source=files,
        files=plan.files,
        fields=plan.kernel.layout.canonical(),
        skip_bad_records=on_bad_record == "skip",
        scratch=scratch,
    )
