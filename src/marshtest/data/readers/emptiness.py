"""Tell whether a column that is trained on would be empty throughout: nothing of it would be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.data.readers.asking import Asked, contents_of
from marshtest.data.readers.contents import RecordContent
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.wrappings import seen_in

__all__ = ["what_is_empty"]

_ROLES_SHOWN = 6
"""Roles that a message lists at most. Chosen by eye."""


def what_is_empty(asked: Asked, layout: FieldLayout) -> str | None:
    """Check on the first records that the columns to be trained on hold text; say which of them is empty in all."""
    contents = contents_of(asked.records, layout)
    if not contents:
        return None
    prompt = layout.text or layout.messages or layout.steps
    if prompt is not None and not any(one.prompt.strip() for one in contents):
        return _empty("prompt" if layout.kind in ("chat", "preference") else "text", prompt, asked)
    if layout.kind == "chat" and not any(one.completion.strip() for one in contents):
        source = layout.completion or layout.messages or layout.steps
        return _unanswered(asked, contents, source) if source else _empty("completion", prompt or "", asked)
    if layout.kind == "preference":
        for column, source in (("completion", layout.completion), ("rejected", layout.rejected)):
            if source is not None and not any((getattr(one, column) or "").strip() for one in contents):
                return _empty(column, source, asked)
    return None


def _empty(column: str, source: str, asked: Asked) -> str:
    """Say that a field holds no text."""
    held = asked.samples.held(source)
    return (
        f"every {column} would be empty: `{source}` holds {seen_in(held[0] if held else None)}, and no text was found "
        f"in it; {asked.samples.described()}."
    )


def _unanswered(asked: Asked, contents: Sequence[RecordContent], source: str) -> str:
    """Say that conversations have no answer."""
    roles = list(dict.fromkeys(turn.role for one in contents for turn in one.turns))
    if any(role == "assistant" for role in roles):
        return _empty("completion", source, asked)
    shown = ", ".join(f"'{role[:40]}'" for role in roles[:_ROLES_SHOWN])
    return (
        f"every completion would be empty: no turn in `{source}` is the assistant's; the roles are {shown}. "
        f"{asked.samples.described().capitalize()}."
    )
