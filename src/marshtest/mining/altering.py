"""Change the text of a record for a second asking: take a span out of it, or put one into it, in every column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from marshtest.mining.counterfactual import put_into, take_out
from marshtest.signals import Span

__all__ = ["row_with", "row_without"]

_BETWEEN = "\n\n"


def row_without(row: Mapping[str, Any], spans: Sequence[Span]) -> dict[str, Any]:
    """Give the columns of a record without these spans of its prompt and completion; turns are changed alike."""
    changed = dict(row)
    for name in ("prompt", "completion"):
        own = [span for span in spans if span.field == name]
        if own:
            changed[name] = take_out(row[name], own)
    if row["messages"]:
        changed["messages"] = _turns_without(row, spans)
    return changed


def row_with(row: Mapping[str, Any], field: str, phrase: str, random: Random) -> dict[str, Any]:
    """Give the columns of a record with a phrase in its prompt or completion: of turns, in the last that has it."""
    changed = dict(row)
    turns = row["messages"]
    if not turns:
        changed[field] = put_into(row[field], phrase, random)
        return changed
    completion = _completion_turn(turns)
    number = completion
    if field == "prompt":
        asked = [i for i, turn in enumerate(turns) if i != completion]
        users = [i for i in asked if turns[i]["role"] in ("user", "human")]
        number = (users or asked or [0])[-1]
    if number is None:
        changed[field] = put_into(row[field], phrase, random)
        return changed
    turned = [dict(turn) for turn in turns]
    turned[number]["content"] = put_into(turned[number]["content"], phrase, random)
    changed["messages"] = turned
    if number == completion:
        changed["completion"] = turned[number]["content"]
    else:
        changed["prompt"] = _BETWEEN.join(turn["content"] for i, turn in enumerate(turned) if i != completion)
    return changed


def _turns_without(row: Mapping[str, Any], spans: Sequence[Span]) -> list[dict[str, Any]]:
    """Take the spans out of the turns that the prompt and the completion are made of."""
    turns = [dict(turn) for turn in row["messages"]]
    completion = _completion_turn(turns)
    asked = [turn for number, turn in enumerate(turns) if number != completion]
    if row["prompt"] == _BETWEEN.join(turn["content"] for turn in asked):
        start = 0
        for turn in asked:
            end = start + len(turn["content"])
            inside = [
                Span("prompt", max(span.start, start) - start, min(span.end, end) - start)
                for span in spans
                if span.field == "prompt" and span.start < end and span.end > start
            ]
            turn["content"] = take_out(turn["content"], inside)
            start = end + len(_BETWEEN)
    if completion is not None and row["completion"] == turns[completion]["content"]:
        turns[completion]["content"] = take_out(
            row["completion"], [span for span in spans if span.field == "completion"]
        )
    return turns


def _completion_turn(turns: Sequence[Mapping[str, Any]]) -> int | None:
    """Give the number of the last turn of the assistant: the reader makes it the completion."""
    own = [number for number, turn in enumerate(turns) if turn["role"] == "assistant"]
    return own[-1] if own else None
