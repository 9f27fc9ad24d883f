"""One training example, and the place in a source that it came from.

These are plain values for people and for single records; whole datasets stay in columns (`marshtest.data.dataset`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Kind", "Message", "Record"]

Kind = Literal["classification", "chat", "preference", "document"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: str
    """Who speaks, as the data says it: system, user, assistant, tool."""
    content: str
    """What is said. Content that is no string is kept as canonical JSON text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One training example in the canonical schema."""

    record_id: str
    """The record's own `id` where that is present and unique, else a content hash with an occurrence number."""
    kind: Kind
    """What is trained on the record."""
    prompt: str
    """What the model reads."""
    completion: str
    """What the model is trained to produce. For a classification record this is the label."""
    label: str | None = None
    """The class of a labelled record, as text; None for every other kind."""
    messages: tuple[Message, ...] = ()
    """All turns of a chat record, none left out; empty for every other kind."""
    rejected: str | None = None
    """The completion that lost, in a preference record."""
    group: str | None = None
    """Provenance: contributor, commit, file, time, where the data has it."""
    fields: str = "{}"
    """Canonical JSON text of every field of the source that no other column holds: nothing is invisible."""
    source_path: str
    """The file, as the user named it."""
    source_line: int
    """First line of the record in its file (row number for Parquet), counted from 1."""
    byte_offset: int | None = None
    """Where the record's bytes begin in the file; None where the format has no such place (Parquet)."""
    byte_length: int | None = None
    """How many bytes the record has in the file, line end included."""
