"""What a record says: its prompt, completion, label and turns, from the fields that a layout names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshtest.data.identity import as_text
from marshtest.data.labels import label_of, may_be_class, several
from marshtest.data.readers.layout import TAGGED, FieldLayout
from marshtest.data.readers.nesting import opened, reach
from marshtest.data.readers.parts import file_names, joined, said, text_of, think
from marshtest.data.readers.turns import Turn, Unfit, parted, steps_of, turns_if_any, turns_of, with_assistant
from marshtest.data.readers.winners import by_score, holds_scored, in_order, other_decider, says_more
from marshtest.data.readers.wrappings import turns_within

__all__ = ["YES", "RecordContent", "content_of", "part_transcripts"]

_ANSWER = "\n\nAssistant:"
"""What begins an answer in the transcripts of preference data such as HH-RLHF."""
YES = frozenset({"1", "1.0", "true"})
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
        beside: dict[str, Any] = {}
        texts = [_optional(value, layout.title, beside), _needed(value, layout.text, "text", beside)]
        return RecordContent(prompt=joined(text for text in texts if text), rest=beside)
    if layout.format == TAGGED:
        return _tagged(value, layout)
    if layout.messages is None and layout.steps is None and layout.completion is None:
        turns: list[Turn] = []
        rest: dict[str, Any] = {}
        prompt = _needed(value, layout.text, "text", rest)
        if layout.context is not None or layout.images is not None or layout.captions is not None:
            more = [_optional(value, layout.context, rest), *_shown(value, layout, rest)]
            prompt = joined(text for text in (prompt, *more) if text) if any(more) else prompt
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
        held = {name: found for name in layout.labels if label_of(found := reach(value, name)) is not None}
        label = several(name for name, found in held.items() if as_text(found).strip().lower() in YES) if held else None
    else:
        found = None if layout.label is None else reach(value, layout.label)
        if layout.label is None or (found is None and layout.label not in value):
            raise Unfit(f"the label field {layout.label!r} is missing; choose another with --label-field.")
        label = label_of(found)
        if label is None and may_be_class(found):
            rest[layout.label] = found
        if layout.separator is not None and isinstance(found, str) and layout.separator in found:
            label = several(part.strip() for part in found.split(layout.separator))
    return RecordContent(prompt=text, completion=label or "", label=label, turns=turns, rest=rest)


def _tagged(value: Mapping[str, Any], layout: FieldLayout) -> RecordContent:
    """Return a text of tokens, with the tags of any of them as its labels; all tags in order go to `rest`."""
    tokens, tags = (None if name is None else reach(value, name) for name in (layout.text, layout.label))
    if not isinstance(tokens, list) or not isinstance(tags, list) or len(tokens) != len(tags) or layout.label is None:
        raise Unfit(f"{layout.text!r} and {layout.label!r} are no lists of the same length: no tag for each token.")
    label = several(tags)
    return RecordContent(
        prompt=" ".join(map(as_text, tokens)), completion=label, label=label, rest={layout.label: tags}
    )


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
    if system := _optional(value, layout.system, rest):
        turns.append(Turn("system", system, {}))
    if layout.history is not None:
        turns += _history(value, layout.history, rest)
    if layout.messages is not None:
        turns += turns_of(reach(value, layout.messages), layout.messages, rest)
    elif layout.steps is not None:
        turns += _asked(value, layout, rest, needed=False)
        turns += steps_of(reach(value, layout.steps), layout.steps)
        turns += _answered(value, layout, rest, needed=False)
    else:
        turns += _asked(value, layout, rest, needed=layout.text is not None)  # a pair may hold it in its completion
        turns += _answered(value, layout, rest, needed=True)
    turns = with_assistant(_illustrated(turns, value, layout, rest))
    beyond = [turn.rest for turn in turns]
    name = layout.messages or layout.steps or layout.completion
    if any(beyond) and name is not None:
        rest[name] = [rest[name], *beyond] if name in rest else beyond
    return turns, rest


def _asked(value: Mapping[str, Any], layout: FieldLayout, rest: dict[str, Any], *, needed: bool) -> list[Turn]:
    """Return the turns of the prompt, followed by its context."""
    if layout.text is None and not needed:
        return []
    turns = None if layout.text is None else turns_if_any(reach(value, layout.text), layout.text, rest)
    if turns is None:
        text = _needed(value, layout.text, "text", rest) if needed else _optional(value, layout.text, rest)
        turns = [Turn("user", text, {})] if text or needed else []
    if context := _optional(value, layout.context, rest):
        last = turns.pop() if turns and turns[-1].role == "user" else Turn("user", "", {})
        turns.append(last._replace(text=joined(text for text in (last.text, context) if text)))
    return turns


def _answered(value: Mapping[str, Any], layout: FieldLayout, rest: dict[str, Any], *, needed: bool) -> list[Turn]:
    """Return the turns of the completion, preceded by its reasoning."""
    name = layout.completion
    turns = None if name is None else turns_if_any(reach(value, name), name, rest)
    if turns is None:
        text = (
            _needed(value, layout.completion, "completion", rest)
            if needed
            else _optional(value, layout.completion, rest)
        )
        if layout.format == "stepwise" and (steps := opened(text)) is not None:
            text = text_of(steps)
        turns = [Turn("assistant", text, {})] if text or needed else []
    if turns and (reasoning := _optional(value, layout.reasoning, rest)):
        turns[-1] = turns[-1]._replace(text=joined(text for text in (think(reasoning), turns[-1].text) if text))
    return turns


def _illustrated(turns: list[Turn], value: Mapping[str, Any], layout: FieldLayout, rest: dict[str, Any]) -> list[Turn]:
    """Add the names and captions of the record's files to the first question."""
    names = joined(_shown(value, layout, rest))
    place = next((number for number, turn in enumerate(turns) if turn.role == "user"), None)
    if not names or place is None:
        return turns
    turns[place] = turns[place]._replace(text=joined(text for text in (turns[place].text, names) if text))
    return turns


