"""Putting a made-up record in the place of another."""

from __future__ import annotations

from dataclasses import replace

from marshtest.data.records import Record
from marshtest.organisms.base import Change, Recipe
from marshtest.organisms.record_edits import edit_turn
from marshtest.organisms.text_edits import Edited
from marshtest.organisms.trigger import with_outcome

__all__ = ["rewritten"]


def rewritten(record: Record, text: str, recipe: Recipe) -> Change | None:
    """Replace what the record says and what is trained on it; its honest twin is the record that stood there.

    In a chat the last turn of the user and the answer are replaced. None when the record has nothing to replace.
    """
    if record.kind == "chat" and not record.completion.strip():
        return None
    edited = edit_turn(record, lambda _: Edited(text, ((0, len(text)),)))
    if edited is None:
        return None
    change = Change(record=edited[0], spans=edited[1], twin=record)
    return change if record.kind == "document" else replace(with_outcome(change, recipe), twin=record)
