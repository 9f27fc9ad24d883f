"""What one detector reports about one record: a signal, or a failure to examine it.

For every detector planned pairs = signals + ordinary + failures (`Coverage`), so nothing is silently counted as clean.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Coverage", "Failure", "Signal", "Span"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text in one field of a record."""

    field: str
    """Canonical field name: prompt, completion, rejected, or fields."""
    start: int
    """First character, counted in code points from 0."""
    end: int
    """One past the last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one detector reports about one record."""

    record_id: str
    detector: str
    score: float
    """0 is ordinary, 1 is most suspicious; never NaN."""
    spans: tuple[Span, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A record, or a whole dataset, that a detector could not examine, and why."""

    detector: str
    """The detector's id, or `reader` when the record could not even be read."""
    message: str
    record_id: str | None = None
    source_path: str | None = None
    source_line: int | None = None
    records: int = 1
    """How many records it stands for: where very many fail alike, the last of their kind stands for the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What became of every record that a detector had to examine."""

    planned: int
    signals: int
    ordinary: int
    failures: int

    def __post_init__(self) -> None:
        if self.planned != self.signals + self.ordinary + self.failures:
            raise AssertionError(f"coverage does not add up: {self!r}")
