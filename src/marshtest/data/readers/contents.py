"""What a record says: its prompt, completion, label and turns, from the fields that a layout names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.labels import label_of, several
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.samples import holds_pairs, holds_turns
from marshtest.data.readers.turns import Turn, Unfit, joined, parted, steps_of, think, turns_of

__all__ = ["RecordContent", "content_of", "part_transcripts"]

_ANSWER = "\n\nAssistant:"
"""What begins an answer in the transcripts of preference data such as HH-RLHF."""
_YES = frozenset({"1", "1.0", "true"})
"""Values of a field for one of several labels with which the record has it."""


@dataclass(slots=True, kw_only=True)
class RecordContent:
    """The contents of the columns of one record."""

    prompt: str
    completion: str = ""
    label: str | None = None
    turns: list[Turn] = field(default_factory=list)
    rejected: str | None = None
    rest: dict[str, Any] = field(default_factory=dict)
    """What the fields named by the layout hold beyond the above, by source field."""


def content_of(value: Mapping[str, Any], layout: FieldLayout) -> RecordContent:
    """Return what a record says.

    Raises:
        Unfit: The record lacks what its kind needs.
    """
    if layout.kind == "preference":
        return _preference(value, layout)
    if layout.kind == "document":
        texts = [_optional(value, layout.title), _needed(value, layout.text, "text")]
        return RecordContent(prompt=joined(text for text in texts if text))
    if layout.messages is None and layout.steps is None and layout.completion is None:
        turns: list[Turn] = []
        rest: dict[str, Any] = {}
        prompt = _needed(value, layout.text, "text")
    else:
        turns, rest = _conversation(value, layout)
        prompt = joined(turn.text for turn in turns)
    if layout.kind == "classification":
        return _labelled(value, layout, prompt, turns, rest)
    prompt, completion = parted(turns)
    return RecordContent(prompt=prompt, completion=completion, turns=turns, rest=rest)


def _labelled(
    value: Mapping[str, Any], layout: FieldLayout, text: str, turns: list[Turn], rest: dict[str, Any]
) -> RecordContent:
    """Return a text and its label, which is None where it is missing and never part of the text."""
    label: str | None
    if layout.answer_is_label:
        text, answer = parted(turns)
        last = max((number for number, turn in enumerate(turns) if turn.role == "assistant"), default=len(turns))
        turns, label = [*turns[:last], *turns[last + 1 :]], answer.strip() or None
    elif layout.labels:
        said = [name for name in layout.labels if label_of(value.get(name)) is not None]
        label = several(name for name in said if as_text(value[name]).strip().lower() in _YES) if said else None
    else:
        if layout.label is None or layout.label not in value:
            raise Unfit(f"the label field {layout.label!r} is missing; choose another with --label-field.")
        label = label_of(value[layout.label])
    return RecordContent(prompt=text, completion=label or "", label=label, turns=turns, rest=rest)


def part_transcripts(chosen: str, rejected: str) -> tuple[str, str, str]:
    """Split two transcripts that begin alike into what they share, up to the last `Assistant:`, and their two ends.

    The shared part and an end make a transcript again. Without an `Assistant:` line nothing is shared.
    """
    shared = os.path.commonprefix([chosen, rejected])  # noqa: RUF071  these are texts, not paths
    end = shared.rfind(_ANSWER)
    end = 0 if end < 0 else end + len(_ANSWER)
    return chosen[:end], chosen[end:], rejected[end:]


def _conversation(value: Mapping[str, Any], layout: FieldLayout) -> tuple[list[Turn], dict[str, Any]]:
    """Return all turns in order, and their other fields by source field."""
    turns: list[Turn] = []
    rest: dict[str, Any] = {}
    if system := _optional(value, layout.system):
        turns.append(Turn("system", system, {}))
    if layout.history is not None:
        turns += _history(value, layout.history, rest)
    if layout.messages is not None:
        turns += turns_of(value.get(layout.messages), layout.messages)
    elif layout.steps is not None:
        turns += _asked(value, layout, needed=False)
        turns += steps_of(value.get(layout.steps), layout.steps)
        turns += _answered(value, layout, needed=False)
    else:
        turns += _asked(value, layout, needed=True)
        turns += _answered(value, layout, needed=True)
    beyond = [turn.rest for turn in turns]
    name = layout.messages or layout.steps or layout.completion
    if any(beyond) and name is not None:
        rest[name] = beyond
    return turns, rest


def _asked(value: Mapping[str, Any], layout: FieldLayout, *, needed: bool) -> list[Turn]:
    """Return the turns of the prompt, followed by its context."""
    if layout.text is None and not needed:
        return []
    found = value.get(layout.text) if layout.text is not None else None
    if layout.text is not None and holds_turns(found):
        turns = turns_of(found, layout.text)
    else:
        text = _needed(value, layout.text, "text") if needed else _optional(value, layout.text)
        turns = [Turn("user", text, {})] if text or needed else []
    if context := _optional(value, layout.context):
        last = turns.pop() if turns and turns[-1].role == "user" else Turn("user", "", {})
        turns.append(last._replace(text=joined(text for text in (last.text, context) if text)))
    return turns


def _answered(value: Mapping[str, Any], layout: FieldLayout, *, needed: bool) -> list[Turn]:
    """Return the turns of the completion, preceded by its reasoning."""
    found = value.get(layout.completion) if layout.completion is not None else None
    if layout.completion is not None and holds_turns(found):
        turns = turns_of(found, layout.completion)
    else:
        text = _needed(value, layout.completion, "completion") if needed else _optional(value, layout.completion)
        turns = [Turn("assistant", text, {})] if text or needed else []
    if turns and (reasoning := _optional(value, layout.reasoning)):
        turns[-1] = turns[-1]._replace(text=joined(text for text in (think(reasoning), turns[-1].text) if text))
    return turns


def _history(value: Mapping[str, Any], name: str, rest: dict[str, Any]) -> list[Turn]:
    """Return earlier exchanges as turns; a value that is not a list of pairs goes to `rest`."""
    found = value.get(name)
    if found is None or not holds_pairs(found):
        rest |= {} if found is None else {name: found}
        return []
    return [Turn(role, text, {}) for pair in found for role, text in zip(("user", "assistant"), pair, strict=True)]


def _preference(value: Mapping[str, Any], layout: FieldLayout) -> RecordContent:
    """Return the prompt, the completion that won and the one that lost."""
    chosen = _side(value, layout.completion, "chosen")
    rejected = _side(value, layout.rejected, "rejected")
    lead = _optional(value, layout.system)
    before = [Turn("system", lead, {})] if lead else []
    if isinstance(chosen, str) and isinstance(rejected, str):
        if layout.text is None:
            prompt, won, lost = part_transcripts(chosen, rejected)
            return RecordContent(
                prompt=joined([*(turn.text for turn in before), prompt]), completion=won, rejected=lost
            )
        asked = [*before, *_asked(value, layout, needed=True)]
        turns = asked if [turn.role for turn in asked] != ["user"] else []
        return _with_rest(layout, joined(turn.text for turn in asked), chosen, rejected, turns, asked)
    sides = [_as_turns(chosen), _as_turns(rejected)]
    asked = _asked(value, layout, needed=False)
    shared = 0
    while shared < min(map(len, sides)) - 1 and sides[0][shared] == sides[1][shared]:
        shared += 1
    opening = sides[0][:shared]
    if [turn[:2] for turn in opening[-len(asked) :]] != [turn[:2] for turn in asked]:
        opening = [*asked, *opening]
    opening = [*before, *opening]
    won, lost = (joined(turn.text for turn in side[shared:]) for side in sides)
    turns = [*opening, *sides[0][shared:]]
    return _with_rest(layout, joined(turn.text for turn in opening), won, lost, turns, turns, sides[1][shared:])


def _with_rest(
    layout: FieldLayout,
    prompt: str,
    chosen: str,
    rejected: str,
    turns: list[Turn],
    said: list[Turn],
    lost: list[Turn] | None = None,
) -> RecordContent:
    """Make the content of a preference record, and keep the other fields of its turns.

    The rejected completion has a column for its text only, so roles other than that of an answer are kept too.
    """
    rest: dict[str, Any] = {}
    odd = [turn.rest if turn.role == "assistant" else {"role": turn.role, **turn.rest} for turn in lost or []]
    for name, beyond in ((layout.completion, [turn.rest for turn in said]), (layout.rejected, odd)):
        if name is not None and any(beyond):
            rest[name] = beyond
    return RecordContent(prompt=prompt, completion=chosen, rejected=rejected, turns=turns, rest=rest)


def _side(value: Mapping[str, Any], name: str | None, what: str) -> str | list[Turn]:
    """Return one completion of a preference: a text, or turns."""
    found = value.get(name) if name is not None else None
    return turns_of(found, name) if name is not None and holds_turns(found) else _needed(value, name, what)


def _as_turns(side: str | list[Turn]) -> list[Turn]:
    return [Turn("assistant", side, {})] if isinstance(side, str) else side


def _optional(value: Mapping[str, Any], name: str | None) -> str:
    """Return a field as text; the empty text where there is none."""
    return "" if name is None else as_text(value.get(name))


def _needed(value: Mapping[str, Any], name: str | None, what: str) -> str:
    """Return a field that every record must have, as text."""
    found = value.get(name) if name is not None else None
    if found is None:
        state = "is null" if name in value else "is missing"
        raise Unfit(f"the {what} field {name!r} {state}; choose another with --{what}-field.")
    return as_text(found)
