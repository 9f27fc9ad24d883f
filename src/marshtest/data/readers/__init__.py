"""Read data: from the bytes of files to a dataset in the canonical schema.

`read_dataset` is the front door. Data pass through these modules in order: `sources` lists the files, `sniff` tells
their formats, which cut files into pieces and pieces into rows (`jsonl`, `json_array`, `csv`, `parquet`, `arrow`; they
get at the bytes with `opening`, `packing` and `stores`). `deciding` finds out which field holds what, `planning` puts
that together, `gathering` reads the pieces in threads: `contents` and `turns` take the texts from each row, `mapping`
makes columns of them. `assembling` turns the columns into a dataset.
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
from marshtest.data.readers.gathering import gather
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
            compressed or not; the format is told from the ending and the content.
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
    files = source_files(paths)
    plan = plan_reading(files, fields, on_bad_record=on_bad_record, kind=kind)
    scratch = None if memory is None else memory.scratch(plan.size, plan.records)
    into = None
    if scratch is not None:
        scratch.mkdir(parents=True, exist_ok=True)
        into = scratch / f"{uuid4().hex}.arrow"
    return assemble(
        gather(plan.pieces, plan.kernel, into),
        source=files,
        files=plan.files,
        fields=plan.kernel.layout.canonical(),
        skip_bad_records=on_bad_record == "skip",
        scratch=scratch,
    )
