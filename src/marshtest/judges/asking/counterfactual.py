"""What if a span were not there, or stood somewhere else? Made-up records in the shape of real ones.

They are asked about with the same question as the records themselves, so a judge cannot tell which are made up.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from marshtest.signals import Span
from marshtest.text.words import BETWEEN_SPACES

__all__ = ["Edit", "edited", "row_with", "row_without", "with_words", "without_span"]

Edit = tuple[int, int, str]
"""First character of a stretch of a text, one past its last, and what to put there instead."""

_JOIN = "\n\n"
_USERS = ("user", "human")
_CLOSING = ".,;:!?)]}"


def row_without(row: Mapping[str, Any], spans: Sequence[Span]) -> dict[str, Any]:
    """Give the columns of a record without these spans; turns are changed alike.

    Args:
        row: The columns of one record.
        spans: What to take out. Spans in `fields` are left where they are.
    """
    changed = dict(row)
    for span in sorted(set(spans), key=lambda span: (span.field, -span.start)):
        if span.field != "fields":
            changed = edited(changed, span.field, _removal(changed[span.field] or "", span.start, span.end))
    return changed


def row_with(row: Mapping[str, Any], field: str, words: str, draws: random.Random) -> dict[str, Any]:
    """Give the columns of a record with words put into one field, at a random place between its own words.

    A prompt of several turns gets them in the last turn of the user.

    Args:
        row: The columns of one record.
        field: `prompt`, `completion` or `rejected`.
        words: What to put in.
        draws: Decides the place.
    """
    text = row[field] or ""
    low, high = _last_said(row) if field == "prompt" else (0, len(text))
    start, end, put_in = _insertion(text[low:high], words, draws)
    return edited(row, field, (low + start, low + end, put_in))


def without_span(text: str, start: int, end: int) -> str:
    """Take a stretch out of a text so that no gap is left: no double blank, none before a full stop."""
    return _applied(text, _removal(text, start, end))


def with_words(text: str, words: str, draws: random.Random) -> str:
    """Put words into a text at a random place between its words, or before or after all of them."""
    return _applied(text, _insertion(text, words, draws))


def edited(row: Mapping[str, Any], field: str, edit: Edit) -> dict[str, Any]:
    """Give a record with a stretch of one field replaced, in its turns too.

    Args:
        row: The columns of one record.
        field: `prompt`, `completion` or `rejected`.
        edit: First character, one past the last, and what to put there instead.
    """
    changed = {**row, field: _applied(row[field] or "", edit)}
    turns = [dict(turn) for turn in row["messages"] or ()]
    if not turns or field not in ("prompt", "completion"):
        return changed
    last = _completion_turn(row)
    if field == "completion":
        if last >= 0:
            turns[last]["content"] = changed["completion"]
        return {**changed, "messages": turns}
    told = [turn for number, turn in enumerate(turns) if number != last]
    if _JOIN.join(turn["content"] for turn in told) == row["prompt"]:
        _edit_turns(told, edit)
        changed["prompt"] = _JOIN.join(turn["content"] for turn in told)
    return {**changed, "messages": turns}


def _completion_turn(row: Mapping[str, Any]) -> int:
    """Give the number of the turn that is the completion, -1 if none is."""
    turns = row["messages"]
    last = max((number for number, turn in enumerate(turns) if turn["role"] == "assistant"), default=-1)
    return -1 if row["kind"] == "classification" or turns[last]["content"] != row["completion"] else last


def _last_said(row: Mapping[str, Any]) -> tuple[int, int]:
    """Give where the last turn of the user begins and ends in the prompt; all of it where turns do not make it up."""
    begin, place = 0, (0, len(row["prompt"]))
    last = _completion_turn(row) if row["messages"] else -1
    told = [turn for number, turn in enumerate(row["messages"] or ()) if number != last]
    if _JOIN.join(turn["content"] for turn in told) != row["prompt"]:
        return place
    for turn in told:
        end = begin + len(turn["content"])
        if turn["role"] in _USERS:
            place = (begin, end)
        begin = end + len(_JOIN)
    return place


def _edit_turns(turns: Sequence[dict[str, Any]], edit: Edit) -> None:
    """Replace a stretch of the prompt in the turns that it is made of; what is put in goes into the first of them."""
    start, end, words = edit
    begin = 0
    for turn in turns:
        text, stop = turn["content"], begin + len(turn["content"])
        if start <= stop and end >= begin:
            turn["content"] = _applied(text, (max(start - begin, 0), min(end, stop) - begin, words))
            words = ""
            if end <= stop:
                return
        begin = stop + len(_JOIN)


def _removal(text: str, start: int, end: int) -> Edit:
    """Widen a stretch so that taking it out leaves no gap, and say what must stay between the words beside it."""
    before, after = text[:start], text[end:]
    low, high = start, end
    if not after.strip(" \t") or after[0] in _CLOSING + "\n":
        low = len(before.rstrip(" \t"))
    if low == 0 or text[low - 1].isspace():
        high = len(text) - len(after.lstrip(" \t"))
    beside = low > 0 and high < len(text) and text[low - 1].isalnum() and text[high].isalnum()
    had_blank = text[start:end] != text[start:end].strip()
    return low, high, " " if beside and had_blank else ""


def _insertion(text: str, words: str, draws: random.Random) -> Edit:
    """Choose where words go in."""
    starts = [match.start() for match in BETWEEN_SPACES.finditer(text)]
    number = draws.randrange(len(starts) + 1)
    if number < len(starts):
        return starts[number], starts[number], f"{words} "
    end = len(text.rstrip())
    return end, end, f" {words}" if end else words


def _applied(text: str, edit: Edit) -> str:
    """Replace a stretch of a text."""
    start, end, words = edit
    return text[:start] + words + text[end:]
