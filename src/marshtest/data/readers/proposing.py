"""Propose what the fields hold where that cannot be decided: for a person to check, never used unasked.

A proposal must be readable, and may leave no field aside in silence: where a field that could be the label is left,
texts are not proposed as documents.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshtest.config import FieldMap
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.leaves import Leaf, leaves_of

__all__ = ["Proposal", "proposed"]

_LIKE_LABELS = re.compile(
    r"label|class|categor|target|sentiment|intent|tox|harm|hate|spam|rating|overall|stars|verdict|accept|safe|is_|flag"
    r"|relevan",
    re.I,
)
"""What names of labels have in them."""
_LIKE_ANSWERS = re.compile(
    r"answer|respon|output|complet|reply|solution|truth|summar|highlight|explan|rational|correct|assistant|bot|tgt|hyp",
    re.I,
)
"""What names of answers have in them."""
_LIKE_PROMPTS = re.compile(
    r"prompt|question|instruct|query|input|user|human|src|source_text|article|problem|title", re.I
)
"""What names of prompts have in them."""
_PAIR = re.compile(r"(.*?)[_ -]?([a-z]|\d+)", re.I)
"""A name with a letter or a number at its end, as two competing answers have."""
_SEVERAL = 2
"""Flags from which on they are one label each. Derived: one flag is a label of two values."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Roles of fields with which the records can be read, and what they leave aside."""

    fields: FieldMap
    aside: tuple[str, ...]
    """Fields with texts or values that return and that have no role in it."""


def proposed(
    records: Sequence[Mapping[str, Any]], told: FieldMap, decide: Callable[[FieldMap], FieldLayout | None]
) -> Proposal | None:
    """Return the likeliest roles with which most records can be read; None where none is good.

    Args:
        records: The first records.
        told: What the user says already, which is kept.
        decide: Gives the layout of the records with these fields, or None where they cannot be read so.
    """
    leaves = [leaf for leaf in leaves_of(records) if leaf.name not in told.ignored]
    taken = set(told.named().values())
    for roles in _tries([leaf for leaf in leaves if leaf.name not in taken], told):
        named: dict[str, Any] = {role: name for role, name in roles.items() if getattr(told, role) is None}
        fields = replace(told, **named)
        layout = decide(fields)
        if layout is None or not set(fields.named().values()) <= layout.held() | {layout.query}:
            continue
        if 2 * layout.fitting > len(records):
            held = (*layout.sources().values(), *layout.labels)
            return Proposal(fields, tuple(leaf.name for leaf in leaves if _matters(leaf) and not _within(leaf, held)))
    return None


def _tries(leaves: Sequence[Leaf], told: FieldMap) -> Iterator[dict[str, str]]:
    """Yield roles, the likeliest first."""
    turns = [leaf for leaf in leaves if leaf.roles()]
    texts = [leaf for leaf in leaves if leaf.is_text]
    labels = _labels(leaves)
    label = {"label": labels[0].name} if labels else {}
    asking = next((leaf for leaf in turns if not leaf.answers), None)
    chats = [leaf for leaf in turns if leaf.answers]
    if asking is not None and told.messages in (None, asking.name):
        for answer in [*chats, *_by_names(texts, _LIKE_ANSWERS)]:
            yield {"text": asking.name, "completion": answer.name}
    for leaf in chats:
        yield {"messages": leaf.name} | label
    for leaf in leaves:
        if leaf.is_marked or leaf.is_rounds:
            yield {"messages": leaf.name}
    if asking is None:
        yield from _of_texts(leaves, texts, labels, told)


