"""Decide which source field holds what, from the first records and the options of the user.

There is one function for each record format, and the surer ones are tried first: first on the fields of the records,
then on the fields inside these. If the user names a format, only that one is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from marshtest.config import FieldMap
from marshtest.data.readers.asking import Asked, contents_of
from marshtest.data.readers.bounds import MAX_COLUMNS
from marshtest.data.readers.conversations import (
    chat_layout,
    find_chat,
    find_sharegpt,
    find_trajectory,
    find_transcripts,
)
from marshtest.data.readers.emptiness import what_is_empty
from marshtest.data.readers.exchanges import find_alpaca, find_prompt_completion
from marshtest.data.readers.labels import answer_layout, answers_are_labels, with_separator
from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.lifting import views
from marshtest.data.readers.lone_texts import find_documents, find_labelled, find_passages, find_tagged
from marshtest.data.readers.pairs import find_comparison, find_negatives, find_preference, find_retrieval
from marshtest.data.readers.proposing import Proposal, proposed
from marshtest.data.readers.refusing import refused, unsure
from marshtest.data.readers.samples import Samples, holds_name
from marshtest.data.readers.stepwise import find_stepwise
from marshtest.data.readers.turn_rows import grouping
from marshtest.errors import InputError

__all__ = ["RECORD_FORMATS", "decide_layout", "layout_or_none", "layouts_that_fit", "propose_fields"]

RECORD_FORMATS: dict[str, Callable[[Asked], FieldLayout | None]] = {
    "stepwise": find_stepwise,
    TAGGED: find_tagged,
    "preference": find_preference,
    "comparison": find_comparison,
    "retrieval": find_retrieval,
    "retrieval-negatives": find_negatives,
    "chat": find_chat,
    "sharegpt": find_sharegpt,
    "trajectory": find_trajectory,
    "alpaca": find_alpaca,
    "prompt-completion": find_prompt_completion,
    "labelled": find_labelled,
    "transcripts": find_transcripts,
    "passages": find_passages,
    "documents": find_documents,
}
"""Every record format by its name, in the order in which they are tried."""

_ANY = "<records>"
"""What stands for a place where only the records count."""


def decide_layout(
    records: Sequence[Mapping[str, Any]],
    fields: FieldMap,
    *,
    path: str,
    kind: Literal["document"] | None = None,
    beside: Sequence[str] = (),
) -> FieldLayout:
    """Decide from the first records which field holds what.

    A field or format that the user names is taken. Texts are taken for documents only if the user says so or no other
    field can be a label, so that a label field of an unusual name is not overlooked.

    Args:
        records: The first records.
        fields: What the user says.
        path: The first file.
        kind: `document` where every record is a text of its own.
        beside: The other files.

    Raises:
        InputError: A named field is missing, no choice is sure, or what is trained on would be empty throughout. The
            message lists the fields.
    """
    asked = Asked(records, Samples(records), fields)
    if len(asked.samples.names) > MAX_COLUMNS:
        told = f"the first {len(records):,} records have {len(asked.samples.names):,} different fields, more than "
        raise InputError(f"{told}{MAX_COLUMNS:,}; is this the right file? Keep those that matter.", path=path)
    paths = (path, *beside)
    for option, name in fields.named().items():
        if not asked.samples.has(name):
            problem = f"no field {name!r} (asked for by --{option}-field); {asked.samples.described()}."
            without: dict[str, Any] = {option: None}
            raise refused(problem, asked, paths, propose_fields(records, replace(fields, **without), readable=True))
    if fields.record_format is None and kind == "document":
        asked = replace(asked, fields=replace(fields, record_format="documents"))
    layout = _settled(asked)
    if layout is None and asked.fields.record_format is not None:
        problem = f"the records do not have the fields of the format {asked.fields.record_format!r}; "
        problem += f"{asked.samples.described()}. {asked.samples.seen()}."
        free = replace(fields, record_format=None)
        raise refused(problem, asked, paths, propose_fields(records, free, readable=True))
    if layout is None:
        raise unsure(asked, paths, propose_fields(records, fields))
    if (empty := what_is_empty(asked, layout)) is not None:
        raise refused(empty, asked, paths, propose_fields(records, fields))
    plain = layout.kind == "document" and kind is None and fields.record_format is None
    if plain and (turns := grouping(records, path)) is not None:
        raise InputError(turns, path=path)
    return _finished(asked, layout)


def propose_fields(
    records: Sequence[Mapping[str, Any]], fields: FieldMap, *, readable: bool = False
) -> Proposal | None:
    """Propose roles of the fields with which the records can be read; None where no proposal is good.

    Args:
        records: The first records.
        fields: What the user says, which is kept.
        readable: Whether the records may be readable with that alone, which is then the proposal.
    """
    layout = layout_or_none(records, fields) if readable else None
    if layout is not None and 2 * layout.fitting > len(records):
        return Proposal(fields, ())
    if grouping(records, _ANY) is not None:
        return None
    return proposed(records, fields, lambda told: layout_or_none(records, told))


def layout_or_none(records: Sequence[Mapping[str, Any]], fields: FieldMap) -> FieldLayout | None:
    """Give the layout that `decide_layout` decides on, or None where it would refuse the records."""
    asked = Asked(records, Samples(records), fields)
    if not all(map(asked.samples.has, fields.named().values())):
        return None
    layout = _settled(asked)
    return None if layout is None or what_is_empty(asked, layout) is not None else _finished(asked, layout)


def _settled(asked: Asked) -> FieldLayout | None:
    """Give the layout that most records fit, of the format that is named or of any."""
    if asked.fields.record_format is not None:
        return _only(replace(asked, forced=True), asked.fields.record_format)
    layout = _of_most(asked)
    if layout is None and asked.fields.messages is not None:
        return chat_layout(asked, "chat", asked.fields.messages)  # then the error of each record says what it lacks
    return layout


def _finished(asked: Asked, layout: FieldLayout) -> FieldLayout:
    """Add to a layout whether answers are labels, what counts as id and group, and how many records it fits."""
    records, fields, samples = asked.records, asked.fields, asked.samples
    named = fields.completion is not None and fields.record_format is not None
    if not named and answers_are_labels(records, layout):
        layout = answer_layout(layout)
    return replace(
        with_separator(layout, samples),
        fitting=len(contents_of(records, layout)),
        sampled=len(records),
        id=fields.id or samples.find(("id",), holds_name, but=[*layout.sources().values()]),
        group=fields.group or samples.find(("group",), holds_name, but=[*layout.sources().values()]),
    )


def layouts_that_fit(records: Sequence[Mapping[str, Any]], fields: FieldMap) -> list[FieldLayout]:
    """Give the layout of every record format that the first records can be read as, the surer ones first."""
    return list(_layouts(Asked(records, Samples(records), fields)))


def _layouts(asked: Asked) -> Iterator[FieldLayout]:
    """Yield the layouts of all formats; fields inside others count only where those outside give none."""
    found = [layout for decide in RECORD_FORMATS.values() if (layout := decide(asked)) is not None]
    yield from found
    if found:
        return
    for view in views(asked):
        inner = [layout for decide in RECORD_FORMATS.values() if (layout := decide(view.asked())) is not None]
        yield from map(view.lowered, inner)
        if inner:
            return


def _only(asked: Asked, wanted: str) -> FieldLayout | None:
    """Return the layout of one format."""
    layout = RECORD_FORMATS[wanted](asked)
    if layout is not None:
        return layout
    for view in views(asked):
        if (inner := RECORD_FORMATS[wanted](view.asked())) is not None:
            return view.lowered(inner)
    return None


def _of_most(asked: Asked) -> FieldLayout | None:
    """Return the first layout that more than half of the records fit, else the one that most fit.

    So a few records of another shape do not decide for all others, even if they come first.
    """
    best, fitting = None, -1
    for layout in _layouts(asked):
        count = len(contents_of(asked.records, layout))
        if 2 * count > len(asked.records):
            return layout
        if count > fitting:
            best, fitting = layout, count
    return best
