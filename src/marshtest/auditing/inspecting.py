"""Tell within a second how data would be read and which detectors would look at them."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from marshtest.auditing.inspection import (
    DetectorPlan,
    InspectedField,
    InspectedReading,
    InspectedRecord,
    Inspection,
)
from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.identity import as_text
from marshtest.data.readers.commands import audit_step
from marshtest.data.readers.deciding import propose_fields
from marshtest.data.readers.glancing import Glance, GlanceReadings, glance_at, read_glance
from marshtest.data.readers.held import HeldData
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.objects import Records
from marshtest.data.readers.samples import holds_steps, holds_turns
from marshtest.detectors.base import Detector
from marshtest.detectors.registry import registered_detectors
from marshtest.errors import InputError, with_file

__all__ = ["inspect"]

_RECORDS = 10
"""Records that are shown. Convention: what fits a few screens."""
_BAD = 10
"""Bad records that are listed. Convention, as above."""
_CUT = 2_000
"""Characters of a text that are kept. Convention: as many as an excerpt of a report has."""
_FORMATS = ("file_format", "record_format")
_EXAMPLE = 200
"""Characters of a field's example. Chosen by eye."""


def inspect(
    data: str | Path | Sequence[str | Path] | Records, *, fields: FieldMap = FieldMap(), records: int = _RECORDS
) -> Inspection:
    """Tell how data would be read, from their first 1,000 records, without reading on.

    Args:
        data: What `audit` takes: files, or records in memory. Of an iterator, the first 1,000 records are taken.
        fields: Which source fields hold what; found out from the data where not given.
        records: How many records to show.

    Raises:
        InputError: A file is missing or of no known format, or an object holds no records. That it cannot be told what
            the fields hold is no error: `Inspection.problem` says so.

    Example:
        >>> import marshtest
        >>> print(marshtest.inspect("data.jsonl"))  # doctest: +SKIP
    """
    seen = glance_at(data, fields)
    samples = [row.value for _, row in seen.rows if row.value is not None]
    problem = seen.problem
    read = GlanceReadings((), ())
    try:
        read = read_glance(seen, fields.ignored)
    except InputError as error:
        problem = problem or str(error)
    bad = [
        (seen.files[index], row.line, with_file(row.failure or "", seen.files[index]))
        for index, row in seen.rows
        if row.value is None
    ]
    if read.readings:
        bad = [(one.source_path or "", one.source_line or 0, one.message) for one in read.readings[0][1].failures]
    readings = [_reading(dataset, layout, records, is_all=seen.is_all) for layout, dataset in read.readings]
    kept = [{name: held for name, held in one.items() if name not in fields.ignored} for one in samples]
    guess = None if readings or not kept else propose_fields(kept, fields)
    told = fields if readings else None if guess is None else guess.fields
    known = tuple(_fields(samples, [layout for layout, _ in read.readings], _unused(read, fields)))
    return Inspection(
        files={path: _format_name(one) for path, one in zip(seen.files, seen.formats, strict=True)},
        looked_at=len(seen.rows),
        records=seen.records,
        fields=known,
        readings=tuple(readings),
        bad=tuple(f"{path}:{line}: {message}" for path, line, message in bad[:_BAD]),
        bad_records=len(bad),
        problem=problem,
        next_step="" if told is None else audit_step(_named(data, seen), told),
        left_out=() if guess is None else guess.aside,
        settings=_roles(fields),
    )


def _format_name(one: Any) -> str:
    return type(one.data).__name__ if isinstance(one, HeldData) else str(one.name)


def _reading(dataset: Dataset, layout: FieldLayout, shown: int, *, is_all: bool) -> InspectedReading:
    """Describe one reading of the first records."""
    return InspectedReading(
        format=layout.format,
        kind=layout.kind,
        roles=layout.sources(),
        fitting=len(dataset),
        labels=dict(dataset.labels),
        records=tuple(_record(dataset, index) for index in range(min(shown, len(dataset)))),
        detectors=tuple(_plan(cls, dataset, is_all=is_all) for cls in registered_detectors().values()),
    )


def _record(dataset: Dataset, index: int) -> InspectedRecord:
    """Cut one record for display."""
    record = dataset.record(index)
    return InspectedRecord(
        path=record.source_path,
        line=record.source_line,
        record_id=record.record_id,
        label=record.label,
        group=record.group,
        prompt=record.prompt[:_CUT],
        completion=record.completion[:_CUT],
        rejected=None if record.rejected is None else record.rejected[:_CUT],
        turns=tuple((turn.role, turn.content[:_CUT]) for turn in record.messages),
    )


