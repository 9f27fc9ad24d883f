"""Read data: from the bytes of files to a dataset in the canonical schema.

`read_dataset` is the front door. Data pass through these modules in order: `sources` lists the files, `sniff` tells
their formats, which cut files into pieces and pieces into rows (`jsonl`, `value_lines`, `json_array`, `wrapped`,
`json_objects`, `json_columns`, `csv`, `text_lines`, `parquet`, `arrow`; they get at the bytes with `opening`, `packing`
and `stores`). `csv_start` and `header_row` find out how a table begins, `row_shape` what values are that are no
objects. Of records in memory `objects` tells the kind, `held` makes rows, with `plain` values and `class_names`.
`deciding` finds out which field holds what, `planning` puts that together, `gathering` reads the pieces in threads:
`contents` and `turns` take the texts from each row, `mapping` makes columns of them. `assembling` turns the columns
into a dataset. `readings` finds what else the same records could be used for, `unread` what no use would show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from marshtest.config import FieldMap
from marshtest.data.atomic import make_folder
from marshtest.data.dataset import Dataset
from marshtest.data.memory import MemoryBudget
from marshtest.data.readers.assembling import assemble
from marshtest.data.readers.gathering import gather
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.objects import Records, held_data, with_python_words
from marshtest.data.readers.planning import Plan, plan_reading
from marshtest.data.readers.readings import as_reading_of
from marshtest.data.readers.sources import source_files
from marshtest.data.readers.unread import unread_fields
from marshtest.data.skipped import collecting_skipped

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_dataset"]


@with_python_words
def read_dataset(
    data: str | Path | Sequence[str | Path] | Records,
    *,
    fields: FieldMap = FieldMap(),
    on_bad_record: Literal["fail", "skip"] = "fail",
    kind: Literal["document"] | None = None,
    memory: MemoryBudget | None = None,
) -> Dataset:
    """Read one file, several that form one dataset, or records in memory.

    Args:
        data: Files, globs, folders or addresses (`s3://`, `hf://`) of JSON Lines, JSON arrays, CSV, Parquet or Arrow,
            compressed or not; the format is told from the ending and the content. Or records in memory: a list of
            dicts, a dict of lists, a frame of pandas or polars, an Arrow table, a dataset of Hugging Face (one split or
            several), an iterator of dicts.
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
    with collecting_skipped() as skipped:
        held = held_data(data)
        files = source_files(data) if held is None else [part.called for part in held]  # type: ignore[arg-type]
        plan = plan_reading(files, fields, on_bad_record=on_bad_record, kind=kind, held=held)
    scratch = None if memory is None else memory.scratch(plan.size * (1 + len(plan.further)), plan.records)
    if scratch is not None:
        make_folder(scratch)
    raw = _gathered(plan, plan.kernel.layout, scratch)
    main = assemble(
        raw,
        source=files,
        files=plan.files,
        fields=plan.kernel.layout.canonical(),
        skip_bad_records=on_bad_record == "skip",
        scratch=scratch,
    )
    raws = [(raw, plan.kernel.layout)]
    also: list[Dataset] = []
    for layout in plan.further:
        raws.append((_gathered(plan, layout, scratch), layout))
        reading = assemble(raws[-1][0], source=files, fields=layout.canonical(), skip_bad_records=True, scratch=scratch)
        reading = as_reading_of(main, reading)
        if layout.kind != main.kind or reading.adds_text:
            also.append(reading)
    return main.with_readings(also, unread_fields(raws, ignored=fields.ignored), skipped()).asked_for(fields)


def _gathered(plan: Plan, layout: FieldLayout, scratch: Path | None) -> pa.Table:
    """Read all pieces as a layout says."""
    into = None if scratch is None else scratch / f"{uuid4().hex}.arrow"
    return gather(plan.pieces, replace(plan.kernel, layout=layout), into)
