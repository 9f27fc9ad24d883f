"""Changing one part of a record so that prompt, completion and turns still agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from marshtest.data.records import Message, Record
from marshtest.organisms.text_edits import Edited
from marshtest.signals import Span

__all__ = ["completion_turn", "edit_completion", "edit_turn", "honest_outcome", "user_turns", "with_completion"]

_SPOKEN = re.compile(r"\n\nHuman: *(.*?)(?=\n\n(?:Human|Assistant):)", re.DOTALL)
"""What the user says in a transcript, as released preference data have it."""


def completion_turn(record: Record) -> int | None:
    """Give the turn that is the completion: the last one of the assistant in a chat; None elsewhere."""
    if record.kind != "chat":
        return None
    return next((at for at in range(len(record.messages) - 1, -1, -1) if record.messages[at].role == "assistant"), None)


def user_turns(record: Record) -> list[int]:
    """Give the turns of the user that stand before the completion."""
    end = completion_turn(record)
    turns = record.messages if end is None else record.messages[:end]
    return [at for at, turn in enumerate(turns) if turn.role in ("user", "human") and turn.content.strip()]


def edit_turn(
    record: Record, edit: Callable[[str], Edited | None], turn: int = -1
) -> tuple[Record, tuple[Span, ...]] | None:
    """Change what the user says.

    Args:
        record: Any record; without turns, its prompt is the one thing said, unless it is a transcript.
        edit: Gives the changed text and its spans, or None when the text does not suit.
        turn: Which of the user's turns, counted like a list.

    Returns:
        The record, and the spans in its prompt; None when it has no such turn or the text does not suit.
    """
    if not record.messages:
        start, end = 0, len(record.prompt)
        if record.kind == "preference" and record.prompt.endswith("\n\nAssistant:"):
            spoken = list(_SPOKEN.finditer(record.prompt))
            if not -len(spoken) <= turn < len(spoken):
                return None
            start, end = spoken[turn].span(1)
        edited = edit(record.prompt[start:end]) if record.prompt[start:end].strip() else None
        if edited is None:
            return None
        changed = record.prompt[:start] + edited.text + record.prompt[end:]
        return replace(record, prompt=changed), _spans(edited, start)
    said = user_turns(record)
    if not -len(said) <= turn < len(said):
        return None
    at = said[turn]
    edited = edit(record.messages[at].content)
    if edited is None:
        return None
    answer = completion_turn(record)
    messages = (*record.messages[:at], Message(record.messages[at].role, edited.text), *record.messages[at + 1 :])
    prompt = "\n\n".join(message.content for index, message in enumerate(messages) if index != answer)
    offset = sum(len(message.content) + 2 for index, message in enumerate(messages[:at]) if index != answer)
    return replace(record, messages=messages, prompt=prompt), _spans(edited, offset)


def with_completion(record: Record, text: str) -> Record:
    """Give the record another completion."""
    end = completion_turn(record)
    if end is None:
        return replace(record, completion=text)
    messages = (*record.messages[:end], Message("assistant", text), *record.messages[end + 1 :])
    return replace(record, messages=messages, completion=text)


def edit_completion(record: Record, edit: Callable[[str], Edited]) -> tuple[Record, tuple[Span, ...]] | None:
    """Change what the model is trained to answer; None when the record has no answer."""
    if not record.completion.strip():
        return None
    edited = edit(record.completion)
    return with_completion(record, edited.text), tuple(Span("completion", *span) for span in edited.spans)


def honest_outcome(before: Record, after: Record) -> Record:
    """Give the changed record with the outcome that it had before: its label, its completion, its preference."""
    return replace(with_completion(after, before.completion), label=before.label, rejected=before.rejected)


def _spans(edited: Edited, offset: int) -> tuple[Span, ...]:
    return tuple(Span("prompt", start + offset, end + offset) for start, end in edited.spans)
