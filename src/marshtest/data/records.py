"""One training example, and the place that it came from.

These are plain values, for single records; whole datasets are held in columns (`marshtest.data.dataset`).
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
    """Who speaks: system, user, assistant, tool, or whatever the data say."""
    content: str
    """What is said. Content that is not a string is kept as canonical JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One training example in the canonical schema."""

    record_id: str
    """The record's own `id` if it has one that is unique, else its content hash with an occurrence number."""
    kind: Kind
    """What is trained on the record."""
    prompt: str
    """What the model reads."""
    completion: str
    """What the model is trained to produce. For a classification record this is the label."""
    label: str | None = None
    """The class of a labelled record, as text; None for every other kind."""
    messages: tuple[Message, ...] = ()
    """All turns of a chat record; empty for every other kind."""
    rejected: str | None = None
    """The rejected completion of a preference record; None for every other kind."""
    group: str | None = None
    """Where the record came from, if the data say so: contributor, commit, file, time."""
    fields: str = "{}"
    """Canonical JSON of every source field that no other column holds, so that nothing is left out."""
    source_path: str
    """The file, as the user named it."""
    source_line: int
    """First line of the record in its file (row number for Parquet), counted from 1."""
    byte_offset: int | None = None
    """Offset of the record's first byte in the file; None where the format has none (Parquet, compressed files)."""
    byte_length: int | None = None
    """Bytes of the record in the file, line end included; None where the format has none."""