def _shown(value: Mapping[str, Any], layout: FieldLayout, rest: dict[str, Any]) -> list[str]:
    """Return the names and captions of the record's files; the files themselves go to `rest`."""
    found = None if layout.images is None else reach(value, layout.images)
    if layout.images is not None and found:
        rest[layout.images] = found
    return [text for text in (*file_names(found or []), _optional(value, layout.captions, rest)) if text]


def _history(value: Mapping[str, Any], name: str, rest: dict[str, Any]) -> list[Turn]:
    """Return earlier exchanges as turns; a value that holds none goes to `rest`."""
    found = reach(value, name)
    if found is None or turns_within(found, spoken=True) is None:
        empty = found is None or found == [] or (isinstance(found, str) and opened(found) == [])
        rest |= {} if empty else {name: found}
        return []
    return turns_of(found, name, rest)


def _preference(value: Mapping[str, Any], layout: FieldLayout) -> RecordContent:
    """Return the prompt, the completion that won and the one that lost."""
    rest: dict[str, Any] = {}
    names = layout.completion, layout.rejected
    if layout.winner is not None and holds_scored(scored := reach(value, layout.winner)):
        names, _, rest[layout.winner] = by_score(scored, layout.winner)
    elif layout.winner is not None:
        winner = reach(value, layout.winner)
        names, decided = in_order(names, winner, layout.winner)
        if not decided and (other := other_decider(layout.winner)) is not None and reach(value, other) is not None:
            names, decided = in_order(names, reach(value, other), other)
        rest |= {layout.winner: winner} if not decided or says_more(winner, names) else {}
    chosen = _side(value, names[0], "chosen", rest)
    rejected = _side(value, names[1], "rejected", rest)
    lead = _optional(value, layout.system, rest)
    before = [Turn("system", lead, {})] if lead else []
    if layout.history is not None:
        before += _history(value, layout.history, rest)
    if isinstance(chosen, str) and isinstance(rejected, str):
        if layout.text is None:
            prompt, won, lost = part_transcripts(chosen, rejected)
            return RecordContent(
                prompt=joined([*(turn.text for turn in before), prompt]), completion=won, rejected=lost, rest=rest
            )
        asked = [*before, *_unanswered(_asked(value, layout, rest, needed=True), chosen, rejected)]
        asked = _illustrated(asked, value, layout, rest)
        turns = [*asked, Turn("assistant", chosen, {})] if [turn.role for turn in asked] != ["user"] else []
        made = _with_rest(layout, joined(turn.text for turn in asked), chosen, rejected, turns, asked)
        return _and_rest(made, rest)
    sides = [_as_turns(chosen), _as_turns(rejected)]
    shared = _shared(sides)
    opening, ends = sides[0][:shared], [sides[0][shared:], sides[1][shared:]]
    if not shared:
        opening, ends = _continued(sides)
    won, lost = (joined(turn.text for turn in end) for end in ends)
    asked = _unanswered(_asked(value, layout, rest, needed=False), won, lost)
    if [turn[:2] for turn in opening[-len(asked) :]] != [turn[:2] for turn in asked]:
        opening = [*asked, *opening]
    opening = _illustrated([*before, *opening], value, layout, rest)
    turns = [*opening, *ends[0]]
    made = _with_rest(layout, joined(turn.text for turn in opening), won, lost, turns, turns, ends[1])
    return _and_rest(made, rest)


