"""Refuse a layout in which a column that is trained on would be empty throughout: nothing of it would be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from marshtest.data.readers.asking import Asked, contents_of
from marshtest.data.readers.contents import RecordContent
from marshtest.data.readers.layout import FieldLayout
from marshtest.data.readers.wrappings import seen_in
from marshtest.errors import InputError

__all__ = ["refuse_empty"]

_ROLES_SHOWN = 6
"""Roles that a message lists at most. Chosen by eye."""


def refuse_empty(asked: Asked, layout: FieldLayout, path: str) -> None:
    """Check on the first records that the columns to be trained on hold text.

    Raises:
        InputError: One of them is empty in every record. The message says what its field holds.
    """
    contents = contents_of(asked.records, layout)
    if not contents:
        return
    prompt = layout.text or layout.messages or layout.steps
    if prompt is not None and not any(one.prompt.strip() for one in contents):
        raise _empty("prompt" if layout.kind in ("chat", "preference") else "text", prompt, asked, path)
    if layout.kind == "chat" and not any(one.completion.strip() for one in contents):
        source = layout.completion or layout.messages or layout.steps
        raise _unanswered(asked, contents, source, path) if source else _empty("completion", prompt or "", asked, path)
    if layout.kind == "preference":
        for column, source in (("completion", layout.completion), ("rejected", layout.rejected)):
            if source is not None and not any((getattr(one, column) or "").strip() for one in contents):
                raise _empty(column, source, asked, path)


def _empty(column: str, source: str, asked: Asked, path: str) -> InputError:
    """Return the error about a field without text."""
    held = asked.samples.held(source)
    option = {"prompt": "text", "completion": "completion", "rejected": "rejected"}.get(column, "text")
    return InputError(
        f"every {column} would be empty: `{source}` holds {seen_in(held[0] if held else None)}, and no text was found "
        f"in it; {asked.samples.described()}. Name another field, e.g. "
        f"`marsh audit {path} --{option}-field NAME` (inside others: `--{option}-field {source}.NAME`).",
        path=path,
    )


def _unanswered(asked: Asked, contents: Sequence[RecordContent], source: str, path: str) -> InputError:
    """Return the error about conversations without an answer."""
    roles = list(dict.fromkeys(turn.role for one in contents for turn in one.turns))
    if any(role == "assistant" for role in roles):
        return _empty("completion", source, asked, path)
    shown = ", ".join(f"'{role[:40]}'" for role in roles[:_ROLES_SHOWN])
    return InputError(
        f"every completion would be empty: no turn in `{source}` is the assistant's; the roles are {shown}. If these "
        f"are prompts only, try `marsh audit {path} --format documents --text-field {source}`.",
        path=path,
    )