def _of_texts(
    leaves: Sequence[Leaf], texts: Sequence[Leaf], labels: Sequence[Leaf], told: FieldMap
) -> Iterator[dict[str, str]]:
    """Yield roles of plain fields."""
    pair = _pair(texts)
    if pair is not None:
        others = [leaf for leaf in texts if leaf.name not in pair]
        yield {"chosen": pair[0], "rejected": pair[1]} | ({"text": others[0].name} if others else {})
    ranked = _in_order(texts)
    names = [*([told.text] if told.text else []), *(leaf.name for leaf in ranked)]
    if not names:
        return
    text, rest = names[0], {leaf.name: leaf for leaf in ranked if leaf.name != names[0]}
    answer = next((name for name, leaf in rest.items() if _LIKE_ANSWERS.search(leaf.last)), None)
    context = next((name for name in rest if name != answer), None)
    lists = [leaf.name for leaf in leaves if leaf.is_list_of_texts]
    if lists and answer is None and (context is not None or not labels):
        answer = lists[0]
    more = {"completion": answer, "context": context or next((one for one in lists if one != answer), None)}
    beside = {role: name for role, name in more.items() if name is not None}
    if len(labels) >= _SEVERAL and all(leaf.labels == 2 for leaf in labels) and not beside:
        yield {"text": text}
    if told.completion is not None:
        yield {"text": text}
    for label in [{}] if told.label is not None else [{"label": leaf.name} for leaf in labels]:
        yield {"text": text} | beside | label
        yield {"text": text} | label
    if labels or told.label is not None or told.completion is not None:
        return
    if answer is not None or context is not None:
        yield {"text": text} | (beside if answer is not None else {"completion": context or ""})
        yield {"text": text, "completion": answer or context or ""}
    elif not any(_matters(leaf) or leaf.is_label or leaf.lists_objects for leaf in leaves if leaf.name != text):
        yield {"text": text, "record_format": "documents"}


def _labels(leaves: Sequence[Leaf]) -> list[Leaf]:
    """Give the fields that may be labels, the likeliest first; those that tell where records are from are none."""
    found = [leaf for leaf in leaves if leaf.is_label]
    sure = [leaf for leaf in found if not leaf.sorts]
    return sorted(
        sure or [leaf for leaf in found if leaf.sorts_content],
        key=lambda leaf: (
            _LIKE_LABELS.search(leaf.last) is None,
            leaf.name.count("."),
            not leaf.is_flag,
            leaf.labels > len(leaf.values) / 10,
        ),
    )


def _pair(texts: Sequence[Leaf]) -> tuple[str, str] | None:
    """Return two texts whose names differ in a letter or number at their end, in the order of these."""
    stems: dict[str, list[str]] = {}
    for leaf in texts:
        if (found := _PAIR.fullmatch(leaf.name)) is not None and _LIKE_ANSWERS.search(found[1]):
            stems.setdefault(found[1], []).append(leaf.name)
    two = next((sorted(names) for names in stems.values() if len(names) == len("ab")), None)
    return None if two is None else (two[0], two[1])


def _in_order(texts: Sequence[Leaf]) -> list[Leaf]:
    """Put texts in the order in which they are read: prompts, others, answers; of a kind, as in the records."""
    return sorted(
        texts,
        key=lambda leaf: (
            leaf.name.count("."),
            0 if _LIKE_PROMPTS.search(leaf.last) else 2 if _LIKE_ANSWERS.search(leaf.last) else 1,
        ),
    )


def _by_names(texts: Sequence[Leaf], likely: re.Pattern[str]) -> list[Leaf]:
    """Put the texts with likely names first, the outer ones before the inner ones."""
    return sorted(texts, key=lambda leaf: (likely.search(leaf.last) is None, leaf.name.count(".")))


def _matters(leaf: Leaf) -> bool:
    """Say whether a field holds something that a person must decide on."""
    if leaf.is_place:
        return False
    sorts = leaf.sorts and not leaf.sorts_content
    return leaf.is_text or leaf.is_list or leaf.is_score or (leaf.is_label and not sorts) or bool(leaf.roles())


def _within(leaf: Leaf, held: Sequence[str]) -> bool:
    return any(leaf.name == name or leaf.name.startswith(f"{name}.") for name in held)