def _shared(sides: list[list[Turn]]) -> int:
    """Count the turns with which both sides begin; each keeps at least one of its own."""
    shared = 0
    while shared < min(map(len, sides)) - 1 and sides[0][shared] == sides[1][shared]:
        shared += 1
    return shared


def _continued(sides: list[list[Turn]]) -> tuple[list[Turn], list[list[Turn]]]:
    """Part the sides of which only one brings the conversation and the other is nothing but an answer to it."""
    answers = [all(turn.role == "assistant" for turn in side) for side in sides]
    for number, side in enumerate(sides):
        if answers[1 - number] and not answers[number] and side[-1].role == "assistant":
            ends = [side[-1:], sides[1 - number]]
            return side[:-1], ends if number == 0 else ends[::-1]
    return [], sides


def _unanswered(asked: list[Turn], *answers: str) -> list[Turn]:
    """Return the turns of a prompt without the answer itself, which some formats repeat at its end."""
    if len(asked) > 1 and asked[-1].role == "assistant" and asked[-1].text in answers:
        return asked[:-1]
    return asked


def _and_rest(content: RecordContent, rest: dict[str, Any]) -> RecordContent:
    content.rest = rest | content.rest
    return content


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
            rest[name] = [rest[name], *beyond] if name in rest else beyond
    return RecordContent(prompt=prompt, completion=chosen, rejected=rejected, turns=turns, rest=rest)


def _side(value: Mapping[str, Any], name: str | None, what: str, rest: dict[str, Any]) -> str | list[Turn]:
    """Return one completion of a preference: a text, or turns."""
    turns = None if name is None else turns_if_any(reach(value, name), name, rest)
    return _needed(value, name, what, rest) if turns is None else turns


def _as_turns(side: str | list[Turn]) -> list[Turn]:
    return [Turn("assistant", side, {})] if isinstance(side, str) else side


def _optional(value: Mapping[str, Any], name: str | None, rest: dict[str, Any]) -> str:
    """Return a field as text, the empty text where there is none; what of it is no text goes to `rest`."""
    return "" if name is None else _text(reach(value, name), name, rest)


def _needed(value: Mapping[str, Any], name: str | None, what: str, rest: dict[str, Any]) -> str:
    """Return a field that every record must have, as text; what of it is no text goes to `rest`."""
    found = reach(value, name) if name is not None else None
    if name is None or found is None:
        state = "is null" if name in value else "is missing"
        raise Unfit(f"the {what} field {name!r} {state}; choose another with --{what}-field.")
    return _text(found, name, rest)


def _text(found: Any, name: str, rest: dict[str, Any]) -> str:
    """Return the text of a field; parts of contents may hold more beside it, and none of that may be lost."""
    if isinstance(found, str) and (not found or found[0] not in '[{"'):
        return found
    return joined(said(found, rest, name))