def _plan(cls: type[Detector], dataset: Dataset, *, is_all: bool) -> DetectorPlan:
    """Tell whether an audit would run a detector, and why not."""
    detector = cls()
    plan = DetectorPlan(id=cls.id, title=cls.title, runs="yes")
    if unsuited := detector.unsuited(dataset):
        return replace(plan, runs="no", reason=unsuited)
    needs = [
        *(["a judge (`--judge MODEL`)"] if cls.needs_judge else []),
        *(["clean data to compare with (`--control PATH`)"] if cls.needs_control else []),
        *([f"to be named (`--detector {cls.id}`)"] if cls.on_demand else []),
    ]
    if needs:
        return replace(plan, runs="no", reason=f"it needs {' and '.join(needs)}")
    if refused := detector.refuses(dataset):
        return replace(plan, runs="no" if is_all else "maybe", reason=refused)
    return plan


_HELD = {
    "text": "sentences",
    "values": "a few values that return",
    "numbers": "numbers that may be scores",
    "tags": "a tag for each token, of which only those that a record has are compared, and places",
}


def _unused(read: GlanceReadings, fields: FieldMap) -> dict[str, str]:
    """Say of fields that no reading holds, or of parts of them, what this means for an audit."""
    unused = dict.fromkeys(fields.ignored, "it is ignored, as you asked")
    for one in read.unread:
        outer = re.split(r"[.\[]", one.name, maxsplit=1)[0]
        part = "it" if outer == one.name else f"its part {one.name}"
        unused[outer] = (
            f"{part} holds {_HELD[one.holds]} that no reading has: an audit that finds nothing is incomplete. Name it "
            f"with a field option, or add --ignore-field {shlex.quote(one.name)} if no model is trained on it"
        )
    return unused


def _fields(
    samples: Sequence[Mapping[str, Any]], layouts: Sequence[FieldLayout], unused: Mapping[str, str]
) -> Iterator[InspectedField]:
    """Describe every field of the first records, and those inside others that a layout names."""
    names = dict.fromkeys(key for sample in samples for key in sample)
    sources = [source for layout in layouts for source in layout.sources().values()]
    for name in dict.fromkeys([*names, *sources]):
        held = [value for sample in samples if (value := _inside(sample, name)) is not None]
        roles = tuple(
            dict.fromkeys(role for one in layouts for role, source in one.sources().items() if source == name)
        )
        inner = any(source.startswith((f"{name}.", f"{name}[")) for source in sources)
        texts = [as_text(value) for value in held]
        yield InspectedField(
            name=name,
            roles=roles,
            type=" or ".join(kind for kind, _ in Counter(map(_type, held)).most_common()) or "empty",
            share=len(held) / len(samples),
            values=len(set(texts)),
            example=texts[0][:_EXAMPLE] if texts else "",
            unused=unused.get(name, "" if roles or inner or not layouts else _why_unused(texts)),
        )


def _inside(record: Mapping[str, Any], name: str) -> Any:
    """Return the value of a field, which may be one inside others, by its dotted name."""
    if name in record:
        return record[name]
    found: Any = record
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _type(value: Any) -> str:
    """Name the type of a value for a person."""
    if holds_turns(value):
        return "list of turns"
    if holds_steps(value):
        return "list of steps"
    if isinstance(value, list):
        inner = sorted({_type(one) for one in value})
        return f"list of {inner[0]}s" if len(inner) == 1 and inner[0] in ("text", "number", "object") else "list"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "JSON in a text" if value.lstrip().startswith(("{", "[{", '["')) else "text"
    return "object" if isinstance(value, Mapping) else type(value).__name__


def _why_unused(texts: Sequence[str]) -> str:
    """Say why a field without a role does not make an audit incomplete."""
    if not any(texts):
        return "it is empty"
    if len(set(texts)) == 1:
        return "it has one value in all records"
    return "it looks like an id, a number, a name or a source; if a model is trained on it, name it with a field option"


def _roles(fields: FieldMap) -> dict[str, str]:
    """Give everything that is named: fields by role, and formats."""
    formats = {name: text for name in _FORMATS if (text := getattr(fields, name)) is not None}
    return fields.named() | formats


def _named(data: Any, seen: Glance) -> Sequence[str]:
    """Give the data as the user named them; of objects in memory, what stands for them."""
    if any(isinstance(one, HeldData) for one in seen.formats):
        return seen.files
    return [str(data)] if isinstance(data, str | Path) else [str(one) for one in data]
