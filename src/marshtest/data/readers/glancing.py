"""Look at the first records only: how data would be read, without reading them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.readers.assembling import assemble
from marshtest.data.readers.base import FilePiece, Format, SourceRow
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.mapping import map_rows, raw_schema
from marshtest.data.readers.objects import Records, held_data, in_python_words, with_python_words
from marshtest.data.readers.opening import only_glancing
from marshtest.data.readers.planning import SAMPLE, Plan, look_at, plan_reading
from marshtest.data.readers.readings import as_reading_of
from marshtest.data.readers.sources import source_files
from marshtest.data.readers.unread import unread_fields
from marshtest.data.unread import UnreadField
from marshtest.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Glance", "GlanceReadings", "glance_at", "read_glance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """The first records of some data, and how they would be read."""

    files: tuple[str, ...]
    formats: tuple[Format, ...]
    """The format of each file."""
    rows: tuple[tuple[int, SourceRow], ...]
    """The first rows, with the index of their file."""
    layouts: tuple[FieldLayout, ...]
    """Every way in which the records would be read; none where that cannot be told."""
    problem: str
    """Why it cannot be told; empty where it can."""
    records: int | None
    """How many records there are: all, or by the size of the first ones; None where not even that is known."""
    is_all: bool
    """Whether the first records are all."""


@with_python_words
def glance_at(data: str | Path | Sequence[str | Path] | Records, fields: FieldMap) -> Glance:
    """Look at the first 1,000 records; of an iterator, these are taken.

    Raises:
        InputError: The data cannot be opened, or are of no known file format.
    """
    held = held_data(data, most=SAMPLE)
    files = [part.called for part in held] if held is not None else source_files(cast("str | Path", data))
    problem = ""
    plan: Plan | None = None
    with only_glancing():
        formats, pieces, _, rows = look_at(files, fields, held)
        try:
            plan = plan_reading(files, fields, on_bad_record="skip", held=held)
        except InputError as error:
            problem = str(in_python_words(error))
    taken = Counter(index for index, _ in rows)
    is_all = len(taken) == len(files) and all(count < SAMPLE // len(files) for count in taken.values())
    known = sum(piece.records for piece in pieces)
    by_size = None if plan is None or plan.records <= len(rows) else plan.records
    return Glance(
        files=tuple(files),
        formats=formats,
        rows=tuple(rows),
        layouts=() if plan is None else (plan.kernel.layout, *plan.further),
        problem=problem,
        records=len(rows) if is_all else known or by_size,
        is_all=is_all,
    )


class GlanceReadings(NamedTuple):
    """The first records, read in every way that an audit would."""

    readings: tuple[tuple[FieldLayout, Dataset], ...]
    """The layout and the records of each reading, the main one first; none if no record fits it."""
    unread: tuple[UnreadField, ...]
    """The fields that no reading holds although a trainer could use them."""


def read_glance(seen: Glance, ignored: Sequence[str]) -> GlanceReadings:
    """Read the first records; those that do not fit the main reading are its failures.

    Raises:
        InputError: No record fits the main reading.
    """
    readings: list[tuple[FieldLayout, Dataset]] = []
    raws: list[tuple[pa.Table, FieldLayout]] = []
    for number, layout in enumerate(seen.layouts):
        raw = _raw(seen, layout)
        raws.append((raw, layout))
        read = assemble(raw, source=seen.files, files={}, fields=layout.canonical(), skip_bad_records=True)
        if number:
            read = as_reading_of(readings[0][1], read)
        if not number or layout.kind != readings[0][1].kind or read.adds_text:
            readings.append((layout, read))
    return GlanceReadings(tuple(readings), unread_fields(raws, ignored=ignored) if raws else ())


def _raw(seen: Glance, layout: FieldLayout) -> pa.Table:
    """Make columns of the first rows."""
    import pyarrow as pa

    batches: list[pa.RecordBatch] = []
    for index, rows in groupby(seen.rows, key=lambda one: one[0]):
        batches += map_rows((row for _, row in rows), layout, FilePiece(path=seen.files[index], file_index=index))
    return pa.Table.from_batches(batches, raw_schema())
