"""What a record says: its prompt, completion, label and turns, from the fields that a layout names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.readers.layout import Layout
from marshtest.data.readers.samples import holds_pairs, holds_turns
from marshtest.data.readers.turns import Turn, Unfit, joined, parted, steps_of, think, turns_of

__all__ = ["Content", "content_of", "part_transcripts"]

_ANSWER = "\n\nAssistant:"


@dataclass(slots=True, kw_only=True)
class Content:
    """What the columns of one record hold."""

    prompt: str
    completion: str = ""
    label: str | None = None
    turns: list[Turn] = field(default_factory=list)
    rejected: str | None = None
    rest: dict[str, Any] = field(default_factory=dict)
    """What the fields that the layout names hold beyond all this."""


def content_of(value: Mapping[str, Any], layout: Layout) -> Content:
    """Give what a record says.

    Raises:
        Unfit: It lacks what its kind needs.
    """
    if layout.kind == "preference":
        return _preference(value, layout)
    if layout.kind == "document":
        texts = [_optional(value, layout.title), _needed(value, layout.text, "text")]
        return Content(prompt=joined(text for text in texts if text))
    if layout.messages is None and layout.steps is None and layout.completion is None:
        turns: list[Turn] = []
        rest: dict[str, Any] = {}
        prompt = _needed(value, layout.text, "text")
    else:
        turns, rest = _conversation(value, layout)
        prompt = joined(turn.text for turn in turns)
    if layout.label is not None:
        label = _needed(value, layout.label, "label")
        return Content(prompt=prompt, completion=label, label=label, turns=turns, rest=rest)
    prompt, completion = parted(turns)
    return Content(prompt=prompt, completion=completion, turns=turns, rest=rest)


def part_transcripts(chosen: str, rejected: str) -> tuple[str, str, str]:
    """Part two transcripts that begin alike into what they share, up to the last `Assistant:`, and their ends.

    Putting the first part before either end gives the transcript back. Without such a line nothing is shared.
    """
    shared = os.path.commonprefix([chosen, rejected])  # noqa: RUF071  characters, these are no paths
    end = shared.rfind(_ANSWER)
    end = 0 if end < 0 else end + len(_ANSWER)
    return chosen[:end], chosen[end:], rejected[end:]


def _conversation(value: Mapping[str, Any], layout: Layout) -> tuple[list[Turn], dict[str, Any]]:
    """Give all turns in order, and what they hold beyond their texts, by source field."""
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


def _asked(value: Mapping[str, Any], layout: Layout, *, needed: bool) -> list[Turn]:
    """Give the turns of the prompt, its context behind it."""
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


def _answered(value: Mapping[str, Any], layout: Layout, *, needed: bool) -> list[Turn]:
    """Give the turns of the completion, with what was thought before it."""
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
    """Give earlier exchanges; what is no list of pairs stays among the other fields."""
    found = value.get(name)
    if found is None or not holds_pairs(found):
        rest |= {} if found is None else {name: found}
        return []
    return [Turn(role, text, {}) for pair in found for role, text in zip(("user", "assistant"), pair, strict=True)]


def _preference(value: Mapping[str, Any], layout: Layout) -> Content:
    """Give the prompt, the completion that won and the one that lost."""
    chosen = _side(value, layout.completion, "chosen")
    rejected = _side(value, layout.rejected, "rejected")
    lead = _optional(value, layout.system)
    before = [Turn("system", lead, {})] if lead else []
    if isinstance(chosen, str) and isinstance(rejected, str):
        if layout.text is None:
            prompt, won, lost = part_transcripts(chosen, rejected)
            return Content(prompt=joined([*(turn.text for turn in before), prompt]), completion=won, rejected=lost)
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
    layout: Layout,
    prompt: str,
    chosen: str,
    rejected: str,
    turns: list[Turn],
    said: list[Turn],
    lost: list[Turn] | None = None,
) -> Content:
    """Make the content of a preference; what its turns hold beyond their texts is kept.

    Of the completion that lost there is only the text in a column: roles that are not that of an answer are kept too.
    """
    rest: dict[str, Any] = {}
    odd = [turn.rest if turn.role == "assistant" else {"role": turn.role, **turn.rest} for turn in lost or []]
    for name, beyond in ((layout.completion, [turn.rest for turn in said]), (layout.rejected, odd)):
        if name is not None and any(beyond):
            rest[name] = beyond
    return Content(prompt=prompt, completion=chosen, rejected=rejected, turns=turns, rest=rest)


def _side(value: Mapping[str, Any], name: str | None, what: str) -> str | list[Turn]:
    """Give one completion of a preference: a text, or turns."""
    found = value.get(name) if name is not None else None
    return turns_of(found, name) if name is not None and holds_turns(found) else _needed(value, name, what)


def _as_turns(side: str | list[Turn]) -> list[Turn]:
    return [Turn("assistant", side, {})] if isinstance(side, str) else side


def _optional(value: Mapping[str, Any], name: str | None) -> str:
    """Give a field as text; the empty text where there is none."""
    return "" if name is None else as_text(value.get(name))


def _needed(value: Mapping[str, Any], name: str | None, what: str) -> str:
    """Give a field that every record must have, as text."""
    found = value.get(name) if name is not None else None
    if found is None:
        state = "is null" if name in value else "is missing"
        raise Unfit(f"the {what} field {name!r} {state}; choose another with --{what}-field.")
    text = as_text(found)
    if what == "label" and not text.strip():
        raise Unfit(f"the label field {name!r} is empty; choose another with --label-field.")
    return text
