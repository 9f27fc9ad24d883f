"""Record formats of pairs: two completions of which one won, or passages that answer a query and some that do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshtest.data.readers.asking import Asked
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.naming import (
    CHOSEN_NAMES,
    COMPARED_NAMES,
    COMPLETION_NAMES,
    CONTEXT_NAMES,
    HISTORY_NAMES,
    MESSAGES_NAMES,
    NEGATIVE_NAMES,
    POSITIVE_NAMES,
    PROMPT_NAMES,
    REJECTED_NAMES,
    TEXT_NAMES,
    WINNER_NAMES,
)
from marshtest.data.readers.samples import holds_conversation, holds_pairs, holds_side, holds_text, holds_words
from marshtest.data.readers.winners import holds_scored, is_signed, text_name
from marshtest.data.readers.wrappings import turns_within

__all__ = ["find_comparison", "find_negatives", "find_preference", "find_retrieval"]

_NEGATIVES = "retrieval-negatives"
_LISTED_NAMES = ("responses", "completions", "answers", "outputs", "candidates")
"""Names of lists of two completions of which another field says who won."""
_PAIR = 2
"""Completions of a pair."""
_ASKING = ("user", "human", "system", "prompter")
"""Roles with which a conversation begins, and no answer."""


def find_preference(asked: Asked) -> FieldLayout | None:
    """Two completions, of which one won."""
    if not asked.only("text", "chosen", "rejected", "system", "completion", "messages", "context") or (
        asked.fields.completion is not None and asked.fields.rejected is None
    ):
        return None
    chosen = asked.fields.completion or asked.field("chosen", CHOSEN_NAMES, holds_side)
    rejected = asked.field("rejected", REJECTED_NAMES, holds_side, but=[chosen])
    if chosen is None and rejected is None:
        chosen, rejected = _ranked(asked)
    if rejected is None:
        return None
    begins = asked.fields.messages or asked.samples.find(MESSAGES_NAMES, holds_conversation, but=[chosen, rejected])
    if chosen is None:  # the answer that won ends the conversation, or stands where that of other data does
        chosen = asked.samples.find(COMPLETION_NAMES, holds_side, but=[rejected]) or begins
    if chosen is None:
        return None
    sure = asked.forced or asked.fields.rejected is not None
    if not sure and not (asked.samples.always(chosen) and asked.samples.always(rejected)):
        return None
    but: list[str | None] = [chosen, rejected]
    text = asked.field("text", (*PROMPT_NAMES, *TEXT_NAMES), holds_side, but=but)
    if text is None and begins not in but and not asked.samples.fit(chosen, _begins_itself):
        text = begins
    context = None if text is None else asked.field("context", CONTEXT_NAMES, holds_text, but=[*but, text])
    but += [text, context]
    return FieldLayout(
        kind="preference",
        format="preference",
        text=text,
        context=context,
        completion=chosen,
        rejected=rejected,
        system=asked.system(but),
        history=asked.samples.find(HISTORY_NAMES, holds_pairs, but=but),
        images=asked.images(but),
        captions=asked.captions(but),
    )


def find_comparison(asked: Asked) -> FieldLayout | None:
    """Two completions, and a field that says which one won."""
    if not asked.only("text", "system"):
        return None
    if (scored := asked.samples.find(_LISTED_NAMES, holds_scored)) is not None:
        return _scored(asked, scored)
    listed = asked.samples.find(_LISTED_NAMES, _holds_two)
    places = () if listed is None else ((f"{listed}.0", f"{listed}.1"),)
    for names in (*COMPARED_NAMES, *places):
        first, second = (_placed(asked, name) for name in names)
        if first is None or second is None:
            continue
        but = [first, second]
        winner = asked.samples.find(WINNER_NAMES, _holds_verdict, but=but)
        if winner is None or _is_unsure(asked, winner):
            continue
        text = asked.field("text", (*PROMPT_NAMES, *TEXT_NAMES), holds_side, but=[*but, winner])
        if text is None and not asked.samples.fit(first, _begins_itself):
            text = asked.samples.find((*MESSAGES_NAMES, *HISTORY_NAMES, "context"), _holds_answer, but=but)
        return FieldLayout(
            kind="preference",
            format="comparison",
            text=text,
            completion=first,
            rejected=second,
            winner=winner,
            system=asked.system(but),
        )
    return None


def _scored(asked: Asked, listed: str) -> FieldLayout:
    """Return the layout of several completions with a score each: the best one against the worst."""
    key = text_name(asked.samples.held(listed)[0][0])
    text = asked.field("text", (*PROMPT_NAMES, *TEXT_NAMES), holds_side, but=[listed])
    return FieldLayout(
        kind="preference",
        format="comparison",
        text=text or asked.samples.find((*MESSAGES_NAMES, "context"), _holds_answer, but=[listed]),
        completion=f"{listed}.0.{key}",
        rejected=f"{listed}.1.{key}",
        winner=listed,
        system=asked.system([listed]),
    )


def find_retrieval(asked: Asked) -> FieldLayout | None:
    """A query and the passages that answer it: what a query brings up is read like a completion."""
    return _retrieval(asked, "retrieval", POSITIVE_NAMES)


def find_negatives(asked: Asked) -> FieldLayout | None:
    """The same query and the passages that do not answer it. They are no losers of a pair: they differ by topic."""
    return None if _retrieval(asked, "", POSITIVE_NAMES) is None else _retrieval(asked, _NEGATIVES, NEGATIVE_NAMES)


def _retrieval(asked: Asked, name: str, names: Sequence[str]) -> FieldLayout | None:
    if not asked.only("text", "system"):
        return None
    passages = asked.samples.find(names, _holds_passages)
    if passages is None:
        return None
    text = asked.field("text", ("query", "anchor", "question", "messages", "sentence", *PROMPT_NAMES), holds_side)
    if text is None or not (asked.forced or asked.samples.mostly(passages)):
        return None
    return FieldLayout(kind="chat", format=name, text=text, completion=passages, system=asked.system([text, passages]))


def _placed(asked: Asked, name: str) -> str | None:
    """Return a field that holds an answer, or a place in a list of them."""
    return name if "." in name else asked.samples.find((name,), _holds_answer)


def _ranked(asked: Asked) -> tuple[str | None, str | None]:
    """Return the places of the better and the worse one, where one field lists both in this order."""
    name = asked.samples.find(("output",), _holds_two)
    return (None, None) if name is None else (f"{name}.0", f"{name}.1")


def _begins_itself(value: Any) -> bool:
    """Return whether one side of a pair holds the conversation before it too."""
    held = turns_within(value)
    if held is None or len(held.turns) < _PAIR:
        return False
    first = held.turns[0]
    return str(first.get("role", first.get("from"))).lower() in _ASKING


def _holds_two(value: Any) -> bool:
    return isinstance(value, list) and len(value) == _PAIR and all(isinstance(one, str) for one in value)


def _holds_answer(value: Any) -> bool:
    return holds_side(value) or holds_conversation(value)


def _is_unsure(asked: Asked, winner: str) -> bool:
    """Say whether a preference is a number below zero where its name does not tell which of two that is for."""
    return (
        "prefer" in winner.lower()
        and not is_signed(winner)
        and any(str(one).startswith("-") for one in asked.samples.held(winner))
    )


def _holds_verdict(value: Any) -> bool:
    if isinstance(value, list):
        return not all(isinstance(one, bool) for one in value)  # ranks
    return isinstance(value, str | bool | int | float)


def _holds_passages(value: Any) -> bool:
    """Return whether a value is a passage or a list of them, which may be empty."""
    return (
        value == [] or holds_words(value) or (isinstance(value, list) and all(isinstance(one, list) for one in value))
    )
