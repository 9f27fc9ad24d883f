"""Decide which source field holds what, from a sample of the data and the wishes of the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from marshtest.config import FieldMap
from marshtest.errors import InputError
from marshtest.records import Kind

__all__ = ["LABEL_NAMES", "TEXT_NAMES", "Layout", "decide_layout"]

TEXT_NAMES = ("text", "prompt", "sentence", "content", "tweet", "input", "message", "comment", "review", "query")
LABEL_NAMES = ("label", "labels", "class", "category", "target", "sentiment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which source field holds what, once decided."""

    kind: Kind
    text: str | None = None
    label: str | None = None
    completion: str | None = None
    messages: str | None = None
    rejected: str | None = None
    id: str | None = None
    group: str | None = None

    def canonical(self) -> dict[str, str]:
        """Give canonical field to source field, for the report."""
        pairs = {
            "prompt": self.text,
            "label": self.label,
            "completion": self.completion,
            "messages": self.messages,
            "rejected": self.rejected,
            "record_id": self.id,
            "group": self.group,
        }
        return {name: source for name, source in pairs.items() if source is not None}


def decide_layout(
    samples: Sequence[Mapping[str, Any]], fields: FieldMap, *, path: str, kind: Literal["document"] | None = None
) -> Layout:
    """Decide from the first records which field holds what.

    A field that the user names is taken as named. Otherwise `messages` makes chat records; else texts in `chosen` and
    `rejected` make preference records; else the first name of `TEXT_NAMES` that holds text and the first of
    `LABEL_NAMES` that holds plain values make classification records. Texts alone are documents only when the user says
    so: a label field that was not recognised must not go by unseen.

    Raises:
        InputError: A named field is not there, or no choice is sure. The message names the fields seen.
    """
    seen = list(dict.fromkeys(key for sample in samples for key in sample))
    for option in FieldMap.__dataclass_fields__:
        name = getattr(fields, option)
        if name is not None and name not in seen:
            raise InputError(f"no field {name!r} (asked for by --{option}-field); {_fields_seen(seen)}.", path=path)
    record_id = fields.id or _choose(("id",), seen, samples, (str, int))
    group = fields.group or _choose(("group",), seen, samples, (str, int))
    messages = fields.messages
    if messages is None and fields.text is None and kind is None and _holds_turns("messages", samples):
        messages = "messages"
    if messages is not None:
        turns_kind: Kind = "chat" if fields.label is None else "classification"
        return Layout(kind=turns_kind, messages=messages, label=fields.label, id=record_id, group=group)
    text = fields.text or _choose(TEXT_NAMES, seen, samples, (str,))
    if fields.label is None and fields.completion is None and kind is None and _holds_pairs(samples):
        pair = {"completion": "chosen", "rejected": "rejected"}
        return Layout(kind="preference", text=text, id=record_id, group=group, **pair)
    if text is None:
        raise InputError(
            f"cannot tell which field is the text; {_fields_seen(seen)}. Say which with --text-field.", path=path
        )
    if kind == "document":
        return Layout(kind=kind, text=text, id=record_id, group=group)
    if fields.completion is not None and fields.label is None:
        return Layout(kind="chat", text=text, completion=fields.completion, id=record_id, group=group)
    label = fields.label or _choose(LABEL_NAMES, [name for name in seen if name != text], samples, (str, int, float))
    if label is None:
        raise InputError(
            f"cannot tell which field is the label; {_fields_seen(seen)}. Say which with --label-field "
            "(or --completion-field for data without labels).",
            path=path,
        )
    return Layout(kind="classification", text=text, label=label, id=record_id, group=group)


def _choose(
    names: Sequence[str], seen: Sequence[str], samples: Sequence[Mapping[str, Any]], types: tuple[type, ...]
) -> str | None:
    """Give the field with the first of the names, in any case, that holds values of these types and no others."""
    for wanted in names:
        for name in sorted((name for name in seen if name.lower() == wanted), key=lambda name: name != wanted):
            held = [value for sample in samples if (value := sample.get(name)) is not None]
            if held and sum(isinstance(value, types) for value in held) > 0.9 * len(held):
                return name
    return None


def _holds_turns(name: str, samples: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether a field holds lists of turns with role and content in most records."""
    held = [value for sample in samples if (value := sample.get(name)) is not None]
    good = sum(
        isinstance(value, list) and bool(value) and all(isinstance(turn, dict) and "role" in turn for turn in value)
        for value in held
    )
    return good > 0.9 * len(held)


def _holds_pairs(samples: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether most records have the texts `chosen` and `rejected`."""
    good = sum(isinstance(one.get("chosen"), str) and isinstance(one.get("rejected"), str) for one in samples)
    return good > 0.9 * len(samples)


def _fields_seen(seen: Sequence[str]) -> str:
    """List the fields for a message, not without end."""
    shown = ", ".join(map(repr, seen[:20])) + (f" and {len(seen) - 20} more" if len(seen) > 20 else "")
    return f"the fields are {shown}" if seen else "there are no records to tell it from"
