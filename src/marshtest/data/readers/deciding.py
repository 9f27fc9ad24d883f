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
from marshtest.data.readers.conversations import (
    chat_layout,
    find_chat,
    find_sharegpt,
    find_trajectory,
    find_transcripts,
)
from marshtest.data.readers.emptiness import refuse_empty
from marshtest.data.readers.exchanges import find_alpaca, find_prompt_completion
from marshtest.data.readers.labels import answer_layout, answers_are_labels, with_separator
from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.lifting import views
from marshtest.data.readers.lone_texts import find_documents, find_labelled, find_passages, find_tagged
from marshtest.data.readers.pairs import find_comparison, find_negatives, find_preference, find_retrieval
from marshtest.data.readers.refusing import unsure
from marshtest.data.readers.samples import Samples, holds_name
from marshtest.data.readers.stepwise import find_stepwise
from marshtest.errors import InputError

__all__ = ["RECORD_FORMATS", "decide_layout", "layouts_that_fit"]

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


def decide_layout(
    records: Sequence[Mapping[str, Any]], fields: FieldMap, *, path: str, kind: Literal["document"] | None = None
) -> FieldLayout:
    """Decide from the first records which field holds what.

    A field or format that the user names is taken. Texts are taken for documents only if the user says so or no other
    field can be a label, so that a label field of an unusual name is not overlooked.

    Raises:
        InputError: A named field is missing, no choice is sure, or what is trained on would be empty throughout. The
            message lists the fields.
    """
    samples = Samples(records)
    for option, name in fields.named().items():
        if not samples.has(name):
            raise InputError(f"no field {name!r} (asked for by --{option}-field); {samples.described()}.", path=path)
    asked = Asked(records, samples, fields)
    wanted = fields.record_format or ("documents" if kind == "document" else None)
    if wanted is not None:
        layout = _only(replace(asked, forced=True), wanted)
        if layout is None:
            raise InputError(
                f"the records do not have the fields of the format {wanted!r}; {samples.described()}. {samples.seen()}."
                " Say which field holds what, e.g. with --text-field.",
                path=path,
            )
    else:
        layout = _of_most(asked)
    if layout is None and fields.messages is not None:
        layout = chat_layout(asked, "chat", fields.messages)  # then the error of each record says what it lacks
    if layout is None:
        raise unsure(asked, path, _of_most)
    refuse_empty(asked, layout, path)
    if fields.completion is None and answers_are_labels(records, layout):
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
