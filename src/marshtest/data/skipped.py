"""What readers passed over without reading it as a record, counted by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

__all__ = ["Skipped", "SkippedKind", "collecting_skipped", "note_skipped"]

SkippedKind = Literal["file", "member", "line"]
"""`file`: in a folder. `member`: of an archive, or of an object beside its records. `line`: above the records."""
_Noted = dict[tuple[SkippedKind, str], dict[str, None]]
_NOTED: ContextVar[_Noted | None] = ContextVar("noted", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Things of one kind that were passed over. The example is hostile text: escape it."""

    kind: SkippedKind
    why: str
    """Why they are no records."""
    count: int
    example: str
    """The name of the first, or its place."""


@contextmanager
def collecting_skipped() -> Iterator[Callable[[], tuple[Skipped, ...]]]:
    """Collect what this thread passes over; give a function that returns it, each thing once."""
    noted: _Noted = {}
    token = _NOTED.set(noted)

    def found() -> tuple[Skipped, ...]:
        return tuple(
            Skipped(kind=kind, why=why, count=len(names), example=next(iter(names)))
            for (kind, why), names in sorted(noted.items())
        )

    try:
        yield found
    finally:
        _NOTED.reset(token)


def note_skipped(kind: SkippedKind, why: str, name: str) -> None:
    """Say that something is passed over."""
    noted = _NOTED.get()
    if noted is not None:
        noted.setdefault((kind, why), {})[name] = None
