"""Further readings of the same records: what a trainer could use besides the layout that was decided on.

A record may be a chat, a pair and labelled at once. Each such use is a reading, with a layout and a dataset of its own,
and every reading is audited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from marshtest.config import FieldMap
from marshtest.data.dataset import Dataset
from marshtest.data.readers.contents import content_of
from marshtest.data.readers.deciding import layouts_that_fit
from marshtest.data.readers.labels import answers_are_labels, with_separator
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import LABEL_NAMES
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.samples import Samples, holds_label
from marshtest.data.readers.shapes import handful
from marshtest.data.readers.turns import Unfit
from marshtest.text.words import WORD

__all__ = ["as_reading_of", "further_layouts"]

_TRAINED = ("text", "completion", "messages", "steps", "rejected")
"""Roles whose text is trained on; a reading that brings no such field and no label brings nothing."""
_OPEN = ("passages", "documents")
"""Formats that any text fits: what no other reading holds is named as unread instead."""
_TAGS = (*LABEL_NAMES, "kto_tag")
"""Names of fields beside a conversation or a pair that a trainer takes for its label."""


def further_layouts(
    records: Sequence[Mapping[str, Any]], primary: FieldLayout, fields: FieldMap
) -> tuple[FieldLayout, ...]:
    """Decide which other layouts hold a field to be trained on that the first does not hold.

    Args:
        records: The first records.
        primary: The layout that was decided on.
        fields: What the user says. Who names a field or a format decides for one reading; an exchange with a label that
            is named is read without it too.

    Returns:
        The layouts, the fullest first; of two that bring the same fields only the first.
    """
    if fields.record_format is not None or set(fields.named()) - {"id", "group", "system"}:
        named = fields.label is not None and fields.completion != fields.label and primary.label is not None
        return tuple(_labelled_or_not(records, primary, set())) if named else ()
    deciders = primary.deciders()
    held = _brought(primary) | deciders
    found = list(_labelled_or_not(records, primary, held))  # first: it labels the whole exchange
    held = held.union(primary.sources().values(), *map(_brought, found))
    held = held.union(*map(_parents, held))
    for layout in layouts_that_fit(records, fields):
        if deciders.intersection(layout.labels):
            continue  # who won, and who tied
        if answers_are_labels(records, layout):
            continue  # a template around a label, as in a field of whole texts
        if layout.format in (*_OPEN, primary.format) or _brought(layout) <= held:
            continue
        if _fits(records, layout, _brought(layout) - held):
            parted = with_separator(layout, Samples(records))
            found.append(replace(parted, id=primary.id, group=primary.group))
            held |= _brought(layout)
    return tuple(found)


def as_reading_of(main: Dataset, dataset: Dataset) -> Dataset:
    """Give every record the id that it has in the first reading, and say whether any has a word that it lacks there."""
    import pyarrow as pa

    ids: list[str] = []
    more = False
    for first, (*_, own), words in zip(_firsts(main, dataset), _places(dataset), _words(dataset), strict=True):
        ids.append(own if first is None else first[0])
        more = more or first is None or bool(words - first[1])
    return dataset.as_reading(pa.chunked_array([pa.array(ids, pa.large_string())]), adds_text=more)


def _firsts(main: Dataset, dataset: Dataset) -> Iterator[tuple[str, frozenset[str]] | None]:
    """Yield id and words of each record in the first reading, or None where that lacks it.

    Usually both have the same records in the same order. Only where they differ are the words of all held at once.
    """
    firsts = zip(_places(main), _words(main), strict=True)
    if all(main.table([name]).equals(dataset.table([name])) for name in _PLACE):
        yield from ((own, words) for (*_, own), words in firsts)
        return
    known = {tuple(place): (own, words) for (*place, own), words in firsts}
    yield from (known.get(tuple(place)) for *place, _ in _places(dataset))


_PLACE = ["source_path", "source_line", "byte_offset"]


def _places(dataset: Dataset) -> Iterator[tuple[Any, ...]]:
    """Yield where each record stands, which is the same in every reading, and its id."""
    for batch in dataset.batches([*_PLACE, "record_id"]):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _words(dataset: Dataset) -> Iterator[frozenset[str]]:
    """Yield the words of each record; a label is none of them."""
    columns = ["prompt", "rejected"] if dataset.kind == "classification" else ["prompt", "completion", "rejected"]
    for batch in dataset.batches(columns):
        for texts in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield frozenset(word for text in texts if text for word in WORD.findall(text))


def _brought(layout: FieldLayout) -> set[str]:
    """Give the fields that are trained on."""
    held = [getattr(layout, role) for role in (*_TRAINED, "label")]
    if layout.winner is not None and any(name and name.startswith(f"{layout.winner}.") for name in held):
        held.append(layout.winner)  # the list that both completions stand in
    return {name for name in (*held, *layout.labels) if name is not None}


def _fits(records: Sequence[Mapping[str, Any]], layout: FieldLayout, new: set[str]) -> bool:
    """Say whether the layout fits most records that have one of its new fields."""
    having = [record for record in records if any(reach(record, name) is not None for name in new)]
    fitting = 0
    for record in having:
        with suppress(Unfit, RecursionError):
            content_of(record, layout)
            fitting += 1
    return len(having) > handful(len(records)) and 2 * fitting > len(having)


def _labelled_or_not(
    records: Sequence[Mapping[str, Any]], primary: FieldLayout, held: set[str]
) -> Iterator[FieldLayout]:
    """Yield the same conversation with its label, where it was read without, and the other way round."""
    if primary.kind == "classification":
        if not primary.answer_is_label and (primary.completion or primary.messages or primary.steps):
            yield replace(primary, kind="chat", label=None)
        return
    if primary.kind == "document":
        return
    for inside in sorted(set().union(*map(_parents, _brought(primary))), key=len, reverse=True):
        beside = [one for record in records if isinstance(one := _inner(record, inside), Mapping)]
        samples, dot = Samples(beside), f"{inside}." if inside else ""
        but = [name.removeprefix(dot) for name in (*sorted(held), *primary.sources().values())]
        label = samples.find(_TAGS, holds_label, but=but)
        if label is not None and 2 * len(samples.held(label)) > len(records):
            labelled = replace(primary, kind="classification", label=dot + label, rejected=None)
            yield with_separator(labelled, Samples(records))
            return


def _parents(name: str) -> Iterator[str]:
    """Yield the names of all objects that a field stands in; the record itself has none."""
    while name:
        name = name.rpartition(".")[0]
        yield name


def _inner(record: Mapping[str, Any], name: str) -> Any:
    """Return the record, or what stands at a name in it, as JSON too."""
    found = reach(record, name) if name else record
    return opened(found) if isinstance(found, str) else found
